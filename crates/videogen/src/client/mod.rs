//! The client of one account: its builder, plans, and the simple calls (get, list, cancel, models).
//!
//! Floor 4: depends on `vendors` and the floors below. It may not use the activities (`submit`, `wait`, `download`,
//! `webhook`); each of them adds its own methods to [`Client`].

mod account;
mod base_url;
mod builder;
mod calls;
mod core;
mod delay;
mod lease;
mod list_all;
mod observer;
mod plan;
mod recording;
mod submit_limit;
mod turns;
mod uploads;

pub use builder::ClientBuilder;
pub use list_all::TaskList;
pub use observer::{SubmitEvent, UploadEvent};
pub(crate) use plan::is_own_server;
pub use plan::{InlineFile, ModelPlan, Plan, PlannedUpload, plan, plan_all};

pub use self::core::Client;
pub(crate) use account::Permit;
pub(crate) use base_url::{check_encrypted, parse_base_url};
pub(crate) use lease::{PULSE, alive, lease_end};
pub(crate) use recording::no_journal;
pub(crate) use submit_limit::SubmitPermit;
