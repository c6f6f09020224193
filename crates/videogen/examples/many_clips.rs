//! Twenty videos from two vendors: submitted once each, recorded in a journal, waited for together, downloaded.
//!
//! In the repository, `cargo run --example many_clips` runs it against the simulator: no key, no cost.

use std::path::Path;
use std::sync::Arc;

use videogen::{Client, Clients, Error, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::Simulator;

/// What the application does; the clients are those of a simulator or of the vendors.
pub(crate) async fn run(clients: &Clients, folder: &Path) -> Result<usize, Error> {
    // What an earlier run left unfinished comes first; its keys make no second task below.
    for client in clients.iter() {
        client.recover(std::time::Duration::ZERO).await?;
    }
    let mut tasks = Vec::new();
    for job in 0..20 {
        let model = ["seedance-2.0", "doubao-seedance-1-5-pro"][job % 2];
        let client = clients.for_model(model)?;
        let request = VideoRequest::new(model, format!("a paper boat, take {job}")).duration(4);
        tasks.push(client.submit_with_key(&format!("job-{job}"), &request).await?);
    }
    let mut downloaded = 0;
    let mut ended = clients.wait_all(&tasks)?;
    while let Some((id, result)) = ended.next().await {
        let task = result?;
        if !task.status.is_completed() {
            eprintln!("{id} is {}", task.status);
            continue;
        }
        let path = folder.join(format!("{}.mp4", id.id()));
        clients.download(&task, path).await?;
        downloaded += 1;
    }
    Ok(downloaded)
}

#[allow(dead_code, reason = "a test runs `run` by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let folder = tempfile::tempdir()?;
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db"))?);
    let client =
        |vendor| -> Result<Client, Error> { simulator.client_builder(vendor).journal(Arc::clone(&journal)).build() };
    let clients = Clients::new([client(Vendor::Token360)?, client(Vendor::ToApis)?]);
    println!("{} videos", run(&clients, folder.path()).await?);
    Ok(())
}
