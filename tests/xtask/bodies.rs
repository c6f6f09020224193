//! Two request bodies on one path, chosen by model: from the spec to the generated client, the tables and the report.

use xtask::spec::Spec;
use xtask::spec::fields::{PAGE, with_tables};
use xtask::spec::raw::{facts, raw_crate_of, surface};

use crate::commands::{frozen, root, xtask};
use crate::diff::revisions::{edit, repository};

fn studio() -> Spec {
    Spec::load(&frozen(), "studio").unwrap()
}

/// One normalised field at different places, by model.
#[test]
fn each_model_has_the_places_of_its_own_body() {
    let page = std::fs::read_to_string(root().join(PAGE)).unwrap();
    let page = with_tables(&page, &[facts(&studio()).unwrap()]).unwrap();
    for row in [
        "| | `studio-2` | `studio-2-fast` | `studio-1` | `*` |",
        "| `duration` | ✓ `duration`, 4…15 s | ✓ `duration`, 4…15 s | ✓ `seconds`, 4…10 s | ✓ `duration`, from 1 s |",
        "| `resolution` | ✓ `resolution`, 720p 1080p | ✓ `resolution`, 720p | ✓ `metadata.resolution`, 720p | \
         ✓ `resolution`, 720p 1080p |",
        "| `seed` | ✓ `seed` | ✓ `seed` | – | ✓ `seed` |",
        "| `camera_fixed` | – | – | ✓ `metadata.camera_fixed` | – |",
    ] {
        assert!(page.contains(row), "{row} is not in:\n{page}");
    }
}

#[test]
fn the_client_takes_either_body_and_picks_it_by_its_component() {
    let tree = raw_crate_of(&studio()).unwrap();
    let client = surface::surface(&tree).unwrap();
    assert!(
        client.contains("POST /videos = create_video(body: &CreateVideoBody) -> Task"),
        "{client}"
    );
    let of_file = |end: &str| tree.iter().find(|(file, _)| file.ends_with(end)).unwrap().1.clone();
    let picked = "request_body! { CreateVideoBody = CreateStudio2Request | CreateStudio1Request }";
    let library = of_file("src/lib.rs");
    assert!(library.contains(picked), "{library}");
    let facts = of_file("src/facts.rs");
    assert!(facts.contains("\"metadata.resolution\""), "{facts}");
}

/// A reviewer reads every name on the wire that changes with the body.
#[test]
fn the_report_says_what_another_body_means_for_a_model() {
    let folder = repository();
    let here = folder.path();
    let first = "  - id: studio-1\n    create: create_video\n    request: ";
    let (from, to) = ("CreateStudio1Request", "CreateStudio2Request");
    edit(
        here,
        "specs/studio.yaml",
        &format!("{first}{from}"),
        &format!("{first}{to}"),
    );
    let (code, page, err) = xtask(&["report", "HEAD"], here);
    assert_eq!((code, err.as_str()), (0, ""));
    for words in [
        "with `CreateStudio1Request` → `create_video` (`POST /videos`) with `CreateStudio2Request` [studio-1]",
        "`resolution`: `metadata.resolution` → `resolution` [studio-1]",
        "`camera_fixed` can no longer be sent; it was `metadata.camera_fixed` [studio-1]",
        "| `studio-1` | request | CreateStudio1Request | CreateStudio2Request |",
    ] {
        assert!(page.contains(words), "{words} is not in:\n{page}");
    }
    // No model sends the other body now, which `lint` finds.
    let (code, out, _) = xtask(&["lint", "studio"], here);
    assert_eq!(code, 1);
    assert!(
        out.contains("no model sends `CreateStudio1Request` [unused-request]"),
        "{out}"
    );
}
