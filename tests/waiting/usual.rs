//! How long tasks usually take, by the journal.

use videogen::{Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::Simulator;

use crate::cases::{newest, simulated};

#[tokio::test]
async fn the_usual_duration_is_known_after_three_tasks() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        let client = simulator.client_builder(simulated(vendor)).journal(journal);
        let client = client.build().unwrap();
        let model = newest(vendor).1;
        for done in 0..4 {
            assert_eq!(
                client.usual_duration(model).await.is_some(),
                done >= 3,
                "{vendor} {done}"
            );
            let file = folder.path().join(format!("{done}.mp4"));
            client.generate(VideoRequest::new(model, "a kite"), file).await.unwrap();
        }
        assert_eq!(client.usual_duration("another-model").await, None);
    }
}
