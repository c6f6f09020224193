//! Changes of OpenAPI documents outside the schemas, and of whole operations.

use super::*;

type Edit = fn(&mut Value);

/// What no fact holds: shown as changed lines, here with the words in one of them.
const TEXT: &[(&str, Edit, &str)] = &[
    (
        "security",
        |all| all["security"] = json!([{"key": []}]),
        "security {\"key\":[]}",
    ),
    (
        "security scheme",
        |all| {
            all["components"]["securitySchemes"]["bearer"] = json!({"type": "apiKey", "in": "header", "name": "X-Key"})
        },
        "X-Key",
    ),
    (
        "description",
        |all| all["info"]["description"] = json!("Two requests per second."),
        "Two requests",
    ),
    (
        "deprecated",
        |all| create(all)["deprecated"] = json!(true),
        "\"deprecated\":true",
    ),
    (
        "optional body",
        |all| create(all)["requestBody"]["required"] = json!(false),
        "request body application/json required false",
    ),
    (
        "media type",
        |all| {
            let content = create(all)["requestBody"]["content"].as_object_mut().expect("there");
            let body = content.remove("application/json").expect("there");
            content.insert("multipart/form-data".to_owned(), body);
        },
        "multipart/form-data",
    ),
    (
        "pattern",
        |all| prompt(all)["pattern"] = json!("^a"),
        "\"pattern\":\"^a\"",
    ),
    (
        "nullable",
        |all| prompt(all)["nullable"] = json!(true),
        "\"nullable\":true",
    ),
    (
        "cookie",
        |all| {
            create(all)["parameters"]
                .as_array_mut()
                .expect("there")
                .push(json!({"name": "session", "in": "cookie"}))
        },
        "session",
    ),
    (
        "header of a response",
        |all| create(all)["responses"]["201"]["headers"] = json!({"X-Cost": {"schema": {"type": "string"}}}),
        "header X-Cost",
    ),
    (
        "webhook",
        |all| all["webhooks"] = json!({"done": {"post": {"summary": "A task is done."}}}),
        "A task is done.",
    ),
    (
        "second server",
        |all| {
            all["servers"]
                .as_array_mut()
                .expect("there")
                .push(json!({"url": "https://eu.example.com/v1"}))
        },
        "https://eu.example.com/v1",
    ),
];

const CREATE: &str = "/videos/generations";

fn create(document: &mut Value) -> &mut Value {
    &mut document["paths"][CREATE]["post"]
}

fn prompt(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]["CreateGenerationRequest"]["properties"]["prompt"]
}

/// The vendor's document, and a desk on which it was kept.
fn kept() -> (tempfile::TempDir, Desk, Sample, Value) {
    let mut all = published::documents("alltoken");
    let sample = all.swap_remove(0);
    let (copy, desk) = shelf(&sample);
    let document = serde_json::from_str(&sample.text).expect("JSON");
    (copy, desk, sample, document)
}

#[test]
fn what_no_fact_holds_is_shown() {
    let (_copy, desk, sample, document) = kept();
    for (name, edit, line) in TEXT {
        let mut changed = document.clone();
        edit(&mut changed);
        assert_ne!(changed, document, "{name}");
        let report = judged(&desk, &sample, &changed.to_string());
        let rendered = shown(&report, "alltoken");
        assert_eq!(report.state, State::Changed, "{name}: {rendered}");
        let is_shown = report
            .changed
            .iter()
            .any(|one| one.now.as_deref().is_some_and(|now| now.contains(line)));
        assert!(is_shown, "{name}: {rendered}");
    }
}

fn rendered(report: &Report) -> Vec<String> {
    let moves = report.since.iter().flat_map(|since| &since.moves);
    moves.map(|one| format!("{}: {}", one.at, one.what)).collect()
}

/// All paths get another prefix: each operation is found again, with its own members.
#[test]
fn operations_that_all_move_are_each_found_again() {
    let (_copy, desk, sample, mut document) = kept();
    document["servers"][0]["url"] = json!("https://api.alltoken.ai/v1/beta");
    let report = judged(&desk, &sample, &document.to_string());
    let shown = shown(&report, "alltoken");
    assert!(report.differences.iter().all(|one| one.what == "path"), "{shown}");
    for one in &report.differences {
        let (page, spec) = (one.page.as_deref().expect("both"), one.spec.as_deref().expect("both"));
        assert_eq!(page.replacen("/v1/beta/", "/v1/", 1), spec, "{shown}");
    }
    assert_eq!(report.differences.len(), 5, "{shown}");
    assert_eq!(rendered(&report).len(), 5, "{shown}");
}

/// The operations of videos move to another first path part, next to operations of other products that begin alike.
#[test]
fn operations_that_move_to_another_first_part_are_found_by_their_members_or_ids() {
    let (_copy, desk, sample, document) = kept();
    let images = json!({"post": {"operationId": "create_image", "requestBody": {"content": {"application/json": {"schema":
        {"type": "object", "properties": {"model": {"type": "string"}, "prompt": {"type": "string"}, "n": {"type": "integer"}}}}}},
        "responses": {"200": {"description": "Images."}}}});
    for by_id in [false, true] {
        let mut changed = document.clone();
        let paths = changed["paths"].as_object_mut().expect("paths");
        let of_videos: Vec<String> = paths.keys().filter(|path| path.starts_with(CREATE)).cloned().collect();
        let mut methods = 0;
        for path in &of_videos {
            let mut item = paths.remove(path).expect("there");
            for method in ["get", "post", "delete"] {
                let Some(operation) = item.get_mut(method) else {
                    continue;
                };
                methods += 1;
                if !by_id {
                    operation.as_object_mut().expect("an operation").remove("operationId");
                }
            }
            paths.insert(path.replacen(CREATE, "/contents/tasks", 1), item);
        }
        if by_id {
            let body = &mut paths["/contents/tasks"]["post"]["requestBody"]["content"]["application/json"];
            *body = json!({"schema": {"type": "object", "properties": {"input": {"type": "string"}}}});
        }
        paths.insert("/images/generations".to_owned(), images.clone());
        paths.insert("/contents/moderations".to_owned(), images.clone());
        let report = judged(&desk, &sample, &changed.to_string());
        let rendered = shown(&report, "alltoken");
        let moved: Vec<_> = report.differences.iter().filter(|one| one.what == "path").collect();
        for one in &moved {
            let (page, spec) = (one.page.as_deref().expect("both"), one.spec.as_deref().expect("both"));
            assert_eq!(page.replacen("/contents/tasks", CREATE, 1), spec, "{rendered}");
        }
        assert_eq!(moved.len(), methods, "{rendered}");
        assert!(by_id || report.differences.len() == methods, "{rendered}");
        assert!(
            !rendered.contains("images") && !rendered.contains("moderations"),
            "{rendered}"
        );
    }

    // Gone, and no other product's operation takes its place.
    let mut less = document.clone();
    let paths = less["paths"].as_object_mut().expect("paths");
    paths[CREATE].as_object_mut().expect("an item").remove("post");
    paths.insert("/images/generations".to_owned(), images);
    let report = judged(&desk, &sample, &less.to_string());
    let text = shown(&report, "alltoken");
    let paths: Vec<_> = rendered(&report)
        .into_iter()
        .filter(|rendered| rendered.ends_with(": path"))
        .collect();
    assert_eq!(paths, ["POST /v1/videos/generations: path"], "{text}");
    assert!(!text.contains("images"), "{text}");
}

/// An operation that is gone is one finding, and so is a new one.
#[test]
fn members_are_not_listed_with_their_operation() {
    let (_copy, desk, sample, document) = kept();
    let mut less = document.clone();
    less["paths"].as_object_mut().expect("paths").remove("/videos/models");
    let report = judged(&desk, &sample, &less.to_string());
    assert_eq!(
        rendered(&report),
        ["GET /v1/videos/models: path"],
        "{}",
        shown(&report, "alltoken")
    );
    let mut more = document.clone();
    more["paths"]["/videos/generations/extend"] = json!({"post": more["paths"][CREATE]["post"]});
    let report = judged(&desk, &sample, &more.to_string());
    let text = shown(&report, "alltoken");
    assert_eq!(
        rendered(&report),
        ["POST /v1/videos/generations/extend: path"],
        "{text}"
    );
    // A long piece of text is cut in the middle, and the rest counted.
    assert!(text.contains(" of them, changed too"), "{text}");
    assert!(text.lines().count() < 60, "{text}");
}
