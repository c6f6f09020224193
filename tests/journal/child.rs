//! This binary as a child process that can be killed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use videogen::submit::SubmitOptions;
use videogen::{Clients, Router, Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::route::{KEYS, routes};
use super::{journal, with_base_url};
use crate::cases::{newest, simulated, targets};

const VARIABLE: &str = "VIDEOGEN_TEST_CHILD";

/// Arguments of a child.
#[derive(Serialize, Deserialize)]
pub(super) struct Work {
    /// Path of the journal.
    pub(super) folder: PathBuf,
    /// Base URLs, in the order of `cases::TARGETS`.
    pub(super) base_urls: Vec<String>,
    /// Submit once, with this key; otherwise with unique prompts until it is killed.
    pub(super) key: Option<String>,
    /// Submit each of some keys at one of several vendors, in an order that the process decides.
    pub(super) routes: bool,
    /// Submit this number of [clips](clip), whether they are accepted or not.
    pub(super) clips: Option<usize>,
}

/// A video whose price is listed: [`CLIP`].
pub(super) fn clip(prompt: impl Into<String>) -> VideoRequest {
    let (_, model) = newest(Vendor::Ark);
    VideoRequest::new(model, prompt)
        .duration(5)
        .resolution("720p")
        .aspect_ratio("16:9")
}

/// What it costs, in US dollars.
pub(super) const CLIP: &str = "0.756";

impl Work {
    pub(super) fn new(folder: &Path, simulator: &Simulator) -> Self {
        Self {
            folder: folder.to_owned(),
            base_urls: targets()
                .map(|(vendor, _)| simulator.base_url(simulated(vendor)))
                .collect(),
            key: None,
            routes: false,
            clips: None,
        }
    }

    /// Starts a child. It prints a line before each submission.
    pub(super) fn start(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "journal::child::child",
                "--ignored",
                "--nocapture",
                "--quiet",
            ])
            .env(VARIABLE, serde_json::to_string(self).unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Not a test: the program of the children.
#[tokio::test]
#[ignore = "only for the tests that start it"]
async fn child() {
    let Ok(work) = std::env::var(VARIABLE) else { return };
    let work: Work = serde_json::from_str(&work).unwrap();
    let journal = journal(&work.folder).await;
    let clients: Vec<_> = targets()
        .zip(&work.base_urls)
        .map(|((vendor, _), base_url)| with_base_url(vendor, base_url, &journal))
        .collect();
    if let Some(key) = work.key {
        let task = clients[0]
            .submit_with_key(&key, &VideoRequest::new(newest(Vendor::Token360).1, "x"))
            .await;
        println!("task {}", task.unwrap().id);
        return;
    }
    if work.routes {
        let known: Clients = clients.into_iter().collect();
        let mut order = [Vendor::Ark, Vendor::Token360, Vendor::ToApis];
        order.rotate_left(std::process::id() as usize % 3);
        let router = Router::new(&known, routes(&order)).unwrap();
        let mut keys: Vec<usize> = (0..KEYS).collect();
        fastrand::shuffle(&mut keys);
        let mut submissions = tokio::task::JoinSet::new();
        for key in keys {
            let router = router.clone();
            submissions.spawn(async move {
                let options = SubmitOptions::default().idempotency_key(format!("key-{key}"));
                println!("submitting");
                // The result is in the journal.
                let _ = router
                    .submit_with(&VideoRequest::new("", format!("{key}")), options)
                    .await;
                println!("submitted");
            });
            // So that a kill finds some that are done, some that are sent, and some that have not begun.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        submissions.join_all().await;
        return;
    }
    if let Some(clips) = work.clips {
        let ark = targets().position(|(vendor, _)| vendor == Vendor::Ark).unwrap();
        for turn in 0..clips {
            let result = clients[ark]
                .submit(&clip(format!("{}-{turn}", std::process::id())))
                .await;
            println!(
                "{}",
                result.map_or_else(|error| error.kind().to_string(), |_| "submitted".to_owned())
            );
        }
        return;
    }
    let models: Vec<_> = targets().map(|(_, model)| model).collect();
    let own = std::process::id() as usize;
    for turn in own.. {
        let which = turn % clients.len();
        let mut request = VideoRequest::new(models[which], format!("{own}-{turn}"));
        if request.model == newest(Vendor::Ark).1 {
            // Its cost is known, so that it counts against a budget.
            request = clip(request.prompt);
        }
        println!("submitting");
        std::io::stdout().flush().unwrap();
        // The result is in the journal.
        let options = SubmitOptions::default().allow_unknown_cost(true);
        let _ = clients[which].submit_with(&request, options).await;
    }
}
