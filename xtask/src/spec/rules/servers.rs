//! The base URL: one server, by an absolute `https` URL that paths can be added to. An operation may have another.

use serde_json::Value;
use url::Url;

use super::Found;
use crate::spec::{METHODS, Spec, escape, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let servers = spec.doc.get("servers").and_then(Value::as_array);
    let servers = servers.map_or(&[][..], Vec::as_slice);
    match servers.first().and_then(|server| server.get("url")?.as_str()) {
        None => found.add(
            "missing-server",
            "/servers",
            "no server has a URL",
            "write the vendor's base URL",
        ),
        Some(url) => usable("", url, found),
    }
    single("", servers, found);
    for (path, item) in members(spec.doc.get("paths")) {
        let place = format!("/paths/{}", escape(path));
        if item.get("servers").is_some() {
            found.add(
                "several-servers",
                format!("{place}/servers"),
                "only servers of the whole file and of single operations are used",
                "move it to the operations of this path",
            );
        }
        for (place, operation) in METHODS
            .iter()
            .filter_map(|method| Some((format!("{place}/{method}"), item.get(*method)?)))
        {
            let own = operation.get("servers").and_then(Value::as_array);
            let own = own.map_or(&[][..], Vec::as_slice);
            if let Some(url) = own.first().and_then(|server| server.get("url")?.as_str()) {
                usable(&place, url, found);
            }
            single(&place, own, found);
        }
    }
}

fn usable(place: &str, url: &str, found: &mut Found<'_>) {
    if let Err(reason) = base_url(url) {
        found.add(
            "server-url",
            format!("{place}/servers/0/url"),
            format!("`{url}` cannot be a base URL: {reason}"),
            "write an absolute URL such as https://api.example.com/v1",
        );
    }
}

fn single(place: &str, servers: &[Value], found: &mut Found<'_>) {
    for index in 1..servers.len() {
        found.add(
            "several-servers",
            format!("{place}/servers/{index}"),
            "only the first server is used",
            "delete it; users override the base URL with an environment variable",
        );
    }
}

fn base_url(text: &str) -> Result<(), &'static str> {
    if text.contains(['{', '}']) {
        return Err("it is a template");
    }
    let url = Url::parse(text).map_err(|_| "it is not an absolute URL")?;
    if url.scheme() != "https" {
        return Err("its scheme is not https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it contains a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment, which paths cannot be added to");
    }
    if text.ends_with('/') {
        return Err("it ends in a slash, and paths begin with one");
    }
    let written = text.strip_prefix("https://").unwrap_or_default();
    let parsed = url.as_str().strip_prefix("https://").unwrap_or_default();
    if written != parsed.trim_end_matches('/') {
        return Err("it is not in its normal form (lower-case host, no default port, no `..`)");
    }
    Ok(())
}
