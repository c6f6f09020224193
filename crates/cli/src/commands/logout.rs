//! `videogen logout`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use videogen::{ErrorKind, Vendor};

use crate::environment;
use crate::exit::{Failure, INVALID};
use crate::keys::{self, Place};
use crate::output::Output;

#[derive(Args)]
pub(crate) struct LogoutArgs {
    /// Vendor whose stored key is removed.
    vendor: Vendor,
}

pub(crate) fn logout(args: &LogoutArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.vendor;
    let facts = vendor.facts();
    let names = |places: &[Place]| places.iter().map(ToString::to_string).collect::<Vec<_>>();
    let removed = match keys::remove(vendor)? {
        Ok(removed) => removed,
        Err(looked_at) => {
            let places = names(&looked_at).join(" or ");
            let message = format!("no API key of {} is stored in {places}", facts.name);
            return Err(Failure::new(INVALID, ErrorKind::NotFound, message));
        }
    };
    let places: Vec<Value> = removed.iter().map(Place::document).collect();
    output.result(
        &json!({"vendor": vendor, "removed": places}),
        || names(&removed),
        || {
            format!(
                "Removed the API key of {} from {}.",
                facts.name,
                names(&removed).join(" and ")
            )
        },
    )?;
    if environment::text(facts.key_env).is_some() {
        output.note(&format!("{} is still set.", facts.key_env));
    }
    Ok(ExitCode::SUCCESS)
}
