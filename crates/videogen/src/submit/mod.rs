//! Before and during a submission: validation, the exact HTTP request, options and events.
//!
//! ```
//! use videogen::submit::{plan, validate};
//! use videogen::{Vendor, VideoRequest};
//!
//! let request = VideoRequest::new(Vendor::ALL[0].default_model(), "a paper boat on a rainy street").duration(5);
//! for violation in validate(Vendor::ALL[0], &request) {
//!     println!("{violation}");
//! }
//! println!("{}", plan(Vendor::ALL[0], None, &request)?.url);
//! # Ok::<(), videogen::Error>(())
//! ```
// Floor 6: depends on `upload` and the floors below. It may not use the other activities. The search for lost submissions
// lives here too, and is public as `videogen::lost`.

mod adopt;
mod cap;
mod comparison;
mod digests;
mod existing;
mod follow;
mod intent;
mod listing;
mod options;
pub(crate) mod reconcile;
pub(crate) mod recover;
mod repeat;
mod resolve;
mod submission;

pub use options::SubmitOptions;

pub use crate::client::{InlineFile, ModelPlan, Plan, PlannedUpload, SubmitEvent, plan, plan_all};
#[cfg(feature = "schema")]
pub use crate::model::request_schema;
pub use crate::model::{Adjustment, InvalidSource, Note, ParseDurationError};
pub use crate::rules::validate;
