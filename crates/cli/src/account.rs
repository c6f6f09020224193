//! Selection of the vendor, its base URL and its key.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use videogen::facts::{Capabilities, Operation};
use videogen::{Client, ClientBuilder, ErrorKind, TaskId, Vendor, VideoRequest};
use videogen_journal::Store;

use crate::config;
use crate::environment;
use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::keys;
use crate::late::late_or;
use crate::notes::meant_anywhere;
use crate::output::{Output, file};
use crate::result::Configured;
use crate::server::note_on_default_model;

/// The vendor to use.
struct Choice {
    vendor: Vendor,
    /// Why this one, if several could be used.
    reason: Option<String>,
    /// Whether it is the default vendor of the configuration.
    is_default: bool,
}

/// The vendor of a request, and what the configuration supplied.
pub(crate) struct Resolved {
    pub(crate) vendor: Vendor,
    pub(crate) from_config: Vec<Configured>,
}

/// What the command needs of the vendor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A key.
    Key,
    /// Nothing: it shows what a submission would send, so it must not choose where a submission would not.
    Plan,
    /// Nothing: any vendor will do.
    Simulation,
}

#[derive(Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArgs {
    /// token360, toapis, alltoken, ark, openrouter, replicate, fal [default: by model].
    #[arg(long, value_name = "VENDOR", value_parser = late_or(str::parse::<Vendor>, Vendor::ALL[0]))]
    pub(crate) vendor: Option<Vendor>,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
}

impl AccountArgs {
    /// The vendor for `request`, which is completed from the configuration. Its model is set to the vendor's default if it
    /// has none then. Which vendor is chosen depends on `need` only where a submission would fail.
    pub(crate) fn resolve(&self, request: &mut VideoRequest, need: Need, output: &Output) -> Result<Resolved, Failure> {
        let config = config::get();
        let given = Some(request.model.as_str()).filter(|model| !model.is_empty());
        let default = config.model.as_deref().filter(|_| config.vendor.is_none());
        let choice = self.choice(given.or(default), Operation::Submit, need)?;
        if let Some(reason) = choice.reason {
            output.note(&reason);
        }
        let vendor = choice.vendor;
        let mut from_config = Vec::new();
        if choice.is_default {
            let name = vendor.as_str().into();
            from_config.push(Configured::new("vendor", "defaults.vendor".to_owned(), name));
        }
        if let Some(base_url) = config.base_url(vendor).filter(|_| need == Need::Key)
            && self.base_url(vendor).as_deref() == Some(base_url)
        {
            let key = format!("vendor.{vendor}.base_url");
            from_config.push(Configured::new("base_url", key, base_url.into()));
        }
        if request.model.is_empty() {
            match config.model_of(vendor) {
                Some(model) => {
                    request.model = model.value.as_str().unwrap_or_default().to_owned();
                    from_config.push(model);
                }
                None => {
                    request.model = vendor.default_model().to_owned();
                    let base_url = self.base_url(vendor).filter(|_| need != Need::Simulation);
                    if let Some(note) = note_on_default_model(vendor, base_url.as_deref()) {
                        output.note(&note);
                    }
                    if let Some(unused) = &config.model {
                        let (name, model) = (vendor.name(), &request.model);
                        output.note(&format!("{name} has no {unused} (defaults.model): using {model}."));
                    }
                }
            }
        }
        from_config.extend(config.complete(vendor, request));
        if !from_config.is_empty() {
            let values: Vec<String> = from_config.iter().map(ToString::to_string).collect();
            output.note(&format!("From {}: {}.", file(&config.path), values.join(", ")));
        }
        Ok(Resolved { vendor, from_config })
    }

    /// The vendor of an operation that needs a key, about a listed `model` if one is given. Only vendors that support the
    /// operation are chosen among.
    pub(crate) fn choose(&self, model: Option<&str>, operation: Operation, output: &Output) -> Result<Vendor, Failure> {
        let Choice { vendor, reason, .. } = self.choice(model, operation, Need::Key)?;
        // Without a model, the key alone names the vendor.
        if let Some(reason) = reason.filter(|_| model.is_some()) {
            output.note(&reason);
        }
        Ok(vendor)
    }

    fn choice(&self, model: Option<&str>, operation: Operation, need: Need) -> Result<Choice, Failure> {
        if let Some(vendor) = self.vendor {
            return Ok(Choice {
                vendor,
                reason: None,
                is_default: false,
            });
        }
        let fitting = model.map_or_else(|| Vendor::ALL.to_vec(), listed_by);
        if let Some(vendor) = config::get().vendor
            && vendor.supports(operation)
            && (fitting.is_empty() || fitting.contains(&vendor))
        {
            return Ok(Choice {
                vendor,
                reason: None,
                is_default: true,
            });
        }
        if let (Some(model), []) = (model, fitting.as_slice()) {
            let vendor = only_key(model)?;
            let (name, key) = (vendor.name(), keys::reason(vendor));
            let reason = format!("No table lists {model}: using {name}, because only {key}.");
            return Ok(Choice {
                vendor,
                reason: Some(reason),
                is_default: false,
            });
        }
        let (able, unable): (Vec<Vendor>, Vec<Vendor>) =
            fitting.into_iter().partition(|vendor| vendor.supports(operation));
        let unable: Vec<Vendor> = unable.into_iter().filter(|vendor| has_key(*vendor)).collect();
        let keyed: Vec<Vendor> = able.iter().copied().filter(|vendor| has_key(*vendor)).collect();
        if keyed.is_empty() && !unable.is_empty() {
            return Err(unsupported(operation, &unable, &able));
        }
        let fitting = able;
        let (vendor, because) = match keyed.as_slice() {
            [only] => (*only, keys::reason(*only)),
            [] if need != Need::Key => {
                let has_others = model.is_some() && Vendor::ALL.iter().any(|vendor| has_key(*vendor));
                let because = match has_others {
                    true => "no key is set for a vendor that lists this model",
                    false => "no API key is set",
                };
                (fitting[0], because.to_owned())
            }
            [] => return Err(no_key(&fitting)),
            [first, ..] if need == Need::Simulation => {
                let others = names(&keyed[1..]);
                (
                    *first,
                    format!(
                        "a simulation needs no key, and it is the first of those with one ({}, {others})",
                        first.as_str()
                    ),
                )
            }
            several => {
                let names = names(several);
                let message = match model {
                    Some(model) => format!("several vendors with a key have {model} ({names})"),
                    None => format!("keys of several vendors are set ({names})"),
                };
                return Err(unchosen(message).hint("Choose one with --vendor."));
            }
        };
        let others: Vec<Vendor> = fitting.into_iter().filter(|other| *other != vendor).collect();
        let which = match model {
            Some(_) => format!(": {}", names(&others)),
            None => String::new(),
        };
        let reason = format!(
            "Using {}, because {because}; select another vendor with --vendor{which}.",
            vendor.name()
        );
        // The model excludes the default vendor.
        let reason = match (config::get().vendor, model) {
            (Some(default), Some(model)) => format!("{} does not list {model}. {reason}", default.name()),
            _ => reason,
        };
        Ok(Choice {
            vendor,
            reason: (!others.is_empty() || config::get().vendor.is_some()).then_some(reason),
            is_default: false,
        })
    }

    /// The base URL of `vendor` from the options, the environment or the configuration; `None`: the vendor's own.
    pub(crate) fn base_url(&self, vendor: Vendor) -> Option<String> {
        let given = self
            .base_url
            .clone()
            .filter(|_| self.vendor.is_none_or(|named| named == vendor));
        given
            .filter(|url| !url.trim().is_empty())
            .or_else(|| default_base_url(vendor))
    }

    /// Checks the base URLs of `vendors`, all of them at once.
    pub(crate) fn check_base_urls(&self, vendors: impl Iterator<Item = Vendor>) -> Result<(), Failure> {
        let faults = vendors.filter_map(|vendor| {
            let error = config::base_url_error(vendor, &self.base_url(vendor)?)?;
            Some(of_vendor(vendor, self.base_url.as_deref(), error))
        });
        Failure::all(faults).map_or(Ok(()), Err)
    }

    /// A client for `vendor` with the key from the environment.
    pub(crate) fn client(&self, vendor: Vendor, output: &Output) -> Result<Client, Failure> {
        self.journalled(vendor, None, output)
    }

    /// The same, with a journal.
    pub(crate) fn journalled(
        &self,
        vendor: Vendor,
        journal: Option<Arc<Store>>,
        output: &Output,
    ) -> Result<Client, Failure> {
        client(vendor, self.base_url.as_deref(), journal, output)
    }

    /// The builder of such a client.
    pub(crate) fn builder(
        &self,
        vendor: Vendor,
        journal: Option<Arc<Store>>,
        output: &Output,
    ) -> Result<ClientBuilder, Failure> {
        Ok(noting_delays(
            builder(vendor, self.base_url.as_deref(), journal)?,
            *output,
        ))
    }
}

#[derive(Args)]
pub(crate) struct TaskArgs {
    /// The task, as `generate` printed it: vendor:family:id.
    pub(crate) task: TaskId,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
}

impl TaskArgs {
    /// A client for the task's vendor, which records the task's status.
    pub(crate) fn client(&self, journal: &JournalArgs, output: &Output) -> Result<Client, Failure> {
        let journal = journal.open_if_there(output);
        client(self.task.vendor(), self.base_url.as_deref(), journal, output)
    }
}

/// The failure of a plan or a client. `base_url`: from an option; without it, a failure about the base URL names the variable.
pub(crate) fn of_vendor(vendor: Vendor, base_url: Option<&str>, error: videogen::Error) -> Failure {
    let mut failure = Failure::from(error);
    for text in [&mut failure.message, &mut failure.error.message] {
        *text = match base_url {
            None => with_variable(vendor, std::mem::take(text)),
            Some(_) => text.replacen("the base URL ", "--base-url: the base URL ", 1),
        };
    }
    failure
}

/// The message of an error. If it is about a base URL from the environment, it names the variable.
pub(crate) fn with_variable(vendor: Vendor, message: String) -> String {
    match message.strip_prefix("the base URL ") {
        Some(rest) => format!("{} {rest}", vendor.facts().base_url_env),
        None => message,
    }
}

/// A client for `vendor` with its key.
pub(crate) fn client(
    vendor: Vendor,
    base_url: Option<&str>,
    journal: Option<Arc<Store>>,
    output: &Output,
) -> Result<Client, Failure> {
    let client = noting_delays(builder(vendor, base_url, journal)?, *output).build();
    client.map_err(|error| of_vendor(vendor, base_url, error))
}

/// After how long a note says that the vendor has not responded.
const DELAY: Duration = Duration::from_secs(10);

/// With a note when the vendor does not respond.
pub(crate) fn noting_delays(builder: ClientBuilder, output: Output) -> ClientBuilder {
    builder.on_delay(DELAY, move |vendor| {
        let (name, seconds) = (vendor.name(), DELAY.as_secs());
        output.note(&format!("No response from {name} for {seconds} s; still waiting."));
    })
}

pub(crate) fn builder(
    vendor: Vendor,
    base_url: Option<&str>,
    journal: Option<Arc<Store>>,
) -> Result<ClientBuilder, Failure> {
    let Some(key) = keys::find(vendor)? else {
        return Err(no_key(&[vendor]));
    };
    let mut builder = with_key(vendor, base_url, key.secret);
    if let Some(journal) = journal {
        builder = builder.journal(journal);
    }
    Ok(builder)
}

/// The builder of a client with another key. `base_url`: from an option.
pub(crate) fn with_key(vendor: Vendor, base_url: Option<&str>, key: SecretString) -> ClientBuilder {
    let mut builder = Client::builder(vendor).key(key);
    // The client reads the variable of the process itself, and names it in errors.
    let variable = vendor.facts().base_url_env;
    let in_file = environment::file_of(variable).and_then(|_| environment::text(variable));
    let base_url = base_url.or(in_file.as_deref());
    let configured = || {
        config::get()
            .base_url(vendor)
            .filter(|_| environment::text(vendor.facts().base_url_env).is_none())
    };
    if let Some(base_url) = base_url.or_else(configured) {
        builder = builder.base_url(base_url);
    }
    builder
}

/// The base URL of `vendor` without an option: from the environment or the configuration.
pub(crate) fn default_base_url(vendor: Vendor) -> Option<String> {
    let configured = || config::get().base_url(vendor).map(str::to_owned);
    environment::text(vendor.facts().base_url_env).or_else(configured)
}

fn names(vendors: &[Vendor]) -> String {
    let names: Vec<_> = vendors.iter().map(|vendor| vendor.as_str()).collect();
    names.join(", ")
}

/// The failure when none of the vendors with a key supports an operation.
fn unsupported(operation: Operation, unable: &[Vendor], able: &[Vendor]) -> Failure {
    let shown: Vec<_> = unable.iter().map(|vendor| vendor.name()).collect();
    let verb = if unable.len() == 1 { "does" } else { "do" };
    let message = format!(
        "{} {verb} not support `{operation}`, and no other API key is set",
        shown.join(", ")
    );
    let keys: Vec<_> = able.iter().map(|vendor| vendor.facts().key_env).collect();
    let failure = Failure::new(INVALID, ErrorKind::Unsupported, message);
    match (operation, keys.is_empty()) {
        (Operation::List, _) => failure.hint(&format!(
            "Set {}, or list your own submissions with: {}",
            keys.join(" or "),
            Invocation::new("list").flag("--local", true)
        )),
        (_, false) => failure.hint(&format!("Set {}.", keys.join(" or "))),
        (_, true) => failure,
    }
}

/// The vendors whose tables list `model`.
fn listed_by(model: &str) -> Vec<Vendor> {
    let lists = |vendor: &Vendor| Capabilities::of(*vendor, model).is_known();
    Vendor::ALL.iter().copied().filter(lists).collect()
}

/// The vendor for a model that no table lists: the only one with a key.
fn only_key(model: &str) -> Result<Vendor, Failure> {
    let keyed: Vec<Vendor> = Vendor::ALL.iter().copied().filter(|vendor| has_key(*vendor)).collect();
    if let [only] = keyed.as_slice() {
        return Ok(*only);
    }
    let message = format!("{model} is in the tables of no vendor, so it is not known which vendor has it");
    let meant = meant_anywhere(model).map(|meant| format!("\n{meant}"));
    let hint = format!(
        "Choose the vendor with --vendor: {}.{}",
        names(Vendor::ALL),
        meant.unwrap_or_default()
    );
    Err(unchosen(message).hint(&hint))
}

/// A failure whose reason may be in the configuration: it names the values that were not given otherwise.
pub(crate) fn explained(failure: Failure, from_config: &[Configured]) -> Failure {
    let refused = failure.error.fields();
    let causes = from_config.iter().filter(|one| refused.contains(&one.field.as_str()));
    let keys: Vec<String> = causes.map(|one| one.key.clone()).collect();
    let Some(first) = keys.first() else { return failure };
    let hint = format!(
        "From {}: {}. Pass another value, or remove it with: {}",
        file(&config::get().path),
        keys.join(", "),
        Invocation::new("config").arg("unset").arg(first)
    );
    failure.hint(&hint)
}

/// A command line that leaves the vendor open.
fn unchosen(message: String) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}

/// The vendors that can be asked for their models: the one that is named, or those with a key.
pub(crate) fn answering(account: &AccountArgs) -> Vec<Vendor> {
    let all = Vendor::ALL.iter().copied();
    all.filter(|vendor| match account.vendor {
        Some(only) => only == *vendor,
        None => has_key(*vendor) && vendor.supports(Operation::Models),
    })
    .collect()
}

fn has_key(vendor: Vendor) -> bool {
    keys::has(vendor)
}

/// The failure without a key of each of these vendors; `None` if there are all.
pub(crate) fn missing_keys(vendors: &[Vendor]) -> Option<Failure> {
    let several = keys::check_all(vendors).err();
    several.or_else(|| Some(no_key(&[*vendors.iter().find(|vendor| !keys::has(**vendor))?])))
}

/// The failure without a key of any of these vendors.
pub(crate) fn no_key(vendors: &[Vendor]) -> Failure {
    keys::missing(vendors).hint(&format!(
        "To try without a key, use: {}",
        Invocation::new("generate").flag("--simulate", true)
    ))
}
