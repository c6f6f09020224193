//! The page: a template, its style and script, and the clips as JSON, all in one file. The script writes texts as text nodes
//! only; the page's policy forbids any other script, and any request except for the clips.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;
use videogen::journal::{hide_urls, hide_urls_in};

use super::Clip;

const TEMPLATE: &str = include_str!("../../assets/gallery/page.html");
const STYLE: &str = include_str!("../../assets/gallery/page.css");
const SCRIPT: &str = include_str!("../../assets/gallery/page.js");
/// In the head of every gallery.
const GENERATOR: &str = r#"<meta name="generator" content="videogen gallery">"#;

/// Number of bytes at the start of a file by which a gallery is recognised.
pub(crate) const HEAD: u64 = 1024;

/// Whether a file begins like a gallery.
pub(crate) fn is_gallery(head: &[u8]) -> bool {
    String::from_utf8_lossy(head).contains(GENERATOR)
}

/// The page of `clips` for a file in `folder`, which is absolute.
pub(crate) fn page(title: &str, clips: &[Clip], folder: &Path) -> String {
    let base = Url::from_directory_path(folder).ok();
    let clips: Vec<Value> = clips.iter().map(|clip| shown(clip, base.as_ref())).collect();
    let written = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    // A browser reads line ends as one character, also for the digests of the policy.
    let (style, script) = (STYLE.replace("\r\n", "\n"), SCRIPT.replace("\r\n", "\n"));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; media-src 'self' file:; img-src data:; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
        digest(&script),
        digest(&style)
    );
    fill(
        TEMPLATE,
        &[
            ("policy", &policy),
            ("title", &escaped(&hide_urls(title))),
            ("style", &style),
            ("data", &embedded(&json!({"clips": clips, "written": written}))),
            ("script", &script),
        ],
    )
}

/// A clip for the script. Prompts and messages may hold links with credentials; no member but `src` keeps one.
fn shown(clip: &Clip, base: Option<&Url>) -> Value {
    let mut document = hide_urls_in(json!(clip));
    let source = clip.path.as_ref().and_then(|path| Url::from_file_path(path).ok());
    if let Some(source) = source {
        let relative = base.and_then(|base| base.make_relative(&source));
        // A first segment with a colon would be read as a scheme.
        document["src"] = relative
            .map_or_else(|| source.to_string(), |path| format!("./{path}"))
            .into();
    }
    document
}

/// JSON for a `script` element, which ends at the first `</script`, wherever that is.
fn embedded(document: &Value) -> String {
    let text = document.to_string();
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Text for an element or an attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// Replaces each `{{name}}` of the template by its value. Values are not searched.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        filled.push_str(rest);
    }
    filled
}
