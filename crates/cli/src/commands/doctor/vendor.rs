//! The vendors with a key: whether they answer, and accept it.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;
use videogen::facts::{ModelDifference, Operation, compare_models};
use videogen::{Client, ErrorKind, RetryPolicy, Vendor};

use crate::account;
use crate::diagnosis::{Finding, VendorReport};
use crate::error::ErrorDocument;
use crate::exit::{ACCOUNT, Failure, INVALID, VENDOR};
use crate::invocation::Invocation;
use crate::keys::{self, Origin};
use crate::probe::{LIMIT, probe};
use crate::system;

/// Largest difference of clocks, in seconds. Signed webhooks have a time.
const SKEW: i64 = 30;

/// Checks all vendors with a key at the same time.
pub(crate) async fn check(offline: bool, problems: &mut Vec<Finding>) -> Vec<VendorReport> {
    let mut checks = JoinSet::new();
    let mut reports = Vec::new();
    for vendor in Vendor::ALL {
        // A store that cannot be read is reported as a file.
        let Ok(Some(key)) = keys::find(*vendor) else { continue };
        let key_from = match key.origin {
            Origin::Environment => "environment",
            Origin::EnvFile(_) => "env_file",
            Origin::Keyring => "keyring",
            Origin::Login => "login",
        };
        let mut report = VendorReport {
            vendor: *vendor,
            key_from,
            base_url: vendor.facts().base_url.to_owned(),
            facts_read: facts_read(*vendor),
            reachable: None,
            key_accepted: None,
            round_trip_ms: None,
            clock_skew_seconds: None,
            new_models: Vec::new(),
            error: None,
        };
        let client = account::with_key(*vendor, None, key.secret).retry(RetryPolicy::never());
        match client.build() {
            Ok(client) => {
                if let Some(base_url) = account::default_base_url(*vendor) {
                    report.base_url = base_url;
                }
                if !offline {
                    checks.spawn(answer(client, report));
                    continue;
                }
            }
            Err(error) => report.error = Some(Failure::from(error).error.as_ref().clone()),
        }
        reports.push(report);
    }
    while let Some(report) = checks.join_next().await {
        reports.extend(report);
    }
    reports.sort_by_key(|report| report.vendor);
    for (report, index) in reports.iter().zip(0..) {
        let mut found = findings(report);
        // If no vendor can be used, that of the first has the exit code.
        if index == 0
            && reports.iter().all(|report| report.error.is_some())
            && let Some(first) = found.first_mut()
        {
            first.exit_code = Some(code(report));
        }
        problems.extend(found);
    }
    reports
}

/// The exit code of a vendor that cannot be used.
fn code(report: &VendorReport) -> u8 {
    match (&report.error, report.key_accepted) {
        (_, Some(false)) => ACCOUNT,
        (Some(error), _) if error.kind == ErrorKind::Config.into() => INVALID,
        _ => VENDOR,
    }
}

/// The day on which the newest page was read.
fn facts_read(vendor: Vendor) -> &'static str {
    let facts = vendor.facts();
    let pages = facts.pages.iter().map(|page| page.read);
    pages
        .chain(facts.prices.iter().map(|price| price.read))
        .max()
        .unwrap_or("unknown")
}

async fn answer(client: Client, mut report: VendorReport) -> VendorReport {
    let begun = Instant::now();
    let answered = timeout(LIMIT, probe(&client)).await;
    let round_trip = begun.elapsed();
    let skew = client.clock_skew();
    match answered {
        Ok(Ok(())) => (report.reachable, report.key_accepted) = (Some(true), Some(true)),
        Ok(Err(error)) => {
            report.reachable = Some(error.kind() != ErrorKind::Transport || skew.is_some());
            report.key_accepted = (error.kind() == ErrorKind::Auth).then_some(false);
            report.error = Some(Failure::from(error).error.as_ref().clone());
        }
        Err(_) => {
            report.reachable = Some(false);
            let message = format!("no answer within {} s", LIMIT.as_secs());
            report.error = Some(ErrorDocument::new(ErrorKind::Transport, message));
            return report;
        }
    }
    if report.reachable == Some(true) {
        report.round_trip_ms = u64::try_from(round_trip.as_millis()).ok();
    }
    report.clock_skew_seconds = skew.map(|skew| skew.num_seconds());
    if report.error.is_none() && client.vendor().supports(Operation::Models) {
        report.new_models = new_models(&client, LIMIT.saturating_sub(round_trip)).await;
    }
    report
}

/// Models that the table of this version does not have. None if the list cannot be read, which is not needed.
async fn new_models(client: &Client, within: Duration) -> Vec<String> {
    let Ok(Ok(listed)) = timeout(within, client.models()).await else {
        return Vec::new();
    };
    let differences = compare_models(client.vendor(), &listed);
    let new = differences.into_iter().filter_map(|difference| match difference {
        ModelDifference::NotInTable { model } => Some(model),
        _ => None,
    });
    new.collect()
}

/// What is wrong with a vendor; first, why it cannot be used.
fn findings(report: &VendorReport) -> Vec<Finding> {
    let VendorReport { vendor, .. } = report;
    let name = vendor.name();
    let mut found = Vec::new();
    let mut add = |message: String, command: String| {
        found.push(Finding {
            exit_code: None,
            message,
            command,
        });
    };
    let login = || Invocation::new("login").arg(vendor.as_str()).to_string();
    match (&report.error, report.key_accepted) {
        (Some(error), Some(false)) => {
            let command = match report.key_from {
                "keyring" | "login" => login(),
                _ => format!("export {}=KEY", vendor.facts().key_env),
            };
            add(
                format!("not usable: {name} does not accept the key: {}", error.message),
                command,
            );
        }
        (Some(error), _) => add(
            format!("not usable: {name} at {}: {}", report.base_url, error.message),
            format!("curl -I {}", shell_words::quote(&report.base_url)),
        ),
        (None, _) => {}
    }
    if let Some(seconds) = report.clock_skew_seconds.filter(|seconds| seconds.abs() > SKEW) {
        let way = if seconds > 0 { "behind" } else { "ahead of" };
        add(
            format!(
                "the clock of this machine is {} s {way} that of {name}; signed webhooks may be rejected",
                seconds.abs()
            ),
            system::SET_CLOCK.to_owned(),
        );
    }
    if !report.new_models.is_empty() {
        add(
            format!(
                "{name} lists models that are newer than this version: {}",
                report.new_models.join(", ")
            ),
            Invocation::new("models")
                .option("--vendor", Some(vendor.as_str()))
                .flag("--live", true)
                .to_string(),
        );
    }
    found
}
