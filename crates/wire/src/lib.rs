//! Shared code of the generated clients of `videogen`. It depends on no other crate of the workspace, and may not contain
//! vendor-specific code.
//!
//! - [`Session`] is the inner type of each generated client: it authenticates a request, sends it (or only records it), and
//!   keeps the result as an [`Exchange`].
//! - [`Lenient`] and [`FromValue`] parse JSON of any shape; an invalid member does not fail the whole body.
//! - [`Form`] builds the multipart bodies of uploads from streams.
//! - [`open_enum!`] declares string enums that keep unknown values.
//! - [`facts`] defines the tables generated from a spec's `x-models` and related extensions.
//!
//! Applications use the `videogen` crate, not this one.

mod exchange;
pub mod facts;
mod form;
mod lenient;
mod open_enum;
mod path;
mod secret_url;
mod server;
mod session;
mod timestamp;

pub use exchange::{Answer, Exchange, Sent};
pub use form::{FilePart, Form};
#[doc(hidden)]
pub use lenient::object;
pub use lenient::{FromValue, Lenient, Read, ReadItems, RequestBody};
pub use path::encode_segments;
pub use secret_url::SecretUrl;
pub use server::direct;
pub use session::{Session, SessionError, network_failure};
pub use timestamp::Timestamp;

#[doc(hidden)]
pub use {serde, serde_json};
