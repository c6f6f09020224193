//! Local files: sent inline or uploaded, once, before the submission is paid for.

mod assets;
mod changing;
mod content;
mod cut;
mod interrupted;
mod json;
mod killed;
pub(crate) mod media;
mod page;
mod reuse;
mod server;
mod simulated;
mod together;
mod unusable;
mod verification;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use videogen::facts::{Capabilities, Operation};
use videogen::submit::{plan, validate};
use videogen::{Delivery, ErrorKind, Role, Source, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;

use self::media::{mp4, png, wav};
use self::server::{Mood, Server};
use crate::cases::with_needed_inputs;

/// A file of the medium of a role, within all limits, and larger than those that go inline where there is a choice. `salt`
/// makes its content unique.
fn file(folder: &Path, role: Role, salt: u8) -> PathBuf {
    let (name, mut bytes) = match role {
        Role::ReferenceVideo => ("clip.mp4", mp4(6)),
        Role::ReferenceAudio => ("sound.wav", wav(5)),
        _ => ("boat.png", png(1280, 720, 100)),
    };
    bytes.resize(300_000, 0);
    *bytes.last_mut().unwrap() = salt;
    let path = folder.join(format!("{salt}-{name}"));
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A valid request with a file in `role`, and what the role needs besides.
fn request(vendor: Vendor, model: &str, role: Role, path: &Path) -> VideoRequest {
    let new = VideoRequest::new(model, "a paper boat sails on");
    let with = |request: VideoRequest| request.input(role, path);
    let image = "https://media.example.com/a.png";
    let tries = [
        with(new.clone()),
        with_needed_inputs(&Capabilities::of(vendor, model), with(new.clone())),
        with(new.clone().duration_auto().aspect_ratio("adaptive")),
        with(new.clone().duration_auto().aspect_ratio("adaptive").first_frame(image)),
        with(new.clone().first_frame(image)),
        with(new.clone().reference_image(image)),
    ];
    // Or beyond an unverified limit.
    let beyond = tries.clone().map(|request| request.allow_unverified(role.as_str()));
    let mut all = tries.iter().chain(&beyond);
    let valid = all.find(|request| validate(vendor, request).is_empty());
    valid
        .cloned()
        .unwrap_or_else(|| panic!("{vendor} {model} {role}: {:?}", validate(vendor, &tries[0])))
}

/// The references in a body: every URL, upload id and asset.
fn references(body: &Value, found: &mut Vec<String>) {
    match body {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => members.values().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Whether a vendor documents a way for a file in this role of this model.
fn takes_files(vendor: Vendor, rules: &Capabilities, role: Role) -> bool {
    let Some(rule) = rules.model.inputs.iter().find(|rule| rule.role == role.as_str()) else {
        return false;
    };
    let medium = match role {
        Role::ReferenceVideo => "video",
        Role::ReferenceAudio => "audio",
        _ => "image",
    };
    let mut ways = vendor.facts().uploads.iter();
    rule.sources.contains(&"data")
        || ways
            .any(|way| way.media.contains(&medium) && way.serves(rules.model.id) && rule.sources.contains(&way.gives))
}

/// The vendors with assets of the account.
fn keepers_of_assets() -> impl Iterator<Item = Vendor> {
    uploaders().filter(|vendor| vendor.supports(Operation::Asset))
}

/// The vendors that files can be uploaded to. The others are in `simulated`.
fn uploaders() -> impl Iterator<Item = Vendor> {
    Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| !vendor.facts().uploads.is_empty())
}

#[tokio::test]
async fn every_role_takes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut inline, mut uploaded) = (0, 0);
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        for rules in Capabilities::all(vendor) {
            let model = rules.model.id;
            for role in Role::ALL {
                let path = file(folder.path(), role, 1);
                let place = format!("{vendor} {model} {role}");
                if !takes_files(vendor, &rules, role) {
                    let lone = VideoRequest::new(model, "x").input(role, path.as_path());
                    assert!(
                        validate(vendor, &lone)
                            .iter()
                            .any(|violation| violation.field == role.as_str()),
                        "{place}"
                    );
                    continue;
                }
                let request = request(vendor, model, role, &path);
                let planned = plan(vendor, None, &request).unwrap();
                let (before, uploads) = (server.submissions().len(), server.uploads().len());
                let task = client
                    .submit(&request)
                    .await
                    .unwrap_or_else(|error| panic!("{place}: {error}"));
                assert!(!task.id.id().is_empty());
                let body = server.submissions().remove(before);
                let (mut sent, mut shown) = (Vec::new(), Vec::new());
                references(&body, &mut sent);
                references(&planned.body, &mut shown);
                if planned.uploads.is_empty() {
                    inline += 1;
                    assert_eq!(sent, shown, "{place}");
                    assert!(sent.iter().any(|text| text.starts_with("data:")), "{place}");
                    assert_eq!(server.uploads().len(), uploads, "{place}");
                    continue;
                }
                uploaded += 1;
                let way = &planned.uploads[0];
                assert_eq!(
                    (way.role, way.bytes),
                    (role, std::fs::metadata(&path).unwrap().len()),
                    "{place}"
                );
                assert_eq!(way.file, path.display().to_string());
                // The reference stands where the plan shows it.
                let name = path.file_name().unwrap().to_str().unwrap();
                let stand_in = format!("<upload of {name}>");
                let at = shown
                    .iter()
                    .position(|text| text.contains(&stand_in))
                    .unwrap_or_else(|| panic!("{place} {shown:?}"));
                let expected = match way.gives {
                    "asset" => "asset://",
                    "upload_id" => "upl_",
                    _ => server.base_url.as_str(),
                };
                assert!(sent[at].starts_with(expected), "{place}: {}", sent[at]);
            }
        }
        // No storage host gets the key, and the vendor gets the whole file.
        for seen in server.uploads() {
            assert_eq!(seen.signed, seen.method == "POST", "{vendor} {}", seen.path);
            let length: usize = seen.headers["content-length"].parse().unwrap();
            assert_eq!(length, seen.body.len());
        }
    }
    assert!(inline > 4 && uploaded > 20, "{inline} {uploaded}");
}

/// Bytes of a multipart body are those of the file, with its type and name.
#[tokio::test]
async fn the_file_arrives_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big.png");
    let bytes = png(600, 600, 900_000);
    std::fs::write(&path, &bytes).unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        client.upload(path.as_path(), Default::default()).await.unwrap();
        let [upload] = server.uploads().try_into().unwrap();
        let found = upload.body.windows(bytes.len()).any(|window| window == bytes);
        assert!(found, "{vendor}");
        if upload.method == "PUT" {
            assert_eq!(upload.headers["content-type"], "image/png");
            let md5 = upload.headers.get("content-md5");
            assert!(md5.is_none_or(|md5| md5.ends_with("==")));
            continue;
        }
        let head = String::from_utf8_lossy(&upload.body).to_lowercase();
        assert!(
            head.contains("content-type: image/png") && head.contains("filename=\"big.png\""),
            "{vendor}"
        );
    }
}

#[tokio::test]
async fn bytes_in_memory_are_a_file_too() {
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        let file = videogen::LocalFile::from(png(700, 700, 50)).named("memory.png");
        client.upload(file, Default::default()).await.unwrap();
        assert_eq!(server.uploads().len(), 1, "{vendor}");
    }
}

/// One clear error each, without a request.
#[tokio::test]
async fn files_beyond_the_limits_are_refused_before_any_request() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let large = write("large.png", png(1000, 1000, 0));
    std::fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(200_000_000)
        .unwrap();
    let cases = [
        (
            Role::ReferenceImage,
            write("a.pdf", b"%PDF-1.7 a text".to_vec()),
            "known type",
        ),
        (Role::ReferenceImage, write("a.mp4", mp4(5)), "image"),
        (Role::ReferenceImage, write("huge.png", png(9000, 5000, 9)), "sides"),
        (Role::ReferenceImage, write("long.png", png(3000, 400, 9)), "ratio"),
        (Role::ReferenceImage, large, "bytes"),
        (Role::ReferenceVideo, write("long.mp4", mp4(60)), " s"),
        (Role::ReferenceAudio, write("long.wav", wav(60)), " s"),
        (Role::ReferenceImage, folder.path().join("gone.png"), "cannot read"),
    ];
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        let model = Capabilities::all(vendor)
            .find(|rules| takes_files(vendor, rules, Role::ReferenceVideo))
            .unwrap()
            .model
            .id;
        for (role, path, word) in &cases {
            let rules = Capabilities::of(vendor, model);
            let rule = rules.model.inputs.iter().find(|rule| rule.role == role.as_str());
            let media = rule.and_then(|rule| rule.media);
            // Where no sides or lengths are documented, none are checked.
            let is_limited = match *word {
                "sides" | "ratio" => media.is_some_and(|media| media.side.is_some()),
                " s" => media.is_some_and(|media| media.seconds.is_some() || media.total_seconds.is_some()),
                _ => true,
            };
            if !is_limited {
                continue;
            }
            let source = Source::from(videogen::LocalFile::from(path.as_path()));
            let request = VideoRequest::new(model, "x").input(*role, source);
            let error = client.submit(&request).await.unwrap_err();
            let of_file: Vec<_> = error
                .violations()
                .iter()
                .filter(|violation| violation.value.contains(path.to_str().unwrap()))
                .collect();
            let place = format!("{vendor} {}: {error}", path.display());
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{place}");
            assert_eq!(of_file.len(), 1, "{place}");
            assert_eq!(of_file[0].field, role.as_str(), "{place}");
            assert!(of_file[0].rule.contains(word), "{place}");
        }
        assert!(server.seen().is_empty(), "{vendor}: {:?}", server.seen());
    }
}

#[tokio::test]
async fn a_refused_upload_submits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood {
            refuses: true,
            ..Mood::default()
        })
        .await;
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 2);
        let error = server
            .client(vendor, None)
            .submit(&request(vendor, model, role, &path))
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::NotSent), "{vendor} {error}");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{vendor} {error}");
        assert!(error.to_string().contains("nothing was submitted"), "{error}");
        // What would be refused again is sent once.
        assert_eq!(server.uploads().len(), 1, "{vendor}");
        let named = error.to_string();
        assert!(
            named.contains("the picture has a logo") || named.contains("refused the file"),
            "{named}"
        );
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        assert!(server.submissions().is_empty());
    }
}

/// A limit that only the vendor's answer states.
#[tokio::test]
async fn a_file_beyond_an_announced_limit_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders().filter(|vendor| !vendor.facts().uploads[0].reusable) {
        let mood = Mood {
            narrow: true,
            ..Mood::default()
        };
        let server = Server::new(mood).await;
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 3);
        let error = server
            .client(vendor, None)
            .submit(&request(vendor, model, role, &path))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::InvalidRequest, Some(Delivery::NotSent)),
            "{error}"
        );
        assert!(error.to_string().contains("at most 10"), "{error}");
        assert!(server.uploads().is_empty() && server.submissions().is_empty());
    }
}

/// A model and role whose files are uploaded.
fn uploading(vendor: Vendor) -> (&'static str, Role) {
    let folder = tempfile::tempdir().unwrap();
    Capabilities::all(vendor)
        .flat_map(|rules| Role::ALL.map(|role| (rules, role)))
        .find(|(rules, role)| {
            let path = file(folder.path(), *role, 0);
            takes_files(vendor, rules, *role)
                && *role != Role::ReferenceAudio
                && !plan(vendor, None, &request(vendor, rules.model.id, *role, &path))
                    .unwrap()
                    .uploads
                    .is_empty()
        })
        .map(|(rules, role)| (rules.model.id, role))
        .unwrap()
}

fn journal(folder: &Path) -> Arc<SqliteJournal> {
    Arc::new(SqliteJournal::open(folder.join("journal.db")).unwrap())
}
