//! `cargo xtask lint`: every planted error is found, at its place, and nothing else is.
//!
//! Each file in `lint/` is `lint/base.yaml` with one or more errors; its first lines list the expected findings.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use xtask::spec::lint::lint;

use super::commands::{frozen, root, xtask};

fn folder() -> PathBuf {
    root().join("tests/xtask/lint")
}

/// The planted files by name, with the expected findings from their first lines: rule and pointer.
fn planted() -> Vec<(String, Vec<(String, String)>)> {
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let promised = text
                .lines()
                .map_while(|line| line.strip_prefix("# finds "))
                .filter_map(|line| line.split_once(" at "))
                .map(|(rule, pointer)| (rule.to_owned(), pointer.to_owned()))
                .collect();
            (path.display().to_string(), promised)
        })
        .collect();
    files.sort();
    files
}

/// The findings of a JSON report as rule and pointer.
fn found(report: &Value) -> Vec<(String, String)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let mut found: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(finding, "rule"), text(finding, "pointer")))
        .collect();
    found.sort();
    found
}

#[test]
fn each_planted_error_is_found_and_nothing_else() {
    let files = planted();
    assert!(files.len() > 80, "only {} files", files.len());
    for (file, mut promised) in files {
        promised.sort();
        assert_eq!(promised.is_empty(), file.ends_with("base.yaml"), "{file}");
        let (code, out, err) = xtask(&["lint", "--json", &file], root());
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(found(&report), promised, "{file}: {out}");
        assert_eq!((code, err.as_str()), (u8::from(!promised.is_empty()), ""), "{file}");
        for finding in report["findings"].as_array().unwrap() {
            assert_eq!(finding["file"], file.as_str());
            assert!(!finding["reason"].as_str().unwrap().is_empty(), "{finding}");
            assert!(!finding["fix"].as_str().unwrap().is_empty(), "{finding}");
        }
    }
}

#[test]
fn the_real_specs_are_clean() {
    let (code, out, err) = xtask(&["lint"], root());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}

#[test]
fn vendors_and_files_are_named_alike() {
    let clean = |files: usize| (0, format!("specs read: {files}, nothing found\n"), String::new());
    assert_eq!(xtask(&["lint"], &frozen()), clean(4));
    assert_eq!(xtask(&["lint", "toapis", "specs/token360.yaml"], &frozen()), clean(2));
}

/// A finding has its line: of the place, of the second of two, or of the node around a missing one.
#[test]
fn lines_are_those_of_the_file() {
    for (name, shown) in [
        ("key-misspelt-in-operation", "sumary: Start"),
        ("duplicate-key", "Another id."),
        ("ratio-unquoted", "16:9, "),
        ("example-of-response", "status: waiting"),
        ("required-nowhere", "ulr"),
        ("operation-id-missing", "get:"),
        ("model-default-out-of-bounds", "default: 20"),
    ] {
        let file = folder().join(format!("{name}.yaml")).display().to_string();
        let report: Value = serde_json::from_str(&xtask(&["lint", "--json", &file], root()).1).unwrap();
        let line = report["findings"][0]["line"].as_u64().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let text = text.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
        assert!(text.contains(shown), "{name}: line {line} is {text}");
    }
}

#[test]
fn the_text_lists_all_findings_in_the_order_of_the_files() {
    let file = |name: &str| folder().join(name).display().to_string();
    let (many, ratio) = (file("many-faults.yaml"), file("ratio-unquoted.yaml"));
    let (code, out, err) = xtask(&["lint", &ratio, &many], root());
    assert_eq!((code, err.as_str()), (1, ""));
    let places: Vec<(&str, usize)> = out
        .lines()
        .filter(|line| line.starts_with('/'))
        .map(|line| {
            let (file, rest) = line.split_once(".yaml:").unwrap();
            (file, rest.split(':').next().unwrap().parse().unwrap())
        })
        .collect();
    assert_eq!(places.len(), 11, "{out}");
    assert!(places.is_sorted(), "{out}");
    assert!(out.ends_with("\nspecs read: 2, findings: 11\n"), "{out}");
    let rest = out.split_once(&format!("{ratio}:")).unwrap().1;
    assert!(
        rest.contains(
            ": /components/schemas/Ratio/enum/0: unquoted 16:9 is a number in base 60 to YAML 1.1 readers \
             [unquoted-ratio]\n    fix: put it in quotes: '16:9'\n"
        ),
        "{rest}"
    );
}

#[test]
fn a_misspelling_is_reported_with_the_intended_word() {
    for (name, word) in [
        ("key-misspelt-in-operation", "`summary`"),
        ("key-misspelt-in-property", "`minimum`"),
        ("extension-unknown", "`x-source`"),
        ("field-unknown", "`prompt`"),
        ("ref-nowhere", "`Status`"),
        ("model-member-misspelt", "`resolutions`"),
        ("model-role-unknown", "`first_frame`"),
        ("operation-id-case", "`get_video`"),
    ] {
        let file = folder().join(format!("{name}.yaml")).display().to_string();
        let (_, out, _) = xtask(&["lint", &file], root());
        let fix = out.lines().find(|line| line.starts_with("    fix: ")).unwrap();
        assert!(fix.contains(word), "{name}: {fix}");
    }
}

#[test]
fn unreadable_files_exit_with_100_and_hide_no_finding() {
    let copy = tempfile::tempdir().unwrap();
    let file = |name: &str| copy.path().join(name).display().to_string();
    fs::write(file("broken.yaml"), "openapi: [3").unwrap();
    fs::write(file("list.yaml"), "- openapi\n").unwrap();
    let planted = folder().join("title.yaml").display().to_string();
    let asked = [
        "lint",
        "nobody",
        &file("broken.yaml"),
        &file("list.yaml"),
        &file("gone.yaml"),
        &planted,
    ];
    let (code, out, err) = xtask(&asked, root());
    assert_eq!(code, 100);
    assert!(
        out.contains("[title]") && out.ends_with("specs read: 1, findings: 1\n"),
        "{out}"
    );
    for reported in [
        "nobody.yaml",
        "broken.yaml: not readable as YAML",
        "list.yaml: ",
        "gone.yaml: ",
    ] {
        assert!(err.contains(reported), "{reported}: {err}");
    }

    let (code, out, err) = xtask(&[&["lint", "--json"], &asked[1..]].concat(), root());
    assert_eq!((code, err.as_str()), (100, ""));
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["unreadable"].as_array().unwrap().len(), 4, "{out}");
    assert_eq!(
        found(&report),
        [("title".to_owned(), "/components/schemas/Task/title".to_owned())]
    );
}

/// Any value in any place is reported, and does not panic.
#[test]
fn odd_documents_are_linted() {
    let base = fs::read_to_string(folder().join("base.yaml")).unwrap();
    let lines: Vec<&str> = base.lines().collect();
    let mut reported = 0;
    for (index, line) in lines.iter().enumerate() {
        let Some((key, _)) = line.split_once(": ") else {
            continue;
        };
        for odd in ["null", "[null, {}]", "{$ref: '#'}"] {
            let changed = format!("{key}: {odd}");
            let text = [&lines[..index], &[changed.as_str()], &lines[index + 1..]]
                .concat()
                .join("\n");
            reported += usize::from(lint("odd.yaml", &text).is_ok_and(|found| !found.is_empty()));
        }
    }
    assert!(reported > 150, "only {reported} had findings");
}

#[test]
fn help_lists_the_exit_codes() {
    let (code, out, _) = xtask(&["lint", "--help"], root());
    assert_eq!(code, 0);
    assert!(
        out.contains("0 nothing found; 1 findings; 100 a file cannot be read"),
        "{out}"
    );
}
