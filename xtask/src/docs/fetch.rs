//! The pages of `x-pages`, fetched: over HTTPS only, within limits of size and time, and as `robots.txt` allows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use reqwest::header::LOCATION;
use robotstxt::DefaultMatcher;
use url::{Host, Url};

use crate::spec::pages::{Fetch, Page, PageKind};

/// The name in `User-Agent`, which rules of `robots.txt` may address.
pub const AGENT: &str = "videogen-docs";
/// What is read of a `robots.txt`; the standard requires 500 KiB at least.
const ROBOTS_BYTES: usize = 512 * 1024;

/// Limits of one page.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest page, in bytes.
    pub bytes: usize,
    /// Time for a page, with its redirects and the `robots.txt` of its host.
    pub time: Duration,
    /// Most redirects.
    pub redirects: usize,
    /// Whether `http` URLs of this machine are fetched too, for tests.
    pub loopback: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            time: Duration::from_secs(60),
            redirects: 5,
            loopback: false,
        }
    }
}

/// Fetches pages one after the other.
pub struct Fetcher {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    limits: Limits,
    /// By origin: its rules, or why they are not known.
    robots: BTreeMap<String, Result<String, String>>,
}

impl Fetcher {
    /// A fetcher without any page.
    ///
    /// # Errors
    /// When the TLS library or the runtime cannot be set up.
    pub fn new(limits: Limits) -> Result<Self, String> {
        // Fails only if there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client,
            runtime: runtime.map_err(|error| error.to_string())?,
            limits,
            robots: BTreeMap::new(),
        })
    }

    /// The content of a page.
    ///
    /// # Errors
    /// Why there is none.
    pub fn get(&mut self, url: &str) -> Result<Vec<u8>, String> {
        let mut url = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
        let Self {
            client,
            runtime,
            limits,
            robots,
        } = self;
        let getting = async {
            for _ in 0..=limits.redirects {
                check(&url, limits)?;
                let origin = url.origin().ascii_serialization();
                if !robots.contains_key(&origin) {
                    let rules = rules(client, &origin, limits).await;
                    robots.insert(origin.clone(), rules);
                }
                match &robots[&origin] {
                    Err(reason) => {
                        return Err(format!(
                            "{origin}/robots.txt: {reason}, so nothing is fetched from there"
                        ));
                    }
                    Ok(rules) if !allowed(rules, &url) => {
                        return Err(format!("{origin}/robots.txt forbids {}", url.path()));
                    }
                    Ok(_) => {}
                }
                match answer(client, &url, limits.bytes).await? {
                    Answer::Moved(to) => url = to,
                    Answer::Status(status) => return Err(format!("{url}: {status}")),
                    Answer::Content(content, true) => return Ok(content),
                    Answer::Content(_, false) => return Err(format!("{url}: larger than {} bytes", limits.bytes)),
                }
            }
            Err(format!("{url}: more than {} redirects", limits.redirects))
        };
        let limit = limits.time;
        runtime.block_on(async {
            let timed = tokio::time::timeout(limit, getting).await;
            timed.unwrap_or_else(|_| Err(format!("no complete answer within {} s", limit.as_secs_f32())))
        })
    }
}

enum Answer {
    Moved(Url),
    Status(reqwest::StatusCode),
    /// The content, and whether it is all of it.
    Content(Vec<u8>, bool),
}

/// Refuses what is not HTTPS.
fn check(url: &Url, limits: &Limits) -> Result<(), String> {
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if limits.loopback && is_here => Ok(()),
        _ => Err(format!("{url}: only https is fetched")),
    }
}

fn allowed(rules: &str, url: &Url) -> bool {
    DefaultMatcher::default().one_agent_allowed_by_robots(rules, AGENT, url.as_str())
}

/// The `robots.txt` of an origin; empty if it has none.
async fn rules(client: &reqwest::Client, origin: &str, limits: &Limits) -> Result<String, String> {
    let mut url = Url::parse(&format!("{origin}/robots.txt")).map_err(|error| error.to_string())?;
    for _ in 0..=limits.redirects {
        check(&url, limits)?;
        match answer(client, &url, ROBOTS_BYTES).await? {
            Answer::Moved(to) => url = to,
            // As the standard has it: a client error means that there are no rules, a server error that nothing is allowed.
            Answer::Status(status) if status.is_client_error() && status.as_u16() != 429 => return Ok(String::new()),
            Answer::Status(status) => return Err(status.to_string()),
            Answer::Content(content, _) => return Ok(String::from_utf8_lossy(&content).into_owned()),
        }
    }
    Err("too many redirects".to_owned())
}

/// One request. No more than `most` bytes are kept.
async fn answer(client: &reqwest::Client, url: &Url, most: usize) -> Result<Answer, String> {
    let failed = |error: reqwest::Error| {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        text
    };
    let mut response = client.get(url.clone()).send().await.map_err(failed)?;
    let status = response.status();
    if status.is_redirection() {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| url.join(to).ok());
        return to
            .map(Answer::Moved)
            .ok_or_else(|| format!("{url}: {status} without a valid Location"));
    }
    if !status.is_success() {
        return Ok(Answer::Status(status));
    }
    let mut content = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if content.len() + chunk.len() > most {
            content.extend_from_slice(&chunk[..most - content.len()]);
            return Ok(Answer::Content(content, false));
        }
        content.extend_from_slice(&chunk);
    }
    Ok(Answer::Content(content, true))
}

/// The entries of `x-pages` that can be fetched, and how: what states it, and all other pages and documents by GET. Repositories
/// come first, because they may hold pages that have entries too.
pub(super) fn due(pages: &BTreeMap<String, Page>) -> Vec<(&str, &Page, Fetch)> {
    let ways = pages.iter().filter_map(|(name, page)| {
        let usual = match page.kind {
            PageKind::Page | PageKind::OpenApi => Some(Fetch::Get),
            PageKind::Repository => Some(Fetch::Git),
            // An answer that may need a key, and a package that people read.
            PageKind::Models | PageKind::Types => None,
        };
        Some((name.as_str(), page, page.fetch.or(usual)?))
    });
    let mut due: Vec<_> = ways.collect();
    due.sort_by_key(|(_, _, way)| *way != Fetch::Git);
    due
}

/// Fetches one of them into the folder `into`: where it is now.
///
/// # Errors
/// Why it is not there.
pub(super) fn one(
    (name, page, way): (&str, &Page, Fetch),
    into: &Path,
    fetcher: &mut Fetcher,
) -> Result<PathBuf, String> {
    let ending = match (page.kind, way) {
        (PageKind::OpenApi | PageKind::Models, _) => "json",
        (_, Fetch::Md) => "mdx",
        _ => "html",
    };
    let path = into.join(format!("{name}.{ending}"));
    match way {
        Fetch::Git => clone(page, &into.join(name)),
        Fetch::Get => save(fetcher.get(&page.url), path),
        Fetch::Md => save(fetcher.get(&format!("{}.md", page.url)), path),
    }
}

fn save(content: Result<Vec<u8>, String>, path: PathBuf) -> Result<PathBuf, String> {
    let content = content?;
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(&path, content)
    };
    write().map_err(|error: std::io::Error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// A shallow clone, without large files, that ends when nothing arrives for a while.
fn clone(page: &Page, into: &Path) -> Result<PathBuf, String> {
    let _ = fs::remove_dir_all(into);
    let output = Command::new("git")
        .args(["-c", "protocol.allow=never", "-c", "protocol.https.allow=always"])
        .args([
            "clone",
            "--quiet",
            "--depth",
            "1",
            "--filter=blob:limit=1m",
            "--",
            &page.url,
        ])
        .arg(into)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "30")
        .output()
        .map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{}: {}",
            page.url,
            reason.lines().next().unwrap_or("git clone failed")
        ));
    }
    Ok(page
        .path
        .as_ref()
        .map_or_else(|| into.to_owned(), |path| into.join(path)))
}
