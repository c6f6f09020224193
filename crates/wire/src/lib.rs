//! What every generated client of `videogen` shares. This crate knows no vendor.
//!
//! - [`Session`] is the inner type of each generated client: it signs a request, sends it (or only records it) and keeps
//!   what went over the wire as an [`Exchange`].
//! - [`Lenient`] and [`FromValue`] read whatever JSON a vendor sends without failing a whole body over one member.
//! - [`open_enum!`] makes string enums that keep values they do not know.
//! - [`facts`] holds the shape of the tables that are generated from a spec's `x-models` and its fellows.
//!
//! Applications use the `videogen` crate, not this one.

mod exchange;
pub mod facts;
mod lenient;
mod open_enum;
mod secret_url;
mod session;
mod timestamp;

pub use exchange::{Answer, Exchange, Sent};
#[doc(hidden)]
pub use lenient::object;
pub use lenient::{FromValue, Lenient, Read, ReadItems};
pub use secret_url::SecretUrl;
pub use session::{Session, SessionError, network_failure};
pub use timestamp::Timestamp;

#[doc(hidden)]
pub use {serde, serde_json};
