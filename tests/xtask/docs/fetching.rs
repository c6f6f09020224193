//! `cargo xtask docs --fetch`, from a server on this machine.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use xtask::docs::fetch::{AGENT, Fetcher, Limits};

use super::*;
use crate::diff::revisions::{commit, git};

/// What a path is answered with: the head without its length, and the body.
type Answers = Vec<(&'static str, &'static str, String)>;

/// A server of pages, and what it was sent.
struct Site {
    base: String,
    requests: std::sync::Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn new(answers: impl FnOnce(&str) -> Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let answers = answers(&base);
        let requests = std::sync::Arc::new(Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = head(&mut stream);
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.lock().unwrap().push(request);
                let found = answers.iter().find(|(known, ..)| *known == path);
                let (_, head, body) = found.cloned().unwrap_or(("", "404 Not Found", String::new()));
                if head == "silent" {
                    std::thread::sleep(Duration::from_secs(5));
                    continue;
                }
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
                );
            }
        });
        Self { base, requests }
    }

    fn paths(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|request| request.split(' ').nth(1).unwrap().to_owned())
            .collect()
    }
}

fn head(stream: &mut impl std::io::Read) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 1024]);
    while !text.contains("\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
        }
    }
    text
}

fn ok(path: &'static str, body: impl Into<String>) -> (&'static str, &'static str, String) {
    (path, "200 OK", body.into())
}

fn fetcher(change: impl FnOnce(&mut Limits)) -> Fetcher {
    let mut limits = Limits {
        loopback: true,
        ..Limits::default()
    };
    change(&mut limits);
    Fetcher::new(limits).unwrap()
}

#[test]
fn only_https_is_fetched_also_after_a_redirect() {
    let site = Site::new(|base| {
        vec![
            ("/away", "302 Found\r\nLocation: http://example.com/", String::new()),
            ("/file", "302 Found\r\nLocation: file:///etc/hostname", String::new()),
            ("/near", "301 Moved Permanently\r\nLocation: page", String::new()),
            ("/round", "302 Found\r\nLocation: /round", String::new()),
            ("/lost", "302 Found", String::new()),
            ok("/page", format!("the page at {base}")),
        ]
    });
    let get = |path: &str| fetcher(|_| {}).get(&format!("{}{path}", site.base));
    assert_eq!(get("/near").unwrap(), format!("the page at {}", site.base).into_bytes());
    for (path, reason) in [
        ("/away", "http://example.com/: only https is fetched"),
        ("/file", "file:///etc/hostname: only https is fetched"),
        ("/round", "more than 5 redirects"),
        ("/lost", "without a valid Location"),
        ("/none", "404 Not Found"),
    ] {
        let error = get(path).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
    // Without the permission for tests.
    let error = fetcher(|limits| limits.loopback = false)
        .get(&format!("{}/page", site.base))
        .unwrap_err();
    assert!(error.ends_with("/page: only https is fetched"), "{error}");
    // A host by name is not this machine, whatever it resolves to.
    let error = fetcher(|_| {}).get("http://localhost/page").unwrap_err();
    assert!(error.ends_with("only https is fetched"), "{error}");
    assert!(
        site.requests.lock().unwrap()[0]
            .to_lowercase()
            .contains(&format!("user-agent: {AGENT}"))
    );
}

#[test]
fn a_page_has_limits_of_size_and_time() {
    let site = Site::new(|_| {
        vec![
            ok("/large", "x".repeat(101)),
            ok("/small", "x".repeat(100)),
            ("/slow", "silent", String::new()),
        ]
    });
    let mut bounded = fetcher(|limits| limits.bytes = 100);
    assert_eq!(bounded.get(&format!("{}/small", site.base)).unwrap().len(), 100);
    let error = bounded.get(&format!("{}/large", site.base)).unwrap_err();
    assert!(error.ends_with("/large: larger than 100 bytes"), "{error}");
    let mut hurried = fetcher(|limits| limits.time = Duration::from_millis(300));
    let error = hurried.get(&format!("{}/slow", site.base)).unwrap_err();
    assert_eq!(error, "no complete answer within 0.3 s");
}

#[test]
fn the_rules_of_a_host_are_respected_and_read_once() {
    let rules =
        format!("User-agent: *\nDisallow: /all\n\nUser-agent: {AGENT}\nDisallow: /private\nAllow: /private/open\n");
    let site = Site::new(|_| {
        vec![
            ok("/robots.txt", rules),
            ok("/all", "for us"),
            ok("/private/page", "secret"),
            ok("/private/open", "open"),
            ("/moved", "302 Found\r\nLocation: /private/page", String::new()),
        ]
    });
    let mut once = fetcher(|_| {});
    let mut get = |path: &str| once.get(&format!("{}{path}", site.base));
    assert_eq!(get("/all").unwrap(), b"for us");
    assert_eq!(get("/private/open").unwrap(), b"open");
    for path in ["/private/page", "/moved"] {
        let error = get(path).unwrap_err();
        assert!(error.ends_with("/robots.txt forbids /private/page"), "{error}");
    }
    assert_eq!(site.paths(), ["/robots.txt", "/all", "/private/open", "/moved"]);

    // Rules that cannot be read may forbid everything.
    let site = Site::new(|_| {
        vec![
            ("/robots.txt", "503 Service Unavailable", String::new()),
            ok("/page", "text"),
        ]
    });
    let error = fetcher(|_| {}).get(&format!("{}/page", site.base)).unwrap_err();
    assert!(
        error.ends_with("503 Service Unavailable, so nothing is fetched from there"),
        "{error}"
    );
    assert_eq!(site.paths(), ["/robots.txt"]);
}

/// The frozen specs, with one kept page, whose pages are all on this machine.
fn specs_of(site: &Site) -> tempfile::TempDir {
    let copy = copy_of_specs();
    keep(copy.path(), "token360", "create", text("glued.txt").as_bytes());
    for vendor in ["alltoken", "studio", "toapis"] {
        fs::remove_file(copy.path().join(format!("specs/{vendor}.yaml"))).unwrap();
    }
    let file = copy.path().join("specs/token360.yaml");
    let spec = fs::read_to_string(&file).unwrap();
    let (before, rest) = spec.split_once("x-pages:\n").unwrap();
    let (pages, after) = rest.split_once("\n\n").unwrap();
    let mut name = String::new();
    let pages = pages.lines().fold(String::new(), |all, line| {
        match line.trim_start().strip_prefix("url: ") {
            Some(_) => format!("{all}    url: {}/{name}\n", site.base),
            None => {
                if line.starts_with("  ") && line.ends_with(':') {
                    line.trim().trim_end_matches(':').clone_into(&mut name);
                }
                format!("{all}{line}\n")
            }
        }
    });
    fs::write(file, format!("{before}x-pages:\n{pages}\n{after}")).unwrap();
    copy
}

const LOGIN: &str = "<!doctype html><html><body><form>Log in: <input></form></body></html>";

#[test]
fn fetched_pages_are_compared_and_what_is_no_page_removes_nothing() {
    let site = Site::new(|_| vec![ok("/create", text("glued.txt")), ok("/poll", LOGIN), ok("/list", "")]);
    let copy = specs_of(&site);
    let into = copy.path().join("pages");
    let args = [
        "docs",
        "token360",
        "--fetch",
        "--loopback",
        "--json",
        "--into",
        into.to_str().unwrap(),
    ];
    let (code, out, err) = xtask(&args, copy.path());
    assert_eq!((code, err.as_str()), (100, ""), "{out}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let state = |page: &str| {
        let mut pages = json["pages"].as_array().unwrap().iter();
        let found = pages
            .find(|found| found["page"] == page)
            .unwrap_or_else(|| panic!("{page}: {out}"));
        assert!(
            page == "create" || found["differences"] == serde_json::json!([]),
            "{found}"
        );
        (
            found["state"].as_str().unwrap().to_owned(),
            found["reason"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(state("create").0, "agreement");
    assert_eq!(state("poll").0, "not_understood");
    assert_eq!(state("list").0, "not_understood");
    for page in ["download", "webhook", "errors"] {
        let (state, reason) = state(page);
        assert_eq!(state, "cannot_read");
        assert!(reason.contains("404 Not Found"), "{reason}");
    }
    // The page is there for the maintainer's round.
    assert_eq!(fs::read_to_string(into.join("create.html")).unwrap(), text("glued.txt"));
}

/// Puts TLS in front of a server; returns the base URL and the certificate.
fn encrypted(plain: &Site) -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let config = std::sync::Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let target = plain.base.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = rustls::ServerConnection::new(std::sync::Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream.unwrap());
            // A client that does not trust the certificate ends the handshake.
            let request = head(&mut stream);
            if request.is_empty() {
                continue;
            }
            let mut inner = TcpStream::connect(&target).unwrap();
            inner.write_all(request.as_bytes()).unwrap();
            let mut response = Vec::new();
            inner.read_to_end(&mut response).unwrap();
            let _ = stream.write_all(&response);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (base, cert.pem())
}

#[test]
fn only_a_trusted_certificate_is_accepted() {
    let mut site = Site::new(|_| vec![ok("/create", text("glued.txt"))]);
    let (base, certificate) = encrypted(&site);
    site.base = base;
    let copy = specs_of(&site);
    let trusted = copy.path().join("trusted.pem");
    fs::write(&trusted, certificate).unwrap();
    let state = |trust: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(["docs", "token360", "--fetch", "--json", "--root"])
            .arg(copy.path());
        if trust {
            // Read by rustls on Linux; elsewhere the system's store decides.
            command.env("SSL_CERT_FILE", &trusted);
        }
        let output = command.output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let pages = json["pages"].as_array().unwrap();
        let page = pages.iter().find(|page| page["page"] == "create").unwrap();
        (page["state"].clone(), page["reason"].to_string())
    };
    let (unknown, reason) = state(false);
    assert_eq!(unknown, "cannot_read", "{reason}");
    assert!(reason.contains("certificate"), "{reason}");
    assert!(site.paths().is_empty(), "nothing is requested from an unknown server");
    if cfg!(target_os = "linux") {
        let (known, reason) = state(true);
        assert_eq!(known, "agreement", "{reason}");
        assert!(site.paths().contains(&"/create".to_owned()));
    }
}

/// The weekly script, with a stand-in for GitHub's command.
#[cfg(unix)]
#[test]
fn one_issue_is_opened_for_a_vendor_whose_pages_moved() {
    let moved = text("glued.txt").replace("seedinteger", "seedstring");
    let site = Site::new(|_| vec![ok("/create", moved)]);
    let copy = specs_of(&site);
    let here = copy.path();
    fs::create_dir_all(here.join(".ci")).unwrap();
    fs::copy(root().join(".ci/pages"), here.join(".ci/pages")).unwrap();
    git(here, &["init", "--quiet", "--initial-branch=main"]);
    commit(here);
    let bin = here.join("bin");
    fs::create_dir(&bin).unwrap();
    let script = "#!/bin/sh\necho \"$@\" >> \"$GH_LOG\"\nif [ \"$2\" = list ]; then printf '%s' \"$GH_OPEN\"; fi\n";
    fs::write(bin.join("gh"), script).unwrap();
    let status = Command::new("chmod").arg("+x").arg(bin.join("gh")).status().unwrap();
    assert!(status.success());
    let run = |open: &str| {
        let log = here.join("gh.log");
        let _ = fs::remove_file(&log);
        let output = Command::new("bash")
            .arg(here.join(".ci/pages"))
            .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
            .env("XTASK", env!("CARGO_BIN_EXE_xtask"))
            .env("XTASK_DOCS", "--loopback")
            .env("GH_LOG", &log)
            .env("GH_OPEN", open)
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (
            output.status.code().unwrap(),
            text,
            fs::read_to_string(log).unwrap_or_default(),
        )
    };
    // Other pages cannot be fetched, so the run fails too.
    let (code, text, log) = run("");
    assert_eq!(code, 1, "{text}{log}");
    assert!(
        log.contains("issue create --title Pages of token360 differ from its spec --body-file "),
        "{text}{log}"
    );
    let body = fs::read_to_string(here.join("target/pages/token360.md")).unwrap();
    assert!(
        body.contains("(page `create`): differs") && body.contains("request seed: type"),
        "{body}"
    );
    let (_, text, log) = run("17\n");
    assert!(
        log.contains("issue edit 17 --body-file ") && !log.contains("create"),
        "{text}{log}"
    );
}
