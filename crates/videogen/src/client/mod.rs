//! The client of one account: setting it up, planning, and the simple calls.
//!
//! Floor 4: depends on `vendors` and the floors below, and on no activity (`submit`, `wait`, `download`, `webhook`), each of
//! which adds its own calls to [`Client`].

mod account;
mod base_url;
mod builder;
mod calls;
mod core;
mod list_all;
mod observer;
mod plan;
mod recording;

pub use builder::ClientBuilder;
pub use list_all::TaskList;
pub use observer::SubmitEvent;
pub use plan::{ModelPlan, Plan, plan, plan_all};

pub use self::core::Client;
pub(crate) use account::Permit;
pub(crate) use base_url::parse_base_url;
pub(crate) use recording::journal_error;
