//! The commands, each with its arguments in a separate file. None uses another; code that two of them share is in the
//! modules next to this one, which use no command.

pub(crate) mod assets;
pub(crate) mod balance;
pub(crate) mod batch;
pub(crate) mod budget;
pub(crate) mod cancel;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod download;
pub(crate) mod gallery;
pub(crate) mod generate;
pub(crate) mod journal;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod models;
pub(crate) mod open;
pub(crate) mod plan;
pub(crate) mod prices;
pub(crate) mod recover;
pub(crate) mod schema;
pub(crate) mod sim;
pub(crate) mod spend;
pub(crate) mod status;
pub(crate) mod wait;
pub(crate) mod worker;
