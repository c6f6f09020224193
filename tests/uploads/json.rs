//! Files in requests that come as JSON: content as data URLs, and paths, which are not read without permission.

use videogen::facts::Capabilities;
use videogen::submit::{plan, validate};
use videogen::{LocalFile, Role, VideoRequest};

use super::server::{Mood, Server};
use super::{Vendor, file, references, request, takes_files, uploaders};

/// The request with its file in memory.
fn in_memory(request: &VideoRequest, role: Role, bytes: Vec<u8>) -> VideoRequest {
    let mut request = request.clone();
    let input = request.inputs.iter_mut().find(|input| input.role == role);
    input.unwrap().source = LocalFile::from(bytes).named("memory").into();
    request
}

/// In every role that takes a file, bytes do what a path does, also after a round trip through JSON.
#[tokio::test]
async fn bytes_are_sent_like_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for vendor in Vendor::ALL.iter().copied() {
        for rules in Capabilities::all(vendor) {
            for role in Role::ALL.into_iter().filter(|role| takes_files(vendor, &rules, *role)) {
                let path = file(folder.path(), role, 4);
                let of_path = request(vendor, rules.model.id, role, &path);
                let of_bytes = in_memory(&of_path, role, std::fs::read(&path).unwrap());
                let json = serde_json::to_string(&of_bytes).unwrap();
                let of_json: VideoRequest = serde_json::from_str(&json).unwrap();
                let [path, bytes, json] = [&of_path, &of_bytes, &of_json].map(|request| {
                    let plan = plan(vendor, None, request).unwrap();
                    let uploads = plan
                        .uploads
                        .iter()
                        .map(|one| (one.role, one.way, one.bytes, one.media_type));
                    let inline = plan.inline.iter().map(|one| (one.role, "", one.bytes, one.media_type));
                    let how: Vec<_> = uploads.chain(inline).collect();
                    let mut sent = Vec::new();
                    references(&plan.body, &mut sent);
                    sent.retain(|text| !text.contains("<upload of "));
                    (how, sent)
                });
                assert_eq!(path, bytes, "{vendor} {} {role}", rules.model.id);
                assert_eq!(path, json, "{vendor} {} {role}", rules.model.id);
                count += 1;
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn bytes_from_json_are_uploaded() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let (model, role) = super::uploading(vendor);
        let path = file(folder.path(), role, 5);
        let bytes = std::fs::read(&path).unwrap();
        let request = in_memory(&request(vendor, model, role, &path), role, bytes.clone());
        let json = serde_json::to_value(&request).unwrap();
        let request: VideoRequest = serde_json::from_value(json).unwrap();
        server.client(vendor, None).submit(&request).await.unwrap();
        let [upload] = server.uploads().try_into().unwrap();
        assert!(
            upload.body.windows(bytes.len()).any(|window| window == bytes),
            "{vendor}"
        );
        assert_eq!(server.submissions().len(), 1, "{vendor}");
    }
}

/// The limits of the tables, for a data URL too.
#[test]
fn data_urls_keep_the_limits() {
    let data = |media_type: &str, bytes: &[u8]| videogen::Source::Data {
        media_type: media_type.to_owned(),
        bytes: bytes.to_vec(),
    };
    let (mut count, mut large) = (0, std::collections::HashSet::new());
    for vendor in Vendor::ALL.iter().copied() {
        for rules in Capabilities::all(vendor) {
            for input in rules
                .model
                .inputs
                .iter()
                .filter(|input| input.sources.contains(&"data"))
            {
                let Some(limits) = input.media else { continue };
                let role = Role::ALL.into_iter().find(|role| role.as_str() == input.role).unwrap();
                let faults = |source: videogen::Source| -> Vec<String> {
                    let request = VideoRequest::new(rules.model.id, "x").input(role, source);
                    let found = validate(vendor, &request).into_iter();
                    let found =
                        found.filter(|violation| violation.field == role.as_str() && violation.value.contains('('));
                    found
                        .map(|violation| format!("{}: {}", violation.value, violation.rule))
                        .collect()
                };
                let place = format!("{vendor} {} {role}", rules.model.id);
                let good = std::fs::read(file(tempfile::tempdir().unwrap().path(), role, 1)).unwrap();
                let (kind, other) = match role {
                    Role::ReferenceAudio => ("audio/wav", super::media::mp4(5)),
                    Role::ReferenceVideo => ("video/mp4", super::media::png(640, 640, 9)),
                    _ => ("image/png", super::media::mp4(5)),
                };
                assert_eq!(faults(data(kind, &good)), Vec::<String>::new(), "{place}");
                // Another medium, whatever is stated.
                let found = faults(data(kind, &other));
                assert!(
                    found.len() == 1 && found[0].contains("this role takes"),
                    "{place}: {found:?}"
                );
                if kind == "image/png" && limits.side.is_some() {
                    let huge = super::media::png(9000, 8000, 9);
                    for source in [data(kind, &huge), LocalFile::from(huge.clone()).into()] {
                        let found = faults(source);
                        assert!(found.len() == 1 && found[0].contains("9000x8000"), "{place}: {found:?}");
                    }
                    count += 1;
                }
                // Once per vendor, because it is slow.
                if let Some(most) = limits.max_bytes.filter(|_| large.insert(vendor)) {
                    let mut content = good.clone();
                    content.resize(usize::try_from(most).unwrap() + 1, 0);
                    let found = faults(data(kind, &content));
                    assert!(
                        found.iter().any(|fault| fault.contains("at most")),
                        "{place}: {found:?}"
                    );
                }
            }
        }
    }
    assert!(count > 3, "{count}");
}

/// A request of a stranger must not read the files of the machine that sends it.
#[tokio::test]
async fn paths_in_json_are_read_with_permission_only() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        let (model, role) = super::uploading(vendor);
        let path = file(folder.path(), role, 6);
        let request = request(vendor, model, role, &path);
        let mut json = serde_json::to_value(&request).unwrap();
        assert!(json.to_string().contains("file:"), "{json}");
        let stranger: VideoRequest = serde_json::from_value(json.clone()).unwrap();
        let error = client.submit(&stranger).await.unwrap_err();
        let [violation] = error.violations() else {
            panic!("{error}")
        };
        assert_eq!(violation.field, role.as_str());
        assert!(violation.rule.contains("without permission"), "{violation}");
        assert!(violation.hint.contains("allow_file_paths"), "{violation}");
        assert!(plan(vendor, None, &stranger).is_err() && server.seen().is_empty());
        // Whether there is such a file is not shown.
        let at = json["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .position(|input| input["role"] == role.as_str());
        json["inputs"][at.unwrap()]["source"] = format!("file:{}", folder.path().join("none").display()).into();
        let missing: VideoRequest = serde_json::from_value(json).unwrap();
        let missing = client.submit(&missing).await.unwrap_err();
        assert_eq!(missing.violations()[0].rule, violation.rule);

        client.submit(stranger.allow_file_paths()).await.unwrap();
        assert_eq!((server.uploads().len(), server.submissions().len()), (1, 1), "{vendor}");
    }
}
