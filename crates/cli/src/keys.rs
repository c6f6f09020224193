//! API keys: from the environment, the file of `--env-file`, or what `login` stored, in the keyring or a file, in this order. They
//! are never on a command line, and in no output.

mod env_file;
mod keyring;
mod store;

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::{Value, json};
use videogen::{ErrorKind, Vendor};

pub(crate) use self::env_file::EnvFileArgs;
pub(crate) use self::keyring::use_it as use_keyring;
pub(crate) use self::store::path;
use crate::environment;
use crate::exit::{ACCOUNT, Failure};
use crate::invocation::Invocation;
use crate::output::file;

/// Where a key comes from.
pub(crate) enum Origin {
    Environment,
    EnvFile(&'static Path),
    Keyring,
    Login,
}

/// Where `login` stores keys.
pub(crate) enum Place {
    Keyring,
    File(PathBuf),
}

/// `the keyring`, or the path of the file.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the keyring"),
            Self::File(path) => f.write_str(&file(path)),
        }
    }
}

impl Place {
    /// For a JSON document.
    pub(crate) fn document(&self) -> Value {
        match self {
            Self::Keyring => json!({"store": "keyring"}),
            Self::File(path) => json!({"store": "file", "path": path.to_string_lossy()}),
        }
    }
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
    let (stored, origin) = match keyring::find(vendor)? {
        Some(secret) => (Some(secret), Origin::Keyring),
        None => (store::find(vendor)?, Origin::Login),
    };
    Ok(stored.map(|secret| Key { secret, origin }))
}

/// Stores the key of a vendor, in place of an earlier one, and returns where.
///
/// # Errors
/// When the keyring cannot be used, the file cannot be written, or others may read it.
pub(crate) fn save(vendor: Vendor, key: &SecretString) -> Result<Place, Failure> {
    if !keyring::is_used() {
        return store::save(vendor, key).map(Place::File);
    }
    keyring::save(vendor, key)?;
    // The keyring comes first, so that a key in the file would only lie about.
    if let Ok(Some(_)) = store::find(vendor) {
        store::remove(vendor)?;
    }
    Ok(Place::Keyring)
}

/// Removes the stored key of a vendor, and returns from where. Otherwise there was none in the places that it returns.
///
/// # Errors
/// See [`save`].
pub(crate) fn remove(vendor: Vendor) -> Result<Result<Vec<Place>, Vec<Place>>, Failure> {
    let in_keyring = keyring::remove(vendor)?;
    let (path, in_file) = store::remove(vendor)?;
    let keyring = || Place::Keyring;
    Ok(match (in_keyring, in_file) {
        (false, false) => {
            let mut looked_at: Vec<Place> = keyring::is_used().then(keyring).into_iter().collect();
            looked_at.push(Place::File(path));
            Err(looked_at)
        }
        _ => {
            let mut removed: Vec<Place> = in_keyring.then(keyring).into_iter().collect();
            removed.extend(in_file.then_some(Place::File(path)));
            Ok(removed)
        }
    })
}

/// Checks whether what `login` stores keys in can be used.
///
/// # Errors
/// When the keyring or the file cannot be read, or others may read the file.
pub(crate) fn check() -> Result<(), Failure> {
    keyring::check()?;
    store::check()
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
            Origin::Keyring | Origin::Login => "its key is stored".to_owned(),
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
                origin: Origin::Keyring | Origin::Login,
                ..
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
