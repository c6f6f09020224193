//! Plain data: requests, tasks, errors, vendors and their capabilities.
//!
//! Floor 0: depends on `videogen-wire` alone. It may not use a network, a clock or a vendor's wire format; only `vendor.rs`
//! contains vendor names.

pub(crate) mod address;
mod adjustment;
pub(crate) mod ambiguity;
pub(crate) mod amount;
mod asset;
mod balance;
mod candidate;
mod capabilities;
mod cost;
mod cost_limit;
mod delivery;
pub(crate) mod demand;
mod duration;
mod error;
mod error_convert;
mod error_kind;
pub(crate) mod extra;
mod field_rule;
mod input;
mod list;
mod listed;
mod local;
pub(crate) mod mask;
pub(crate) mod media_type;
pub(crate) mod nearest;
mod note;
mod obtained;
mod operation;
mod parameters;
mod possible_cost;
pub(crate) mod price;
pub(crate) mod price_book;
mod price_entry;
mod price_problem;
mod reconciled;
mod request;
#[cfg(feature = "schema")]
mod schema;
mod sku;
mod status;
mod task;
#[cfg(feature = "test-util")]
mod task_builder;
mod task_cost;
mod task_id;
mod task_ref;
mod time_scale;
mod token_price;
mod unlisted;
mod vendor;
mod violation;
mod written_price;

pub use adjustment::{Adjust, Adjustment};
pub use ambiguity::{Ambiguity, Progress};
pub use asset::{Asset, AssetGroup, AssetPage, AssetQuery, AssetStatus, Verification};
pub use balance::Balance;
pub use candidate::{Candidate, Evidence, Grade};
pub use capabilities::Capabilities;
pub(crate) use cost::Expected;
pub use cost::Reserved;
pub use cost_limit::{CostLimit, CostLimitKind};
pub use delivery::Delivery;
pub use duration::{ParseDurationError, VideoDuration};
pub use error::Error;
pub use error_kind::ErrorKind;
pub use field_rule::FieldRule;
pub use input::{Input, InvalidSource, Role, Source};
pub(crate) use list::is_cursor;
pub use list::{ListQuery, TaskPage};
pub use listed::{ListedModel, ModelDifference, compare_models};
pub use local::LocalFile;
pub(crate) use local::Reader;
pub use note::Note;
pub use obtained::{Obtained, TaskCost};
pub use operation::Operation;
pub use parameters::TaskParameters;
pub use possible_cost::PossibleCost;
pub use price::{CostEstimate, Estimate, Money, ParseMoneyError, PriceOrigin, UnitPrice};
pub use price_book::PriceBook;
pub use price_entry::PriceEntry;
pub(crate) use price_entry::may_decide;
pub use price_problem::{InvalidPriceError, PriceProblem};
pub use reconciled::Reconciled;
pub use request::{Tool, VideoRequest};
#[cfg(feature = "schema")]
pub use schema::{request_schema, task_schema};
pub use status::TaskStatus;
#[allow(unused_imports, reason = "only some vendors need it")]
pub(crate) use task::is_moderation;
pub use task::{Raw, TaskError, Usage, Video, VideoTask};
#[cfg(feature = "test-util")]
pub use task_builder::VideoTaskBuilder;
pub use task_id::{ParseTaskIdError, TaskId};
pub use task_ref::TaskRef;
pub(crate) use time_scale::TimeScale;
pub use token_price::TokenPrice;
pub use unlisted::UnlistedModel;
pub use vendor::{ParseVendorError, Vendor};
pub use videogen_wire::{SecretUrl, Timestamp};
pub use violation::Violation;
