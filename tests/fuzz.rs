//! Responses of every kind, through every reader, over a real socket: the examples of the specs with members dropped,
//! doubled and retyped, damaged bytes, any status, odd headers, broken connections.
//!
//! With any response: nothing panics or hangs, a submission is sent once, an id that arrived is kept, only documented
//! refusals count as refusals, errors name their task, and no secret is shown.

mod server;

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use videogen::facts::Operation;
use videogen::task::ListQuery;
use videogen::{Client, Delivery, Error, TaskId, Vendor, VideoRequest, VideoTask};

use self::server::Server;
use crate::property::{on_every_vendor, runtime};
use crate::specs::{examples, operations, resolve, spec};

/// Number of responses for each vendor; each is used for a submission and one other call.
const CASES: u32 = 1_000;
/// Fixed seed.
const SEED: &[u8; 32] = b"any answer through every reader.";
const CANARY: &str = "canary-51fe";
/// Statuses that reject a submission for certain.
const REFUSALS: [u16; 9] = [400, 401, 402, 403, 404, 413, 415, 422, 429];
/// Longer than any response from this machine takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Placeholder for bytes that a `Value` cannot represent; JSON writes it as an escape that is replaced later.
const DOUBLE: &str = "\u{1}";
const HUGE: &str = "\u{2}";
const DEEP: &str = "\u{3}";

/// One change to a body.
#[derive(Clone, Debug)]
enum Twist {
    Drop,
    Double(Value),
    Set(Value),
    /// As text, as a list, as an object.
    Quote,
    List,
    Nest,
}

/// A change of the body's bytes.
#[derive(Clone, Debug)]
enum Damage {
    None,
    Space,
    Tail,
    Cut(Index),
    Bom,
    NotUtf8(Index),
    Replaced(Vec<u8>),
}

/// How the response is sent.
#[derive(Clone, Debug)]
enum Framing {
    Length,
    UntilClosed,
    Chunks(usize),
    /// The connection ends after any of the bytes.
    Broken(Index),
}

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: Vec<Vec<u8>>,
    body: Vec<u8>,
    framing: Framing,
    /// The ids at the top level, when the body is one whole JSON object.
    ids: Vec<String>,
    /// Whether it names no task, under any member name.
    is_nameless: bool,
}

/// Every JSON response in the vendor's spec, with secrets in links and messages.
fn originals(vendor: Vendor) -> Vec<Value> {
    let spec = spec(vendor);
    let mut found = Vec::new();
    for (_, _, operation) in operations(&spec) {
        for response in operation["responses"].as_object().unwrap().values() {
            let json = &resolve(&spec, response)["content"]["application/json"];
            found.extend(examples(json).into_iter().map(|(_, example)| example));
        }
    }
    found.iter_mut().for_each(plant);
    found
}

fn plant(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with("http") => {
            *text = format!("https://u:{CANARY}@files.example.com/{CANARY}.mp4?sig={CANARY}");
        }
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            // Vendors repeat keys and links in error messages.
            let message = members.get_mut("message").filter(|message| message.is_string());
            if let Some(message) = message {
                *message = json!(format!(
                    "key sk-{CANARY} may not see https://files.example.com/?sig={CANARY}"
                ));
            }
        }
        _ => {}
    }
}

fn values() -> impl Strategy<Value = Value> {
    let mut values: Vec<Value> = serde_json::from_str(
        r#"[null, true, 0, -1, 17, 1.5, 1e300, 18446744073709551615, "", " ", "5", "Simmering", "a/b", "rate_limit_unavailable",
            [], {}, [null], {"a": {"id": "inner"}}, "failed", "COMPLETED", 1795219200000, "2026-11-21T00:00:00Z"]"#,
    )
    .unwrap();
    values.extend([HUGE, DEEP, "é\0", "..", &"long".repeat(2_000)].map(Value::from));
    select(values)
}

fn twists() -> impl Strategy<Value = Twist> {
    prop_oneof![
        4 => Just(Twist::Drop),
        2 => values().prop_map(Twist::Double),
        8 => values().prop_map(Twist::Set),
        1 => Just(Twist::Quote),
        1 => Just(Twist::List),
        1 => Just(Twist::Nest),
    ]
}

/// Applies a change to the `at`-th of all members, counted in depth.
fn twist(value: &mut Value, at: &mut usize, how: &Twist) -> bool {
    if let Value::Object(members) = value {
        for name in members.keys().cloned().collect::<Vec<_>>() {
            if *at == 0 {
                let member = members.get_mut(&name).unwrap();
                match how {
                    Twist::Drop => drop(members.remove(&name)),
                    Twist::Double(other) => drop(members.insert(format!("{name}{DOUBLE}"), other.clone())),
                    Twist::Set(other) => *member = other.clone(),
                    Twist::Quote if member.is_number() => *member = json!(member.to_string()),
                    Twist::Quote => {}
                    Twist::List => *member = json!([member, member]),
                    Twist::Nest => *member = json!({name: member}),
                }
                return true;
            }
            *at -= 1;
            if twist(members.get_mut(&name).unwrap(), at, how) {
                return true;
            }
        }
    } else if let Value::Array(items) = value {
        return items.iter_mut().any(|item| twist(item, at, how));
    }
    false
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|member| 1 + count(member)).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// The text of a body, with bytes that `Value` cannot represent; and the ids at its top level.
fn write(body: &Value) -> (String, Vec<String>) {
    let text = body.to_string().replace("\\u0001\"", "\"");
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let whole = text.replace("\"\\u0002\"", "1e999").replace("\"\\u0003\"", &deep);
    // Of duplicate members the last counts, unless it is null.
    let mut ids = Vec::new();
    for name in ["id", "id\u{1}"] {
        match body.get(name) {
            Some(Value::String(id)) if ![HUGE, DEEP, ""].contains(&id.as_str()) => ids.push(id.clone()),
            Some(Value::Number(id)) => ids.push(id.to_string()),
            Some(_) => ids.clear(),
            None => {}
        }
    }
    (whole, ids)
}

fn bodies(vendor: Vendor) -> impl Strategy<Value = (Vec<u8>, Vec<String>)> {
    let damage = prop_oneof![
        12 => Just(Damage::None),
        1 => Just(Damage::Space),
        1 => Just(Damage::Tail),
        4 => any::<Index>().prop_map(Damage::Cut),
        1 => Just(Damage::Bom),
        1 => any::<Index>().prop_map(Damage::NotUtf8),
        1 => select(vec!["", "<html><body>\"id\": \"x\"</body></html>", "null", "\"ok\"", "[]", "[{\"id\":\"a\"}]"])
            .prop_map(|text| Damage::Replaced(text.into())),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(Damage::Replaced),
    ];
    let changes = prop::collection::vec((any::<Index>(), any::<bool>(), twists()), 0..4);
    // Tasks and lists more often than the many errors.
    let all = originals(vendor);
    let having = |name: &str| {
        let found: Vec<_> = all.iter().filter(|body| body.get(name).is_some()).cloned().collect();
        select(if found.is_empty() { all.clone() } else { found })
    };
    let body = prop_oneof![4 => having("id"), 1 => having("data"), 1 => having("items"), 2 => having("error")];
    (body, changes, damage).prop_map(|(mut body, changes, damage)| {
        for (at, id, how) in changes {
            let mut at = at.index(count(&body).max(1));
            let names = body.as_object().filter(|members| id && members.contains_key("id"));
            if let Some(members) = names {
                // Mostly the id.
                let before = members.iter().take_while(|(name, _)| *name != "id");
                at = before.map(|(_, member)| 1 + count(member)).sum();
            }
            twist(&mut body, &mut at, &how);
        }
        let (text, ids) = write(&body);
        let mut bytes = text.into_bytes();
        match damage {
            Damage::None => return (bytes, ids),
            Damage::Space => return ([b" \r\n\t", bytes.as_slice(), b"\n\n"].concat(), ids),
            Damage::Tail => bytes.extend(b"\nid"),
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Bom => drop(bytes.splice(0..0, *b"\xef\xbb\xbf")),
            Damage::NotUtf8(at) => bytes.insert(at.index(bytes.len()), 0xff),
            Damage::Replaced(other) => bytes = other,
        }
        (bytes, Vec::new())
    })
}

const HEADERS: &str = "Content-Type: application/json|Content-Type: text/html; charset=utf-16|Content-Encoding: gzip|\
    Location: /elsewhere|Set-Cookie: a=b|Retry-After: 7|Retry-After: -1|Retry-After: 1.5|Retry-After: soon|\
    Retry-After: 18446744073709551615|Retry-After: 99999999999999999999999|Retry-After: \u{ff}|X-Request-Id:|\
    Retry-After: Wed, 21 Oct 2015 07:28:00 GMT|Retry-After: Fri, 31 Dec 9999 23:59:59 GMT|X-Request-Id: r-1|\
    X-Request-Id: \u{ff}|X-Request-Id: sk-CANARY https://files.example.com/?sig=CANARY";

fn headers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let text = HEADERS.replace("CANARY", CANARY);
    // As Latin-1, so that one of them is not UTF-8.
    let latin = |line: &str| line.chars().map(|c| c as u8).collect::<Vec<_>>();
    let mut lines: Vec<_> = text.split('|').map(latin).collect();
    lines.push(format!("X-Long: {}", "a".repeat(5_000)).into());
    prop::collection::vec(select(lines), 0..4)
}

fn answers(vendor: Vendor) -> impl Strategy<Value = Answer> {
    let status = prop_oneof![
        14 => select(vec![200_u16, 201, 202]),
        1 => select(vec![204, 205, 206, 226, 299]),
        3 => select(REFUSALS.to_vec()),
        3 => select(vec![301, 302, 303, 304, 307, 308, 408, 409, 418, 425, 451, 500, 502, 503, 503, 503, 504, 520]),
        1 => 100..=999_u16,
    ];
    let framing = prop_oneof![
        6 => Just(Framing::Length),
        2 => Just(Framing::UntilClosed),
        2 => (1..50_usize).prop_map(Framing::Chunks),
        3 => any::<Index>().prop_map(Framing::Broken),
    ];
    let parts = (status, headers(), bodies(vendor), framing);
    parts.prop_map(|(status, headers, (body, ids), framing)| Answer {
        is_nameless: !String::from_utf8_lossy(&body).to_ascii_lowercase().contains("id\":"),
        status,
        headers,
        body,
        framing,
        ids,
    })
}

impl Answer {
    /// The bytes on the wire, and whether the status arrives with them.
    fn bytes(&self) -> (Vec<u8>, bool) {
        let mut bytes = format!("HTTP/1.1 {} Odd\r\nConnection: close\r\n", self.status).into_bytes();
        for line in &self.headers {
            bytes.extend([line, b"\r\n".as_slice()].concat());
        }
        match self.framing {
            Framing::UntilClosed => bytes.extend(b"\r\n"),
            Framing::Chunks(_) => bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n"),
            _ => bytes.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).bytes()),
        }
        let head = bytes.len();
        match self.framing {
            Framing::Chunks(size) => {
                for chunk in self.body.chunks(size) {
                    bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
                    bytes.extend([chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
            }
            _ => bytes.extend(&self.body),
        }
        if let Framing::Broken(at) = self.framing {
            bytes.truncate(at.index(bytes.len()));
        }
        // An informational status announces a final response, which does not arrive.
        let arrives = bytes.len() >= head && (self.status >= 200 || self.status == 101);
        (bytes, arrives)
    }

    /// The ids, one of which a submission must return.
    fn owed(&self) -> &[String] {
        let bare = matches!(self.status, 204 | 205);
        let whole = !matches!(self.framing, Framing::Broken(_));
        if (200..300).contains(&self.status) && !bare && whole {
            &self.ids
        } else {
            &[]
        }
    }

    /// Whether a refusal certainly names a task: by an id at the top level that is neither unset nor the request's.
    fn named(&self) -> bool {
        let is_whole = !matches!(self.framing, Framing::Broken(_));
        let heads = self.headers.concat();
        let heads = String::from_utf8_lossy(&heads);
        // Readers differ in which of two duplicates counts.
        let all = |id: &String| !id.trim().is_empty() && id != "0" && id != "5" && !heads.contains(id.as_str());
        is_whole && !self.ids.is_empty() && self.ids.iter().all(all)
    }

    fn refuses(&self, vendor: Vendor) -> bool {
        let words = String::from_utf8_lossy(&self.body);
        REFUSALS.contains(&self.status)
            || (vendor == Vendor::ToApis && self.status == 503 && words.contains("rate_limit_unavailable"))
    }
}

struct Bench {
    vendor: Vendor,
    server: Server,
    id: TaskId,
}

type Tally = BTreeMap<String, u32>;

impl Bench {
    async fn new(vendor: Vendor) -> Self {
        let server = Server::new().await;
        let id = crate::cases::task(vendor, "t");
        Self { vendor, server, id }
    }

    /// A new client, not throttled by earlier responses.
    fn client(&self) -> Client {
        Client::builder(self.vendor)
            .retry(videogen::RetryPolicy::never())
            .key(format!("sk-{CANARY}"))
            .base_url(&self.server.base_url)
            .build()
            .unwrap()
    }

    /// Uses `answer` for a submission and one other call; returns the first violated property.
    async fn look(&self, answer: &Answer, call: Index, tally: &mut Tally) -> Result<(), String> {
        let (bytes, arrives) = answer.bytes();
        *self.server.answer.lock().unwrap() = bytes;
        let before = self.server.posts.load(Ordering::SeqCst);
        let request = VideoRequest::new(self.vendor.default_model(), "x");
        let client = self.client();
        let submitted = self.timely(client.submit(&request)).await?;
        let requests = self.server.posts.load(Ordering::SeqCst) - before;
        if requests != 1 {
            return Err(format!("{requests} submissions instead of one: {submitted:?}"));
        }
        let word = self.submission(answer, arrives, &submitted)?;
        *tally.entry(format!("submit {word}")).or_default() += 1;
        shown(&submitted)?;

        let operation = *call.get(&self.vendor.operations()[1..]);
        let query = ListQuery::default();
        let read = match operation {
            Operation::Get => self.about_the_task(self.timely(client.get(&self.id)).await?)?,
            Operation::Cancel => self.about_the_task(self.timely(client.cancel(&self.id)).await?)?,
            Operation::List => shown(&self.timely(client.list(&query)).await?)?,
            _ => shown(&self.timely(client.models()).await?)?,
        };
        *tally.entry(format!("{operation} {read}")).or_default() += 1;
        Ok(())
    }

    async fn timely<T>(&self, call: impl Future<Output = T>) -> Result<T, String> {
        tokio::time::timeout(PATIENCE, call)
            .await
            .map_err(|_| "it hangs".to_owned())
    }

    fn submission(
        &self,
        answer: &Answer,
        arrives: bool,
        result: &Result<VideoTask, Error>,
    ) -> Result<&'static str, String> {
        let owed = if arrives { answer.owed() } else { &[] };
        let success = arrives && (200..300).contains(&answer.status);
        match result {
            // A conflict that names one existing task.
            Ok(task) if arrives && answer.status == 409 && task.already_submitted => Ok("existing"),
            Ok(task) if !success => Err(format!("not a success, and yet {task:?}")),
            Ok(task) if !owed.is_empty() && !owed.iter().any(|id| id == task.id.id()) => {
                Err(format!("{:?} is not one of {owed:?}", task.id))
            }
            Ok(_) if owed.is_empty() => Ok("salvaged"),
            Ok(_) => Ok("accepted"),
            Err(error) if !owed.is_empty() => Err(format!("{owed:?} is lost: {error}")),
            Err(error) => match error.delivery() {
                Some(Delivery::Rejected) if arrives && answer.refuses(self.vendor) => match answer.named() {
                    true => Err(format!("a task is named, and yet: {error}")),
                    false => Ok("rejected"),
                },
                Some(Delivery::Ambiguous) if !(arrives && REFUSALS.contains(&answer.status)) => Ok("ambiguous"),
                Some(Delivery::Ambiguous) if !answer.is_nameless => {
                    match error.ambiguity().is_some_and(|known| !known.possible_tasks.is_empty()) {
                        true => Ok("named"),
                        false => Err(format!("no task is named: {error}")),
                    }
                }
                other => Err(format!("HTTP {} came out as {other:?}: {error}", answer.status)),
            },
        }
    }

    fn about_the_task(&self, result: Result<VideoTask, Error>) -> Result<&'static str, String> {
        if let Err(error) = &result
            && error.task() != Some(&self.id)
        {
            return Err(format!("the task is not named: {error:?}"));
        }
        shown(&result)
    }
}

/// Whether a call returned a value; an error if the value or the error contains a secret.
fn shown<T: Debug>(result: &Result<T, Error>) -> Result<&'static str, String> {
    let mut text = format!("{result:?}");
    if let Err(error) = result {
        let more = (error.message(), error.code(), error.request_id());
        let _ = write!(text, "{error} {more:?}");
    }
    match text.contains(CANARY) {
        true => Err(format!("a secret is shown: {text}")),
        false if result.is_ok() => Ok("read"),
        false => Ok("failed"),
    }
}

#[test]
fn any_response_is_parsed_or_rejected() {
    let tallies = on_every_vendor((CASES, SEED), |vendor| {
        let runtime = runtime();
        let bench = runtime.block_on(Bench::new(vendor));
        let check = move |(answer, call): &(Answer, Index), tally: &mut Tally| {
            let looked = runtime.block_on(bench.look(answer, *call, tally));
            looked.map_err(|reason| format!("{reason}\nanswer: {}", answer.bytes().0.escape_ascii()))
        };
        ((answers(vendor), any::<Index>()).boxed(), Box::new(check))
    });
    let mut all = Tally::new();
    for (outcome, count) in tallies.into_iter().flatten() {
        *all.entry(outcome).or_default() += count;
    }
    println!("{all:?}");
    // Otherwise the test would still pass if it no longer reached some outcome.
    let submits =
        ["accepted", "salvaged", "rejected", "ambiguous", "named"].map(|outcome| all[&format!("submit {outcome}")]);
    assert!(submits.iter().all(|count| *count >= 25) && submits.iter().sum::<u32>() >= 1_250);
    for operation in ["get", "cancel", "list", "models"] {
        let [read, failed] = ["read", "failed"].map(|outcome| all[&format!("{operation} {outcome}")]);
        assert!(read >= 2 && failed >= 12, "{operation}: {read} read, {failed} failed");
    }
}
