//! One clip: submitted, waited for, downloaded.
//!
//! In the repository, `cargo run --example one_clip` runs it against the simulator: no key, no cost.

use std::path::Path;

use videogen::{Client, Error, ErrorKind, Vendor, VideoRequest};
use videogen_sim::Simulator;

/// Generates a clip, and reports what a failure means for money. With a key in `TOKEN360_API_KEY`, the client of an application is
/// `Client::from_env(Vendor::Token360)?`.
pub(crate) async fn run(client: &Client, prompt: &str, path: &Path) -> Result<u64, Error> {
    let request = VideoRequest::new("seedance-2.0", prompt).duration(6).resolution("720p");
    match client.generate(&request, path).await {
        Ok(video) => Ok(video.file.bytes),
        Err(error) => {
            match (error.kind(), error.task()) {
                // It may be billed. The task is searched for, the request is not submitted again.
                (ErrorKind::AmbiguousSubmit, _) => {
                    if let Some(ambiguity) = error.ambiguity() {
                        eprintln!("{:?}", client.reconcile(ambiguity).await?);
                    }
                }
                (_, Some(task)) => eprintln!("accepted: resume {task} with `wait` and `download`"),
                (_, None) => eprintln!("not accepted, costs nothing"),
            }
            Err(error)
        }
    }
}

#[allow(dead_code, reason = "a test runs `run` by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let client = simulator.client(Vendor::Token360)?;
    let folder = tempfile::tempdir()?;
    let bytes = run(&client, "a paper boat", &folder.path().join("boat.mp4")).await?;
    println!("{bytes} bytes");
    Ok(())
}
