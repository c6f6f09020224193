//! The commands, each with its arguments in a file of its own. None knows another: what two of them share lies in the
//! modules beside this one, which know no command.

pub(crate) mod cancel;
pub(crate) mod download;
pub(crate) mod generate;
pub(crate) mod list;
pub(crate) mod models;
pub(crate) mod plan;
pub(crate) mod recover;
pub(crate) mod schema;
pub(crate) mod sim;
pub(crate) mod status;
pub(crate) mod wait;
