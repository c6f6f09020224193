//! Recovery after a crash: what an earlier process submitted is finished, and nothing is paid twice.
//!
//! In the repository, `cargo run --example recover` runs it against the simulator: no key, no cost.

use std::path::Path;
use std::time::Duration;

use videogen::{Client, Error, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

/// The files that an application saves after a restart.
pub(crate) async fn run(client: &Client, folder: &Path) -> Result<usize, Error> {
    // Searches for tasks whose submission got no response, once. With more time, it repeats the search.
    let recovered = client.recover(Duration::ZERO).await?;
    for lost in &recovered.open {
        // Not found yet, so it stays in the journal. Look at the vendor's console, then call `Client::resolve`.
        eprintln!("submission status unknown: {}", lost.entry.intent.id);
    }
    let mut saved = 0;
    for entry in &recovered.unfinished {
        let Some(id) = &entry.task else { continue };
        let task = client.wait(id).await?;
        if task.status.is_completed() {
            client.download(&task, folder.join(format!("{}.mp4", id.id()))).await?;
            saved += 1;
        } else {
            eprintln!("{id} is {}", task.status);
        }
    }
    Ok(saved)
}

/// A process that ends after two submissions: the first has a task, the response to the second is lost.
pub(crate) async fn crash(client: &Client, simulator: &Simulator) -> Result<(), Error> {
    client
        .submit_with_key("order-1", VideoRequest::new("seedance-2", "a paper boat"))
        .await?;
    simulator.inject(Fault::new(client.vendor(), Operation::Submit, FaultKind::DropAfter));
    let lost = client
        .submit_with_key("order-2", VideoRequest::new("seedance-2", "a kite"))
        .await;
    eprintln!(
        "the process ends: {}",
        lost.map_or_else(|error| error.to_string(), |task| task.id.to_string())
    );
    Ok(())
}

#[allow(dead_code, reason = "a test runs `run` by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let folder = tempfile::tempdir()?;
    let client = || -> Result<Client, Box<dyn std::error::Error>> {
        let journal = SqliteJournal::open(folder.path().join("journal.db"))?;
        Ok(simulator.client_builder(Vendor::ToApis).journal(journal).build()?)
    };
    crash(&client()?, &simulator).await?;
    println!("{} clips saved", run(&client()?, folder.path()).await?);
    Ok(())
}
