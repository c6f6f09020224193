//! Webhooks of the simulator, over real sockets and with separate signing code; the result is the same as from polling.

use std::time::Duration;

use videogen::{Client, RetryPolicy, VideoRequest};
use videogen_sim::{Simulator, WEBHOOK_SECRET};

use super::*;
use crate::cases::{has_webhook_secret, simulated, targets};

const WHOLE: Duration = Duration::from_secs(20);

async fn delivered(simulator: &Simulator) {
    let wait = async {
        while !simulator
            .tasks()
            .iter()
            .all(|task| task.webhook.as_ref().is_some_and(|webhook| webhook.delivered))
        {
            tokio::task::yield_now().await;
        }
    };
    let tasks = || simulator.tasks();
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap_or_else(|_| panic!("not delivered: {:?}", tasks()));
}

#[tokio::test]
async fn a_webhook_returns_the_same_task_as_polling() {
    // ModelArk delivers at each status, with more polls.
    for (vendor, model) in targets().filter(|(vendor, _)| *vendor != Vendor::Ark) {
        for (prompt, is_restored) in [
            ("a kite", false),
            ("a kite sim:fail", true),
            ("a kite sim:moderated", false),
        ] {
            let simulator = Simulator::builder().manual_clock().start().await.unwrap();
            let client = Client::builder(vendor)
                .retry(RetryPolicy::never())
                .key("sk-test".to_owned())
                .base_url(simulator.base_url(simulated(vendor)))
                .build()
                .unwrap();
            let log = Log::default();
            let mut builder = log.on(Receiver::builder(client.clone()));
            let is_signed = vendor.facts().webhook.signature.is_some();
            let has_secret = has_webhook_secret(vendor);
            if has_secret {
                builder = builder.secret(WEBHOOK_SECRET.to_owned());
            }
            let receiver = builder.build().unwrap();
            let server = Server::start(&receiver).await;
            let callback = receiver.callback(&server.base).unwrap();
            let request = VideoRequest::new(model, prompt).callback_url(callback.url().clone());
            let submitted = client.submit(&request).await.unwrap();
            // A vendor that signs for all accounts alike may report the task of another one.
            if !has_secret || is_restored {
                receiver.bind(callback.hash(), &submitted.id).await.unwrap();
            }
            simulator.advance(WHOLE);
            delivered(&simulator).await;

            let asked = simulator.stats().requests[vendor.as_str()];
            // Those for public keys are not counted.
            assert_eq!(
                asked,
                if is_signed { 1 } else { 2 },
                "{vendor}: a signed event needs no poll, a hint needs one"
            );
            let [event] = log.events().try_into().unwrap();
            let mut received = event.task.unwrap();
            let mut polled = client.get(&submitted.id).await.unwrap();
            assert!(polled.status.is_ended());
            if is_signed {
                let body = received.raw.json();
                if vendor == Vendor::OpenRouter {
                    let status = &body["data"]["status"];
                    assert_eq!(
                        event.id,
                        Some(format!("{}-{}", submitted.id.id(), status.as_str().unwrap()))
                    );
                    assert_eq!(body["data"]["id"], submitted.id.id());
                    // An event names the model, a poll does not.
                    assert_eq!(received.model.as_deref(), Some(model));
                    received.model = polled.model.clone();
                } else if vendor == Vendor::Replicate {
                    // The event is the task; its own id is in a header, which is signed.
                    assert_eq!(body["id"], submitted.id.id());
                    let id = event.id.unwrap();
                    assert!(!id.is_empty() && id != submitted.id.id(), "{id}");
                } else if vendor == Vendor::Fal {
                    assert_eq!(body["request_id"].as_str(), event.id.as_deref());
                    assert!(submitted.id.id().ends_with(event.id.as_deref().unwrap()));
                    // Only the answer to a poll has what was billed.
                    assert_eq!(received.usage, None);
                    received.usage = polled.usage.clone();
                } else {
                    assert_eq!(body["id"].as_str(), event.id.as_deref());
                    assert_eq!(body["data"]["task_id"], submitted.id.id());
                    // The vendor has other words in an event, and calls each end 100 %.
                    assert_eq!(received.progress, Some(100));
                    received.progress = polled.progress;
                    assert_eq!(received.status, polled.status);
                    received.vendor_status = polled.vendor_status.clone();
                }
                received.raw = Default::default();
                polled.raw = Default::default();
            }
            // Each response has its own request id.
            received.request_id = polled.request_id.clone();
            assert_eq!(received, polled, "{vendor} {model} {prompt}");
        }
    }
}

/// Another secret than the simulator's is rejected.
#[tokio::test]
async fn the_wrong_secret_accepts_nothing() {
    let simulator = Simulator::builder()
        .manual_clock()
        .webhook_secret(Some("whsec-other"))
        .start()
        .await
        .unwrap();
    let client = Client::builder(Vendor::ToApis)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(videogen_sim::Vendor::ToApis))
        .build()
        .unwrap();
    let log = Log::default();
    let receiver = log
        .on(Receiver::builder(client.clone()).secret(SECRET.to_owned()))
        .build()
        .unwrap();
    let server = Server::start(&receiver).await;
    let callback = receiver.callback(&server.base).unwrap();
    let request = VideoRequest::new("seedance-2", "a kite").callback_url(callback.url().clone());
    client.submit(&request).await.unwrap();
    simulator.advance(WHOLE);
    let attempted = async {
        while simulator.tasks()[0].webhook.as_ref().unwrap().attempts == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), attempted).await.unwrap();
    assert_eq!(
        simulator.tasks()[0].webhook.as_ref().unwrap().last_error.as_deref(),
        Some("status 404")
    );
    assert!(log.events().is_empty());
}

/// Nothing is bound: the journal has the task that a signed event names, by whichever part of its id. Without a journal, a
/// vendor that signs for all accounts alike may report the task of another one.
#[tokio::test]
async fn the_task_of_an_unbound_event_is_in_the_journal() {
    let signing = Vendor::ALL.iter().copied();
    for vendor in signing.filter(|vendor| vendor.facts().webhook.signature.is_some()) {
        for has_journal in [true, false] {
            let simulator = Simulator::builder().manual_clock().start().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let mut builder = Client::builder(vendor)
                .key("sk-test".to_owned())
                .base_url(simulator.base_url(simulated(vendor)));
            if has_journal {
                let journal = videogen_journal::SqliteJournal::open(folder.path().join("journal.db")).unwrap();
                builder = builder.journal(std::sync::Arc::new(journal));
            }
            let client = builder.build().unwrap();
            let log = Log::default();
            let mut builder = log.on(Receiver::builder(client.clone()));
            if has_webhook_secret(vendor) {
                builder = builder.secret(WEBHOOK_SECRET.to_owned());
            }
            let server = Server::start(&builder.build().unwrap()).await;
            let request = VideoRequest::new(vendor.default_model(), "a kite");
            let submitted = client.submit(&request.callback_url(&*server.base)).await.unwrap();
            simulator.advance(WHOLE);
            if !has_journal && !has_webhook_secret(vendor) {
                let refused = || simulator.tasks()[0].webhook.clone().unwrap().last_error;
                let wait = async {
                    while refused().is_none() {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
                assert!(refused().unwrap().contains("404"), "{vendor}: {:?}", refused());
                assert!(log.events().is_empty(), "{vendor}");
                continue;
            }
            delivered(&simulator).await;
            let [event] = log.events().try_into().unwrap();
            assert_eq!(event.task.unwrap().id, submitted.id, "{vendor}");
        }
    }
}
