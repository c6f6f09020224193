//! From a file on disk to a video: every vendor, role and type of file, at the simulator.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use videogen::facts::Capabilities;
use videogen::submit::plan;
use videogen::{Client, Role, Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::{request, takes_files};

/// A real file of each type that a vendor documents for the medium of a role.
fn types(role: Role) -> Vec<(&'static str, Vec<u8>)> {
    let files: &[(&str, &str)] = match role {
        Role::ReferenceVideo => &[
            ("video/mp4", "clip.mp4"),
            ("video/quicktime", "clip.mov"),
            ("video/webm", "clip.webm"),
        ],
        Role::ReferenceAudio => &[
            ("audio/wav", "sound.wav"),
            ("audio/mpeg", "sound.mp3"),
            ("audio/mp4", "sound.m4a"),
            ("audio/aac", "sound.aac"),
            ("audio/ogg", "sound.ogg"),
            ("audio/webm", "sound.webm"),
        ],
        _ => &[
            ("image/png", "image.png"),
            ("image/jpeg", "image.jpg"),
            ("image/webp", "image.webp"),
            ("image/gif", "image.gif"),
            ("image/bmp", "image.bmp"),
            ("image/tiff", "image.tiff"),
            ("image/heic", "image.heic"),
            ("image/heif", "image.heif"),
        ],
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("media");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    files.iter().map(|(kind, name)| (*kind, read(name))).collect()
}

/// Whether the tables list the type for a role: inline, or for an upload.
fn is_listed(vendor: Vendor, rules: &Capabilities, role: Role, media_type: &str) -> bool {
    let rule = rules
        .model
        .inputs
        .iter()
        .find(|rule| rule.role == role.as_str())
        .unwrap();
    let mut ways = vendor.facts().uploads.iter();
    let uploaded = ways
        .any(|way| way.types.contains(&media_type) && way.serves(rules.model.id) && rule.sources.contains(&way.gives));
    // An unverified limit is overridden, to see that the way of upload takes the type.
    let of_model = rule
        .media
        .is_none_or(|limits| limits.types.contains(&media_type) || (limits.unverified && uploaded));
    of_model && (rule.sources.contains(&"data") || uploaded)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Case {
    place: String,
    request: VideoRequest,
    bytes: Vec<u8>,
}

fn cases(folder: &Path, vendor: Vendor, kinds: &mut BTreeSet<(Vendor, Role, &'static str)>) -> Vec<Case> {
    let mut cases = Vec::new();
    for rules in Capabilities::all(vendor) {
        for role in Role::ALL.into_iter().filter(|role| takes_files(vendor, &rules, *role)) {
            for (media_type, mut bytes) in types(role) {
                if !is_listed(vendor, &rules, role, media_type) {
                    continue;
                }
                // Larger than what goes inline where there is a choice.
                let above = vendor.facts().uploads.iter().filter_map(|way| way.above).max();
                let least = above.map_or(0, |above| usize::try_from(above).unwrap());
                bytes.resize(bytes.len().max(least), 0);
                // One upload for each case.
                let number = u32::try_from(cases.len()).unwrap();
                bytes.extend(number.to_be_bytes());
                // The content decides the type, not the name.
                let path = folder.join(format!("{vendor}-{number}"));
                std::fs::write(&path, &bytes).unwrap();
                kinds.insert((vendor, role, media_type));
                cases.push(Case {
                    place: format!("{vendor} {} {role} {media_type}", rules.model.id),
                    request: request(vendor, rules.model.id, role, &path),
                    bytes,
                });
            }
        }
    }
    cases
}

/// Runs a case, and returns whether the file was uploaded.
async fn run(client: Client, simulator: Arc<Simulator>, folder: PathBuf, case: Case) -> bool {
    let Case {
        place,
        mut request,
        bytes,
    } = case;
    request.prompt.clone_from(&place);
    let planned = plan(client.vendor(), None, &request).unwrap();
    let output = folder.join(place.replace(['/', ' '], "-"));
    let finished = client.generate(&request, &output).await;
    let finished = finished.unwrap_or_else(|error| panic!("{place}: {error}"));
    assert!(finished.task.status.is_completed(), "{place}");
    assert!(std::fs::metadata(&output).unwrap().len() > 1000, "{place}");
    let tasks = simulator.tasks();
    let own: Vec<_> = tasks.iter().filter(|task| task.prompt == place).collect();
    assert_eq!(own.len(), 1, "{place}");
    let sizes: Vec<_> = own[0].assets.iter().map(|asset| asset.bytes).collect();
    let is_uploaded = !planned.uploads.is_empty();
    let expected = if is_uploaded {
        vec![Some(bytes.len() as u64)]
    } else {
        Vec::new()
    };
    assert_eq!(sizes, expected, "{place}");
    assert_eq!(planned.inline.len() + planned.uploads.len(), 1, "{place}");
    if is_uploaded {
        let digest = sha256(&bytes);
        assert_eq!(own[0].assets[0].sha256.as_deref(), Some(digest.as_str()), "{place}");
    }
    is_uploaded
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_on_disk_becomes_a_video_whose_task_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut kinds = BTreeSet::new();
    for vendor in Vendor::ALL.iter().copied() {
        // Short tasks rather than a faster clock, by which links would expire before a busy machine uses them.
        let builder = Simulator::builder().speed(50.0).queued_for(Duration::ZERO);
        let simulator = builder.completed_after(Duration::from_secs(1)).start().await.unwrap();
        let simulator = Arc::new(simulator);
        let client = simulator.client_builder(vendor).build().unwrap();
        let cases = cases(folder.path(), vendor, &mut kinds);
        let mut runs = tokio::task::JoinSet::new();
        for case in cases {
            runs.spawn(run(
                client.clone(),
                Arc::clone(&simulator),
                folder.path().to_owned(),
                case,
            ));
        }
        let uploaded = runs.join_all().await;
        assert_eq!(uploaded.contains(&true), !vendor.facts().uploads.is_empty(), "{vendor}");
        // No storage host got the key.
        let stats = serde_json::to_value(simulator.stats()).unwrap();
        assert_eq!(stats["leaked_keys"], 0, "{stats}");
    }
    // Every role and medium that a vendor takes at all, in at least two types of file.
    for vendor in Vendor::ALL.iter().copied() {
        for role in Role::ALL {
            let takes = Capabilities::all(vendor).any(|rules| takes_files(vendor, &rules, role));
            let found = kinds
                .iter()
                .filter(|(own, of, _)| (*own, *of) == (vendor, role))
                .count();
            assert!(if takes { found >= 2 } else { found == 0 }, "{vendor} {role}: {found}");
        }
    }
}
