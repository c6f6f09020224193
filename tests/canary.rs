//! Plants a canary as a URL's query and as the API key, in every field of a request and every member of a response: it
//! is in no `Debug`, message, serialised error or byte of the journal. Only the links to a task's files, and its raw
//! response, are returned, and only by serialisation or explicit access.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use videogen::facts::Capabilities;
use videogen::journal::{Journal as _, Query};
use videogen::task::ListQuery;
use videogen::{Client, Error, RetryPolicy, Role, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;

use crate::canned::Canned;
use crate::cases::{every_parameter, targets};
use crate::specs::{examples, operations, resolve, spec};

const CANARY: &str = "canary-27ab";

fn key() -> String {
    format!("sk-{CANARY}")
}

fn url() -> String {
    format!(
        "https://files.example.com/{CANARY}/in?sig={CANARY}&key={}&x={CANARY}",
        key()
    )
}

/// The planted values: a link, the key, and both in a text.
fn plants() -> [String; 4] {
    [
        url(),
        key(),
        format!("see ftp://files.example.com/{CANARY} with {}", key()),
        url().replace(':', "%3A").replace('/', "%2F"),
    ]
}

fn assert_hidden(shown: &str, what: &str) {
    assert!(!shown.contains(CANARY), "{what}: {shown}");
}

fn assert_no_bytes(folder: &Path) {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let held = std::fs::read(file.unwrap().path()).unwrap();
        bytes += held.len();
        assert!(!held.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    }
    assert!(bytes > 10_000, "{bytes} bytes: nothing was written");
}

/// The places of all texts, as JSON pointers.
fn texts(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(place.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, &format!("{place}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                texts(
                    member,
                    &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        _ => {}
    }
}

fn shown<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let ambiguity = error.ambiguity().map(|ambiguity| json!(ambiguity).to_string());
            format!(
                "{error} {error:?} {} {:?} {ambiguity:?}",
                error.message(),
                error.violations()
            )
        }
    }
}

fn client(vendor: Vendor, base_url: &str, journal: &Arc<SqliteJournal>) -> Client {
    Client::builder(vendor)
        .key(key())
        .base_url(base_url)
        .retry(RetryPolicy::never())
        .journal(Arc::clone(journal))
        .build()
        .unwrap()
}

#[tokio::test]
async fn no_field_of_a_request_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let lost = Canned::json(500, &json!({})).await;
    let mut sent = 0;
    for (vendor, model) in targets() {
        let client = client(vendor, &lost.base_url, &journal);
        let rules = Capabilities::of(vendor, model);
        let mut whole = every_parameter(&rules, VideoRequest::new(model, "a kite"));
        for (name, value) in [("deep", json!([{"er": "x"}])), ("odd", json!({"deep": ["x"]}))] {
            let mut more = whole.clone();
            more.extra.insert(name.to_owned(), value.clone());
            if !more.metadata.is_empty() {
                more.metadata.insert(name.to_owned(), value);
            }
            whole = Some(more).filter(|more| client.plan(more).is_ok()).unwrap_or(whole);
        }
        let input = whole.clone().input(Role::FirstFrame, "https://media.example.com/a.png");
        whole = Some(input).filter(|input| client.plan(input).is_ok()).unwrap_or(whole);
        assert!(
            client.plan(&whole).is_ok(),
            "{vendor} {model}: {:?}",
            client.plan(&whole)
        );
        let whole = json!(whole);
        let mut places = Vec::new();
        texts(&whole, "", &mut places);
        for plant in plants() {
            for place in &places {
                let mut request = whole.clone();
                *request.pointer_mut(place).unwrap() = json!(plant);
                let mut named = whole.clone();
                if let Some(members) = place
                    .rsplit_once('/')
                    .and_then(|(around, _)| named.pointer_mut(around)?.as_object_mut())
                {
                    members.insert(plant.clone(), json!("x"));
                }
                for request in [request, named] {
                    // Invalid requests are rejected by serde.
                    let Ok(request) = serde_json::from_value::<VideoRequest>(request) else {
                        continue;
                    };
                    // A request and a plan have no access to the key.
                    assert_hidden(&format!("{request:?}").replace(&key(), ""), place);
                    assert_hidden(&shown(client.plan(&request)).replace(&key(), ""), place);
                    let result = client.submit(&request).await;
                    sent += usize::from(result.as_ref().is_err_and(|error| error.ambiguity().is_some()));
                    assert_hidden(&shown(result), place);
                }
            }
            let _ = client.submit_with_key(&plant, &VideoRequest::new(model, "x")).await;
        }
        let _ = client.recover(Duration::ZERO).await;
    }
    assert!(sent > 100, "{sent}");
    let found = journal.find(Query::default()).await.unwrap();
    // The key is the same for all vendors.
    assert_eq!(found.entries.len(), sent + plants().len());
    assert_hidden(&format!("{found:?} {}", json!(found)), "journal");
    assert_no_bytes(folder.path());
}

/// Members that affect how others are read; they are planted one at a time.
const STEERING: [&str; 8] = ["status", "object", "type", "role", "code", "id", "task_id", "success"];

/// An example with the canary in all its texts except these members, and with each of these in turn.
fn planted(example: &Value, plant: &str) -> Vec<Value> {
    let mut places = Vec::new();
    texts(example, "", &mut places);
    let (steering, other): (Vec<_>, Vec<_>) = places
        .into_iter()
        .partition(|place| STEERING.contains(&place.rsplit('/').next().unwrap()));
    let mut all = example.clone();
    for place in &other {
        *all.pointer_mut(place).unwrap() = json!(plant);
    }
    let with = |place: &String| {
        let mut one = all.clone();
        *one.pointer_mut(place).unwrap() = json!(plant);
        one
    };
    steering.iter().map(with).chain([all.clone()]).collect()
}

#[tokio::test]
async fn no_member_of_a_response_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let mut answers = 0;
    for vendor in Vendor::ALL.iter().copied() {
        let spec = spec(vendor);
        for (_, _, operation) in operations(&spec) {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let response = resolve(&spec, response);
                let Some(json) = response.pointer("/content/application~1json") else {
                    continue;
                };
                let status = status.parse().unwrap_or(500);
                for (name, example) in examples(json) {
                    for plant in &plants()[..2] {
                        for body in planted(&example, plant) {
                            answers += 1;
                            answer(vendor, status, &body, &journal, &name).await;
                        }
                    }
                }
            }
        }
    }
    assert!(answers > 300, "{answers}");
    let found = journal.find(Query::default()).await.unwrap();
    assert_hidden(&format!("{found:?} {}", json!(found)), "journal");
    assert_no_bytes(folder.path());
}

/// Every call that may get `body` as its response.
async fn answer(vendor: Vendor, status: u16, body: &Value, journal: &Arc<SqliteJournal>, name: &str) {
    let canned = Canned::json(status, body).await;
    let client = client(vendor, &canned.base_url, journal);
    let what = format!("{vendor} {status} {name} {body}");
    let request = VideoRequest::new(vendor.default_model(), "a kite");
    let id = crate::cases::task(vendor, "t");
    let mut tasks = Vec::new();
    for result in [
        client.submit(&request).await,
        client.get(&id).await,
        client.cancel(&id).await,
    ] {
        tasks.extend(result.as_ref().ok().cloned());
        assert_hidden(&shown(result), &what);
    }
    let page = client.list(&ListQuery::default()).await.map(|page| page.tasks);
    tasks.extend(page.as_ref().ok().cloned().into_iter().flatten());
    assert_hidden(&shown(page), &what);
    assert_hidden(&shown(client.models().await), &what);
    for task in tasks {
        let mut task = json!(task);
        for (around, name) in [
            ("", "raw"),
            ("", "last_frame"),
            ("/video", "url"),
            ("/video", "thumbnail"),
            ("/more_videos/0", "url"),
            ("/more_videos/0", "thumbnail"),
        ] {
            if let Some(members) = task.pointer_mut(around).and_then(Value::as_object_mut) {
                members.remove(name);
            }
        }
        assert_hidden(&task.to_string(), &what);
    }
}
