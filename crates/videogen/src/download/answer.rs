//! Requests to a file's host, and the meaning of its responses.

use std::error::Error as _;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_RANGE,
    LAST_MODIFIED, LOCATION, RANGE, TRANSFER_ENCODING,
};
use tokio::time::timeout;
use url::Url;
use videogen_wire::network_failure;

use crate::client::Client;
use crate::model::{Error, ErrorKind, SecretUrl};
use crate::transport::http::Http;
use crate::transport::resolve::Refused;

const REDIRECTS: usize = 5;

/// Failure of an attempt to download a file.
pub(super) enum FetchError {
    /// Permanent: another attempt would fail as well.
    Final(Error),
    /// Temporary: another attempt may succeed.
    Passing(Error),
    /// The host no longer accepts the link; with its response in words.
    Gone(String),
}

impl FetchError {
    pub(super) fn passing(message: impl Into<String>) -> Self {
        Self::Passing(Error::new(ErrorKind::Transport, message))
    }

    /// The URL is presigned, so only its host is shown.
    pub(super) fn network(http: &Http, url: &Url, error: &reqwest::Error) -> Self {
        let mut cause = error.source();
        while let Some(error) = cause {
            if let Some(refused) = error.downcast_ref::<Refused>() {
                return Self::forbidden("the link", &refused.to_string());
            }
            cause = error.source();
        }
        let reason = network_failure(url, http.proxy_towards(url).as_deref(), error);
        Self::passing(format!("network error: {reason}"))
    }

    pub(super) fn stalled(after: Duration) -> Self {
        Self::passing(format!("the file host sent nothing for {after:?}"))
    }

    /// Error for a link that is not allowed.
    fn forbidden(what: &str, why: &str) -> Self {
        let message = format!("{what} is not allowed: {why}");
        Self::Final(Error::new(ErrorKind::Vendor, message).permanent())
    }
}

/// The version of a file that the bytes so far belong to.
#[derive(Default)]
pub(super) struct Version {
    /// Strong or weak.
    pub(super) etag: Option<HeaderValue>,
    pub(super) modified: Option<HeaderValue>,
    /// Its length, if the host reports it.
    pub(super) total: Option<u64>,
    /// Whether responses must repeat all of it: the bytes so far are from another process, perhaps from another host.
    is_earlier: bool,
}

impl Version {
    pub(super) fn new(headers: &HeaderMap, total: Option<u64>) -> Self {
        Self {
            etag: headers.get(ETAG).cloned(),
            modified: headers.get(LAST_MODIFIED).cloned(),
            total,
            is_earlier: false,
        }
    }

    /// The version of bytes that another process stored.
    pub(super) fn earlier(etag: Option<HeaderValue>, modified: Option<HeaderValue>, total: Option<u64>) -> Self {
        Self {
            etag,
            modified,
            total,
            is_earlier: true,
        }
    }

    /// Value of `If-Range`. A weak `ETag` may identify several versions, and with an `ETag` a date may
    /// not be used instead (RFC 9110, 13.1.5).
    pub(super) fn validator(&self) -> Option<&HeaderValue> {
        match &self.etag {
            Some(tag) => is_strong(tag).then_some(tag),
            None => self.modified.as_ref(),
        }
    }

    /// The byte range of a 206 response, if it continues at `position` and has this version.
    pub(super) fn continued(&mut self, headers: &HeaderMap, position: u64) -> Option<u64> {
        let range = ContentRange::read(headers)?;
        let fits = match (self.total, range.total) {
            (Some(known), Some(other)) => known == other,
            (Some(_), None) => !self.is_earlier,
            (None, _) => true,
        };
        if self.is_other(headers) || !fits || range.first != position {
            return None;
        }
        self.total = self.total.or(range.total);
        Some(range.end)
    }

    /// Whether a 416 response reports that the file ends at `position`, and has this version.
    pub(super) fn ends(&self, headers: &HeaderMap, position: u64) -> bool {
        let range_header = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
        let end: Option<u64> = range_header
            .and_then(|range| range.trim().strip_prefix("bytes */"))
            .and_then(|total| total.parse().ok());
        end == Some(position) && self.total.is_none_or(|total| total == position) && !self.is_other(headers)
    }

    /// Compares tags or, if one side has none, dates.
    fn is_other(&self, headers: &HeaderMap) -> bool {
        let repeated = match &self.etag {
            Some(tag) => headers.get(ETAG) == Some(tag),
            None => headers.get(LAST_MODIFIED) == self.modified.as_ref(),
        };
        if self.is_earlier && !repeated {
            return true;
        }
        match (headers.get(ETAG), &self.etag) {
            (Some(other), Some(known)) => other != known,
            _ => matches!((headers.get(LAST_MODIFIED), &self.modified), (Some(other), Some(known)) if other != known),
        }
    }
}

fn is_strong(tag: &HeaderValue) -> bool {
    tag.as_bytes().starts_with(b"\"")
}

/// `Content-Range: bytes FIRST-LAST/TOTAL`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    /// The byte after the last.
    pub(super) end: u64,
    pub(super) total: Option<u64>,
}

impl ContentRange {
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(CONTENT_RANGE)?.to_str().ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let (unit, rest) = text.trim().split_once(' ')?;
        let (range, total) = rest.trim().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let total = match total.trim() {
            "*" => None,
            total => Some(total.parse().ok()?),
        };
        let end = last.checked_add(1)?;
        let is_sound = unit.eq_ignore_ascii_case("bytes") && first < end && total.is_none_or(|total| end <= total);
        is_sound.then_some(Self { first, end, total })
    }
}

/// The coding of an encoded body. Its bytes are never stored: `identity` was requested, and
/// ranges count the bytes as stored by the host. The HTTP client decodes only the outermost `chunked`.
pub(super) fn coding(headers: &HeaderMap) -> Option<String> {
    let listed = |name: HeaderName| -> Vec<String> {
        let values = headers.get_all(name);
        let codings = values
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let codings = codings.map(|coding| String::from_utf8_lossy(coding).trim().to_ascii_lowercase());
        codings
            .filter(|coding| !matches!(coding.as_str(), "" | "identity"))
            .collect()
    };
    let mut transfer = listed(TRANSFER_ENCODING);
    transfer.pop_if(|last| last == "chunked");
    let coding = [listed(CONTENT_ENCODING), transfer].concat().join(", ");
    (!coding.is_empty()).then_some(coding)
}

/// Whether `url` gets the key: the vendor's spec says so of links on its own origin, and this one is below the base URL.
fn is_own(client: &Client, url: &Url) -> bool {
    let Ok(base) = Url::parse(&client.0.base_url) else {
        return false;
    };
    let below = url.path().strip_prefix(base.path().trim_end_matches('/'));
    client.vendor().facts().result_url.key_on_own_origin
        && url.origin() == base.origin()
        && below.is_some_and(|rest| rest.starts_with('/'))
}

/// Requests a file, or the rest of it from `position` on, and returns the response, whatever its status. Redirects are
/// followed here, so that each is checked. Once one leaves the vendor's own origin, the key is not sent any more.
pub(super) async fn ask(
    account: &Client,
    link: &SecretUrl,
    rest: Option<(u64, &HeaderValue)>,
    idle_timeout: Duration,
) -> Result<Response, FetchError> {
    let http = &account.0.http;
    let mut url = http
        .guard
        .parse(link.expose())
        .map_err(|why| FetchError::forbidden("the result link of the vendor", &why))?;
    let client = http.file().map_err(FetchError::Final)?;
    let mut is_trusted = true;
    for _ in 0..=REDIRECTS {
        // Ranges count the bytes as stored by the host.
        let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
        if let Some((position, validator)) = rest {
            request = request
                .header(RANGE, format!("bytes={position}-"))
                .header(IF_RANGE, validator);
        }
        let mut request = request
            .build()
            .map_err(|error| FetchError::network(http, &url, &error))?;
        is_trusted &= is_own(account, &url);
        if is_trusted {
            account.0.session.authorize(&mut request);
        }
        let response = match timeout(idle_timeout, client.execute(request)).await {
            Err(_) => return Err(FetchError::stalled(idle_timeout)),
            Ok(result) => result.map_err(|error| FetchError::network(http, &url, &error))?,
        };
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(response);
        }
        let location = response.headers().get(LOCATION).and_then(|target| target.to_str().ok());
        url = location
            .and_then(|target| url.join(target).ok())
            .ok_or_else(|| FetchError::passing("the file host sent a redirect without a valid target"))?;
        http.guard
            .check(&url)
            .map_err(|why| FetchError::forbidden("a redirect of the file host", &why))?;
    }
    let message = format!("the file host redirected more than {REDIRECTS} times");
    Err(FetchError::Final(Error::new(ErrorKind::Transport, message)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
    const LATER: &str = "Fri, 02 Jan 2026 00:00:00 GMT";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn content_ranges() {
        let range = |first, end, total| Some(ContentRange { first, end, total });
        assert_eq!(ContentRange::parse("bytes 5-9/10"), range(5, 10, Some(10)));
        assert_eq!(ContentRange::parse("Bytes 5-9/*"), range(5, 10, None));
        for wrong in [
            "",
            "bytes */10",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "lines 5-9/10",
            "bytes 5-9",
            "bytes -5-9/10",
            "bytes 0-18446744073709551615/*",
        ] {
            assert_eq!(ContentRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_weak_tag_identifies_no_version() {
        let validator = |pairs: &[(HeaderName, &str)]| {
            let version = Version::new(&headers(pairs), None);
            version.validator().map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            validator(&[(ETAG, "\"a\""), (LAST_MODIFIED, DATE)]).as_deref(),
            Some("\"a\"")
        );
        assert_eq!(validator(&[(LAST_MODIFIED, DATE)]).as_deref(), Some(DATE));
        assert_eq!(validator(&[(ETAG, "W/\"a\""), (LAST_MODIFIED, DATE)]), None);
        assert_eq!(validator(&[(ETAG, "W/\"a\"")]), None);
    }

    #[test]
    fn only_the_same_version_is_resumed() {
        let continued = |pairs: &[(HeaderName, &str)]| {
            let mut version = Version::new(&headers(&[(ETAG, "\"a\"")]), Some(10));
            version.continued(&headers(pairs), 5)
        };
        assert_eq!(continued(&[(CONTENT_RANGE, "bytes 5-9/10"), (ETAG, "\"a\"")]), Some(10));
        assert_eq!(continued(&[(CONTENT_RANGE, "bytes 5-7/10")]), Some(8));
        assert_eq!(continued(&[(CONTENT_RANGE, "bytes 5-9/10"), (ETAG, "\"b\"")]), None);
        assert_eq!(continued(&[(CONTENT_RANGE, "bytes 5-9/11"), (ETAG, "\"a\"")]), None);
        assert_eq!(continued(&[(CONTENT_RANGE, "bytes 4-9/10"), (ETAG, "\"a\"")]), None);
        assert_eq!(continued(&[(ETAG, "\"a\"")]), None);
    }

    #[test]
    fn versions_are_compared_by_tag_or_else_by_date() {
        let (one, two) = ((ETAG, "\"1\""), (ETAG, "\"2\""));
        let (date, later) = ((LAST_MODIFIED, DATE), (LAST_MODIFIED, LATER));
        for (known, received, is_other) in [
            (vec![&one, &date], vec![&one, &later], false),
            (vec![&one, &date], vec![&two, &date], true),
            (vec![&one, &date], vec![&later], true),
            (vec![&one, &date], vec![&date], false),
            (vec![&date], vec![&two, &later], true),
            (vec![&one], vec![&later], false),
            (vec![&one, &date], vec![], false),
        ] {
            let read = |pairs: &[&(HeaderName, &'static str)]| {
                headers(&pairs.iter().map(|pair| (*pair).clone()).collect::<Vec<_>>())
            };
            let mut version = Version::new(&read(&known), None);
            assert_eq!(version.is_other(&read(&received)), is_other, "{known:?} {received:?}");
            // From another process, it must be repeated.
            version.is_earlier = true;
            let name = known[0].0.clone();
            let is_missing = !received.iter().any(|(other, _)| *other == name);
            assert_eq!(
                version.is_other(&read(&received)),
                is_other || is_missing,
                "{known:?} {received:?}"
            );
        }
    }

    #[test]
    fn codings() {
        let coding_of = |pairs: &[(HeaderName, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(name, value.parse().unwrap());
            }
            coding(&headers)
        };
        for plain in [
            &[][..],
            &[(CONTENT_ENCODING, "")],
            &[(CONTENT_ENCODING, "Identity")],
            &[(CONTENT_ENCODING, "identity, identity"), (CONTENT_ENCODING, "identity")],
            &[(TRANSFER_ENCODING, "Chunked")],
            &[(TRANSFER_ENCODING, "identity, chunked")],
        ] {
            assert_eq!(coding_of(plain), None, "{plain:?}");
        }
        for (coded, expected) in [
            (&[(CONTENT_ENCODING, "GZip")][..], "gzip"),
            (&[(CONTENT_ENCODING, "identity, br")], "br"),
            (&[(CONTENT_ENCODING, "identity"), (CONTENT_ENCODING, "zstd")], "zstd"),
            (
                &[(CONTENT_ENCODING, "deflate"), (CONTENT_ENCODING, "gzip")],
                "deflate, gzip",
            ),
            (&[(TRANSFER_ENCODING, "gzip, chunked")], "gzip"),
            (&[(TRANSFER_ENCODING, "chunked, gzip")], "chunked, gzip"),
            (
                &[(TRANSFER_ENCODING, "chunked"), (TRANSFER_ENCODING, "chunked")],
                "chunked",
            ),
        ] {
            assert_eq!(coding_of(coded).as_deref(), Some(expected), "{coded:?}");
        }
    }

    #[test]
    fn the_end_of_a_file_is_confirmed_by_416() {
        let ends = |range: &str, total: Option<u64>| {
            Version::new(&HeaderMap::new(), total).ends(&headers(&[(CONTENT_RANGE, range)]), 10)
        };
        assert!(ends("bytes */10", None) && ends("bytes */10", Some(10)));
        for range in ["bytes */9", "bytes */11", "bytes */*", "bytes 0-9/10", ""] {
            assert!(!ends(range, None), "{range}");
        }
        assert!(!ends("bytes */10", Some(11)));
        assert!(!Version::default().ends(&HeaderMap::new(), 10));
    }
}
