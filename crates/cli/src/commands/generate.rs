//! `videogen generate`.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use videogen::{Client, WaitOptions};
use videogen_sim::Simulator;

use super::task::{self, Target};
use crate::GenerateArgs;
use crate::exit::Failure;
use crate::output::{Output, task_text};

/// How much faster than life a simulated task runs: a clip takes about two seconds.
const SPEED: f64 = 10.0;
/// How often a simulated task is polled.
const PACE: Duration = Duration::from_millis(250);

pub(crate) async fn generate(args: GenerateArgs, output: &Output) -> Result<ExitCode, Failure> {
    let mut request = args.request.into_request()?;
    let vendor = args.account.settle(&mut request, args.simulate)?;
    let target = Target::new(args.file)?;

    let mut options = WaitOptions::default().timeout(Duration::from_secs(args.timeout));
    // Held to the end: the simulator stops when it is dropped.
    let (client, _simulator) = if args.simulate {
        let simulator = Simulator::builder()
            .speed(SPEED)
            .start()
            .await
            .map_err(|error| Failure::new(7, "io", format!("the simulator cannot start: {error}")))?;
        output.note("Simulated: nothing is sent to a vendor and nothing is paid; the video is a test card.");
        options = options.first(PACE).every(PACE, PACE);
        let client = Client::builder(vendor)
            .key("sk-simulated".to_owned())
            .base_url(simulator.base_url(vendor.as_str()))
            .build()?;
        (client, Some(simulator))
    } else {
        (args.account.client(vendor)?, None)
    };

    let submitted = client.submit(&request).await?;
    output.note(&format!("Submitted {} to {}.", submitted.id, vendor.name()));
    for adjustment in &submitted.adjustments {
        output.note(&format!("Not as asked: {adjustment}"));
    }
    if args.no_wait {
        let document = json!({"simulated": args.simulate, "task": submitted});
        output.result(&document, || task_text(&submitted));
        return Ok(ExitCode::SUCCESS);
    }
    let mut finished = task::wait_for(&client, &submitted.id, options, output).await?;
    finished.adjustments = submitted.adjustments;
    let file = match task::ended(&finished) {
        Ok(()) => target.fetch(&client, &finished, output).await?,
        Err(mut failure) => {
            failure.json["simulated"] = args.simulate.into();
            return Err(failure);
        }
    };
    let document = json!({
        "simulated": args.simulate,
        "task": finished,
        "file": {"path": file.path, "bytes": file.bytes},
    });
    output.result(&document, || {
        let simulated = if args.simulate { " (simulated)" } else { "" };
        format!("{}: {} bytes{simulated}", file.path.display(), file.bytes)
    });
    Ok(ExitCode::SUCCESS)
}
