//! `videogen generate`.

use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use videogen::{Capabilities, Client, Error, ErrorKind, Reconciled, VideoRequest, VideoTask, WaitOptions};
use videogen_sim::Simulator;

use super::plan::unknown_model;
use super::target::Target;
use super::task;
use crate::GenerateArgs;
use crate::exit::{AMBIGUOUS, Failure, IO};
use crate::output::{Output, task_text};

/// Submits, and does not let go of a submission that is on its way: an interrupt waits for the answer, for without it the
/// task may exist and nobody knows its name. A second interrupt leaves.
async fn submit(client: &Client, request: &VideoRequest, output: &Output) -> Result<VideoTask, Failure> {
    let mut submission = pin!(client.submit(request));
    tokio::select! {
        result = &mut submission => {
            return match result {
                Ok(task) => Ok(task),
                Err(error) => look_for(client, request, error, output).await,
            };
        }
        _ = tokio::signal::ctrl_c() => {}
    }
    output.note("Interrupted while the submission is on its way; waiting for the answer. Interrupt again to leave.");
    tokio::select! {
        result = &mut submission => Err(task::interrupted(&result?.id)),
        _ = tokio::signal::ctrl_c() => {
            let message = "it is not known whether the submission was accepted: the call was interrupted; \
                the task may exist and be billed: look for it in the vendor's list or console";
            Err(Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit.as_str(), message))
        }
    }
}

/// Looks once for the task of a submission whose fate is not known. Only one that is found by the caller's own reference
/// is taken for it; what else it may be is named, and nothing is submitted again.
async fn look_for(
    client: &Client,
    request: &VideoRequest,
    error: Error,
    output: &Output,
) -> Result<VideoTask, Failure> {
    let found = match error.ambiguity() {
        Some(ambiguity) => client.reconcile(ambiguity).await.ok(),
        None => None,
    };
    let mut failure = Failure::from(error);
    match found {
        Some(Reconciled::Found(mut task)) => {
            output.note("The answer to the submission was lost; the task was found by your reference.");
            // What was changed on the way is told of a found task too.
            task.adjustments = client.plan(request)?.adjustments;
            return Ok(*task);
        }
        Some(Reconciled::Candidates(tasks)) => {
            let ids: Vec<String> = tasks.iter().map(|task| task.id.to_string()).collect();
            failure.json["candidates"] = json!(ids);
            failure = failure.hint(&format!("It may be one of these: {}", ids.join(", ")));
        }
        _ => {}
    }
    Err(failure)
}

/// How much faster than life a simulated task runs: a clip takes about two seconds.
const SPEED: f64 = 10.0;
/// How often a simulated task is polled.
const PACE: Duration = Duration::from_millis(250);

pub(crate) async fn generate(args: GenerateArgs, output: &Output) -> Result<ExitCode, Failure> {
    let mut request = args.request.into_request()?;
    let vendor = args.account.settle(&mut request, args.simulate)?;
    if args.file.last_frame_output.is_some() {
        request.return_last_frame = Some(true);
    }
    let target = Target::new(args.file, request.return_last_frame == Some(true))?;

    let mut options = WaitOptions::default().timeout(Duration::from_secs(args.timeout));
    // Held to the end: the simulator stops when it is dropped.
    let (client, _simulator) = if args.simulate {
        let simulator = Simulator::builder()
            .speed(SPEED)
            .start()
            .await
            .map_err(|error| Failure::new(IO, "io", format!("the simulator cannot start: {error}")))?;
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

    if !Capabilities::of(vendor, &request.model).is_known() {
        output.note(&unknown_model(vendor, &request.model));
    }
    let submitted = submit(&client, &request, output).await?;
    output.note(&format!("Submitted {} to {}.", submitted.id, vendor.name()));
    for adjustment in &submitted.adjustments {
        output.note(&format!("Not as asked: {adjustment}"));
    }
    if args.no_wait {
        let document = json!({"simulated": args.simulate, "task": submitted});
        output.result(&document, || task_text(&submitted))?;
        return Ok(ExitCode::SUCCESS);
    }
    let waited = task::wait_for(&client, &submitted.id, options, output).await;
    let mut finished = match waited {
        // A simulated task is gone with its simulator.
        Err(failure) if args.simulate => return Err(failure),
        result => result.map_err(|failure| task::resume_hint(failure, &submitted.id))?,
    };
    finished.adjustments = submitted.adjustments;
    let files = match task::ended(&finished) {
        Ok(()) => target.fetch(&client, &finished, output).await?,
        Err(mut failure) => {
            failure.json["simulated"] = args.simulate.into();
            return Err(failure);
        }
    };
    let mut document = json!({"simulated": args.simulate, "task": finished});
    files.show_in(&mut document);
    output.result(&document, || {
        files.text(if args.simulate { " (simulated)" } else { "" })
    })?;
    Ok(ExitCode::SUCCESS)
}
