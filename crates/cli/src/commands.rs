//! One function per command.

mod generate;
mod list;
mod models;
mod output_file;
mod plan;
mod recover;
mod schema;
mod sim;
mod target;
mod task;
mod wait_all;

pub(crate) use generate::generate;
pub(crate) use list::list;
pub(crate) use models::models;
pub(crate) use plan::plan;
pub(crate) use recover::recover;
pub(crate) use schema::schema;
pub(crate) use sim::sim;
pub(crate) use task::{cancel, download, status, wait};
