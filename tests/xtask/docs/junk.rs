//! Nothing is concluded from input that is not a page, another page or an incomplete page.

use super::*;

/// Not a page of this vendor at all.
fn junk() -> Vec<(&'static str, Vec<u8>)> {
    let page = |body: &str| {
        format!("<!DOCTYPE html><html><head><title>Docs</title></head><body>{body}</body></html>").into_bytes()
    };
    let stranger = text("glued.txt")
        .replace("Submit video generation request", "Submit speech request")
        .replace("/v1/videos", "/v1/speech");
    // Another product has other parameters.
    let stranger = [
        "prompt",
        "duration",
        "resolution",
        "aspect_ratio",
        "generate_audio",
        "watermark",
        "content",
        "parameters",
    ]
    .iter()
    .fold(stranger, |page, name| {
        page.replace(&format!("\n{name}"), &format!("\nvoice_{name}"))
    });
    vec![
        ("empty", Vec::new()),
        ("white space", b" \n\t\r\n\xc2\xa0\n".to_vec()),
        ("a login", page("<h1>Welcome back</h1><form><label>E-mail</label><input><label>Password</label><input><button>Log in</button></form>")),
        ("cookies", page("<div><h2>We use cookies</h2><p>model, prompt and duration of your visit are kept.</p><button>Accept</button></div>")),
        ("a shell", b"<!doctype html><html><head><title>Submit video generation request</title><script src=x></script></head><body><div id=root></div><script>run()</script></body></html>".to_vec()),
        ("a shell with a hint", page("<noscript>You need to enable JavaScript</noscript><div id=\"root\"></div><p>Please enable JavaScript.</p>")),
        ("an answer", br#"{"error": {"message": "not found", "type": "not_found_error"}}"#.to_vec()),
        ("a list as an answer", b"[1, 2, 3]".to_vec()),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\xff\xfe".to_vec()),
        ("text in UTF-16", "modelstring".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("words", b"Dear vendor,\n\nmodel string required, says your page. prompt - what?\n\nYours\n".to_vec()),
        ("another product", stranger.into_bytes()),
        ("saved from elsewhere", text("glued.html").replace("<title>", "<link rel=\"canonical\" href=\"https://docs.example.com/other\"><title>").into_bytes()),
        ("a proxy's error", page("<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>")),
    ]
}

fn assert_not_understood(report: &Report, what: &str) {
    let report_text = shown(report, "vendor");
    assert_eq!(report.state, State::NotUnderstood, "{what}: {report_text}");
    assert!(
        report.differences.is_empty() && report.since.is_none() && report.unused.is_empty(),
        "{what}: {report_text}"
    );
    assert!(
        report.reason.as_ref().is_some_and(|reason| reason.len() > 5),
        "{what}: {report_text}"
    );
    assert!(
        !report_text.contains("gone") && !report_text.contains("does not show"),
        "{what}: {report_text}"
    );
}

#[test]
fn junk_is_not_understood() {
    for vendor in vendors(&frozen(), &[]).expect("there are specs") {
        let desk = desk(&vendor);
        for (what, bytes) in junk() {
            assert_not_understood(&desk.report(what, &bytes, None).expect("nothing is written"), what);
        }
    }
}

/// Nor with the page's name.
#[test]
fn junk_is_not_understood_under_a_name_either() {
    for (vendor, page, _) in PAGES {
        let desk = desk(vendor);
        for (what, bytes) in junk() {
            // A page saved elsewhere may still be the page; the name decides.
            if what != "saved from elsewhere" {
                let report = desk.report(what, &bytes, Some(page)).expect("nothing is written");
                assert_not_understood(&report, &format!("{vendor}/{page}: {what}"));
            }
        }
    }
}

/// Nor when nothing was kept yet, under any page's name.
#[test]
fn junk_is_not_understood_before_anything_was_kept() {
    let copy = copy_of_specs();
    fs::remove_dir_all(copy.path().join("specs/pages")).expect("removable");
    for vendor in vendors(&frozen(), &[]).expect("there are specs") {
        let desk = Desk::open(copy.path(), &vendor).expect("the specs are valid");
        let spec = Spec::load(&frozen(), &vendor).expect("the specs are valid");
        let pages = spec.doc["x-pages"].as_object().expect("there are pages");
        for (what, bytes) in junk().into_iter().filter(|(what, _)| *what != "saved from elsewhere") {
            for name in pages.keys().map(|name| Some(name.as_str())).chain([None]) {
                let report = desk.report(what, &bytes, name).expect("nothing is written");
                assert_not_understood(&report, &format!("{vendor}, {name:?}: {what}"));
            }
        }
    }
}

#[test]
fn reasons_help() {
    let desk = desk("token360");
    let reason = |what: &str| {
        let bytes = junk()
            .into_iter()
            .find(|(name, _)| *name == what)
            .expect("one of them")
            .1;
        desk.report(what, &bytes, None)
            .expect("nothing is written")
            .reason
            .unwrap_or_default()
    };
    for (what, report_text) in [
        ("empty", "it is empty"),
        ("a login", "login"),
        ("cookies", "cookie consent"),
        ("a shell", "a script renders this page"),
        ("a shell with a hint", "a script renders this page"),
        ("an answer", "it is JSON"),
        ("a picture", "not UTF-8"),
        ("saved from elsewhere", "https://docs.example.com/other"),
        ("another product", "only 12 of the 22 facts"),
    ] {
        assert!(reason(what).contains(report_text), "{what}: {}", reason(what));
    }
}

/// One vendor's page is not another's.
#[test]
fn pages_of_others_are_not_understood() {
    for (vendor, _, file) in PAGES {
        for (other, page, _) in PAGES.iter().filter(|(other, _, _)| *other != vendor) {
            let desk = desk(other);
            let text = text(file);
            assert_not_understood(&report(desk, &text), file);
            let named = desk
                .report(file, text.as_bytes(), Some(page))
                .expect("nothing is written");
            assert_not_understood(&named, file);
        }
    }
}

/// The page of another model has the same parameters and the same path.
#[test]
fn pages_of_other_models_are_not_understood() {
    let page = text("stacked.txt").replace("seedance-2", "wonder-9");
    assert_not_understood(&report(desk("toapis"), &page), "other models");
}

/// Wherever a page is cut off, nothing is reported as removed.
#[test]
fn a_page_that_breaks_off_removes_nothing() {
    for (vendor, page, file) in PAGES {
        let (desk, text) = (desk(vendor), text(file));
        let mut whole = 0;
        for end in (0..text.len()).step_by(199).filter(|end| text.is_char_boundary(*end)) {
            let report = desk
                .report(file, &text.as_bytes()[..end], Some(page))
                .expect("nothing is written");
            if report.state == State::NotUnderstood {
                assert_not_understood(&report, file);
                continue;
            }
            whole += 1;
            let report_text = shown(&report, vendor);
            // All parameters are present; only text after them may be missing.
            let gone = report
                .differences
                .iter()
                .any(|found| found.page.is_none() && found.what == "parameter");
            let moves = &report.since.as_ref().expect("kept").moves;
            let gone = gone || moves.iter().any(|moved| moved.now.is_none());
            assert!(!gone, "{file}, cut at {end} of {}: {report_text}", text.len());
        }
        assert!(whole < 15, "{file}: {whole} pieces were taken for the page");
    }
}

/// Random text at any place of any page does not make the reader panic.
#[test]
fn no_mutation_panics() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).expect("48 bits") % below.max(1)
    };
    let scraps = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "—",
        "- ",
        "|",
        "\n",
        "\n\n",
        " ",
        "required",
        "string",
        "integer",
        "enum<string>",
        "default:",
        "Options:",
        "• ",
        "GET /",
        "POST",
        "/",
        "curl ",
        "\\",
        "-d '{",
        "# ",
        "<td>",
        "</div>",
        "<li>",
        "<pre>",
        "<!--",
        "&#0;",
        "1",
        "16:9",
        "99999999999999999999",
        "(0-9)",
        "\u{0}",
        "\u{202e}",
        "é",
        "日本",
        "\u{1f3ac}",
        "```",
        "`",
        "Response",
        "Body",
        "Task Status Values",
        "Query parameters:",
        "range: -1 to 1",
        "max 5",
        "up to 9 characters",
        "null",
        "\r",
        "\t",
    ];
    let mut understood = 0;
    for (vendor, page, file) in PAGES {
        let (desk, original) = (desk(vendor), text(file));
        for round in 0..30 {
            let mut text: Vec<char> = original.chars().collect();
            for _ in 0..=random(8) {
                let at = random(text.len());
                match random(4) {
                    0 => drop(text.drain(at..(at + random(200)).min(text.len()))),
                    1 => drop(text.splice(at..at, scraps[random(scraps.len())].chars())),
                    2 => {
                        let piece: Vec<char> = text[at..(at + random(200)).min(text.len())].to_vec();
                        let to = random(text.len());
                        drop(text.splice(to..to, piece));
                    }
                    _ => {
                        let scrap: Vec<char> = scraps[random(scraps.len())].chars().collect();
                        drop(text.splice(at..(at + 1).min(text.len()), scrap));
                    }
                }
            }
            let text: String = text.into_iter().collect();
            let name = (round % 2 == 0).then_some(page);
            let report = desk.report(file, text.as_bytes(), name).expect("nothing is written");
            shown(&report, vendor);
            understood += usize::from(report.state != State::NotUnderstood);
        }
    }
    // Most small changes leave a page that can be read.
    assert!(understood > 90, "{understood}");
}

/// Deep nesting is walked without recursion.
#[test]
fn deep_markup_does_not_overflow() {
    let deep = format!(
        "<html><body>{}x{}</body></html>",
        "<div>".repeat(1_000),
        "</div>".repeat(1_000)
    );
    assert_not_understood(&report(desk("toapis"), &deep), "deep markup");
    let deep = format!("{}\n{}", text("glued.txt"), "{\"a\":".repeat(1_000));
    report(desk("token360"), &deep);
}
