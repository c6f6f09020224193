//! `cargo xtask docs`, on our own pages in the vendors' layouts and, if they are saved next to the repository, on
//! theirs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use xtask::docs::Desk;
use xtask::docs::facts::Facts;
use xtask::docs::kept::{Kept, load, save};
use xtask::docs::lines::prints;
use xtask::docs::report::{Report, State};
use xtask::docs::since::since;
use xtask::spec::Spec;
use xtask::spec::vendors;

use crate::commands::{frozen, root, xtask};

mod corpus;
mod drift;
mod exam;
mod fetching;
mod invisible;
mod junk;
mod keeping;
mod layouts;
mod listed;
mod prices;
mod skeleton;
mod sources;

/// Our own pages: vendor, page, file.
const PAGES: [(&str, &str, &str); 9] = [
    ("token360", "create", "glued.txt"),
    ("token360", "create", "glued-short.txt"),
    ("token360", "create", "glued.html"),
    ("token360", "create", "table.md"),
    ("token360", "create", "table.html"),
    ("toapis", "seedance_2", "stacked.txt"),
    ("toapis", "seedance_2", "stacked.html"),
    ("alltoken", "video", "dashes.txt"),
    ("alltoken", "video", "dashes.html"),
];

/// The vendors' pages as saved next to the repository.
const REAL: [(&str, &str, &str); 5] = [
    ("token360", "create", "token360-create-video.txt"),
    ("token360", "create", "token360-create-video.second-capture.txt"),
    ("toapis", "seedance_2", "toapis-seedance-2.txt"),
    ("toapis", "seedance_1", "toapis-doubao-seedance-1-5-pro.txt"),
    ("alltoken", "video", "alltoken-video-api.txt"),
];

fn path(file: &str) -> PathBuf {
    root().join("tests/xtask/docs").join(file)
}

fn text(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The frozen specs and kept pages, read once.
fn desk(vendor: &str) -> &'static Desk {
    static DESKS: LazyLock<BTreeMap<String, Desk>> = LazyLock::new(|| {
        let vendors = vendors(&frozen(), &[]).expect("there are specs");
        let open = |vendor: String| {
            (
                vendor.clone(),
                Desk::open(&frozen(), &vendor).expect("the specs are valid"),
            )
        };
        vendors.into_iter().map(open).collect()
    });
    &DESKS[vendor]
}

/// A desk on which a page was kept from one of our own files: what changes in that file is compared with itself.
fn own(vendor: &str, page: &str, file: &str) -> &'static Desk {
    static DESKS: LazyLock<Mutex<BTreeMap<String, &'static Desk>>> = LazyLock::new(Mutex::default);
    let mut desks = DESKS.lock().expect("no test panicked here");
    if let Some(desk) = desks.get(file) {
        return desk;
    }
    let copy = copy_of_specs();
    keep(copy.path(), vendor, page, text(file).as_bytes());
    let desk = Desk::open(copy.path(), vendor).expect("the specs are sound");
    let desk: &'static Desk = Box::leak(Box::new(desk));
    desks.insert(file.to_owned(), desk);
    desk
}

/// The desk that judges one of our own pages, and the verdict where nothing changed. A capture that shows less than the
/// kept one is not kept, and says nothing of sentences.
fn standing(vendor: &str, page: &str, file: &str) -> (&'static Desk, State) {
    match file.contains("short") {
        true => (desk(vendor), State::Changed),
        false => (own(vendor, page, file), State::Agreement),
    }
}

/// Keeps a page, whatever was kept before.
fn keep(root: &Path, vendor: &str, page: &str, bytes: &[u8]) {
    let desk = Desk::open(root, vendor).expect("the specs are sound");
    let read = desk.page(bytes).unwrap_or_else(|reason| panic!("{page}: {reason}"));
    let facts = desk.facts(bytes).unwrap_or_else(|reason| panic!("{page}: {reason}"));
    let lines = prints(&read, desk.known());
    save(root, vendor, page, "2026-11-21", (&read.hash(), &lines), &facts).expect("writable");
}

fn kept(vendor: &str, page: &str) -> Kept {
    let found = load(&frozen(), vendor, page).expect("kept pages are valid");
    found.unwrap_or_else(|| panic!("{vendor}/{page} was not kept"))
}

/// The report on a page whose name must be found.
fn report(desk: &Desk, text: &str) -> Report {
    desk.report("page", text.as_bytes(), None).expect("nothing is written")
}

/// The report as text.
fn shown(report: &Report, vendor: &str) -> String {
    let mut out = Vec::new();
    report.write(vendor, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("reports are text")
}

/// Prints even when the test passes, whose `eprintln!` is captured.
fn print_always(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The vendors' pages, if there are any here.
fn real_pages() -> Option<PathBuf> {
    let folder = std::env::var_os("VIDEOGEN_PAGES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| root().join("../shared/vendor-docs"));
    if folder.is_dir() {
        return Some(folder);
    }
    print_always(&format!(
        "SKIPPED: no saved vendor pages in {}; VIDEOGEN_PAGES names another folder",
        folder.display()
    ));
    None
}

/// Compares the facts of a page with those of the kept capture.
fn assert_same_facts(vendor: &str, page: &str, file: &str, facts: &Facts) {
    let kept = kept(vendor, page).facts;
    let found = since(&kept, facts);
    assert!(found.moves.is_empty(), "{file}: {:#?}", found.moves);
    // Only facts that a capture without code cannot show may be missing.
    let without_code = file.contains("short") || file.contains("second");
    if without_code {
        assert!(facts.examples.is_empty() && facts.hosts.is_empty(), "{file}");
        assert_eq!(found.unseen[0], "the method of /v1/videos", "{file}");
        assert_eq!(found.unseen.len(), 4, "{file}: {:?}", found.unseen);
        let bare = |facts: &Facts| {
            let parameters = facts.parameters.iter().cloned();
            let bare = parameters.map(|mut parameter| {
                parameter.of = None;
                parameter
            });
            bare.collect::<Vec<_>>()
        };
        assert_eq!(bare(facts), bare(&kept), "{file}");
    } else {
        assert!(found.unseen.is_empty(), "{file}: {:?}", found.unseen);
        let mut facts = facts.clone();
        facts.layout.clone_from(&kept.layout);
        facts.last.clone_from(&kept.last);
        // The order of operations does not matter.
        facts.operations.sort_by_key(ToString::to_string);
        let mut kept = kept;
        kept.operations.sort_by_key(ToString::to_string);
        assert!(facts == kept, "{file}: {facts:#?}");
    }
}

#[test]
fn our_own_pages_have_the_facts_of_the_vendors_pages() {
    for (vendor, page, file) in PAGES {
        let desk = desk(vendor);
        let facts = desk
            .facts(text(file).as_bytes())
            .unwrap_or_else(|reason| panic!("{file}: {reason}"));
        assert_same_facts(vendor, page, file, &facts);
        let (desk, state) = standing(vendor, page, file);
        let report = report(desk, &text(file));
        assert_eq!(report.state, state, "{}", shown(&report, vendor));
        assert_eq!(report.page.as_deref(), Some(page), "{file}");
    }
}

#[test]
fn the_vendors_pages_agree_with_the_specs() {
    let Some(folder) = real_pages() else { return };
    for (vendor, page, file) in REAL {
        let Ok(bytes) = fs::read(folder.join(file)) else {
            print_always(&format!("SKIPPED: {file} is not in {}", folder.display()));
            continue;
        };
        let desk = desk(vendor);
        let facts = desk.facts(&bytes).unwrap_or_else(|reason| panic!("{file}: {reason}"));
        assert_same_facts(vendor, page, file, &facts);
        let report = desk.report(file, &bytes, None).expect("nothing is written");
        // The capture without code has other lines, so nothing is said of its sentences.
        let state = match file.contains("second") {
            true => State::Changed,
            false => State::Agreement,
        };
        assert_eq!(report.state, state, "{}", shown(&report, vendor));
        assert!(report.changed.is_empty(), "{}", shown(&report, vendor));
        assert_eq!(report.page.as_deref(), Some(page), "{file}");
    }
}

/// Every parameter of the create pages, by name: none is missing from the kept pages.
#[test]
fn the_kept_pages_have_all_parameters() {
    let requests = |vendor: &str, page: &str| {
        let facts = kept(vendor, page).facts;
        let found = facts
            .parameters
            .iter()
            .filter(|known| known.place.to_string() == "request");
        found.map(|known| known.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        requests("token360", "create"),
        "model prompt duration resolution aspect_ratio generate_audio seed watermark return_last_frame \
         execution_expires_after safety_identifier callback_url metadata"
    );
    assert_eq!(
        requests("toapis", "seedance_2"),
        "model prompt duration ratio image_urls"
    );
    assert_eq!(
        requests("toapis", "seedance_1"),
        "model prompt duration aspect_ratio image_urls image_with_roles metadata"
    );
    assert_eq!(
        requests("alltoken", "video"),
        "model prompt content content.type content.role ratio duration resolution frames generate_audio \
         input_has_video seed camera_fixed watermark callback_url return_last_frame service_tier \
         execution_expires_after draft tools safety_identifier"
    );
}

#[test]
fn every_kept_page_is_valid_and_in_its_spec() {
    let mut count = 0;
    for entry in fs::read_dir(root().join("specs/pages")).expect("pages are kept") {
        let vendor = entry
            .expect("readable")
            .file_name()
            .into_string()
            .expect("a plain name");
        assert!(
            vendors(root(), std::slice::from_ref(&vendor)).is_ok(),
            "specs/pages/{vendor} has no spec"
        );
        let spec = Spec::load(root(), &vendor).expect("the specs are valid");
        for entry in fs::read_dir(root().join("specs/pages").join(&vendor)).expect("readable") {
            let file = entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("a plain name");
            let page = file
                .strip_suffix(".yaml")
                .unwrap_or_else(|| panic!("{file} is not YAML"));
            assert!(
                spec.doc.pointer(&format!("/x-pages/{page}")).is_some(),
                "specs/pages/{vendor}/{file}: x-pages of specs/{vendor}.yaml has no `{page}`"
            );
            let kept = load(root(), &vendor, page)
                .expect("kept pages are sound")
                .expect("it is kept");
            // A page of prose may list no parameter.
            let facts = &kept.facts;
            assert!(!(facts.parameters.is_empty() && facts.examples.is_empty()), "{file}");
            assert!(!kept.lines.is_empty(), "{file}");
            assert!(kept.text.len() == 64 && kept.kept.len() == 10, "{file}");
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn exit_codes_and_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = copy_of_specs();
    keep(copy.path(), "token360", "create", text("glued.txt").as_bytes());
    let run = |args: &[&str]| xtask(args, copy.path());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("writable");
        path.to_str().expect("text").to_owned()
    };
    let fine = file("fine.txt", &text("glued.txt"));
    let moved = file("moved.txt", &text("glued.txt").replace("seedinteger", "seedstring"));
    let login = file(
        "login.html",
        "<!doctype html><html><body><form>Log in: <input></form></body></html>",
    );
    let missing = folder.path().join("none.txt").to_str().expect("text").to_owned();

    let (code, out, err) = run(&["docs", "token360", &fine]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(
        out.contains("(page `create`): in agreement; 3 known differences"),
        "{out}"
    );
    assert_eq!(run(&["docs", "token360", &fine, &moved]).0, 1);
    let (code, out, _) = run(&["docs", "token360", &moved, &login]);
    assert_eq!(code, 3);
    assert!(
        out.contains("not understood") && out.contains("it looks like a login page"),
        "{out}"
    );
    let (code, out, _) = run(&["docs", "token360", &missing, &login, &fine]);
    assert_eq!(code, 100);
    assert!(
        out.contains("none.txt: cannot be read") && out.contains("in agreement"),
        "{out}"
    );

    let (code, out, _) = run(&["docs", "token360", "--json", &moved, &login]);
    assert_eq!(code, 3);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json["vendor"], "token360");
    let page = &json["pages"][0];
    assert_eq!((&page["state"], &page["page"]), (&"differs".into(), &"create".into()));
    let difference = &page["differences"][0];
    assert_eq!(difference["what"], "type");
    assert_eq!(
        (&difference["page"], &difference["spec"]),
        (&"string".into(), &"integer".into())
    );
    assert_eq!(
        difference["pointer"],
        "/components/schemas/CreateVideoRequest/properties/seed"
    );
    assert_eq!(page["since"]["moves"][0]["was"], "integer");
    assert_eq!(json["pages"][1]["state"], "not_understood");
    assert_eq!(json["pages"][1]["differences"], serde_json::json!([]));

    let (code, _, err) = run(&["docs", "nobody", &fine]);
    assert_eq!(code, 100);
    assert!(
        err.contains("no nobody.yaml; there are: alltoken, studio, toapis, token360"),
        "{err}"
    );
    let (code, _, err) = run(&["docs", "token360", "--page", "no_such", &fine]);
    assert_eq!(code, 100);
    assert!(err.contains("unknown page `no_such`; x-pages has: create, "), "{err}");
    assert_eq!(run(&["docs", "token360"]).0, 2, "no page named");
    let (code, out, _) = run(&["docs", "--help"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("Exit codes: 0 page and spec agree, and the text is the kept one; 1 a page differs,"),
        "{out}"
    );
}

/// A copy of the frozen specs, to write in.
fn copy_of_specs() -> tempfile::TempDir {
    copy_from(&frozen())
}

fn copy_from(place: &Path) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("writable");
        for entry in fs::read_dir(from).expect("readable") {
            let entry = entry.expect("readable");
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).expect("copied");
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    copy(&place.join("specs"), &folder.path().join("specs"));
    folder
}
