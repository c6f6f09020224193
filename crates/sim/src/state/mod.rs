//! The state of one simulator: its clock, its tasks, its pending faults, its signed links.
//!
//! Nothing here uses a vendor's format or HTTP. It imports only the floors below: `spec` and `media`.

mod assets;
mod background;
mod bill;
mod clock;
mod delivery;
mod fault;
mod ids;
mod limits;
mod links;
mod log;
mod owner;
mod plan;
mod report;
mod rewrite;
mod shared;
mod signature;
mod store;
mod task;

pub use assets::UsedAsset;
pub use bill::{Bill, Tariff};
pub use clock::Clock;
pub use delivery::Delivery;
pub use fault::{Fault, FaultKind};
pub use report::TaskReport;
pub use store::Stats;

pub(crate) use assets::{Announced, Asset, AssetStatus, Assets, Group, Session, Upload, VERIFICATION};
pub(crate) use background::Background;
pub(crate) use clock::after;
pub(crate) use fault::Faults;
pub(crate) use ids::Ids;
pub(crate) use limits::Limits;
pub(crate) use links::{Denied, Links, parse_path};
pub(crate) use log::Log;
pub(crate) use owner::Owner;
pub(crate) use plan::{Failure, Pace, Plan, Status};
pub(crate) use report::reports;
pub(crate) use rewrite::Rewrites;
pub(crate) use shared::Core;
pub(crate) use signature::Signers;
pub(crate) use store::Store;
pub(crate) use task::Task;
