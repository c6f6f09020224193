//! Kept pages, and known differences.

use super::*;

fn copy_with(change: impl Fn(String) -> String) -> tempfile::TempDir {
    let copy = copy_of_specs();
    let file = copy.path().join("specs/pages/token360/create.yaml");
    let text = fs::read_to_string(&file).expect("kept");
    let changed = change(text.clone());
    assert_ne!(text, changed);
    fs::write(file, changed).expect("writable");
    copy
}

fn run(root: &Path, args: &[&str]) -> (u8, String) {
    let (code, out, err) = xtask(args, root);
    (code, out + &err)
}

/// What a page said before is what its changes are compared with, until the spec follows.
#[test]
fn a_page_that_differs_from_the_spec_is_not_kept() {
    let copy = copy_of_specs();
    let (page, other) = (copy.path().join("page.txt"), copy.path().join("tasks/video-status.mdx"));
    fs::create_dir_all(copy.path().join("tasks")).expect("writable");
    let moved = text("stacked.txt")
        .replace("\nratio\nstring\n", "\naspect_ratio\nstring\n")
        .replace("\"ratio\"", "\"aspect_ratio\"");
    fs::write(&page, moved).expect("writable");
    fs::write(&other, text("toapis/tasks-video-status.mdx")).expect("writable");
    let (page, other) = (page.to_str().expect("text"), other.to_str().expect("text"));
    let file = copy.path().join("specs/pages/toapis/seedance_2.yaml");
    let before = fs::read_to_string(&file).expect("kept");
    let differs = "(page `seedance_2`): differs\n  not kept: it differs from the spec; edit the spec, or explain each difference \
                   under `known` in specs/pages/toapis/seedance_2.yaml\n";
    for _ in 0..2 {
        let (code, out) = run(copy.path(), &["docs", "toapis", page, "--keep"]);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains(differs) && !out.contains("kept now"), "{out}");
        assert!(
            out.contains("since the kept capture")
                && out.contains("ratio: renamed: `ratio` became `aspect_ratio` (line "),
            "{out}"
        );
        assert_eq!(fs::read_to_string(&file).expect("kept"), before);
    }

    // The spec follows: the page is kept, and nothing is left to do.
    let spec = copy.path().join("specs/toapis.yaml");
    let text = fs::read_to_string(&spec).expect("frozen");
    fs::write(&spec, text.replacen("\n        ratio:", "\n        aspect_ratio:", 1)).expect("writable");
    let (code, out) = run(copy.path(), &["docs", "toapis", page, "--keep"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("(page `seedance_2`): in agreement; kept now\n"), "{out}");
    let kept = load(copy.path(), "toapis", "seedance_2").expect("sound").expect("kept");
    assert_eq!(kept.kept.len(), 10);
    assert!(kept.facts.parameters.iter().any(|known| known.name == "aspect_ratio"));

    // Of several pages, earlier captures are replaced together. A first capture replaces nothing.
    fs::write(&file, &before).expect("writable");
    let poll = copy.path().join("specs/pages/toapis/poll.yaml");
    let (code, out) = run(copy.path(), &["docs", "toapis", page, other, "--keep"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("(page `poll`): differs; kept now"), "{out}");
    assert!(
        out.contains("  not kept: other pages of this run differ or were not understood\n"),
        "{out}"
    );
    assert!(poll.is_file());
    assert_eq!(fs::read_to_string(&file).expect("kept"), before);
    let (code, out) = run(copy.path(), &["docs", "toapis", page]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("since the kept capture"), "{out}");
}

/// The first capture of a page is compared with the spec alone.
#[test]
fn a_page_can_be_kept_for_the_first_time() {
    let copy = copy_of_specs();
    fs::remove_dir_all(copy.path().join("specs/pages")).expect("removable");
    let page = path("dashes.html");
    let page = page.to_str().expect("text");
    let (code, out) = run(copy.path(), &["docs", "alltoken", page, "--keep"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("(page `video`): in agreement; kept now"), "{out}");
    let facts = desk("alltoken")
        .facts(text("dashes.html").as_bytes())
        .expect("readable");
    let kept = load(copy.path(), "alltoken", "video").expect("sound").expect("kept");
    assert_eq!(kept.facts, facts, "the kept facts are those of the page");
    assert!(kept.known.is_empty());
}

/// Keeping writes nothing of the page but names and values, and preserves handwritten parts.
#[test]
fn keeping_carries_over_facts_and_explanations_only() {
    let copy = copy_with(|text| text.replace("known:\n", "known:\n  # By hand.\n"));
    let page = path("glued.html");
    let (code, out) = run(
        copy.path(),
        &["docs", "token360", page.to_str().expect("text"), "--keep"],
    );
    assert_eq!(code, 0, "{out}");
    let written = fs::read_to_string(copy.path().join("specs/pages/token360/create.yaml")).expect("kept");
    let before = fs::read_to_string(frozen().join("specs/pages/token360/create.yaml")).expect("kept");
    let by_hand = |text: &str| text[text.find("known:").expect("there")..].replace("  # By hand.\n", "");
    assert_eq!(by_hand(&written), by_hand(&before));
    assert!(written.contains("# By hand."));
    let facts = &written[..written.find("known:").expect("there")];
    for word in ["heron", "dice", "Which", "guest-4", "video-1"] {
        assert!(text("glued.html").contains(word) && !facts.contains(word), "{word}");
    }
}

#[test]
fn a_capture_that_shows_less_is_not_kept() {
    let copy = copy_of_specs();
    let file = copy.path().join("specs/pages/token360/create.yaml");
    let before = fs::read_to_string(&file).expect("kept");
    let page = path("glued-short.txt");
    let page = page.to_str().expect("text");
    let (code, out) = run(copy.path(), &["docs", "token360", page]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("changed, not understood"), "{out}");
    assert!(
        out.contains("not shown by this capture, so not compared: the method of /v1/videos"),
        "{out}"
    );
    let (code, out) = run(copy.path(), &["docs", "token360", page, "--keep"]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("not kept: the kept capture shows more; save the page anew"),
        "{out}"
    );
    assert_eq!(fs::read_to_string(&file).expect("kept"), before);
}

#[test]
fn an_explanation_that_is_no_longer_needed_is_an_error() {
    let spare = "known:\n  - at: POST /v1/videos request seed\n    what: type\n    page: string\n    spec: integer\n    reason: Once so.\n";
    let copy = copy_with(|text| text.replace("known:\n", spare));
    let page = path("glued.txt");
    let (code, out) = run(copy.path(), &["docs", "token360", page.to_str().expect("text")]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("request seed: type: the page has `string`, the spec `integer`"),
        "{out}"
    );
    assert!(
        out.contains("this known difference no longer exists: delete it from specs/pages/token360/create.yaml"),
        "{out}"
    );
    // The page has the old type again: the difference is explained, although the page changed.
    let moved = copy.path().join("moved.txt");
    fs::write(&moved, text("glued.txt").replace("seedinteger", "seedstring")).expect("writable");
    let (code, out) = run(copy.path(), &["docs", "token360", moved.to_str().expect("text")]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("4 known differences") && out.contains("`integer` became `string`"),
        "{out}"
    );
    assert!(!out.contains("the page has"), "{out}");
}

/// An explanation covers only the difference it was written for.
#[test]
fn an_explanation_covers_only_its_own_values() {
    let copy = copy_with(|text| text.replace("spec: seedance-2.0-fast", "spec: seedance-9"));
    let page = path("glued.txt");
    let (code, out) = run(copy.path(), &["docs", "token360", page.to_str().expect("text")]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("the spec has `seedance-2.0-fast`, the page does not show it"),
        "{out}"
    );
    assert!(out.contains("the spec has `seedance-9`"), "{out}");
}

#[test]
fn an_invalid_kept_file_is_reported() {
    let page = path("glued.txt");
    let page = page.to_str().expect("text");
    for (old, new, expected) in [
        ("facts:\n", "fact:\n", "fact"),
        ("page: create\n", "page: poll\n", "is a file of token360/poll"),
        (
            "    reason: The page has one model in its example only; other pages of the vendor name this one too.\n",
            "    reason: ''\n",
            "has no reason",
        ),
    ] {
        let copy = copy_with(|text| text.replace(old, new));
        let (code, out) = run(copy.path(), &["docs", "token360", page]);
        assert_eq!(code, 100, "{out}");
        assert!(
            out.contains("specs/pages/token360/create.yaml: /: ") && out.contains(expected),
            "{out}"
        );
    }
}
