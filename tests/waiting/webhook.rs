//! A webhook and polling at once: the first one ends the wait, once.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use videogen::wait::Watched;
use videogen::webhook::Receiver;
use videogen::{Client, TaskStatus, VideoRequest};
use videogen_sim::{Simulator, WEBHOOK_SECRET};

use crate::cases::{has_webhook_secret, simulated, targets};

#[tokio::test]
async fn the_first_of_webhook_and_poll_ends_the_wait() {
    for (vendor, model) in targets() {
        for polls in [false, true] {
            let simulator = Simulator::builder().manual_clock().start().await.unwrap();
            let client = Client::builder(vendor)
                .key("sk-test".to_owned())
                .base_url(simulator.base_url(simulated(vendor)))
                .build()
                .unwrap();
            let watcher = Arc::new(client.watcher());
            let notified = Arc::clone(&watcher);
            let mut builder = Receiver::builder(client.clone()).on_event(move |event| {
                if let Some(task) = event.task {
                    notified.offer(task);
                }
                async { Ok(()) }
            });
            if has_webhook_secret(vendor) {
                builder = builder.secret(WEBHOOK_SECRET.to_owned());
            }
            let receiver = builder.build().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}/hooks", listener.local_addr().unwrap());
            let router: axum::Router = receiver.router("/hooks");
            let server = tokio::spawn(async move { axum::serve(listener, router).await });

            let callback = receiver.callback(&base).unwrap();
            let request = VideoRequest::new(model, "a kite").callback_url(callback.url().clone());
            let task = client.submit(&request).await.unwrap();
            receiver.bind(callback.hash(), &task.id).await.unwrap();
            watcher.add(Watched::new(task.id.clone()));
            if polls {
                // Like a hint: polled at once, while the webhook is in flight.
                watcher.wake(&task.id);
            }
            simulator.advance(Duration::from_secs(600));
            let (id, result) = watcher.next().await.unwrap();
            assert_eq!(
                (&id, result.unwrap().status),
                (&task.id, TaskStatus::Completed),
                "{vendor} {model}"
            );
            // The other one arrives too, and has no effect.
            let delivered = || {
                simulator.tasks()[0]
                    .webhook
                    .as_ref()
                    .is_some_and(|webhook| webhook.delivered)
            };
            while !delivered() {
                tokio::task::yield_now().await;
            }
            assert!(watcher.next().await.is_none());
            server.abort();
        }
    }
}
