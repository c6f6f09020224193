//! API keys: from the environment, the file of `--env-file`, or the store of `login`, in this order. They are never on a
//! command line, and in no output.

mod env_file;
mod store;

use std::path::Path;

use secrecy::SecretString;
use videogen::{ErrorKind, Vendor};

pub(crate) use self::env_file::EnvFileArgs;
pub(crate) use self::store::{PROTECT, check, path, remove, save};
use crate::environment;
use crate::exit::{ACCOUNT, Failure};
use crate::invocation::Invocation;
use crate::output::file;

/// Where a key comes from.
pub(crate) enum Origin {
    Environment,
    EnvFile(&'static Path),
    Login,
}

/// A key.
pub(crate) struct Key {
    pub(crate) secret: SecretString,
    pub(crate) origin: Origin,
}

/// The key of a vendor.
///
/// # Errors
/// When the store cannot be read, and no variable has a key.
pub(crate) fn find(vendor: Vendor) -> Result<Option<Key>, Failure> {
    let variable = vendor.facts().key_env;
    if let Some(key) = environment::text(variable) {
        let origin = environment::file_of(variable).map_or(Origin::Environment, Origin::EnvFile);
        return Ok(Some(Key {
            secret: key.into(),
            origin,
        }));
    }
    let stored = store::find(vendor)?;
    Ok(stored.map(|secret| Key {
        secret,
        origin: Origin::Login,
    }))
}

/// Whether there is a key of a vendor.
pub(crate) fn has(vendor: Vendor) -> bool {
    matches!(find(vendor), Ok(Some(_)))
}

/// Where the key of a vendor comes from, as a reason to choose the vendor.
pub(crate) fn reason(vendor: Vendor) -> String {
    let variable = vendor.facts().key_env;
    match find(vendor) {
        Ok(Some(key)) => match key.origin {
            Origin::Environment => format!("{variable} is set"),
            Origin::EnvFile(path) => format!("{variable} is in {}", file(path)),
            Origin::Login => "its key is stored".to_owned(),
        },
        _ => format!("{variable} is not set"),
    }
}

/// Names the place of a key that a vendor refused. The message of the library names the variable, wherever the key was found.
pub(crate) fn with_place(mut failure: Failure) -> Failure {
    for vendor in Vendor::ALL.iter().copied() {
        let in_variable = format!("the key in {}", vendor.facts().key_env);
        if !failure.message.contains(&in_variable) {
            continue;
        }
        let place = match find(vendor) {
            Ok(Some(Key {
                origin: Origin::Login, ..
            })) => format!(
                "the key that is stored with {}",
                Invocation::new("login").arg(vendor.as_str())
            ),
            Ok(Some(Key {
                origin: Origin::EnvFile(path),
                ..
            })) => format!("{} in {}", vendor.facts().key_env, file(path)),
            _ => continue,
        };
        for text in [&mut failure.message, &mut failure.error.message] {
            *text = text.replace(&in_variable, &place);
        }
    }
    failure
}

/// The failure without a key of any of these vendors.
pub(crate) fn missing(vendors: &[Vendor]) -> Failure {
    // A store that cannot be read may have one.
    if let Some(failure) = vendors.iter().find_map(|vendor| find(*vendor).err()) {
        return failure;
    }
    let variables: Vec<_> = vendors.iter().map(|vendor| vendor.facts().key_env).collect();
    let login = match vendors {
        [only] => Invocation::new("login").arg(only.as_str()).to_string(),
        _ => format!("{} VENDOR", Invocation::new("login")),
    };
    let message = format!("no API key: set {}, or store one with: {login}", variables.join(" or "));
    Failure::new(ACCOUNT, ErrorKind::Config, message)
}

/// Requires a key of each of these vendors.
///
/// # Errors
/// Names all that are missing.
pub(crate) fn check_all(vendors: &[Vendor]) -> Result<(), Failure> {
    let lacking: Vec<Vendor> = vendors.iter().copied().filter(|vendor| !has(*vendor)).collect();
    if lacking.len() < 2 {
        // Reported by its client.
        return Ok(());
    }
    if let Some(failure) = lacking.iter().find_map(|vendor| find(*vendor).err()) {
        return Err(failure);
    }
    let names: Vec<_> = lacking.iter().map(|vendor| vendor.name()).collect();
    let variables: Vec<_> = lacking.iter().map(|vendor| vendor.facts().key_env).collect();
    let message = format!(
        "no API keys of {}: set {}, or store them with: {} VENDOR",
        names.join(" and "),
        variables.join(" and "),
        Invocation::new("login")
    );
    Err(Failure::new(ACCOUNT, ErrorKind::Config, message))
}
