//! The files a task results in: their size and length, their content, their price.
//!
//! Nothing here uses vendors, tasks, requests or HTTP. It is on the lowest floor: it imports no other
//! folder of this crate.

mod avc;
mod bits;
mod card;
mod clip;
mod file;
mod length;
mod quicktime;
mod shape;
mod still;
mod tariff;
mod upload;

pub(crate) use file::{Blob, FileKind, file};
pub(crate) use length::seconds;
pub(crate) use shape::{Container, Length, Shape};
pub(crate) use tariff::{cost, tokens};
pub(crate) use upload::{Receiver, StoredFile};
