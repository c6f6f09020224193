//! A corpus of pages: unchanged, each of them gives nothing; changed, each change is found, or shown and not understood.
//!
//! It holds the vendor's own MDX sources, our own pages in the vendors' layouts, and, made from the frozen specs, MDX pages
//! in our own words and OpenAPI documents in each of the forms in which they are published.

use serde_json::{Map, Value, json};
use xtask::docs::report::Report;

use super::*;

mod document;
mod pages;
mod planted;
mod published;
mod single;

/// A page of the corpus.
pub(super) struct Sample {
    pub(super) vendor: &'static str,
    pub(super) page: String,
    pub(super) file: String,
    pub(super) text: String,
    /// Whether the frozen spec has all of it.
    pub(super) follows: bool,
}

/// All pages.
pub(super) fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    for (vendor, page, file) in PAGES {
        // What a capture without code does not show is compared with nothing.
        if !file.contains("short") {
            all.push(Sample {
                vendor,
                page: page.to_owned(),
                file: file.to_owned(),
                text: text(file),
                follows: true,
            });
        }
    }
    for (file, ..) in sources::SOURCES {
        let page = match file {
            "tasks-video-status.mdx" => "poll",
            "videos-doubao-seedance-1-5-generation.mdx" => "seedance_1",
            "videos-seedance-2-generation.mdx" => "seedance_2",
            "webhooks-task-webhooks.mdx" => "webhook",
            // The spec has no page for the others: they are entered as new ones.
            other => other.trim_end_matches(".mdx"),
        };
        all.push(Sample {
            vendor: "toapis",
            page: page.replace('-', "_"),
            file: format!("toapis/{file}"),
            text: text(&format!("toapis/{file}")),
            follows: false,
        });
    }
    for vendor in ["alltoken", "toapis", "token360"] {
        all.extend(published::pages(vendor));
        all.extend(published::documents(vendor));
    }
    all
}

/// The specs, with the sample's page among `x-pages`, kept as it is now.
pub(super) fn shelf(sample: &Sample) -> (tempfile::TempDir, Desk) {
    let copy = copy_of_specs();
    let file = copy.path().join(format!("specs/{}.yaml", sample.vendor));
    let spec = fs::read_to_string(&file).expect("frozen");
    let kind = match sample.page.as_str() {
        "document" => ", kind: openapi, fetch: get",
        _ => "",
    };
    if !spec.contains(&format!("\n  {}:\n    url:", sample.page)) {
        let entry = format!(
            "\nx-pages:\n  {}: {{url: 'https://docs.example.com/{}', read: '2026-11-21'{kind}}}\n",
            sample.page, sample.page
        );
        let mut spec = spec.replacen("\nx-pages:\n", &entry, 1);
        if sample.page == "document" {
            spec = published::from_document(&spec);
        }
        fs::write(&file, spec).expect("writable");
    }
    let known = copy
        .path()
        .join(format!("specs/pages/{}/{}.yaml", sample.vendor, sample.page));
    if sample.file.starts_with("toapis/") || sample.file.starts_with("made/") {
        // Explanations are of the captures that they were written for.
        let _ = fs::remove_file(known);
    }
    keep(copy.path(), sample.vendor, &sample.page, sample.text.as_bytes());
    let desk = Desk::open(copy.path(), sample.vendor).expect("the specs are valid");
    (copy, desk)
}

pub(super) fn judged(desk: &Desk, sample: &Sample, text: &str) -> Report {
    desk.report(&sample.file, text.as_bytes(), Some(&sample.page))
        .expect("nothing is written")
}

#[test]
fn there_are_forty_pages_and_unchanged_they_give_nothing() {
    let samples = samples();
    assert!(samples.len() >= 40, "{}", samples.len());
    for sample in &samples {
        let (_copy, desk) = shelf(sample);
        let report = judged(&desk, sample, &sample.text);
        let shown = shown(&report, sample.vendor);
        assert!(report.changed.is_empty(), "{}: {shown}", sample.file);
        assert!(
            report.since.as_ref().is_some_and(|since| since.moves.is_empty()),
            "{}: {shown}",
            sample.file
        );
        match sample.follows {
            true => assert_eq!(report.state, State::Agreement, "{}: {shown}", sample.file),
            // What this page says and the older spec does not is no false finding; each is on the page.
            false => assert!(
                matches!(report.state, State::Agreement | State::Differs),
                "{}: {shown}",
                sample.file
            ),
        }
    }
}

/// A name of the vendor's documentation says which page a file is, wherever it lies.
#[test]
fn a_folder_is_read_like_a_clone_of_the_documentation() {
    let copy = copy_of_specs();
    let pages = copy.path().join("clone/docs/en/api-reference");
    for (from, to) in [
        ("videos-seedance-2-generation.mdx", "videos/seedance-2/generation.mdx"),
        (
            "videos-seedance-2-5-generation.mdx",
            "videos/seedance-2-5/generation.mdx",
        ),
        ("tasks-video-status.mdx", "tasks/video-status.mdx"),
        ("chat-list-models.mdx", "chat/list-models.mdx"),
    ] {
        for language in ["en", "cn"] {
            let to = pages.join("../..").join(language).join("api-reference").join(to);
            fs::create_dir_all(to.parent().expect("a folder")).expect("writable");
            fs::copy(path(&format!("toapis/{from}")), to).expect("copied");
        }
    }
    let folder = pages.to_str().expect("text");
    let (code, out, err) = xtask(&["docs", "toapis", folder], copy.path());
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(
        out.contains("seedance-2/generation.mdx (page `seedance_2`): differs"),
        "{out}"
    );
    assert!(out.contains("video-status.mdx (page `poll`): differs"), "{out}");
    assert!(out.contains("seedance-2-5/generation.mdx: not in x-pages"), "{out}");
    assert!(
        out.contains("4 files; 0 in agreement, 2 differ, 0 changed, 1 not in x-pages, 0 not understood; 1 are no page"),
        "{out}"
    );
    // Another language's folder holds other pages.
    let folder = pages.join("../../cn");
    let (_, out, _) = xtask(
        &["docs", "toapis", folder.to_str().expect("text"), "--json"],
        copy.path(),
    );
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let pages = json["pages"].as_array().expect("a list");
    assert!(pages.iter().all(|page| page["page"] != "poll"), "{out}");
    assert_eq!(json["folders"][0]["files"], 4, "{out}");
}
