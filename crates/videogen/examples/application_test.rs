//! A test of an application: the code under test takes a client, and the test gives it that of a simulator.
//!
//! In the repository, `cargo run --example application_test` runs the application once; in a separate package, `cargo test` runs the
//! test.

use std::path::{Path, PathBuf};

use videogen::{Client, Error, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

/// The code under test: the clip of an order, which is never paid for twice.
pub(crate) async fn clip_of(client: &Client, order: u32, prompt: &str, folder: &Path) -> Result<PathBuf, Error> {
    let path = folder.join(format!("order-{order}.mp4"));
    let request = VideoRequest::new("seedance-2", prompt).duration(4);
    client.generate(&request, &path).await?;
    Ok(path)
}

/// The test: the response to the submission is lost, and still one clip is paid for.
pub(crate) async fn a_lost_response_is_not_paid_twice() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let client = simulator.client(Vendor::ToApis)?;
    let folder = tempfile::tempdir()?;
    simulator.inject(Fault::new(client.vendor(), Operation::Submit, FaultKind::DropAfter));

    let error = clip_of(&client, 4711, "a paper boat", folder.path()).await;
    let error = error.err().ok_or("the response was lost")?;
    assert!(error.ambiguity().is_some(), "{error}");
    assert_eq!(simulator.stats().submissions["toapis"], 1);

    // Another order works, and its file is there.
    let path = clip_of(&client, 4712, "a kite", folder.path()).await?;
    assert!(path.is_file());
    assert_eq!(simulator.stats().submissions["toapis"], 2);
    Ok(())
}

#[allow(dead_code, reason = "a test runs the example by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    a_lost_response_is_not_paid_twice().await?;
    println!("passed");
    Ok(())
}

#[cfg(test)]
#[tokio::test]
async fn one_clip_is_paid_for() -> Result<(), Box<dyn std::error::Error>> {
    a_lost_response_is_not_paid_twice().await
}
