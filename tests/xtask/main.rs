//! The maintainer's commands, on the real specs and on planted errors.

mod commands;
mod docs;
