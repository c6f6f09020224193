//! Local files of a request: what they contain, how each reaches the vendor, and the limits they must keep.

mod limits;
mod mp4;
mod probe;
mod read;
mod route;
mod webm;

pub(crate) use limits::{Fault, check, is_unusable, total, unchecked};
pub(crate) use probe::{Content, Files, Probe};
pub(crate) use read::read_up_to;
pub(crate) use route::{Route, medium_of, role_rule, route, takes_files, way_for};
