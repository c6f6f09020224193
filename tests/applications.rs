//! The examples in `crates/videogen/examples`, run against the simulator.

use std::sync::Arc;

use videogen::{Clients, ErrorKind, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::{Simulator, WEBHOOK_SECRET};

use crate::specs::root;

#[path = "../crates/videogen/examples/application_test.rs"]
mod application_test;
#[path = "../crates/videogen/examples/many_clips.rs"]
mod many_clips;
#[path = "../crates/videogen/examples/object_storage.rs"]
mod object_storage;
#[path = "../crates/videogen/examples/one_clip.rs"]
mod one_clip;
#[path = "../crates/videogen/examples/recover.rs"]
mod recover;
#[path = "../crates/videogen/examples/webhooks.rs"]
mod webhooks;

async fn fast() -> Simulator {
    Simulator::builder().speed(100.0).start().await.unwrap()
}

#[tokio::test]
async fn one_clip_is_saved_and_a_moderated_one_is_not() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let client = sim.client(Vendor::Token360).unwrap();
    let path = folder.path().join("boat.mp4");
    let bytes = one_clip::run(&client, "a paper boat", &path).await.unwrap();
    assert_eq!(path.metadata().unwrap().len(), bytes);
    let other = folder.path().join("other.mp4");
    let error = one_clip::run(&client, "a kite sim:moderated", &other)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Moderated);
    assert!(!other.exists());
}

#[tokio::test]
async fn twenty_clips_at_two_vendors() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let client = |vendor| {
        sim.client_builder(vendor)
            .journal(Arc::clone(&journal))
            .build()
            .unwrap()
    };
    let clients = Clients::new([Vendor::Token360, Vendor::ToApis].map(client));
    assert_eq!(many_clips::run(&clients, folder.path()).await.unwrap(), 20);
    let submissions = || -> u64 { sim.stats().submissions.values().sum() };
    assert_eq!(submissions(), 20);
    // Again: the keys are known, so nothing is submitted, and the files exist already.
    let error = many_clips::run(&clients, folder.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.task().is_some());
    assert_eq!(submissions(), 20);
}

#[tokio::test]
async fn a_webhook_brings_the_task() {
    for (vendor, model, secret) in [
        (Vendor::ToApis, "seedance-2", Some(WEBHOOK_SECRET)),
        // It does not sign.
        (Vendor::Token360, "seedance-2.0", None),
    ] {
        let sim = fast().await;
        let request = VideoRequest::new(model, "a paper boat");
        let task = webhooks::run(sim.client(vendor).unwrap(), secret, request)
            .await
            .unwrap();
        assert!(task.status.is_completed() && task.video.is_some(), "{vendor}");
        assert_eq!(sim.stats().submissions[vendor.as_str()], 1);
    }
}

#[tokio::test]
async fn a_video_is_streamed_into_a_store() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let client = sim.client(Vendor::Token360).unwrap();
    let (base, mut objects) = object_storage::store().await.unwrap();
    let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(4);
    object_storage::run(&client, &request, &format!("{base}/boat.mp4?X-Amz-Signature=x"))
        .await
        .unwrap();
    let (key, object) = objects.recv().await.unwrap();
    assert_eq!(key, "boat.mp4");
    let task = client.get(&sim_task(&client, &sim)).await.unwrap();
    let file = client.download(&task, folder.path().join("boat.mp4")).await.unwrap();
    assert_eq!(std::fs::read(&file.path).unwrap(), object);
}

/// The only task of a simulator.
fn sim_task(client: &videogen::Client, sim: &Simulator) -> videogen::TaskId {
    let [task] = sim.tasks().try_into().unwrap();
    videogen::TaskId::new(client.vendor(), "videos", &task.id).unwrap()
}

#[tokio::test]
async fn what_a_crash_left_is_saved() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let client = || {
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        sim.client_builder(Vendor::ToApis).journal(journal).build().unwrap()
    };
    recover::crash(&client(), &sim).await.unwrap();
    assert_eq!(recover::run(&client(), folder.path()).await.unwrap(), 2);
    assert_eq!(sim.stats().submissions["toapis"], 2);
    let clips = std::fs::read_dir(folder.path()).unwrap().filter_map(Result::ok);
    assert_eq!(
        clips
            .filter(|file| file.file_name().to_string_lossy().ends_with(".mp4"))
            .count(),
        2
    );
}

#[test]
fn the_readme_names_every_example_and_each_is_run_here() {
    let text = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let (readme, manifest, this) = (
        text("README.md"),
        text("tests/Cargo.toml"),
        text("tests/applications.rs"),
    );
    let mut seen = 0;
    for file in std::fs::read_dir(root().join("crates/videogen/examples")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let name = file.trim_end_matches(".rs");
        seen += 1;
        assert!(
            readme.contains(&format!("(crates/videogen/examples/{file})")),
            "README.md lacks {file}"
        );
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "tests/Cargo.toml lacks {name}"
        );
        assert!(
            this.contains(&format!("mod {name};")),
            "tests/applications.rs lacks {name}"
        );
    }
    assert!(seen >= 6, "{seen}");
}
