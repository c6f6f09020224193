//! `cargo xtask absorb`: the whole round, and where it stops.

use std::fs;

use crate::commands::{root, xtask};
use crate::probe::{PAGE, Probe};

const SPEC: &str = "specs/toapis.yaml";

/// The vendor renames a parameter.
fn renamed(name: &str) -> Probe {
    let probe = Probe::new(name);
    probe.edit(PAGE, "\nratio\n", "\naspect_ratio\n");
    probe.edit(PAGE, "\"ratio\"", "\"aspect_ratio\"");
    probe
}

/// What the maintainer writes into the spec, from the list of places.
fn follow(probe: &Probe) {
    probe.edit(SPEC, "\n        ratio:", "\n        aspect_ratio:");
    let today = chrono::Utc::now().date_naive();
    let page = "seedance-2/generation\n    read: ";
    probe.edit(SPEC, &format!("{page}'2026-11-20'"), &format!("{page}'{today}'"));
}

/// Checks that the round stops at a step, with a code, and says all of these.
#[track_caller]
fn stops(probe: &Probe, args: &[&str], step: &str, code: i32, says: &[&str]) -> String {
    let mut all = vec!["absorb", "toapis", PAGE];
    all.extend(args);
    let (got, out) = probe.xtask(&all);
    assert_eq!(got, code, "{out}");
    assert!(out.contains(&format!("\nStopped at {step}. To do: ")), "{out}");
    for words in says {
        assert!(out.contains(words), "{words} is not in:\n{out}");
    }
    out
}

#[test]
fn a_rename_is_absorbed_step_by_step() {
    let probe = renamed("absorb");
    let again = "\nThen go on: cargo xtask absorb toapis page.txt\n";
    let on = ["--from", "lint"];
    let go_on = "\nThen go on: cargo xtask absorb toapis page.txt --from lint\n";
    // The places in the order of the file, each with both sides.
    let out = stops(
        &probe,
        &[],
        "docs",
        1,
        &["== 1/8 docs: compare the pages with the spec\n", again],
    );
    let spec = probe.read(SPEC);
    let line = |text: &str| spec.lines().position(|line| line.starts_with(text)).unwrap() + 1;
    let read = line("    url: https://docs.toapis.com/docs/en/api-reference/videos/seedance-2/") + 1;
    let field = line("        ratio:");
    let (_, places) = out.split_once("\nPlaces to edit, in this order:\n").unwrap();
    let (places, todo) = places.split_once("\n\n").unwrap();
    let today = chrono::Utc::now().date_naive();
    assert_eq!(
        places,
        format!(
            "{SPEC}:{read}: seedance_2: the day on which it was read\n  page: changed since it was kept on {today}\n  \
             spec: read on 2026-11-20\n{SPEC}:{field}: POST /v1/video/generations request ratio: renamed\n  page: `aspect_ratio` \
             (line 57: aspect_ratio)\n  spec: `ratio`"
        )
    );
    assert!(
        todo.starts_with("Stopped at docs. To do: edit the spec at these places"),
        "{todo}"
    );

    let kept = "specs/pages/toapis/seedance_2.yaml";
    let before = probe.read(kept);
    // The spec follows. The rename explains the changed examples of the page; those of the spec are left.
    follow(&probe);
    let out = stops(
        &probe,
        &[],
        "lint",
        1,
        &[
            "CreateSeedance2Request has no member `ratio` [example-member]",
            "edit the spec at these places",
            again,
        ],
    );
    assert!(!out.contains("changed lines"), "{out}");

    probe.edit(SPEC, "                  ratio: ", "                  aspect_ratio: ");
    probe.edit("probe/src/lib.rs", "FIELD: &str = \"ratio\"", "FIELD: u8 = \"ratio\"");
    let out = stops(
        &probe,
        &on,
        "compile",
        1,
        &[
            "mismatched types",
            "crates/videogen/src/vendors/toapis.rs and crates/sim/src/dialects/toapis.rs",
            go_on,
        ],
    );
    for passed in [
        "== 3/8 diff: ",
        "breaking   CreateSeedance2Request.ratio: renamed to `aspect_ratio`",
        "crates/raw/toapis: wrote src/client.rs",
    ] {
        assert!(out.contains(passed), "{out}");
    }
    assert!(
        probe
            .read("crates/raw/toapis/src/client.rs")
            .contains("pub aspect_ratio: ")
    );

    // A test repeats the vendor's name.
    probe.edit("probe/src/lib.rs", "FIELD: u8", "FIELD: &str");
    probe.edit(
        "probe/src/lib.rs",
        "contains(\"ratio: \")",
        "contains(\"aspect_ratio: \")",
    );
    probe.edit("probe/src/lib.rs", "\"ratio\"", "\"length\"");
    let snapshot = "wrote probe/src/snapshots/probe__ratios.snap\n";
    stops(
        &probe,
        &on,
        "snapshots",
        1,
        &[
            "nothing is sent as length",
            snapshot,
            "\nfailed: the_field_is_sent\n",
            "tests/specs.rs",
            go_on,
        ],
    );
    // Tests compare the spec with the kept pages, so they run on the page of now.
    let after = probe.read(kept);
    assert_ne!(after, before);
    assert!(after.contains("name: aspect_ratio,"), "{after}");
    assert!(!probe.path.join("target/report.md").exists());

    probe.edit("probe/src/lib.rs", "\"length\"", "\"aspect_ratio\"");
    let (code, out) = probe.xtask(&["absorb", "toapis", PAGE, "--from", "lint"]);
    assert_eq!(code, 0, "{out}");
    for words in [
        "page.txt (page `seedance_2`): in agreement; kept now\n",
        "== 6/8 keep: keep the pages' facts in specs/pages/toapis, to compare later pages with\n",
        "\n\nDone, up to report.\n",
        "run all checks: cargo xtask ci\n",
    ] {
        assert!(out.contains(words), "{out}");
    }
    assert!(probe.read("target/report.md").contains("**Verdict: breaking**"));
    assert_eq!(probe.read(kept), after);
    // It can be repeated, and each step passes by itself.
    let (code, out) = probe.xtask(&["absorb", "toapis", PAGE, "--to", "generate"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains(": in agreement\n") && out.ends_with("\nDone, up to generate.\n"),
        "{out}"
    );
}

/// The steps that fail only when something is broken.
#[test]
fn a_step_that_cannot_run_stops_the_round_with_another_code() {
    let probe = renamed("absorb-broken");
    let only = |step: &'static str| ["--from", step, "--to", step];
    // The page still differs from the spec.
    let out = stops(
        &probe,
        &only("keep"),
        "keep",
        1,
        &["or explain a difference under `known` in specs/pages/toapis/PAGE.yaml"],
    );
    assert!(
        out.ends_with("\nThen go on: cargo xtask absorb toapis page.txt --from keep --to keep\n"),
        "{out}"
    );
    fs::create_dir_all(probe.path.join("target/report.md")).unwrap();
    stops(&probe, &only("report"), "report", 100, &["target/report.md"]);
    probe.write("docs/fields.md", "# Fields\n");
    stops(
        &probe,
        &only("generate"),
        "generate",
        100,
        &["docs/fields.md lacks the markers"],
    );
    probe.write(SPEC, "openapi: [\n");
    stops(&probe, &only("docs"), "docs", 100, &[SPEC, "not readable as YAML"]);
    stops(&probe, &only("lint"), "lint", 100, &[SPEC, "not readable as YAML"]);
    stops(&probe, &only("diff"), "diff", 100, &[SPEC, "not readable as YAML"]);
}

/// What a program cannot judge is the maintainer's to read, once.
#[test]
fn lines_that_are_not_understood_stop_the_round_until_they_are_read() {
    let probe = Probe::new("absorb-changed");
    probe.edit(PAGE, "Says generation.task.", "Says generation.task, and lasts 7 days.");
    let today = chrono::Utc::now().date_naive();
    let read = "seedance-2/generation\n    read: ";
    stops(
        &probe,
        &[],
        "docs",
        1,
        &["the day on which it was read", "and read the changed lines above"],
    );
    probe.edit(SPEC, &format!("{read}'2026-11-20'"), &format!("{read}'{today}'"));
    let go_on = "\nThen go on: cargo xtask absorb toapis page.txt --from lint\n";
    stops(
        &probe,
        &[],
        "docs",
        1,
        &[
            "Says generation.task, and lasts 7 days.",
            "read the changed lines above",
            go_on,
        ],
    );
    let (code, out) = probe.xtask(&["absorb", "toapis", PAGE, "--from", "lint", "--to", "generate"]);
    assert_eq!(code, 0, "{out}");
    // Kept, they are known.
    let (code, out) = probe.xtask(&["absorb", "toapis", PAGE, "--from", "keep", "--to", "keep"]);
    assert_eq!(code, 0, "{out}");
    let (code, out) = probe.xtask(&["absorb", "toapis", PAGE, "--to", "docs"]);
    assert_eq!(code, 0, "{out}");

    // Pages from which nothing can be concluded, one of them not there.
    probe.write("other.txt", "Please log in.\n");
    for (page, code) in [("other.txt", 1), ("gone.txt", 100)] {
        let (got, out) = probe.xtask(&["absorb", "toapis", page, "--page", "seedance_2"]);
        assert_eq!(got, code, "{out}");
        assert!(out.contains("\nStopped at docs. To do: "), "{out}");
        assert!(
            out.ends_with(&format!("cargo xtask absorb toapis {page} --page seedance_2\n")),
            "{out}"
        );
    }
}

/// On a terminal, the editor gets each place at the line where it is then.
#[cfg(unix)]
#[test]
fn places_are_opened_in_the_editor_on_a_terminal() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let probe = renamed("absorb editor");
    let editor = probe.path.join("editor.sh");
    // An editor that inserts lines above the first place, and renames the field.
    let script = "echo \"$@\" >> opened\ncase $(wc -l < opened) in\n\
                  1) sed -i \"s/^    read: '2026-11-20'/    # Read again.\\n    read: '$(date -u +%F)'/\" specs/toapis.yaml ;;\n\
                  2) sed -i 's/^        ratio:/        aspect_ratio:/' specs/toapis.yaml ;;\nesac\n";
    fs::write(&editor, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let line = |text: &str| {
        probe
            .read(SPEC)
            .lines()
            .position(|line| line.starts_with(text))
            .unwrap()
            + 1
    };
    let (read, field) = (line("    read: "), line("        ratio:"));
    let inserted = probe.read(SPEC).matches("    read: '2026-11-20'").count();

    let words = ["absorb", "toapis", PAGE, "--to", "docs"];
    let plain = probe.command(&words);
    let words: Vec<&str> = std::iter::once(plain.get_program())
        .chain(plain.get_args())
        .map(|word| word.to_str().unwrap())
        .collect();
    let output = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &shlex::try_join(words).unwrap(),
            "/dev/null",
        ])
        .current_dir(&probe.path)
        .env("EDITOR", format!("'{}' --wait", editor.display()))
        .stdin(fs::File::open("/dev/null").unwrap())
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    // Nothing is left: the rename explains the examples that changed.
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(
        !out.contains("Places to edit") && out.contains("\nDone, up to docs.\r\n"),
        "{out}"
    );
    assert_eq!(
        probe.read("opened"),
        format!("--wait +{read} {SPEC}\n--wait +{} {SPEC}\n", field + inserted)
    );
}

#[test]
fn invalid_arguments_are_refused_and_the_help_lists_steps_and_exit_codes() {
    for (args, says) in [
        (vec!["toapis"], "<PAGE>"),
        (
            vec!["toapis", "a", "--from", "lnt"],
            "possible values: docs, lint, diff",
        ),
        (
            vec!["toapis", "a", "--from", "lint", "--to", "docs"],
            "step lint comes after docs",
        ),
    ] {
        let (code, out, err) = xtask(&[&["absorb"], args.as_slice()].concat(), root());
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(err.contains(says), "{err}");
    }
    let (code, out, _) = xtask(&["absorb", "--help"], root());
    assert_eq!(code, 0);
    for words in [
        "Exit codes: 0 all steps passed; 1 a step needs you; 2 invalid arguments; 100 a step cannot run.",
        "cargo xtask docs VENDOR PAGE... --keep\n",
        "cargo build --workspace --all-targets\n",
    ] {
        assert!(out.contains(words), "{out}");
    }
}
