//! Error pages that come in place of a file.

use url::Url;

/// Maximum number of bytes read of a page.
pub(super) const PAGE: usize = 4096;
/// Maximum number of characters shown of a page.
const SHOWN: usize = 300;
/// Elements that are not shown: secrets that storage services repeat in their errors, and code.
const HIDDEN: [&str; 7] = ["script", "style", "sign", "canonical", "key", "token", "credential"];

/// Whether a body is text rather than a file: markup, JSON, or by its content type.
pub(super) fn is_page(body: &[u8], label: &str) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let label = label.to_ascii_lowercase();
    matches!(body.trim_ascii_start().first(), Some(b'<' | b'{' | b'['))
        || label.starts_with("text/")
        || ["json", "xml"].iter().any(|kind| label.contains(kind))
}

/// The text of a page, without its tags and without the parts of the signed query of `url`.
pub(super) fn words(body: &[u8], url: &Url) -> String {
    let mut page = String::from_utf8_lossy(body).replace(['\u{feff}', '\u{fffd}'], "");
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        page = page.replace(query, "[masked]");
        for (_, value) in url.query_pairs().filter(|(_, value)| value.len() >= 8) {
            page = page.replace(&*value, "[masked]");
        }
    }
    let text = if page.trim_start().starts_with('<') {
        without_tags(&page)
    } else {
        page
    };
    let text: Vec<&str> = text.split_whitespace().collect();
    text.join(" ").chars().take(SHOWN).collect()
}

fn without_tags(page: &str) -> String {
    let (mut text, mut rest) = (String::new(), page);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        rest = after;
        let name = tag.split_whitespace().next().unwrap_or_default();
        let is_hidden = HIDDEN.iter().any(|hidden| name.to_ascii_lowercase().contains(hidden));
        if is_hidden && !name.starts_with('/') && !tag.ends_with('/') {
            rest = after.find(&format!("</{name}")).map_or("", |end| &after[end..]);
        }
    }
    text + rest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_first_character_or_its_content_type() {
        for (body, label) in [
            (&b"<!DOCTYPE html>"[..], "video/mp4"),
            (b"\xef\xbb\xbf \n<?xml?>", ""),
            (b"{\"error\": 1}", "application/octet-stream"),
            (b"upstream connect error", "text/plain"),
            (b"\x1f\x8b", "application/problem+json"),
        ] {
            assert!(is_page(body, label), "{label}");
        }
        assert!(!is_page(b"garbage", "video/mp4"));
        assert!(!is_page(b"", ""));
    }

    #[test]
    fn the_text_contains_no_signature() {
        let url = Url::parse("https://h.example/v.mp4?X-Sig=canary%2B1234&e=1").unwrap();
        for (page, expected) in [
            (
                "<html><head><title>502 Bad Gateway</title><style>a{}</style></head>\n<body><br/>nginx</body></html>",
                "502 Bad Gateway nginx",
            ),
            (
                "\u{feff}<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>It does not match.</Message>\
                 <StringToSign>canary</StringToSign><AWSAccessKeyId>canary</AWSAccessKeyId></Error>",
                "SignatureDoesNotMatch It does not match.",
            ),
            (
                "{\"error\": \"gone\", \"sig\": \"canary+1234\"}",
                "{\"error\": \"gone\", \"sig\": \"[masked]\"}",
            ),
            ("no /v.mp4?X-Sig=canary%2B1234&e=1 here", "no /v.mp4?[masked] here"),
            ("<script>canary", ""),
        ] {
            assert_eq!(words(page.as_bytes(), &url), expected);
        }
        assert_eq!(words(&[b'a'; 4096], &url).len(), 300);
    }
}
