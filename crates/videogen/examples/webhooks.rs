//! Webhooks with axum: a server that receives the end of a task, next to the application's own routes.
//!
//! In the repository, `cargo run --example webhooks` runs it against the simulator: no key, no cost.

use std::error::Error;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use videogen::webhook::Receiver;
use videogen::{Client, Vendor, VideoRequest, VideoTask};
use videogen_sim::{Simulator, WEBHOOK_SECRET};

/// Submits a request, and returns its task as the webhook brought it. `secret` is the one that the vendor signs with; a vendor
/// that does not sign has none, and its callback URL cannot be guessed.
pub(crate) async fn run(
    client: Client,
    secret: Option<&str>,
    request: VideoRequest,
) -> Result<VideoTask, Box<dyn Error>> {
    let (sender, mut ended) = mpsc::channel(8);
    let mut receiver = Receiver::builder(client.clone()).on_event(move |event| {
        let sender = sender.clone();
        async move {
            // An application stores the task here. The vendor gets its 204 afterwards, and repeats the webhook until then.
            sender.send(event.task).await?;
            Ok(())
        }
    });
    if let Some(secret) = secret {
        receiver = receiver.secret(secret.to_owned());
    }
    let receiver = receiver.build()?;
    let app = Router::new()
        .route("/health", get(|| async { "ok" }))
        .merge(receiver.router("/hooks"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    // In production, the public HTTPS address of this server.
    let base = format!("http://{}/hooks", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let callback = receiver.callback(&base)?;
    let task = client.submit(request.callback_url(callback.url().clone())).await?;
    receiver.bind(callback.hash(), &task.id).await?;

    // A webhook can be lost: an application keeps polling too, at long intervals.
    let task = loop {
        if let Some(task) = ended
            .recv()
            .await
            .ok_or("the receiver has stopped")?
            .filter(|task| task.status.is_ended())
        {
            break task;
        }
    };
    receiver.forget(callback.hash());
    server.abort();
    Ok(task)
}

#[allow(dead_code, reason = "a test runs `run` by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let client = simulator.client(Vendor::ToApis)?;
    let task = run(
        client,
        Some(WEBHOOK_SECRET),
        VideoRequest::new("seedance-2", "a paper boat"),
    )
    .await?;
    println!("{} is {}", task.id, task.status);
    Ok(())
}
