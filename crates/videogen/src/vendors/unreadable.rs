//! What a response is that has no value, in words. Pure functions.

use reqwest::header::{HeaderMap, LOCATION};
use serde_json::Value;
use url::Url;

/// Why the success of a submission cannot be read, as a sentence.
pub(crate) fn response(body: &[u8], reason: &str) -> String {
    let what = success(body, reason);
    match what.strip_prefix("it is ") {
        Some(what) => format!("the response is {what}"),
        None => what,
    }
}

/// How the reason of a body of another form than the operation's begins.
pub(crate) const NOT_EXPECTED: &str = "not the expected JSON";

/// Why a success cannot be read: what its body is, or if that is a JSON object, `reason`. Contains nothing from the body.
pub(crate) fn success(body: &[u8], reason: &str) -> String {
    if body.trim_ascii().is_empty() {
        return "it is empty".to_owned();
    }
    if !reason.starts_with(NOT_EXPECTED) {
        return reason.to_owned();
    }
    let what = match serde_json::from_slice(body) {
        Ok(Value::Object(_)) => return reason.to_owned(),
        Ok(Value::Array(_)) => "it is a JSON array, not an object",
        Ok(Value::String(_)) => "it is a JSON string, not an object",
        Ok(Value::Number(_)) => "it is a JSON number, not an object",
        Ok(Value::Bool(_)) => "it is a JSON boolean, not an object",
        Ok(Value::Null) => "it is null, not an object",
        Err(_) if body.trim_ascii_start().starts_with(b"<") => {
            "it is a web page, not JSON; a proxy or another server may have answered: check the base URL"
        }
        Err(error) if error.is_eof() => "the JSON ends early",
        Err(_) => "it is not JSON",
    };
    what.to_owned()
}

/// The words about a redirect, which is not followed.
pub(crate) fn redirect(status: u16, headers: &HeaderMap) -> String {
    let target = headers.get(LOCATION).and_then(|target| target.to_str().ok());
    let host = target.and_then(|target| Url::parse(target).ok()?.host_str().map(str::to_owned));
    let to = host.map_or_else(String::new, |host| format!(" to {host}"));
    format!(
        "the request was redirected{to} (HTTP {status}), which is not followed because of the key: check the base URL"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_body_is_named() {
        for (body, reason, words) in [
            ("", "not the expected JSON, at line 1 column 0", "it is empty"),
            (" \r\n", "the response contains no task id", "it is empty"),
            ("[1]", "not the expected JSON, at", "it is a JSON array, not an object"),
            (
                "\"a\"",
                "not the expected JSON, at",
                "it is a JSON string, not an object",
            ),
            ("5", "not the expected JSON, at", "it is a JSON number, not an object"),
            (
                "true",
                "not the expected JSON, at",
                "it is a JSON boolean, not an object",
            ),
            ("null", "not the expected JSON, at", "it is null, not an object"),
            ("{\"id\": ", "not the expected JSON, at", "the JSON ends early"),
            ("ok", "not the expected JSON, at", "it is not JSON"),
            (
                "{}",
                "the response contains no task id",
                "the response contains no task id",
            ),
        ] {
            assert_eq!(success(body.as_bytes(), reason), words, "{body}");
        }
        assert!(success(b"\n<html>", NOT_EXPECTED).starts_with("it is a web page, not JSON"));
    }

    #[test]
    fn redirects_name_their_host_only() {
        let mut headers = HeaderMap::new();
        assert!(redirect(301, &headers).starts_with("the request was redirected (HTTP 301), "));
        let target = "https://user:canary@elsewhere.example/x?sig=canary";
        headers.extend(target.parse().ok().map(|target| (LOCATION, target)));
        assert!(redirect(302, &headers).starts_with("the request was redirected to elsewhere.example (HTTP 302), "));
    }
}
