//! The name of a journal: the path of a file, or the URL of a database.

use std::path::{Path, PathBuf};

/// The name as a URL of a database, if it is one.
pub(crate) fn url(name: &Path) -> Option<&str> {
    let text = name.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    let is_known = |known| scheme.eq_ignore_ascii_case(known);
    (is_known("postgres") || is_known("postgresql")).then_some(text)
}

/// A name as it may be shown: a URL without its password.
pub(crate) fn without_password(name: &Path) -> PathBuf {
    url(name).map_or_else(|| name.to_owned(), |url| hidden(url).into())
}

/// A URL without its password. What may be one is left out with all that follows.
fn hidden(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, place) = rest.split_at(end);
    let has_odd_sign = authority.matches('@').count() > 1 || place.contains(['@', '#']);
    if has_odd_sign {
        return format!("{scheme}://...");
    }
    let authority = match authority.split_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    let (path, query) = place.split_once('?').unwrap_or((place, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty() && !parameter.starts_with("password="))
        .collect();
    let query = if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    };
    format!("{scheme}://{authority}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_without_a_password() {
        for (name, shown) in [
            ("a/b.db", "a/b.db"),
            ("./postgres://u:secret@h", "./postgres://u:secret@h"),
            ("postgres://h/d", "postgres://h/d"),
            ("postgres://u@h/d?sslmode=require", "postgres://u@h/d?sslmode=require"),
            ("PostgreSQL://u:secret@h:1/d", "PostgreSQL://u@h:1/d"),
            (
                "postgres://u:secret@h/d?password=secret&user=v",
                "postgres://u@h/d?user=v",
            ),
            ("postgres://u:sec@ret@h/d", "postgres://..."),
            ("postgres://u:sec/ret@h/d", "postgres://..."),
            ("postgres://u:secret#@h/d", "postgres://..."),
        ] {
            assert_eq!(without_password(Path::new(name)), Path::new(shown));
            assert_eq!(
                url(Path::new(name)).is_some(),
                name.to_lowercase().starts_with("postgres"),
                "{name}"
            );
        }
    }
}
