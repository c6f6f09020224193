//! The vendors' specs, and everything that depends on them alone.
//!
//! Contains vendors, operations, schemas and the entries of `x-models`. Nothing here uses a running
//! simulator, a clock, or HTTP. It is the lowest floor: it imports no other folder of this crate.

mod auth;
mod document;
mod endpoint;
mod fields;
mod like;
mod model;
mod number;
mod operation;
mod price;
mod problem;
mod reference;
mod schema;
mod unknown;
mod upload;
mod vendor;
mod webhook;

pub use document::{Spec, SpecError};
pub use operation::Operation;
pub use vendor::{ParseVendorError, Vendor};

pub(crate) use auth::Auth;
pub(crate) use document::{RateLimit, Route};
pub(crate) use endpoint::{Body, Endpoint};
pub(crate) use fields::{Fields, Outside, is_role, whole};
pub(crate) use model::{Doubt, Model, Wanted};
pub(crate) use number::wide_integer;
pub(crate) use price::{Price, Rate, Unit};
pub(crate) use problem::Problem;
pub(crate) use unknown::{UnknownMember, unknown_members};
pub(crate) use webhook::{Scheme, Signature, TextForm};
