//! Task ids in responses that are not tasks: unexpected shapes, error bodies, truncated bodies. Independent of the
//! vendor.
//!
//! The body is scanned, not parsed, so that ids before a break are found and numbers keep all their digits.

use serde_json::Value;

/// Member names that always contain a task id, in lower case and without punctuation.
const NAMES: [&str; 5] = ["taskid", "videoid", "generationid", "jobid", "videotaskid"];
/// Names of objects and lists in which a plain `id` is a task's.
const AROUND: [&str; 14] = [
    "",
    "data",
    "output",
    "outputs",
    "result",
    "results",
    "response",
    "body",
    "video",
    "videos",
    "task",
    "tasks",
    "generation",
    "job",
];
/// Maximum depth of JSON inside strings, in which services wrap another one's response.
const QUOTED: usize = 2;

/// What a submission asked for, as far as the ids of tasks depend on it.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'a> {
    /// Endpoint family.
    pub(crate) family: &'a str,
    /// Model id.
    pub(crate) model: &'a str,
}

/// One id.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    id: String,
    /// The plain `id` of the outermost object.
    is_own: bool,
}

/// Every distinct task id in `body`, the most certain first. `own`: another name of the member that has it.
pub(crate) fn task_ids(body: &[u8], own: Option<&str>) -> Vec<String> {
    let (own, others): (Vec<Found>, Vec<Found>) = found(body, own).into_iter().partition(|found| found.is_own);
    let mut ids: Vec<String> = Vec::new();
    for Found { id, .. } in own.into_iter().chain(others) {
        // Services send zero or an empty string for missing ids.
        if !id.trim().is_empty() && id != "0" && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The id of the task created by a success whose task cannot be parsed, if unambiguous: it is in the
/// outermost object, or it is the only one and the response does not report an error.
pub(crate) fn accepted(body: &[u8], own: Option<&str>) -> Option<String> {
    let first = found(body, own).into_iter().find(|found| found.is_own);
    if let Some(Found { id, .. }) = first {
        return Some(id);
    }
    match <[String; 1]>::try_from(task_ids(body, own)) {
        Ok([id]) if !is_error(body) => Some(id),
        _ => None,
    }
}

/// Whether a body reports a failure, whatever its status.
fn is_error(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let is_set = |name: &str| match body.get(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    let code = body.get("code").and_then(Value::as_i64).unwrap_or_default();
    is_set("error")
        || is_set("errors")
        || body.get("success") == Some(&Value::Bool(false))
        || (400..600).contains(&code)
}

fn found(body: &[u8], own: Option<&str>) -> Vec<Found> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut found = Vec::new();
    // Anything else is a page or plain text.
    if text.starts_with(['{', '[']) {
        scan(text, &mut Vec::new(), (QUOTED, own), &mut found);
    }
    found
}

/// Scans JSON that may end anywhere. `around`: the names of the open objects and lists.
fn scan(text: &str, around: &mut Vec<String>, (quoted, own): (usize, Option<&str>), found: &mut Vec<Found>) {
    let (depth, mut at) = (around.len(), 0);
    let mut name: Option<String> = None;
    while let Some(next) = text[at..].find(|c: char| !c.is_whitespace() && c != ',' && c != ':') {
        at += next;
        match text.as_bytes()[at] {
            b'{' | b'[' => {
                // Items of a list have the list's name.
                let inherited = || around.last().cloned().unwrap_or_default();
                around.push(name.take().unwrap_or_else(inherited));
                at += 1;
            }
            b'}' | b']' => {
                around.pop();
                name = None;
                at += 1;
                if around.len() <= depth {
                    break;
                }
            }
            b'"' => {
                let Some((value, end)) = string_at(text, at) else { break };
                at = end;
                if name.is_none() && text[end..].trim_start().starts_with(':') {
                    name = Some(value);
                } else if let Some(name) = name.take() {
                    let inner = value.trim_start();
                    if quoted > 0 && inner.starts_with(['{', '[']) {
                        let mut around = vec![name];
                        scan(inner, &mut around, (quoted - 1, own), found);
                    } else {
                        collect((around, own), &name, value, found);
                    }
                }
            }
            _ => {
                // A number at the end may be truncated, so it is ignored.
                let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '"' | '{' | '[' | ':');
                let Some(length) = text[at..].find(is_end) else { break };
                let value = &text[at..at + length];
                let is_number = value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                if let (Some(name), true) = (name.take(), is_number) {
                    collect((around, own), &name, value.to_owned(), found);
                }
                at += length;
            }
        }
    }
    around.truncate(depth);
}

fn collect((around, own): (&[String], Option<&str>), name: &str, id: String, found: &mut Vec<Found>) {
    let fold = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let folded = fold(name);
    let is_id = folded == "id" && around.iter().all(|name| AROUND.contains(&fold(name).as_str()));
    let is_named = own == Some(name) && around.iter().all(String::is_empty);
    if !id.is_empty() && (is_id || is_named || NAMES.contains(&folded.as_str())) {
        let is_own = is_named || name == "id" && around.iter().all(String::is_empty);
        found.push(Found { id, is_own });
    }
}

/// The JSON string that begins at `start`, and its end. `None`: it is truncated.
fn string_at(text: &str, start: usize) -> Option<(String, usize)> {
    let mut escaped = false;
    let end = text.as_bytes()[start + 1..].iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })?;
    let end = start + 1 + end + 1;
    let raw = &text[start..end];
    let value = serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned());
    Some((value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str) -> Vec<String> {
        task_ids(body.as_bytes(), None)
    }

    #[test]
    fn an_id_is_found_if_it_arrived_completely() {
        let body = br#"{"object": "video", "meta": {"id": "no"}, "id": "video-1", "status": "queued", "x": ["#;
        assert_eq!(accepted(body, None).as_deref(), Some("video-1"));
        for end in 0..body.len() {
            let found = accepted(&body[..end], None);
            assert!(
                found.is_none() || found.as_deref() == Some("video-1"),
                "cut at {end}: {found:?}"
            );
        }
        for (body, id) in [
            (r#"{"id": "video-"#, None),
            (r#"{"id": 17}"#, Some("17")),
            (r#"{"id": 17, "status": "que"#, Some("17")),
            (r#"{"id": 17"#, None),
            (r#"{"id":"","task_id":"t-7"}"#, Some("t-7")),
            (r#"{"code":0,"data":{"id":"abc","status":"que"#, Some("abc")),
            (r#"{"user":{"id":"abc"},"status":"id","x":"que"#, None),
            (r#"[{"id": "a"}]"#, Some("a")),
            ("\u{feff}{\"id\": \"a\"}", Some("a")),
            ("<html>\"id\": \"x\"</html>", None),
            ("", None),
            // More digits than a float or 64 bits can hold.
            (r#"{"data":[{"task_id":9007199254740993}]}"#, Some("9007199254740993")),
            (
                r#"{"taskId":123456789012345678901234567890}"#,
                Some("123456789012345678901234567890"),
            ),
            (
                r#"{"output":{"task_id":"t-1","task_status":"PENDING"},"request_id":"r"}"#,
                Some("t-1"),
            ),
            (r#"{"video_id":"t-1"}"#, Some("t-1")),
            (r#"{"result":{"videos":[{"id":"t-1"}]}}"#, Some("t-1")),
            (r#"{"response":"{\"data\":{\"taskId\":\"t-1\"}}"}"#, Some("t-1")),
            (r#"{"a\"b\\":"}","id":"t-1"}"#, Some("t-1")),
            // Two ids, or an error next to one: ambiguous.
            (r#"{"task_id":"t-1","video_id":"t-2"}"#, None),
            (r#"{"error":{"message":"no","task_id":"t-1"}}"#, None),
            (r#"{"code":500,"data":{"task_id":"t-1"}}"#, None),
            (r#"{"success":false,"task_id":"t-1"}"#, None),
        ] {
            assert_eq!(accepted(body.as_bytes(), None).as_deref(), id, "{body}");
        }
    }

    #[test]
    fn the_vendors_own_name_of_the_id_counts_at_the_top() {
        let own = |body: &str| accepted(body.as_bytes(), Some("request_id"));
        assert_eq!(
            own(r#"{"request_id": "r-1", "status_url": "htt"#).as_deref(),
            Some("r-1")
        );
        assert_eq!(own(r#"{"meta": {"request_id": "r-1"}}"#), None);
        assert_eq!(accepted(br#"{"request_id": "r-1"}"#, None), None);
    }

    #[test]
    fn all_ids_are_returned_if_none_is_certain() {
        assert_eq!(
            ids(r#"{"error":{"message":"no","task_id":"t-1"},"id":"t-2"}"#),
            ["t-2", "t-1"]
        );
        assert_eq!(ids(r#"{"error":{"id":"r-1","code":"x"},"request_id":"r"}"#), [""; 0]);
        assert_eq!(ids(r#"{"id":0,"task_id":"  ","taskId":null}"#), [""; 0]);
        assert_eq!(ids(r#"{"task_id":"t","data":{"id":"t"}}"#), ["t"]);
        assert_eq!(ids(&"[".repeat(100_000)), [""; 0]);
    }
}
