//! `videogen login`.

use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;

use clap::Args;
use secrecy::SecretString;
use tokio::time::timeout;
use videogen::{ErrorKind, RetryPolicy, Vendor};

use crate::account;
use crate::environment;
use crate::exit::{ACCOUNT, Failure, INVALID, IO, VENDOR, stoppable};
use crate::interrupt::interrupted;
use crate::keys;
use crate::output::Output;
use crate::probe::{LIMIT, probe};
use crate::system::Hidden;
use crate::text;

/// Longest input, in bytes.
const LONGEST: u64 = 64 << 10;

#[derive(Args)]
pub(crate) struct LoginArgs {
    /// Vendor whose key is stored.
    vendor: Vendor,
    /// Store the key without checking that the vendor accepts it.
    #[arg(long)]
    no_check: bool,
}

pub(crate) async fn login(args: LoginArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.vendor;
    let facts = vendor.facts();
    let key = read(vendor).await?;
    if !args.no_check {
        stoppable(check(vendor, &key)).await?;
    }
    let place = keys::save(vendor, &key)?;
    let mut document = place.document();
    (document["vendor"], document["checked"]) = (vendor.as_str().into(), (!args.no_check).into());
    output.result(
        &document,
        || vec![place.to_string()],
        || format!("Stored the API key of {} in {place}.", facts.name),
    )?;
    if environment::text(facts.key_env).is_some() {
        output.note(&format!("{} is set, and comes before the stored key.", facts.key_env));
    }
    Ok(ExitCode::SUCCESS)
}

async fn read(vendor: Vendor) -> Result<SecretString, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(IO, ErrorKind::Io, format!("cannot read the key: {error}"));
    let invalid = |message: &str| Failure::new(INVALID, ErrorKind::InvalidRequest, message);
    let text = if std::io::stdin().is_terminal() {
        ask(vendor).await?.map_err(unreadable)?
    } else {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        text
    };
    match text.trim() {
        "" => Err(invalid("the key is empty; type it, or pass it on standard input")),
        key if key
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) =>
        {
            Err(invalid(
                "the key has blanks, several lines or other invalid characters; pass the key alone",
            ))
        }
        key => Ok(key.into()),
    }
}

/// Prompts for the key, without showing it.
async fn ask(vendor: Vendor) -> Result<std::io::Result<String>, Failure> {
    let facts = vendor.facts();
    let page = facts.keys_page.map(|page| format!(" (from {page})"));
    let prompt = format!("API key of {}{}: ", facts.name, page.unwrap_or_default());
    // An interrupt that ended the process at once would leave the terminal without echo.
    let interrupt = interrupted();
    let line = Hidden::begin().and_then(|hidden| Ok((hidden.line(text::visible(&prompt))?, hidden)));
    // A signal leaves the prompt waiting for input; the terminal is restored as this returns.
    let (line, _hidden) = match line {
        Ok(line) => line,
        Err(error) => return Ok(Err(error)),
    };
    tokio::select! {
        biased;
        interrupt = interrupt => Err(Failure::interrupted(interrupt, "interrupted; nothing was stored")),
        read = tokio::task::spawn_blocking(line) => match read {
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::Interrupted => {
                Err(Failure::interrupted(interrupted().await, "interrupted; nothing was stored"))
            }
            Ok(read) => Ok(read),
            Err(error) => Ok(Err(error.into())),
        },
    }
}

async fn check(vendor: Vendor, key: &SecretString) -> Result<(), Failure> {
    let name = vendor.name();
    let client = account::with_key(vendor, None, key.clone())
        .retry(RetryPolicy::never())
        .build()?;
    let unchecked = "Nothing was stored. To store the key without a check, add: --no-check";
    match timeout(LIMIT, probe(&client)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if error.kind() == ErrorKind::Auth => {
            // Without the library's advice: the key is in no variable.
            let message = format!("{name} does not accept the key: {}", error.message());
            let failure = Failure::new(ACCOUNT, ErrorKind::Auth, message);
            let failure = match vendor.facts().keys_page {
                Some(page) => failure.hint(&format!("Keys of {name}: {page}")),
                None => failure,
            };
            Err(failure.hint(unchecked))
        }
        Ok(Err(error)) => Err(Failure::from(error).hint(unchecked)),
        Err(_) => {
            let message = format!("{name} did not answer within {} s", LIMIT.as_secs());
            Err(Failure::new(VENDOR, ErrorKind::Transport, message).hint(unchecked))
        }
    }
}
