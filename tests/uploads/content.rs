//! What a file contains decides: its type, whether it is complete, and the limits it keeps.

use serde_json::{Value, json};
use videogen::facts::Capabilities;
use videogen::submit::{plan, validate};
use videogen::upload::UploadOptions;
use videogen::{Adjust, ErrorKind, LocalFile, Role, Source, Vendor, VideoRequest};

use super::media::{mp4, png, wav};
use super::server::{Mood, Server};
use super::{file, journal, references, request, takes_files, uploaders, uploading};

/// A request as it comes from outside.
fn parsed(request: &VideoRequest, role: Role, source: &str) -> VideoRequest {
    let mut json = serde_json::to_value(request).unwrap();
    let inputs = json["inputs"].as_array_mut().unwrap();
    let input = inputs.iter_mut().find(|input| input["role"] == role.as_str()).unwrap();
    input["source"] = source.into();
    serde_json::from_value(json).unwrap()
}

#[test]
fn the_content_of_a_data_url_decides_its_type() {
    let folder = tempfile::tempdir().unwrap();
    let (mut inline, mut uploaded) = (0, 0);
    for vendor in Vendor::ALL.iter().copied() {
        for rules in Capabilities::all(vendor) {
            for role in Role::ALL.into_iter().filter(|role| takes_files(vendor, &rules, *role)) {
                let path = file(folder.path(), role, 1);
                let request = request(vendor, rules.model.id, role, &path);
                let expected = plan(vendor, None, &request).unwrap();
                let data = Source::from(LocalFile::from(std::fs::read(&path).unwrap())).to_wire();
                let content = data.split_once(";base64,").unwrap().1;
                for stated in ["video/mp4", "image/png", "image/jpeg", "application/octet-stream"] {
                    let place = format!("{vendor} {} {role} {stated}", rules.model.id);
                    let given = parsed(&request, role, &format!("data:{stated};base64,{content}"));
                    let planned = plan(vendor, None, &given).unwrap_or_else(|error| panic!("{place}: {error}"));
                    if expected.uploads.is_empty() {
                        inline += 1;
                        assert_eq!(planned.body, expected.body, "{place}");
                    } else {
                        uploaded += 1;
                        let [one, other] =
                            [&planned, &expected].map(|plan| (plan.uploads[0].way, plan.uploads[0].media_type));
                        assert_eq!(one, other, "{place}");
                    }
                }
                // What is of no known type is refused, as such a file is.
                let unknown = parsed(&request, role, "data:image/png;base64,Y2FuYXJ5");
                let found = validate(vendor, &unknown);
                assert!(
                    found.iter().any(|found| found.field == role.as_str()),
                    "{vendor} {role}: {found:?}"
                );
                let takes_data =
                    |input: &&videogen::facts::Input| input.role == role.as_str() && input.sources.contains(&"data");
                if rules.model.inputs.iter().any(|input| takes_data(&input)) {
                    assert!(found[0].rule.contains("known type"), "{vendor} {role}: {found:?}");
                }
            }
        }
    }
    assert!(inline > 20 && uploaded > 40, "{inline} {uploaded}");
}

#[test]
fn a_stated_type_that_is_wrong_is_refused() {
    let bytes = png(1280, 720, 9);
    let data = |media_type: &str| Source::Data {
        media_type: media_type.to_owned(),
        bytes: bytes.clone(),
    };
    let request = |media_type| {
        VideoRequest::new("seedance-2.0", "x")
            .duration(5)
            .first_frame(data(media_type))
    };
    assert!(validate(Vendor::Token360, &request("image/png")).is_empty());
    let found = validate(Vendor::Token360, &request("image/jpeg"));
    assert_eq!(found[0].rule, "its content is image/png");
}

/// Of the first model that takes files in `role` and limits `of`.
fn limited(vendor: Vendor, role: Role, of: impl Fn(&videogen::facts::Media) -> bool) -> Option<&'static str> {
    let mut models = Capabilities::all(vendor).filter(|rules| takes_files(vendor, rules, role));
    let found = models.find(|rules| {
        let mut inputs = rules.model.inputs.iter();
        inputs.any(|input| input.role == role.as_str() && input.media.as_ref().is_some_and(&of))
    });
    found.map(|rules| rules.model.id)
}

#[tokio::test]
async fn damaged_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let film = mp4(6);
    // Neither has its header, and the last only a part of it.
    let without_header = [&film[..16], b"\0\0\x40\0mdat", &[0; 500]].concat();
    let cut = film[..film.len() - 150].to_vec();
    let mut count = 0;
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        for (role, name, bytes) in [
            (Role::ReferenceImage, "cut.png", png(1280, 720, 0)[..20].to_vec()),
            (Role::ReferenceVideo, "cut.mp4", without_header.clone()),
            (Role::ReferenceVideo, "half.mp4", cut.clone()),
        ] {
            let limits = |limits: &videogen::facts::Media| match role {
                Role::ReferenceImage => limits.side.is_some(),
                _ => limits.seconds.is_some(),
            };
            let Some(model) = limited(vendor, role, limits) else {
                continue;
            };
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let request = VideoRequest::new(model, "x").input(role, path.as_path());
            let error = client.submit(&request).await.unwrap_err();
            let of_file = error.violations().iter().find(|found| found.value.contains(name));
            let rule = &of_file.unwrap_or_else(|| panic!("{vendor} {name}: {error}")).rule;
            assert!(rule.contains("damaged"), "{vendor} {name}: {error}");
            count += 1;
        }
        assert!(server.seen().is_empty(), "{vendor}");
    }
    assert!(count >= 6, "{count}");
}

/// A film whose header states no length, as a browser records it.
fn webm() -> Vec<u8> {
    [
        &b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"[..],
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
        b"\x16\x54\xae\x6b\x8f\xae\x8d\x83\x81\x01\xe0\x88\xb0\x82\x05\0\xba\x82\x02\xd0",
        b"\x1f\x43\xb6\x75\x80",
    ]
    .concat()
}

#[tokio::test]
async fn limits_that_cannot_be_checked_are_noted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.webm");
    std::fs::write(&path, webm()).unwrap();
    let sound = folder.path().join("live.ogg");
    std::fs::write(&sound, b"OggS\0\x02 and no more").unwrap();
    let mut count = 0;
    for vendor in uploaders() {
        for (role, path) in [(Role::ReferenceVideo, &path), (Role::ReferenceAudio, &sound)] {
            let Some(model) = limited(vendor, role, |limits| limits.seconds.is_some()) else {
                continue;
            };
            let image = "https://media.example.com/a.png";
            let new = VideoRequest::new(model, "x").duration(5).reference_image(image);
            let request = new.input(role, path.as_path()).allow_unverified(role.as_str());
            // Where that type is taken.
            let Ok(planned) = plan(vendor, None, &request) else {
                continue;
            };
            let notes: Vec<String> = planned.notes.iter().map(ToString::to_string).collect();
            assert!(
                notes.len() == 1 && notes[0].contains("length") && notes[0].contains("not readable"),
                "{vendor} {role}: {notes:?}"
            );
            assert!(
                notes[0].contains("not checked") && notes[0].starts_with(role.as_str()),
                "{notes:?}"
            );
            let server = Server::new(Mood::default()).await;
            let task = server.client(vendor, None).submit(&request).await.unwrap();
            assert_eq!(task.notes, planned.notes, "{vendor} {role}");
            count += 1;
        }
    }
    assert!(count > 0);
}

/// The same limits as in a request.
#[tokio::test]
async fn an_upload_for_a_model_keeps_its_limits() {
    let mut count = 0;
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        for (role, bytes, word) in [
            (Role::ReferenceVideo, mp4(60), "60.0 s"),
            (Role::ReferenceImage, png(100, 100, 9), "100x100"),
            (Role::ReferenceAudio, wav(60), "60.0 s"),
        ] {
            let limits = |limits: &videogen::facts::Media| match role {
                Role::ReferenceImage => limits.side.is_some_and(|side| side.0 > 100),
                _ => limits.seconds.is_some_and(|seconds| seconds.1 < 59.0),
            };
            let Some(model) = limited(vendor, role, limits) else {
                continue;
            };
            let options = UploadOptions::default().model(model);
            let file = LocalFile::from(bytes).named("beyond");
            let Err(error) = client.upload(file.clone(), options).await else {
                panic!("{vendor} {model} {role}")
            };
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{vendor} {error}");
            // Some take that medium only inline.
            if let [violation, ..] = error.violations() {
                assert!(violation.value.contains(word), "{vendor} {role}: {error}");
                count += 1;
                // Without a model there is nothing to check it by.
                client.upload(file, UploadOptions::default()).await.unwrap();
            }
        }
        let (model, role) = uploading(vendor);
        let folder = tempfile::tempdir().unwrap();
        let good = super::file(folder.path(), role, 1);
        client
            .upload(good.as_path(), UploadOptions::default().model(model))
            .await
            .unwrap();
    }
    assert!(count >= 3, "{count}");
}

/// Control characters would end the header of the form that names the file.
#[tokio::test]
async fn file_names_cannot_change_the_form() {
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        for name in [
            "a\nb.png",
            "a\rb.png",
            "a\u{1b}[31m.png",
            "a\"\r\nX-Evil: 1.png",
            "a\u{7f}.png",
        ] {
            let before = server.seen().len();
            let content: usize = 900 + before;
            let file = LocalFile::from(png(700, 700, content)).named(name);
            client.upload(file, UploadOptions::default()).await.unwrap();
            for seen in server.seen().drain(before..).filter(|seen| seen.method == "POST") {
                let kind = seen.headers.get("content-type").map(String::as_str).unwrap_or_default();
                if kind == "application/json" {
                    let mut found = Vec::new();
                    references(&seen.json(), &mut found);
                    assert!(
                        !found.iter().any(|text| text.contains(char::is_control)),
                        "{vendor} {found:?}"
                    );
                    continue;
                }
                let body = String::from_utf8_lossy(&seen.body).into_owned();
                let head = body
                    .lines()
                    .filter(|line| line.starts_with("Content-Disposition") && line.contains("filename="));
                let head: Vec<&str> = head.collect();
                assert!(
                    head.len() == 1 && head[0].ends_with(".png\""),
                    "{vendor} {name:?}: {head:?}"
                );
                assert!(!body.lines().any(|line| line.starts_with("X-Evil")), "{vendor}: {body}");
            }
        }
    }
}

/// A typo is not what a model does not support.
#[tokio::test]
async fn only_what_is_unsupported_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.png");
    std::fs::write(&text, "no picture").unwrap();
    let cut = folder.path().join("cut.png");
    std::fs::write(&cut, &png(1280, 720, 0)[..20]).unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let model = Capabilities::all(vendor)
            .find(|rules| takes_files(vendor, rules, Role::FirstFrame))
            .unwrap();
        let limits = model
            .model
            .inputs
            .iter()
            .find(|input| input.role == "first_frame")
            .unwrap()
            .media;
        let new = VideoRequest::new(model.model.id, "x").adjust("first_frame", Adjust::Drop);
        let with = |source: Value| -> VideoRequest {
            let mut json = serde_json::to_value(&new).unwrap();
            json["inputs"] = json!([{"role": "first_frame", "source": source}]);
            serde_json::from_value::<VideoRequest>(json).unwrap().allow_file_paths()
        };
        let gone = new.clone().first_frame(LocalFile::from(folder.path().join("gone.png")));
        let mut mistakes = vec![
            gone,
            new.clone().first_frame(text.as_path()),
            new.clone().first_frame("ftp://a.example/x"),
        ];
        mistakes.push(with("data:image/png;base64,Y2FuYXJ5".into()));
        if limits.is_some_and(|limits| limits.side.is_some()) {
            mistakes.push(new.clone().first_frame(cut.as_path()));
        }
        for request in mistakes {
            let error = plan(vendor, None, &request).unwrap_err();
            assert!(
                error.violations().iter().any(|found| found.field == "first_frame"),
                "{vendor} {:?}: {error}",
                request.inputs
            );
        }
        // A file that the model does not support.
        let film = new.clone().first_frame(LocalFile::from(mp4(5)));
        let planned = plan(vendor, None, &film);
        let is_required = planned
            .as_ref()
            .is_err_and(|error| error.violations().iter().all(|found| found.field != "first_frame"));
        assert!(
            is_required || planned.is_ok_and(|plan| plan.adjustments.len() == 1),
            "{vendor}"
        );
    }
}

/// Uploads are documented for listed models only, assets for all.
#[test]
fn a_file_that_an_unlisted_model_does_not_take_can_be_uploaded_first() {
    let request = VideoRequest::new("seedance-9", "x").duration(5);
    let request = request.input(Role::ReferenceVideo, LocalFile::from(mp4(5)));
    let [violation] = validate(Vendor::Token360, &request).try_into().unwrap();
    let hint = &violation.hint;
    assert!(
        hint.contains("`videogen assets upload`") && hint.contains("asset://"),
        "{hint}"
    );
    assert!(!hint.contains("Token360"), "{hint}");
}

#[tokio::test]
async fn an_upload_whose_host_is_unreachable_is_made_again() {
    for vendor in uploaders().filter(|vendor| vendor.facts().uploads.iter().any(|way| way.gives == "url")) {
        let folder = tempfile::tempdir().unwrap();
        let mood = Mood {
            unreachable: true,
            ..Mood::default()
        };
        let server = Server::new(mood).await;
        let journal = journal(folder.path());
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 1);
        let request = request(vendor, model, role, &path);
        for expected in 1..=3 {
            let client = server.client(vendor, Some(&journal));
            client.submit(&request).await.unwrap();
            assert_eq!(server.uploads().len(), expected, "{vendor}");
        }
    }
}
