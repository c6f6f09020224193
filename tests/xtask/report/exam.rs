//! Three changes of a vendor's pages: the report lists every consequence, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{report, write};
use crate::commands::{frozen, root};
use crate::diff::mutants::{Mutant, mutants_of, mutate, specs};
use crate::diff::revisions::{commit, git};
use crate::diff::snapshot;

/// A repository in which a change was made to a spec, and nothing else followed yet.
fn changed(mutant: &Mutant) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (old, new) = mutate(&specs(), mutant);
    git(here, &["init", "--quiet", "--initial-branch=main"]);
    // JSON is YAML, and the order of members means nothing.
    write(here, &old.file, &old.doc.to_string());
    current(here, &old);
    commit(here);
    write(here, &new.file, &new.doc.to_string());
    folder
}

/// Writes the snapshots that a spec itself decides.
fn current(here: &Path, spec: &xtask::spec::Spec) {
    use xtask::spec::raw::{facts, raw_crate_of, surface};
    let folder = format!("tests/snapshots/{}", spec.vendor);
    let client = surface::surface(&raw_crate_of(spec).unwrap()).unwrap();
    write(here, &format!("{folder}/surface/client.snap"), &client);
    let models = surface::models(&facts(spec).unwrap());
    write(here, &format!("{folder}/surface/models.snap"), &models);
    for operation in spec.operations() {
        let id = operation.id().unwrap();
        for (_, response) in xtask::spec::members(operation.value.get("responses")) {
            let examples = spec.resolve(response).pointer("/content/application~1json/examples");
            for (name, _) in xtask::spec::members(examples).filter(|_| response.get("$ref").is_none()) {
                write(here, &format!("{folder}/tasks/{id}.{name}.snap"), "a task\n");
            }
        }
    }
    let server = spec.doc.pointer("/servers/0/url").unwrap().as_str().unwrap();
    for model in spec.doc["x-models"].as_array().unwrap() {
        let (id, create) = (model["id"].as_str().unwrap(), model["create"].as_str());
        let operation = spec.operations().find(|operation| operation.id() == create).unwrap();
        if !id.ends_with('*') {
            let text = format!("POST {server}{}\n{{}}\n", operation.path);
            write(here, &format!("{folder}/wire/{id}.text.snap"), &text);
        }
    }
}

/// `judgement | change` of each row of the first table.
fn rows(page: &str) -> BTreeSet<String> {
    let table = page.split("## In the generated Rust").next().unwrap();
    let cells = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| judgement"));
    cells
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            format!("{}: {}", cells[0].trim_matches(['|', ' ', '*']), cells[1])
        })
        .collect()
}

#[test]
fn every_consequence_of_the_three_changes_is_in_the_report() {
    let mut wrong = Vec::new();
    for (index, mutant) in mutants_of("report/exam.yaml").iter().enumerate() {
        let folder = changed(mutant);
        let (code, page, err) = report(&["HEAD"], folder.path());
        assert_eq!((code, err.as_str()), (0, ""));
        let wanted: BTreeSet<String> = mutant.says.iter().cloned().collect();
        let got = rows(&page);
        let list = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
            a.difference(b)
                .map(|line| format!("    - '{}'", line.replace('\'', "''")))
                .collect::<Vec<_>>()
                .join("\n")
        };
        if wanted != got {
            let (missing, unexpected) = (list(&wanted, &got), list(&got, &wanted));
            wrong.push(format!(
                "{}\nmissing:\n{missing}\nunexpected:\n{unexpected}",
                mutant.name
            ));
        }
        assert!(page.contains(&format!("**Verdict: {}**", mutant.judgement)), "{page}");
        snapshot(&format!("report.exam_{}", index + 1), &page);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn snapshots_older_than_the_specs_are_named_until_they_are_written() {
    let mutants = mutants_of("report/exam.yaml");
    let older = "**The snapshots are older than the specs**";
    for mutant in &mutants[1..] {
        let folder = changed(mutant);
        let here = folder.path();
        let (_, page, _) = report(&["HEAD"], here);
        assert!(page.contains(older), "{page}");
        assert!(page.contains("- toapis: `surface/models`: has `"), "{page}");
        // Touching the files does not make them new.
        let file = here.join("tests/snapshots/toapis/surface/models.snap");
        fs::write(&file, fs::read(&file).unwrap()).unwrap();
        assert!(report(&["HEAD"], here).1.contains(older));
        let (_, new) = mutate(&specs(), mutant);
        current(here, &new);
        let (_, page, _) = report(&["HEAD"], here);
        assert!(!page.contains(older), "{page}");
        // A revision is judged by its own files.
        git(here, &["checkout", "--quiet", "-b", "work"]);
        commit(here);
        assert!(!report(&["main", "work"], here).1.contains(older));
        git(here, &["checkout", "--quiet", "main", "--", "tests"]);
        commit(here);
        assert!(report(&["main", "HEAD"], here).1.contains(older));
    }
}

#[test]
fn requests_and_examples_that_the_spec_no_longer_has_are_named() {
    let mutants = mutants_of("report/exam.yaml");
    let folder = changed(&mutants[2]);
    let here = folder.path();
    write(
        here,
        "tests/snapshots/toapis/wire/seedance-2.text.snap",
        "POST https://old.example.com/v1/videos\n{}\n",
    );
    write(here, "tests/snapshots/toapis/tasks/get_seedance_2.gone.snap", "{}\n");
    fs::remove_file(here.join("tests/snapshots/toapis/tasks/get_seedance_2.queued.snap")).unwrap();
    let (_, page, _) = report(&["HEAD"], here);
    for line in [
        "- toapis: `wire/seedance-2.text`: goes to `POST https://old.example.com/v1/videos`, by the spec to `POST https://toapis.com/v1/video/generations`",
        "- toapis: `tasks/get_seedance_2.gone`: shows an example that the spec does not have",
        "- toapis: `tasks/get_seedance_2.queued`: is missing",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

/// The frozen specs have no snapshots; the real ones have all, and current ones.
#[test]
fn the_snapshots_of_this_repository_are_not_older_than_its_specs() {
    assert!(frozen().join("specs").is_dir());
    let specs = root().join("specs");
    let (code, page, err) = report(&["HEAD"], root());
    assert_eq!(code, 0, "{err}{}", specs.display());
    assert!(!page.contains("older than the specs"), "{page}");
}
