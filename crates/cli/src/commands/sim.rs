//! `videogen sim`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, json};
use videogen::{ErrorKind, Vendor};
use videogen_sim::Simulator;

use crate::exit::{Failure, INVALID, IO};
use crate::interrupt::interrupted;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct SimArgs {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: std::net::SocketAddr,
    /// Speed of tasks, as a multiple of real time.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f64,
    /// Reject undocumented members, and requests that break unverified rules.
    #[arg(long)]
    strict: bool,
    /// Accept ids of assets that were not uploaded to this simulator.
    #[arg(long)]
    any_asset: bool,
    /// Answer 429 beyond the rate limits that vendors document.
    #[arg(long)]
    rate_limits: bool,
}

/// A million seconds in one; faster is not useful.
const FASTEST: f64 = 1e6;

pub(crate) async fn sim(args: SimArgs, output: &Output) -> Result<ExitCode, Failure> {
    if !(args.speed > 0.0 && args.speed <= FASTEST) {
        let message = format!("--speed must be above 0 and at most {FASTEST}");
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let log = *output;
    let simulator = Simulator::builder()
        .listen(args.listen)
        .speed(args.speed)
        .strict(args.strict)
        .any_asset(args.any_asset)
        .rate_limits(args.rate_limits)
        .log(move |line| log.announce(line))
        .start()
        .await
        .map_err(|error| Failure::new(IO, ErrorKind::Io, error.to_string()))?;
    let base_urls = simulator.base_urls();
    let document: Map<_, _> = base_urls
        .iter()
        .map(|(vendor, url)| (vendor.to_string(), json!(url)))
        .collect();
    let address = simulator.address();
    let stop = interrupted();
    output.product(&json!({"address": address.to_string(), "base_urls": document}), || {
        let mut lines =
            vec!["The simulator is running; stop it with Ctrl-C. Any key that begins with sk- works.".to_owned()];
        for vendor in Vendor::ALL {
            if let Some(url) = base_urls.get(vendor.as_str()) {
                lines.push(format!("  export {}={url}", vendor.facts().base_url_env));
            }
        }
        lines.push(format!(
            "  counters: http://{address}/_sim/stats, tasks: http://{address}/_sim/tasks"
        ));
        lines.join("\n")
    })?;
    stop.await;
    simulator.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
