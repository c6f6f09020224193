//! `videogen assets verify`, and the file from which another process continues it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::sleep;
use videogen::facts::Operation;
use videogen::upload::Verification;
use videogen::{ErrorKind, Vendor};

use crate::account::AccountArgs;
use crate::exit::{Failure, INVALID, IO, TIMEOUT};
use crate::invocation::Invocation;
use crate::output::{Output, elapsed, file};
use crate::system;

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// Name of the person or of their group.
    name: String,
    #[command(flatten)]
    account: AccountArgs,
    /// URL that the person's browser is sent to afterwards (ToAPIs, AllToken: required).
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// Keep the session in FILE until the person is verified; if it exists, continue it.
    #[arg(long, value_name = "FILE")]
    session: Option<PathBuf>,
    /// Stop waiting after SECONDS.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

/// First and longest pause between two polls of a verification.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(5);
/// How many seconds the link of a verification is valid where the vendor does not report it.
const LINK: i64 = 120;

/// A session that was begun, as its file keeps it. It contains secrets.
#[derive(Serialize, Deserialize)]
struct Begun {
    vendor: Vendor,
    name: String,
    at: DateTime<Utc>,
    session: Verification,
}

impl Begun {
    fn valid_until(&self) -> DateTime<Utc> {
        let session = self.session.expires_at;
        session.unwrap_or_else(|| self.at + TimeDelta::seconds(LINK))
    }
}

/// Shows the link, which only this terminal gets, and waits until the person has used it.
pub(crate) async fn verify(args: VerifyArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(None, Operation::Verify, output)?;
    let client = args.account.client(vendor, output)?;
    let assets = client.assets();
    let again = Invocation::new("assets verify")
        .arg(&args.name)
        .option("--vendor", Some(vendor.as_str()))
        .option("--callback-url", args.callback_url.as_ref())
        .option("--session", args.session.as_ref())
        .option("--base-url", args.account.base_url.as_ref());
    let known = match &args.session {
        Some(path) => read(path, vendor, &args.name)?,
        None => None,
    };
    let begun = match known {
        Some(begun) => begun,
        None => {
            let callback = args.callback_url.as_deref().map(Into::into);
            let begun = Begun {
                vendor,
                name: args.name.clone(),
                at: Utc::now(),
                session: assets.verify(&args.name, callback.as_ref()).await?,
            };
            if begun.session.link.is_none() {
                let message = format!("{} returned no link for the verification", vendor.name());
                return Err(
                    Failure::new(TIMEOUT, ErrorKind::NotReady, message).hint(&format!("Begin again with: {again}"))
                );
            }
            if let Some(path) = &args.session {
                write(path, &begun).map_err(|error| unusable("write", path, &error))?;
            }
            begun
        }
    };
    let (left, link) = ((begun.valid_until() - Utc::now()).to_std().ok(), &begun.session.link);
    if let (Some(left), Some(link)) = (left, link) {
        // Also with --json: it is useless after the wait.
        output.announce(&format!(
            "{} must open this link on a phone within {}, and follow the steps there:\n  {}\n\
             Whoever has the link can be verified in their place, so do not publish it.",
            args.name,
            elapsed(left),
            link.expose()
        ));
    }
    let (waiting, mut pause) = (Instant::now(), FIRST);
    let group = loop {
        if let Some(group) = assets.verified(&begun.session).await? {
            break group;
        }
        if left.is_none() || waiting.elapsed() >= Duration::from_secs(args.timeout) {
            let message = match left {
                None => format!("{} was not verified while the link was valid", args.name),
                Some(_) => format!("{} was not verified within {} s", args.name, args.timeout),
            };
            let hint = match (&args.session, left) {
                (Some(path), None) => format!("Delete {}, and begin again with: {again}", file(path)),
                (Some(_), Some(_)) => format!("Continue with: {again}"),
                (None, _) => format!("Begin again with: {again}"),
            };
            return Err(Failure::new(TIMEOUT, ErrorKind::Timeout, message).hint(&hint));
        }
        sleep(pause).await;
        pause = (pause * 3 / 2).min(LONGEST);
    };
    if let Some(path) = &args.session {
        // Its secrets are of no use any more.
        let _ = fs::remove_file(path);
    }
    let document = json!({"vendor": vendor, "name": args.name, "group": group});
    output.result(
        &document,
        || vec![group.clone()],
        || {
            let upload = Invocation::new("assets upload FILE --person")
                .option("--group", Some(&group))
                .option("--vendor", Some(vendor.as_str()))
                .option("--base-url", args.account.base_url.as_ref());
            format!(
                "{} is verified: group {group}\nUpload their pictures with: {upload}",
                args.name
            )
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The session in a file; `None` if there is no such file.
fn read(path: &Path, vendor: Vendor, name: &str) -> Result<Option<Begun>, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable("read", path, &error)),
    };
    let invalid = |reason: String| {
        let message = format!("{} {reason}; name another file for a new session", file(path));
        Failure::new(INVALID, ErrorKind::InvalidRequest, message)
    };
    // The parser's message could contain a part of the secrets.
    let begun: Begun =
        serde_json::from_slice(&bytes).map_err(|_| invalid("is not the file of a verification".to_owned()))?;
    if begun.vendor != vendor || begun.name != name {
        let (whose, at) = (&begun.name, begun.vendor.name());
        return Err(invalid(format!("is the verification of {whose} at {at}")));
    }
    Ok(Some(begun))
}

/// Writes a session for its owner alone.
fn write(path: &Path, begun: &Begun) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    system::owner_only(&mut options);
    let mut file = options.open(path)?;
    file.write_all(&serde_json::to_vec(begun)?)?;
    file.sync_all()
}

fn unusable(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(IO, ErrorKind::Io, format!("cannot {what} {}: {error}", file(path)))
}
