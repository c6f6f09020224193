//! Clients from the simulator, which run at its speed.

use std::time::{Duration, Instant};

use videogen::download::DownloadOptions;
use videogen::{Client, ErrorKind, RetryPolicy, TaskStatus, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::cases::{simulated, targets};

const SPEED: f64 = 100.0;
/// An unscaled client waits several times as long; with room for a busy machine.
const SHORT: Duration = Duration::from_secs(5);

async fn fast() -> Simulator {
    Simulator::builder().speed(SPEED).start().await.unwrap()
}

fn request(model: &str) -> VideoRequest {
    VideoRequest::new(model, "a paper boat")
}

#[tokio::test]
async fn a_client_waits_at_the_simulators_speed() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model) in targets() {
        let sim = fast().await;
        let client = sim.client(vendor).unwrap();
        let start = Instant::now();
        let task = client.submit(&request(model)).await.unwrap();
        let task = client.wait(&task.id).await.unwrap();
        assert!(start.elapsed() < SHORT, "{vendor} {model}: {:?}", start.elapsed());
        assert_eq!(task.status, TaskStatus::Completed);
        // As few polls as against the vendor, so the pauses were scaled, not skipped.
        let requests = sim.stats().requests[vendor.as_str()];
        assert!((2..=12).contains(&requests), "{vendor} {model}: {requests} requests");
        let path = folder
            .path()
            .join(format!("{vendor}-{}.mp4", crate::cases::in_a_name(model)));
        client
            .download_with(&task, &path, DownloadOptions::default(), |_, _| {})
            .await
            .unwrap();
        assert_eq!(&std::fs::read(path).unwrap()[4..8], b"ftyp");
        assert_eq!(sim.stats().submissions[vendor.as_str()], 1);
    }
}

#[tokio::test]
async fn watches_and_watchers_run_at_the_simulators_speed() {
    for vendor in Vendor::ALL {
        let (_, model) = targets().find(|(target, _)| target == vendor).unwrap();
        let sim = fast().await;
        let client = sim.client(*vendor).unwrap();
        let start = Instant::now();
        let watcher = client.watcher();
        for _ in 0..20 {
            watcher.add(client.submit(&request(model)).await.unwrap());
        }
        while let Some((id, result)) = watcher.next().await {
            assert_eq!(result.unwrap().status, TaskStatus::Completed, "{id}");
        }
        let task = client.submit(&request(model)).await.unwrap();
        let mut changes = client.watch(&task.id, videogen::wait::WaitOptions::default());
        while let Some(change) = changes.next().await {
            change.unwrap();
        }
        assert!(start.elapsed() < 2 * SHORT, "{vendor}: {:?}", start.elapsed());
    }
}

/// 25 s of simulated time are a quarter of a second here.
#[tokio::test]
async fn a_retry_after_is_in_the_simulators_time() {
    for (vendor, model) in targets() {
        let sim = fast().await;
        let client = sim.client(vendor).unwrap();
        for operation in [Operation::Submit, Operation::Get] {
            let refusal = FaultKind::Status {
                code: 429,
                body: "{}".to_owned(),
                headers: vec![("retry-after".to_owned(), "25".to_owned())],
            };
            sim.inject(Fault::new(simulated(vendor), operation, refusal));
        }
        let start = Instant::now();
        let task = client.submit(&request(model)).await.unwrap();
        assert!(
            start.elapsed() >= Duration::from_millis(240),
            "{vendor}: it was not kept"
        );
        client.wait(&task.id).await.unwrap();
        assert!(start.elapsed() < SHORT, "{vendor}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_client_sees_each_move_of_a_manual_clock() {
    let sim = Simulator::builder().manual_clock().start().await.unwrap();
    let client = sim.client_builder(Vendor::ToApis).retry(RetryPolicy::never());
    let client = client.build().unwrap();
    let task = client.submit(&request("seedance-2")).await.unwrap();
    sim.advance(Duration::from_secs(20));
    let start = Instant::now();
    client.wait(&task.id).await.unwrap();
    assert!(start.elapsed() < SHORT, "{:?}", start.elapsed());
}

#[test]
fn a_time_scale_is_a_number_and_for_simulators() {
    let build = |base_url: Option<&str>, factor| {
        let builder = Client::builder(Vendor::ToApis)
            .key("sk-x".to_owned())
            .time_scale(factor);
        let builder = match base_url {
            Some(base_url) => builder.base_url(base_url),
            None => builder.base_url(Vendor::ToApis.facts().base_url),
        };
        builder
            .build()
            .map(|_| ())
            .map_err(|error| (error.kind(), error.to_string()))
    };
    assert_eq!(build(Some("http://127.0.0.1:1"), 100.0), Ok(()));
    assert_eq!(build(None, 1.0), Ok(()));
    let (kind, message) = build(None, 100.0).unwrap_err();
    assert!(
        kind == ErrorKind::Config && message.contains("other than ToAPIs's own"),
        "{message}"
    );
    for factor in [0.0, -1.0, f64::NAN] {
        let (kind, message) = build(Some("http://127.0.0.1:1"), factor).unwrap_err();
        assert!(kind == ErrorKind::Config && message.contains("is invalid"), "{message}");
    }
}
