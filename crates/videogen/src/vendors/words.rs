//! Message and code of an error body of any shape. Pure functions.

use serde_json::Value;

use crate::model::is_moderation;

/// Places of the message, the best first. The value may be a string, an object or a list of either.
const MESSAGES: [&str; 17] = [
    "/error/message",
    "/error/error/message",
    "/error/detail",
    "/error/msg",
    "/error_description",
    "/error",
    "/message",
    "/msg",
    "/detail",
    "/errors",
    "/error_msg",
    "/errorMessage",
    "/data/error",
    "/data/message",
    "/reason",
    "/ResponseMetadata/Error/Message",
    "/title",
];
/// Places of the code.
const CODES: [&str; 7] = [
    "/error/code",
    "/error/error/code",
    "/error_code",
    "/code",
    "/serviceCode",
    "/data/error/code",
    "/ResponseMetadata/Error/Code",
];
/// Where they carry the id of the request.
const REQUEST_IDS: [&str; 6] = [
    "/error/request_id",
    "/error/requestId",
    "/request_id",
    "/requestId",
    "/RequestId",
    "/ResponseMetadata/RequestId",
];
/// Where a task without a readable error carries the reason of its failure.
const REASONS: [&str; 6] = [
    "/error",
    "/errors",
    "/fail_reason",
    "/failure_reason",
    "/message",
    "/detail",
];
/// The members of an object that hold its message.
const MEMBERS: [&str; 6] = ["message", "msg", "detail", "reason", "description", "title"];
/// The members that name the subject of a message.
const PLACES: [&str; 5] = ["loc", "field", "param", "path", "pointer"];
/// Maximum length of a page that is read.
const PAGE_LIMIT: usize = 64 * 1024;
/// Maximum depth and number of collected messages.
const DEPTH: usize = 4;
const COUNT: usize = 8;

/// The contents of an error body.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) message: Option<String>,
    /// A bare number only repeats the status, and is ignored.
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl Words {
    /// Reads a body: JSON of any shape, a plain text, or a page.
    pub(crate) fn of(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Self {
                message: in_text(&String::from_utf8_lossy(&body[..body.len().min(PAGE_LIMIT)])),
                ..Self::default()
            };
        };
        let code = CODES.iter().filter_map(|place| body.pointer(place)?.as_str());
        let mut code = code.filter(|code| !code.trim().is_empty() && code.parse::<i64>().is_err());
        Self {
            message: in_json(&body),
            code: code.next().map(str::to_owned),
            request_id: REQUEST_IDS.iter().find_map(|place| self::place(body.pointer(place)?)),
        }
    }

    /// Whether the vendor reports that the task does not exist, whatever the status.
    pub(crate) fn deny_the_task(&self) -> bool {
        [&self.code, &self.message].into_iter().flatten().any(|text| {
            let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
            let letters = letters.to_ascii_lowercase();
            ["tasknotexist", "tasknotfound", "taskdoesnotexist"]
                .iter()
                .any(|phrase| letters.contains(phrase))
        })
    }

    /// Whether the vendor reports that moderation refused the request.
    pub(crate) fn are_of_moderation(&self) -> bool {
        [&self.code, &self.message]
            .into_iter()
            .flatten()
            .any(|text| is_moderation(text))
    }
}

/// The reason that a failed task gives in a place or shape that its type does not have.
pub(crate) fn reason(task: &Value) -> Option<String> {
    REASONS.iter().find_map(|place| text_of(task.pointer(place)?, DEPTH))
}

/// Code and message of a task's `error`, where its type has them in another shape.
pub(crate) fn error(error: &Value) -> (Option<String>, Option<String>) {
    let code = error.get("code").and_then(Value::as_str).map(str::trim);
    (
        code.filter(|code| !code.is_empty()).map(str::to_owned),
        text_of(error, DEPTH),
    )
}

fn in_json(body: &Value) -> Option<String> {
    if !body.is_object() {
        return text_of(body, DEPTH);
    }
    let found = MESSAGES.iter().find_map(|place| text_of(body.pointer(place)?, DEPTH))?;
    let found = match body.pointer("/error/param").and_then(place) {
        Some(param) if !found.contains(&param) => format!("{param}: {found}"),
        _ => found,
    };
    // A problem of RFC 9457 has its kind in the title.
    match body.get("title").and_then(Value::as_str) {
        Some(title) if !title.is_empty() && !found.contains(title) => Some(format!("{title}: {found}")),
        _ => Some(found),
    }
}

/// The message in a value, if any.
fn text_of(value: &Value, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => {
            let texts: Vec<_> = items
                .iter()
                .filter_map(|item| text_of(item, depth))
                .take(COUNT)
                .collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        Value::Object(members) => {
            let message = MEMBERS.iter().find_map(|name| text_of(members.get(*name)?, depth));
            let Some(message) = message else {
                // An object by field.
                let texts: Vec<_> = members
                    .iter()
                    .filter(|(name, _)| !["code", "type", "status", "request_id", "id"].contains(&name.as_str()))
                    .filter_map(|(name, value)| Some(format!("{name}: {}", text_of(value, depth)?)))
                    .take(COUNT)
                    .collect();
                return (!texts.is_empty()).then(|| texts.join("; "));
            };
            let place = PLACES.iter().find_map(|name| place(members.get(*name)?));
            Some(match place {
                Some(place) => format!("{place}: {message}"),
                None => message,
            })
        }
        _ => None,
    }
}

/// A place in a request: `"prompt"`, or `["body", "content", 0]`.
fn place(value: &Value) -> Option<String> {
    let part = |value: &Value| match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(parts) => {
            let parts: Vec<_> = parts.iter().filter_map(part).collect();
            (!parts.is_empty()).then(|| parts.join("."))
        }
        other => part(other),
    }
}

/// Plain text, or the title and text of a page.
fn in_text(text: &str) -> Option<String> {
    let is_page = text.trim_start().starts_with('<');
    let words = if is_page { page(text) } else { text.to_owned() };
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    // Binary data and truncated JSON have no message.
    let is_text = words.chars().all(|c| c != '\u{fffd}' && !c.is_control());
    let is_cut = words.starts_with(['{', '[', '"']);
    (is_text && !is_cut && !words.is_empty()).then_some(words)
}

/// A page without its tags, scripts and styles; common entities are resolved.
fn page(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        words.push(' ');
        rest = &rest[open..];
        // Changes ASCII only, so that byte positions stay the same.
        let lower = rest.to_ascii_lowercase();
        let end = [("<script", "</script"), ("<style", "</style"), ("<!--", "-->")]
            .iter()
            .find_map(|(start, end)| lower.starts_with(start).then(|| lower.find(end)))
            .unwrap_or(Some(0));
        let end = end.and_then(|from| Some(from + rest[from..].find('>')? + 1));
        let Some(end) = end else { return words };
        rest = &rest[end..];
    }
    words.push_str(rest);
    let entities = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(words, |words, (entity, text)| words.replace(entity, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_in_any_shape() {
        for (body, words) in [
            (r#"{"error": {"message": "no"}}"#, Some("no")),
            (r#"{"error": {"error": {"message": "deep"}}}"#, Some("deep")),
            (r#"{"error": "no balance"}"#, Some("no balance")),
            (r#"{"error": ["a", {"message": "b"}]}"#, Some("a; b")),
            (
                r#"{"error": "invalid_grant", "error_description": "the token expired"}"#,
                Some("the token expired"),
            ),
            (r#"{"error": true, "message": "no"}"#, Some("no")),
            (r#"{"error": {"code": 5}, "message": "no"}"#, Some("no")),
            (r#"{"error": {}, "msg": "no"}"#, Some("no")),
            (r#"{"code": 1001, "msg": "no"}"#, Some("no")),
            (r#"{"code": 1001, "data": {"error": "no"}}"#, Some("no")),
            (r#"{"data": {"error": {"message": "no"}}}"#, Some("no")),
            (r#"{"data": null, "message": "no"}"#, Some("no")),
            (r#"{"detail": "Not authenticated"}"#, Some("Not authenticated")),
            (
                r#"{"detail": [{"loc": ["body", "content", 0], "msg": "field required", "type": "missing"}, {"msg": "x"}]}"#,
                Some("body.content.0: field required; x"),
            ),
            (r#"{"detail": {"reason": "banned"}}"#, Some("banned")),
            (r#"{"detail": {"error": "banned"}}"#, Some("error: banned")),
            (r#"{"errors": ["a", "b"]}"#, Some("a; b")),
            (
                r#"{"errors": [{"field": "prompt", "message": "too long"}]}"#,
                Some("prompt: too long"),
            ),
            (
                r#"{"errors": {"prompt": ["too long"], "seed": "odd"}}"#,
                Some("prompt: too long; seed: odd"),
            ),
            (
                r#"{"type": "about:blank", "title": "Forbidden", "status": 403, "detail": "no such plan"}"#,
                Some("Forbidden: no such plan"),
            ),
            (r#"{"title": "Forbidden", "status": 403}"#, Some("Forbidden")),
            (r#"["a", "b"]"#, Some("a; b")),
            (r#""no""#, Some("no")),
            ("upstream connect error\r\nreset", Some("upstream connect error reset")),
            (
                "<!DOCTYPE html><html><head><title>403 Forbidden</title><style>a > b {}</style></head><!-- x > y -->\
                 <body><h1>Sorry</h1><script>if (a < b) {}</script><p>you &amp; your network</p></body>",
                Some("403 Forbidden Sorry you & your network"),
            ),
            ("<html><script>never closed", None),
            ("<html>a<b", Some("a")),
            (r#"{"error": {"message": ""}}"#, None),
            (r#"{"error": {"mess"#, None),
            (r#"{"code": 5, "data": null}"#, None),
            ("{}", None),
            ("null", None),
            ("", None),
            ("  \n", None),
            ("\u{fffd}\u{1}", None),
        ] {
            assert_eq!(Words::of(body.as_bytes()).message.as_deref(), words, "{body}");
        }
        assert_eq!(Words::of(b"\xff\xfe\x00").message, None);
        assert_eq!(Words::of("[".repeat(10_000).as_bytes()).message, None);
    }

    #[test]
    fn meaningful_codes_are_found() {
        for (body, word) in [
            (r#"{"code": "no_plan", "message": "x"}"#, Some("no_plan")),
            (r#"{"error_code": "E17"}"#, Some("E17")),
            (r#"{"error": {"code": "403"}}"#, None),
            (r#"{"code": 403}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(Words::of(body.as_bytes()).code.as_deref(), word, "{body}");
        }
    }
}
