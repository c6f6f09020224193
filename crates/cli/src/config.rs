//! The configuration file: defaults of options. The values apply where neither an option, nor the request file, nor an
//! environment variable has one.

mod apply;
mod check;
mod edit;
mod file;
mod parse;
mod settings;

pub(crate) use self::check::{base_url_error, known_keys};
pub(crate) use self::edit::{set, unset};
pub(crate) use self::file::{get, load, path};
pub(crate) use self::settings::{Config, TIMEOUT};
