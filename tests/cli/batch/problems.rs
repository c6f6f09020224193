//! Problems of the file of a batch: all of them at once, before anything is sent.

use serde_json::json;
use videogen::Vendor;
use videogen_sim::Simulator;

use super::super::{account, run, stderr, stdout, videogen};
use super::{at, code, write};

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_reported_and_nothing_is_sent() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = [
        r#"{"id": "a", "prompt": "fine"}"#,
        r#"{"id": "b", "prompt": "{{nobody}} flies"}"#,
        r#"{"id": "a", "prompt": "x", "duration": 99}"#,
        r#"{"id": "c", "promt": "x"}"#,
        r#"{"id": "d", "prompt": "x", "after": "nothing"}"#,
        r#"{"id": "e", "prompt": "x", "after": "f"}"#,
        r#"{"id": "f", "prompt": "x", "after": "e"}"#,
        r#"{"id": "g", "prompt": "x", "after": "b"}"#,
        r#"{"id": "../h", "prompt": "x"}"#,
        r#"{"id": "i", "prompt": "x", "vendor": "acme"}"#,
        r#"{"id": "j", "prompt": "x", "output": "{id}.mp4"}"#,
        r#"{"id": "k", "prompt": "x", "output": "a.mp4"}"#,
        r#"{"id": "l", "prompt": "x", "inputs": [{"role": "first_frame", "source": "file:missing.png"}]}"#,
        r#"not json"#,
        r#"{"id": "m", "prompt": "x", "model": "seedance-2.0", "vendor": "toapis"}"#,
        r#"{"id": "a", "prompt": "{{nobody}}", "duration": 99, "sead": 1, "seed": "one", "vars": {"colr": "red"}}"#,
        r#"{"id": "n", "prompt": "x", "output": "../n.mp4"}"#,
        r#"{"id": "o", "prompt": "x", "output": "/o.mp4"}"#,
        r#"{"id": "p", "prompt": "x", "output": "{{nobody}}.mp4", "tools": ["web_search"]}"#,
        r#"{"id": "q", "prompt": "x", "after": "q"}"#,
        r#"{"id": "r", "prompt": "a {{null}} kite", "vars": {"null": null}}"#,
    ];
    std::fs::write(folder.join("jobs.jsonl"), text.join("\n")).unwrap();
    let output = at(&simulator, folder, &["batch", "jobs.jsonl", "--vendor", "token360"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    let shown = stderr(&output);
    for words in [
        "nothing was sent",
        "line 2: the variable `nobody` has no value",
        "line 3: the id `a` is that of line 1 too",
        "line 3: Token360: duration = 99",
        "line 4: unknown member `promt`; did you mean `prompt`?",
        "line 5: after: no job has the id `nothing`",
        "line 6: after: the jobs e, f wait for one another; remove `after` of one of them",
        "line 9: id: `../h` must be",
        "line 10: vendor: ",
        "line 11: output: `{id}` is not known before the submission",
        "line 12: output: line 1 writes a.mp4 too",
        "line 13: Token360: first_frame",
        "line 14: invalid JSON at column 2: this is no JSON value",
        "line 15: model: no table lists seedance-2.0 at ToAPIs",
        "line 16: the id `a` is that of line 3 too",
        "line 16: the variable `nobody` has no value",
        "line 16: Token360: duration = 99",
        "line 16: unknown member `sead`; did you mean `seed`?",
        "line 16: seed: \"one\" is not a whole number",
        "line 16: vars: no text of a job has `{{colr}}`",
        "line 17: output: `../n.mp4` is no file in the folder of --output",
        "line 18: output: `/o.mp4` is no file in the folder of --output",
        "line 19: the variable `nobody` has no value",
        "line 19: tools[0]: \"web_search\" is not an object; write {\"type\": \"web_search\"}",
        "line 20: after: the job `q` cannot follow itself; name another job, or remove `after`",
        "line 21: the variable `null` is null, which is no text",
    ] {
        assert!(shown.contains(words), "{words}:\n{shown}");
    }
    for line in ["line 1:", "line 7:", "line 8:"] {
        assert!(!shown.contains(line), "{shown}");
    }
    for (line, count) in [
        ("line 2:", 1),
        ("line 3:", 2),
        ("line 4:", 1),
        ("line 16:", 6),
        ("line 17:", 1),
        ("line 19:", 2),
        ("line 20:", 1),
        ("line 21:", 1),
    ] {
        assert_eq!(shown.matches(line).count(), count, "{line}: {shown}");
    }
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
    assert!(!folder.join("jobs.results.jsonl").exists() && !folder.join("journal.db").exists());

    write(folder, "jobs.jsonl", &[json!({"prompt": "x"})]);
    for (args, words) in [
        (&["--vendor", "token360", "--var", "x=1"][..], "--var x: no job uses"),
        (&[], "it names no vendor"),
        (&["--vendor", "token360,token360"], "named twice"),
        (
            &["--vendor", "token360", "--no-journal"],
            "a batch needs a journal; remove --no-journal",
        ),
        (
            &["--vendor", "token360", "-o", "-"],
            "a batch writes to files, not to standard output",
        ),
        (
            &["--vendor", "token360", "--results", "-"],
            "a batch writes to files, not to standard output",
        ),
        (&["--vendor", "token360", "-o", "none/"], "does not exist"),
        (
            &["--vendor", "token360", "--in-flight", "0"],
            "use a whole number from 1",
        ),
    ] {
        let args = [&["batch", "jobs.jsonl"][..], args].concat();
        let output = at(&simulator, folder, &args).output().unwrap();
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
        assert_eq!(code(&output), 2);
    }
    let help = stdout(&run(folder, &["batch", "--help"]));
    assert!(
        !help.contains("--no-journal") && help.contains("--journal") && help.contains("--events"),
        "{help}"
    );
    let help = stdout(&run(folder, &["budget", "list", "--help"]));
    assert!(help.contains("--no-journal") && !help.contains("--events"), "{help}");
    let output = run(folder, &["batch", "jobs.jsonl", "--vendor", "token360"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
}

/// An idempotency key is unique at one host and port only, so several vendors of a job share one.
#[test]
fn base_urls_of_different_hosts_are_noticed_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "jobs.jsonl",
        &[json!({"prompt": "x"}), json!({"prompt": "x", "vendor": "ark"})],
    );
    let mut command = videogen(
        folder,
        &["batch", "jobs.jsonl", "--vendor", "token360,toapis", "--dry-run"],
    );
    account(&mut command, Vendor::Token360, "http://127.0.0.1:1");
    account(&mut command, Vendor::ToApis, "http://127.0.0.1:2");
    let output = command.output().unwrap();
    assert_eq!(code(&output), 2);
    let shown = stderr(&output);
    let words = "line 1: vendor: several vendors of a job need base URLs that are all public, or all at one host and port; \
                 Token360 is at http://localhost:1, and ToAPIs at http://localhost:2";
    assert!(shown.contains(words) && !shown.contains("line 2"), "{shown}");
}

/// What a format reads in its own way is a text as written, or refused.
#[test]
fn values_are_texts_as_the_file_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let prompts = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        let output = run(
            folder,
            &[
                "batch",
                name,
                "--vendor",
                "token360",
                "--simulate",
                "--overwrite",
                "--json",
            ],
        );
        match code(&output) {
            0 => {
                let shown = super::super::documents::whole(&stdout(&output));
                let results = shown["results"].as_array().unwrap().iter();
                results
                    .map(|result| result["prompt"].as_str().unwrap().to_owned())
                    .collect()
            }
            _ => vec![
                super::document(&output)["error"]["message"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            ],
        }
    };
    let words = "no yes on off y n 2026-11-27 12:30 1.2.3 0b2";
    let names = words.split(' ').enumerate();
    let vars: Vec<String> = names.clone().map(|(index, word)| format!("x{index}: {word}")).collect();
    let texts: Vec<String> = names.map(|(index, _)| format!("{{{{x{index}}}}}")).collect();
    let yaml = format!("- {{prompt: '{}', vars: {{{}}}}}\n", texts.join(" "), vars.join(", "));
    assert_eq!(prompts("words.yaml", &yaml), [words]);
    assert_eq!(
        prompts("plain.yaml", "- {prompt: 'is {{x}}', vars: {x: 7}}\n"),
        ["is 7"]
    );
    assert_eq!(
        prompts("bool.yaml", "- {prompt: 'is {{x}}', vars: {x: true}}\n"),
        ["is true"]
    );
    for (word, value) in [
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("0o17", "15"),
        ("0b1", "1"),
        ("+5", "5"),
        ("1.10", "1.1"),
    ] {
        let expected = format!("line 1: `{word}` is read as {value}; put it in quotes");
        let yaml = prompts(
            "numbers.yaml",
            &format!("- {{prompt: 'is {{{{x}}}}', vars: {{x: {word}}}}}\n"),
        );
        assert!(yaml[0].contains(&expected), "{yaml:?}");
        let toml = prompts(
            "numbers.toml",
            &format!("[[jobs]]\nprompt = 'is {{{{x}}}}'\nvars = {{x = {word}}}\n"),
        );
        assert!(toml[0].contains(&expected), "{toml:?}");
    }
    let found = prompts("True.yaml", "- {prompt: 'is {{x}}', vars: {x: True}}\n");
    assert!(
        found[0].contains("line 1: `True` is read as true; put it in quotes"),
        "{found:?}"
    );
    let id = prompts("id.yaml", "jobs:\n- prompt: a kite\n  id: 0x1F\n");
    assert!(
        id[0].contains("line 2: id: `0x1F` is read as 31; put it in quotes"),
        "{id:?}"
    );
    for word in ["null", "~", ""] {
        let found = prompts(
            "null.yaml",
            &format!("- {{prompt: 'is {{{{x}}}}', vars: {{x: {word}}}}}\n"),
        );
        assert!(
            found[0].contains("line 1: the variable `x` is null"),
            "{word}: {found:?}"
        );
    }
    let toml = "[[jobs]]\nprompt = 'on {{x}}'\nvars = {x = 2026-11-27}\n";
    assert_eq!(prompts("dates.toml", toml), ["on 2026-11-27"]);
    // A number is one where it is wanted.
    let found = prompts(
        "duration.yaml",
        "- {prompt: a kite, duration: '{{n}}', vars: {n: 0x5}}\n",
    );
    assert_eq!(found, ["a kite"]);
    let found = prompts("audio.yaml", "- {prompt: a kite, generate_audio: no}\n");
    assert!(
        found[0].contains("generate_audio: \"no\" is neither true nor false"),
        "{found:?}"
    );
}

/// One output file for several jobs is one problem, and so is a name that several vendors leave open.
#[test]
fn an_output_that_serves_no_job_is_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs: Vec<_> = (0..3)
        .map(|index| json!({"prompt": format!("{index}"), "duration": 5}))
        .collect();
    write(folder, "jobs.jsonl", &jobs);
    for (output, vendors, expected) in [
        (
            "clips",
            "token360",
            "error: -o clips names one file for 3 jobs; write clips/, or add {item} to the name\n",
        ),
        (
            "clips.mp4",
            "token360",
            "error: -o clips.mp4 names one file for 3 jobs; name a folder, or add {item} to the name\n",
        ),
    ] {
        let output = run(
            folder,
            &["batch", "jobs.jsonl", "--vendor", vendors, "--dry-run", "-o", output],
        );
        assert_eq!((code(&output), stderr(&output).as_str()), (2, expected));
    }
    write(folder, "jobs.jsonl", &jobs[..1]);
    let vendors = "token360,toapis=seedance-2";
    let output = run(
        folder,
        &[
            "batch",
            "jobs.jsonl",
            "--vendor",
            vendors,
            "--dry-run",
            "-o",
            "{vendor}.mp4",
        ],
    );
    let notes = stderr(&output);
    assert!(
        notes.contains("jobs.jsonl: 1 problem;") && notes.contains("use {item} or {index}\n"),
        "{notes}"
    );
    // The folder of the results is needed as that of the videos is.
    let output = run(
        folder,
        &[
            "batch",
            "jobs.jsonl",
            "--vendor",
            "token360",
            "--dry-run",
            "--results",
            "none/r.jsonl",
        ],
    );
    let expected = "error: --results: the folder none does not exist; create it, or add --parents\n";
    assert_eq!((code(&output), stderr(&output).as_str()), (2, expected));
    assert!(!folder.join("none").exists());
}

#[test]
fn the_options_the_jobs_and_the_key_are_reported_together() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = [
        r#"{"id": "a", "prompt": "x", "frist_frame": "a.png", "output": "../a.mp4"}"#,
        r#"{"id": "b", "prompt": "x", "duration": 99, "sead": 1}"#,
        "{bad",
    ];
    std::fs::write(folder.join("jobs.jsonl"), text.join("\n")).unwrap();
    let wrong = |args: &[&str]| {
        run(
            folder,
            &[&["batch", "jobs.jsonl", "--vendor", "token360"], args].concat(),
        )
    };
    let output = wrong(&["-o", "missing/", "--results", "none/r", "--in-flight", "0"]);
    assert_eq!(code(&output), 2);
    let shown = stderr(&output);
    for words in [
        "--in-flight = 0: not accepted; use a whole number from 1",
        "--results: the folder none does not exist; create it, or add --parents",
        "-o missing/: the folder missing/ does not exist; create it, or add --parents",
        "unknown member `frist_frame`; write \"inputs\": [{\"role\": \"first_frame\", \"source\": \"...\"}].",
        "did you mean `seed`?",
        "(members: ",
        "no API key: set TOKEN360_API_KEY",
    ] {
        assert_eq!(shown.matches(words).count(), 1, "{words}: {shown}");
    }
    // An unreadable line may be a job too.
    let shown = stderr(&wrong(&["-o", "one", "--parents"]));
    assert!(
        shown.contains("-o one names one file for 2 jobs; write one/, or add {item} to the name"),
        "{shown}"
    );
    let document: serde_json::Value = serde_json::from_str(&stdout(&wrong(&["--parents", "--json"]))).unwrap();
    let jobs = document["error"]["jobs"].as_array().unwrap();
    let rule = jobs.iter().find(|job| !job["violation"].is_null()).unwrap();
    assert_eq!(rule["line"], 2);
    assert_eq!(rule["item"], "b");
    assert_eq!(rule["vendor"], "token360");
    assert_eq!(rule["violation"]["field"], "duration");
    assert_eq!(rule["violation"]["hint"], "use 15");
    let unreadable = jobs.last().unwrap();
    assert_eq!(unreadable["line"], 3);
    assert!(unreadable.get("item").is_none());
    assert_eq!(jobs.len(), 5);
    // Options that clap refuses, with those that it would accept.
    let output = wrong(&["--fast", "--in-flight", "0", "--slow=1", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let message = document["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("'--fast'") && message.contains("'--slow'"),
        "{message}"
    );
    assert_eq!(document["error"]["violations"][0]["rule"], "not accepted");
    assert_eq!(document["error"]["violations"][0]["hint"], "use a whole number from 1");
}

#[test]
fn a_file_that_is_no_table_or_list_of_jobs_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, text, line, words) in [
        (
            "open.csv",
            "id,prompt\nboat,\"a paper boat\nkite,a red kite\n",
            2,
            "a cell begins with a double quote that is never closed",
        ),
        (
            "moved.csv",
            "id,prompt,duration\nboat,\"a boat,5\nkite,\"a kite\",5\nstorm,\"a storm\",5\n",
            3,
            "that it has opened in line 2",
        ),
        (
            "twice.yaml",
            "- prompt: x\n  duration: 99\n- prompt: x\n  prompt: y\n",
            4,
            "the member `prompt` is given twice",
        ),
        (
            "twice.toml",
            "[[jobs]]\nprompt = 'x'\nprompt = 'y'\n",
            3,
            "the member `prompt` is given twice",
        ),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
        let output = run(folder, &["batch", name, "--vendor", "token360", "--dry-run", "--json"]);
        assert_eq!(code(&output), 2, "{name}");
        let document: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let jobs = document["error"]["jobs"].as_array().unwrap();
        let found = jobs.iter().find(|job| job["line"] == line).unwrap();
        assert!(found["message"].as_str().unwrap().contains(words), "{document}");
        // The rest of a list is checked too.
        let rules = jobs
            .iter()
            .filter(|job| job["violation"]["field"] == "duration")
            .count();
        assert_eq!(rules, usize::from(name == "twice.yaml"), "{document}");
    }
}
