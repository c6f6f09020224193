//! `videogen logout`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::{ErrorKind, Vendor};

use crate::environment;
use crate::exit::{Failure, INVALID};
use crate::keys;
use crate::output::{Output, file};

#[derive(Args)]
pub(crate) struct LogoutArgs {
    /// Vendor whose stored key is removed.
    vendor: Vendor,
}

pub(crate) fn logout(args: &LogoutArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.vendor;
    let facts = vendor.facts();
    let (path, is_removed) = keys::remove(vendor)?;
    if !is_removed {
        let message = format!("no API key of {} is stored in {}", facts.name, file(&path));
        return Err(Failure::new(INVALID, ErrorKind::NotFound, message));
    }
    let document = json!({"vendor": vendor, "path": path.to_string_lossy()});
    output.result(
        &document,
        || vec![file(&path)],
        || format!("Removed the API key of {} from {}.", facts.name, file(&path)),
    )?;
    if environment::text(facts.key_env).is_some() {
        output.note(&format!("{} is still set.", facts.key_env));
    }
    Ok(ExitCode::SUCCESS)
}
