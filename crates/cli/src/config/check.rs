//! The known keys, and the rules of their values.

use std::path::Path;

use serde_json::{Map, Value};
use videogen::{Error, ErrorKind, Vendor, VideoRequest};
use videogen_journal::Store;

use super::settings::{Config, Key};
use crate::invocation::Invocation;
use crate::nearest::nearest;
use crate::user_file::at_home;
use crate::words;

/// Keys below `defaults`.
const DEFAULTS: [&str; 6] = ["vendor", "model", "output", "journal", "timeout", "key_store"];
/// Members that differ between requests, or may hold a secret.
const NOT_CONFIGURED: [&str; 6] = [
    "model",
    "prompt",
    "inputs",
    "callback_url",
    "client_reference",
    "draft_task",
];
/// Words in the names of secrets.
const SECRETS: [&str; 6] = ["key", "apikey", "token", "secret", "password", "authorization"];

/// Checks the path of output files; provided by the module that uses it.
pub(crate) type CheckOutput = fn(&Path) -> Result<(), String>;

/// The members of requests that can be configured.
fn fields() -> Vec<String> {
    let schema = videogen::submit::request_schema();
    let members = schema["properties"].as_object().into_iter().flatten();
    let names = members.map(|(name, _)| name.clone());
    names.filter(|name| !NOT_CONFIGURED.contains(&name.as_str())).collect()
}

/// The names of all keys.
pub(crate) fn known_keys() -> Vec<String> {
    let fields = fields();
    let defaults = DEFAULTS.iter().map(|name| format!("defaults.{name}"));
    let of_vendor = Vendor::ALL.iter().flat_map(|vendor| {
        let names = ["model", "base_url"]
            .into_iter()
            .chain(fields.iter().map(String::as_str));
        names.map(move |name| format!("vendor.{vendor}.{name}"))
    });
    defaults.chain(of_vendor).collect()
}

impl Key {
    /// The key with this name, such as `vendor.ark.duration`.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["defaults", "vendor"] => return Ok(Self::Vendor),
            ["defaults", "model"] => return Ok(Self::Model),
            ["defaults", "output"] => return Ok(Self::Output),
            ["defaults", "journal"] => return Ok(Self::Journal),
            ["defaults", "timeout"] => return Ok(Self::Timeout),
            ["defaults", "key_store"] => return Ok(Self::SecretsIn),
            ["vendor", vendor, member] => {
                if let Ok(vendor) = vendor.parse::<Vendor>() {
                    match *member {
                        "model" => return Ok(Self::VendorModel(vendor)),
                        "base_url" => return Ok(Self::BaseUrl(vendor)),
                        field if fields().iter().any(|known| known == field) => {
                            return Ok(Self::Field(vendor, field.to_owned()));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Err(unknown(name, parts.last().copied().unwrap_or_default()))
    }
}

/// Why there is no such key.
fn unknown(name: &str, last: &str) -> String {
    // `tokens_per_second` is none, `api_key` and `token` are.
    let is_secret = last.split(['_', '-']).any(|word| SECRETS.contains(&word));
    let parts: Vec<&str> = name.split('.').collect();
    let vendor = parts.get(1).and_then(|vendor| vendor.parse::<Vendor>().ok());
    if is_secret {
        let login = Invocation::new("login");
        let login = match vendor {
            Some(vendor) => login.arg(vendor.as_str()).to_string(),
            None => format!("{login} VENDOR"),
        };
        return format!(
            "`{name}`: this file is often shared, so no key is kept in it; remove it, and store it with: {login}"
        );
    }
    match last {
        "prompt" | "inputs" | "client_reference" | "draft_task" => {
            return format!("`{name}`: it differs between requests; pass it with each one");
        }
        "callback_url" => return format!("`{name}`: a URL may hold a secret; pass it with --callback-url"),
        _ => {}
    }
    if let (["vendor", name, ..], None) = (parts.as_slice(), vendor) {
        return name
            .parse::<Vendor>()
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
    }
    let known = known_keys();
    // Without a part that is right, in which all are alike.
    let near = match parts.as_slice() {
        ["vendor", _, member] if vendor.is_some() => {
            let names = fields();
            let names = names.iter().map(String::as_str).chain(["model", "base_url"]);
            nearest(member, names).map(|near| format!("{}.{}.{near}", parts[0], parts[1]))
        }
        [_] => nearest(name, ["defaults", "vendor"]).map(str::to_owned),
        _ => nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
    };
    match near {
        Some(near) => format!("unknown key `{name}`; did you mean `{near}`?"),
        None => format!(
            "unknown key `{name}`; known are defaults.{} and vendor.NAME.FIELD, with the fields of requests",
            DEFAULTS.join(", defaults.")
        ),
    }
}

/// Checks a value and stores it.
///
/// # Errors
/// What is wrong with it.
pub(super) fn put(config: &mut Config, key: &Key, value: &Value, check_output: CheckOutput) -> Result<(), String> {
    let text = || match value {
        Value::String(text) if text.trim().is_empty() => Err("it is empty; remove it to use the default".to_owned()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(format!("{value} is not text; put it in quotes")),
    };
    match key {
        Key::Vendor => config.vendor = Some(text()?.parse().map_err(|error| format!("{error}"))?),
        Key::Model => config.model = Some(text()?),
        Key::Output => {
            let path = at_home(&text()?);
            check_output(&path)?;
            config.output = Some(path);
        }
        Key::Journal => {
            let path = at_home(&text()?);
            if Store::is_url(&path) || Store::without_password(&path) != path {
                Store::check(&path).map_err(|error| error.to_string())?;
                if Store::without_password(&path) != path {
                    let message = "this file is often shared, so no password is kept in it; remove it from the URL, and set \
                                   PGPASSWORD";
                    return Err(message.to_owned());
                }
            } else if !path.is_absolute() {
                return Err(format!(
                    "{value} depends on the folder in which a command runs; use an absolute path, or one that begins with ~/"
                ));
            }
            config.journal = Some(path);
        }
        Key::Timeout => match value.as_u64() {
            Some(seconds) => config.timeout = Some(seconds),
            None => return Err(format!("{value} is not a number of seconds; use a whole number from 0")),
        },
        Key::SecretsIn => {
            config.uses_keyring = match text()?.as_str() {
                "file" => false,
                "keyring" if cfg!(feature = "keyring") => true,
                "keyring" => {
                    return Err(
                        "this program was built without the keyring; use \"file\", or build it with its feature `keyring`"
                            .to_owned(),
                    );
                }
                _ => return Err(format!("{value} is none; use \"file\" or \"keyring\"")),
            }
        }
        Key::VendorModel(vendor) => config.vendors.entry(*vendor).or_default().model = Some(text()?),
        Key::BaseUrl(vendor) => {
            let url = text()?;
            check_base_url(*vendor, &url)?;
            config.vendors.entry(*vendor).or_default().base_url = Some(url);
        }
        Key::Field(vendor, field) => {
            if value.is_string() {
                text()?;
            }
            check_field(field, value)?;
            let fields = &mut config.vendors.entry(*vendor).or_default().fields;
            fields.insert(field.clone(), value.clone());
        }
    }
    Ok(())
}

fn check_field(field: &str, value: &Value) -> Result<(), String> {
    let members = [("model", "".into()), ("prompt", "".into()), (field, value.clone())];
    let members: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    match serde_json::from_value::<VideoRequest>(members.into()) {
        Ok(_) => Ok(()),
        Err(error) => {
            let reason = error.to_string();
            let plain = words::value(&reason);
            Err(if plain == reason {
                format!("{value}: {reason}")
            } else {
                plain
            })
        }
    }
}

/// A base URL may contain a password, so it is not repeated.
fn check_base_url(vendor: Vendor, url: &str) -> Result<(), String> {
    base_url_error(vendor, url).map_or(Ok(()), |error| Err(error.message().to_owned()))
}

/// Why a plan or a client would not accept `url`; `None` if it would.
pub(crate) fn base_url_error(vendor: Vendor, url: &str) -> Option<Error> {
    let request = VideoRequest::new(vendor.default_model(), "a kite");
    let error = videogen::submit::plan(vendor, Some(url), &request).err()?;
    (error.kind() == ErrorKind::Config).then_some(error)
}
