//! The name of a journal: the path of a file, or the URL of a database.

use std::path::{Path, PathBuf};

/// The name as a URL of a database, if it is one.
pub(crate) fn url(name: &Path) -> Option<&str> {
    let text = name.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    let is_known = |known| scheme.eq_ignore_ascii_case(known);
    (is_known("postgres") || is_known("postgresql")).then_some(text)
}

/// Where a name that is no path has its first sign of that, as in `postgress://user:password@host` and `host=db password=...`. A
/// path that looks like this can be written with `./` in front.
fn oddity(name: &Path) -> Option<usize> {
    let text = name.to_string_lossy();
    let is_file = text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    if is_file || text.starts_with(['.', '/', '\\']) {
        return None;
    }
    let scheme = text.find(":/").filter(|at| *at > 1 || text[*at..].starts_with("://"));
    // `user@host.example/jobs`, `host:5432/jobs`, `postgresql:jobs`
    let first = text.split(['/', '\\']).next().unwrap_or_default();
    let has_port = first
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    let has_user = text.len() > first.len() && first.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    let schemes = ["postgres:", "postgresql:", "postgres//", "postgresql//"];
    let begins = |scheme: &&str| {
        text.get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    let is_odd = has_port || has_user || schemes.iter().any(begins);
    let settings = ["host=", "hostaddr=", "dbname=", "user=", "password=", "service="];
    let is_first = |at: usize| text[..at].chars().next_back().is_none_or(char::is_whitespace);
    let setting = settings
        .iter()
        .filter_map(|name| text.find(name))
        .find(|at| is_first(*at));
    { [scheme, setting].into_iter().flatten() }
        .min()
        .or(is_odd.then_some(0))
}

/// Whether a name was meant to be a database, and is none.
pub(crate) fn is_mistyped_url(name: &Path) -> bool {
    url(name).is_none() && oddity(name).is_some()
}

/// A name as it may be shown: a URL without its password. Of a mistyped one, what may have a password is left out.
pub(crate) fn without_password(name: &Path) -> PathBuf {
    match (url(name), oddity(name)) {
        (Some(url), _) => hidden(url).into(),
        (None, Some(at)) => {
            let text = name.to_string_lossy();
            let scheme = text[..at].trim();
            let may_be_shown = |sign: char| sign.is_ascii_alphanumeric() || "+.-".contains(sign);
            match !scheme.is_empty() && scheme.chars().all(may_be_shown) {
                true => format!("{scheme}:...").into(),
                false => "...".into(),
            }
        }
        (None, None) => name.to_owned(),
    }
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
    fn a_mistyped_url_is_no_path() {
        for (name, shown) in [
            ("postgress://u:secret@h/d", "postgress:..."),
            ("postgres:/u:secret@h/d", "postgres:..."),
            ("mysql://u:secret@h/d", "mysql:..."),
            ("postgresql+asyncpg://u:secret@h/d", "postgresql+asyncpg:..."),
            ("jdbc:postgresql://h/d?password=secret", "..."),
            (" postgresql://u:secret@h/d", "postgresql:..."),
            ("host=h password=secret dbname=d", "..."),
            ("user=u password=secret", "..."),
            ("u:secret@h:5432/d", "..."),
            ("u@h:5432/d", "..."),
            ("u@h.example/d", "..."),
            ("localhost:5432", "..."),
            ("h.example:5432/d", "..."),
            ("postgresql:u@h/d", "..."),
            ("postgresql//u@h/d", "..."),
        ] {
            let name = Path::new(name);
            assert!(is_mistyped_url(name), "{name:?}");
            assert_eq!(without_password(name), Path::new(shown));
        }
        for name in [
            "postgresql://u@h/d",
            "a/b.db",
            "C:/jobs.db",
            "c:\\jobs.db",
            "/srv/a:/b.db",
            "./host=a.db",
            "ghost=a.db",
            "a:b.db",
            "me@work/jobs.db",
            "a@b:c/jobs.db",
            "me@work.db",
            "postgres/jobs.db",
        ] {
            assert!(!is_mistyped_url(Path::new(name)), "{name}");
        }
    }

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
