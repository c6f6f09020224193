//! Each kind of drift, planted in our own pages.

use super::*;

/// One planted change and the expected report.
struct Drift {
    vendor: &'static str,
    file: &'static str,
    /// Old and new text.
    change: (&'static str, &'static str),
    /// `at`, `what`, page, spec.
    expected: (&'static str, &'static str, Option<&'static str>, Option<&'static str>),
    /// The expected line; empty if there is none.
    line: &'static str,
    pointer: &'static str,
    /// `what`, was, now of the section on the kept capture.
    since: (&'static str, Option<&'static str>, Option<&'static str>),
}

fn drifts() -> Vec<Drift> {
    vec![
        // A renamed parameter is reported as one added and one removed.
        Drift {
            vendor: "toapis",
            file: "stacked.txt",
            change: ("\nratio\nstring\n", "\naspect_ratio\nstring\n"),
            expected: (
                "POST /v1/video/generations request aspect_ratio",
                "parameter",
                Some("string"),
                None,
            ),
            line: "aspect_ratio",
            pointer: "/components/schemas/CreateSeedance2Request/properties",
            since: ("renamed", Some("ratio"), Some("aspect_ratio")),
        },
        Drift {
            vendor: "toapis",
            file: "stacked.html",
            change: (
                "<div class=\"name\">duration</div>",
                "<div class=\"name\">seconds</div>",
            ),
            expected: (
                "POST /v1/video/generations request seconds",
                "parameter",
                Some("integer"),
                None,
            ),
            line: "seconds",
            pointer: "/components/schemas/CreateSeedance2Request/properties",
            since: ("renamed", Some("duration"), Some("seconds")),
        },
        Drift {
            vendor: "token360",
            file: "glued.txt",
            change: ("480p 540p 720p 1080p", "480p 540p 720p 900p 1080p"),
            expected: ("POST /v1/videos request resolution", "value", Some("900p"), None),
            line: "resolutionenum<string>",
            pointer: "/components/schemas/Resolution/enum",
            since: ("value", None, Some("900p")),
        },
        Drift {
            vendor: "token360",
            file: "table.md",
            change: (", `9:21` |", " |"),
            expected: ("POST /v1/videos request aspect_ratio", "value", None, Some("9:21")),
            line: "| `aspect_ratio` |",
            pointer: "/components/schemas/AspectRatio/enum",
            since: ("value", Some("9:21"), None),
        },
        Drift {
            vendor: "token360",
            file: "glued.html",
            change: (
                "<code class=\"name\">seed</code><span class=\"type\">integer</span>",
                "<code class=\"name\">seed</code><span class=\"type\">integer</span><span class=\"badge\">required</span>",
            ),
            expected: (
                "POST /v1/videos request seed",
                "required",
                Some("required"),
                Some("optional"),
            ),
            line: "seed integer required",
            pointer: "/components/schemas/CreateVideoRequest/properties/seed",
            since: ("required", Some("optional"), Some("required")),
        },
        Drift {
            vendor: "alltoken",
            file: "dashes.txt",
            change: ("prompt(required) — What", "prompt— What"),
            expected: (
                "POST /v1/videos/generations request prompt",
                "required",
                Some("optional"),
                Some("required"),
            ),
            line: "model(required)",
            pointer: "/components/schemas/CreateGenerationRequest/properties/prompt",
            since: ("required", Some("required"), Some("optional")),
        },
        Drift {
            vendor: "token360",
            file: "table.html",
            change: (
                "<td><code>duration</code></td><td>integer</td>",
                "<td><code>duration</code></td><td>number</td>",
            ),
            expected: (
                "POST /v1/videos request duration",
                "type",
                Some("number"),
                Some("integer"),
            ),
            line: "| duration | number |",
            pointer: "/components/schemas/CreateVideoRequest/properties/duration",
            since: ("type", Some("integer"), Some("number")),
        },
        Drift {
            vendor: "token360",
            file: "glued.txt",
            change: ("/v1/videos", "/v2/videos"),
            expected: (
                "POST /v1/videos",
                "path",
                Some("POST /v2/videos"),
                Some("POST /v1/videos"),
            ),
            line: "POST/v2/videos",
            pointer: "/paths/~1v1~1videos/post",
            since: ("path", Some("POST /v1/videos"), Some("POST /v2/videos")),
        },
        Drift {
            vendor: "alltoken",
            file: "dashes.html",
            change: ("<li><code>seed</code> - The same dice again</li>\n", ""),
            expected: (
                "POST /v1/videos/generations request seed",
                "parameter",
                None,
                Some("integer"),
            ),
            line: "",
            pointer: "/components/schemas/CreateGenerationRequest/properties/seed",
            since: ("parameter", Some("listed"), None),
        },
        // Without markup, the beginning of the new name cannot be separated from the word before it.
        Drift {
            vendor: "alltoken",
            file: "dashes.txt",
            change: ("seed- The same dice again", "zoom- How near"),
            expected: (
                "POST /v1/videos/generations request inputszoom",
                "parameter",
                Some("listed"),
                None,
            ),
            line: "model(required)",
            pointer: "/components/schemas/CreateGenerationRequest/properties",
            since: ("parameter", Some("listed"), None),
        },
        Drift {
            vendor: "token360",
            file: "glued.txt",
            change: ("4  \"status\": \"queued\",", "4  \"queue\": {\"place\": 3},"),
            expected: (
                "POST /v1/videos response queue.place",
                "example member",
                Some("integer"),
                None,
            ),
            line: "{",
            pointer: "/components/schemas/Video/properties",
            since: ("example member", None, Some("integer")),
        },
        Drift {
            vendor: "alltoken",
            file: "dashes.txt",
            change: ("\"fps\": 24", "\"fps\": \"24\""),
            expected: (
                "GET /v1/videos/generations/{id} response fps",
                "type",
                Some("string"),
                Some("integer"),
            ),
            line: "{",
            pointer: "/components/schemas/Generation/properties/fps",
            since: ("example member", Some("integer"), Some("string")),
        },
        Drift {
            vendor: "toapis",
            file: "stacked.txt",
            change: ("default:5", "default:6"),
            expected: (
                "POST /v1/video/generations request duration",
                "default",
                Some("6"),
                Some("5"),
            ),
            line: "duration",
            pointer: "/components/schemas/CreateSeedance2Request/properties/duration",
            since: ("default", Some("5"), Some("6")),
        },
        Drift {
            vendor: "toapis",
            file: "stacked.html",
            change: ("<div>default:5</div>", ""),
            expected: (
                "POST /v1/video/generations request duration",
                "default",
                None,
                Some("5"),
            ),
            line: "duration",
            pointer: "/components/schemas/CreateSeedance2Request/properties/duration",
            since: ("default", Some("5"), None),
        },
        Drift {
            vendor: "toapis",
            file: "stacked.txt",
            change: ("4 to 15 seconds", "4 to 20 seconds"),
            expected: (
                "POST /v1/video/generations request duration",
                "maximum",
                Some("20"),
                Some("15"),
            ),
            line: "duration",
            pointer: "/components/schemas/CreateSeedance2Request/properties/duration",
            since: ("maximum", Some("15"), Some("20")),
        },
        Drift {
            vendor: "toapis",
            file: "stacked.txt",
            change: (
                "  • seedance-2-fast - Quick\n",
                "  • seedance-2-fast - Quick\n  • seedance-3 - Newest\n",
            ),
            expected: (
                "POST /v1/video/generations request model",
                "model",
                Some("seedance-3"),
                None,
            ),
            line: "model",
            pointer: "/x-models",
            since: ("value", None, Some("seedance-3")),
        },
        Drift {
            vendor: "alltoken",
            file: "dashes.html",
            change: (
                "<li><code>429</code> — Too much at once</li>",
                "<li><code>429</code> — Too much</li><li><code>451</code> — No</li>",
            ),
            expected: ("errors", "status", Some("451"), None),
            line: "• 451",
            pointer: "/paths",
            since: ("status", None, Some("451")),
        },
        Drift {
            vendor: "token360",
            file: "table.md",
            change: ("https://api.token360.ai", "https://api.token361.example"),
            expected: (
                "servers",
                "host",
                Some("https://api.token361.example"),
                Some("https://api.token360.ai"),
            ),
            line: "",
            pointer: "/servers/0/url",
            since: (
                "host",
                Some("https://api.token360.ai"),
                Some("https://api.token361.example"),
            ),
        },
    ]
}

#[test]
fn each_kind_is_reported_with_line_and_pointer() {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    for drift in drifts() {
        let (old, new) = drift.change;
        let original = text(drift.file);
        assert!(original.contains(old), "{}: {old}", drift.file);
        let page = PAGES
            .iter()
            .find(|(_, _, file)| *file == drift.file)
            .expect("one of ours")
            .1;
        let desk = own(drift.vendor, page, drift.file);
        let report = report(desk, &original.replace(old, new));
        let all = shown(&report, drift.vendor);
        assert_eq!(report.state, State::Differs, "{}: {old}\n{all}", drift.file);

        let (at, what, page, spec) = drift.expected;
        let found = report.differences.iter().find(|found| {
            found.at == at && found.what == what && found.page == owned(page) && found.spec == owned(spec)
        });
        let found = found.unwrap_or_else(|| panic!("{}: {old}\n{all}", drift.file));
        assert_eq!(found.pointer, drift.pointer, "{all}");
        match &found.text {
            Some(line) => assert!(!drift.line.is_empty() && line.starts_with(drift.line), "{all}"),
            None => assert_eq!(drift.line, "", "{all}"),
        }
        assert!(
            all.contains(&format!("specs/{}.yaml: {}", drift.vendor, drift.pointer)),
            "{all}"
        );

        let (what, was, now) = drift.since;
        let since = report.since.as_ref().expect("these pages were kept");
        let moved = since
            .moves
            .iter()
            .any(|moved| moved.what == what && moved.was == owned(was) && moved.now == owned(now));
        assert!(moved, "{}: {old}\n{all}", drift.file);
        assert!(
            all.contains(&format!("since the kept capture of {}", since.date)),
            "{all}"
        );
    }
}

/// The numbers are those of the file.
#[test]
fn lines_are_counted_in_the_file() {
    let page = text("stacked.txt").replace("\nratio\nstring\n", "\nshape\nstring\n");
    let report = report(own("toapis", "seedance_2", "stacked.txt"), &page);
    let line = page.lines().position(|line| line == "shape").expect("planted") + 1;
    let new = report
        .differences
        .iter()
        .find(|found| found.at.ends_with("request shape"))
        .expect("reported");
    assert_eq!((new.line, new.page.as_deref()), (Some(line), Some("string")));
    // The example still sends `ratio`, so the page shows every field of the spec ...
    assert!(
        report.differences.iter().all(|found| found.page.is_some()),
        "{}",
        shown(&report, "toapis")
    );
    // ... and the kept capture shows what it is listed as now.
    let moves = &report.since.as_ref().expect("kept").moves;
    let gone = moves
        .iter()
        .find(|moved| moved.at.ends_with("request ratio"))
        .expect("reported");
    assert_eq!(
        (gone.what, gone.was.as_deref(), gone.now.as_deref()),
        ("renamed", Some("ratio"), Some("shape"))
    );
}

/// A planted change affects nothing else.
#[test]
fn one_change_is_reported_once() {
    let page = text("glued.txt").replace("seedinteger", "seedstring");
    let report = report(own("token360", "create", "glued.txt"), &page);
    assert_eq!(report.differences.len(), 1, "{}", shown(&report, "token360"));
    assert_eq!(
        report.since.as_ref().expect("kept").moves.len(),
        1,
        "{}",
        shown(&report, "token360")
    );
    assert_eq!(report.known.len(), 3);
}

/// When several paths move at once, each is found at its new place, with its other facts.
#[test]
fn paths_that_move_together_are_distinguished() {
    let page = fs::read_to_string(root().join("tests/xtask/docs/dashes.html")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let moves_of = |text: &str| {
        fs::write(&file, text).unwrap();
        let (_, out, err) = xtask(
            &["docs", "alltoken", file.to_str().unwrap(), "--page", "video"],
            &frozen(),
        );
        assert_eq!(err, "");
        let lines = out.lines().filter(|line| line.contains(": the page has "));
        lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    let mut moves = moves_of(&page.replace("/videos/generations", "/videos/tasks"));
    for line in moves_of(&page) {
        moves.retain(|moved| *moved != line);
    }
    moves.sort();
    let expected = ["GET {}/{id}", "GET {}", "POST {}/{id}/cancel", "POST {}"].map(|call| {
        let (old, new) = (
            call.replace("{}", "/v1/videos/generations"),
            call.replace("{}", "/v1/videos/tasks"),
        );
        format!("{old}: path: the page has `{new}`, the spec `{old}`")
    });
    assert_eq!(moves, expected);
}
