//! Which vendor a command uses, and what is wrong with its settings.

use videogen::Vendor;
use videogen::facts::Capabilities;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::*;

/// A model that several vendors sell, and those vendors.
fn shared() -> (&'static str, Vec<Vendor>) {
    let all = Vendor::ALL.iter().copied();
    let models = all.clone().flat_map(Capabilities::all);
    let sold = models.map(|entry| {
        let id = entry.model.id;
        let by = all.clone().filter(|vendor| Capabilities::of(*vendor, id).is_known());
        (id, by.collect::<Vec<_>>())
    });
    sold.max_by_key(|(_, by)| by.len()).unwrap()
}

async fn simulator() -> Simulator {
    Simulator::builder().speed(1000.0).start().await.unwrap()
}

/// A command with the keys of these vendors, whose base URLs are all at the simulator.
fn keyed(folder: &Path, simulator: &Simulator, keys: &[Vendor], args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    for vendor in Vendor::ALL.iter().copied() {
        account(&mut command, vendor, &simulator.base_url(vendor));
        if !keys.contains(&vendor) {
            command.env_remove(vendor.facts().key_env);
        }
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_chooses_the_same_vendor() {
    let (model, vendors) = shared();
    assert!(vendors.len() > 1, "{model}");
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let run = |keys: &[Vendor], args: &[&str]| {
        let request = ["a kite", "--model", model, "--first-frame", "https://x.example/a.png"];
        keyed(
            folder.path(),
            &simulator,
            keys,
            &[&args[..1], &request, &args[1..]].concat(),
        )
    };
    for vendor in vendors.iter().copied() {
        let others: Vec<&str> = vendors
            .iter()
            .filter(|other| **other != vendor)
            .map(|other| other.as_str())
            .collect();
        let note = format!(
            "Using {}, because {} is set; select another vendor with --vendor: {}.\n",
            vendor.name(),
            vendor.facts().key_env,
            others.join(", ")
        );
        let url = simulator.base_url(vendor);
        let output = run(&[vendor], &["plan"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stderr(&output).starts_with(&note), "{}", stderr(&output));
        assert!(stdout(&output).contains(&url), "{url}: {}", stdout(&output));
        for more in [&["generate", "--no-wait"][..], &["generate", "--no-wait", "--simulate"]] {
            let output = run(&[vendor], more);
            assert!(output.status.success(), "{vendor}: {}", stderr(&output));
            assert_eq!(stderr(&output).matches(&note).count(), 1, "{}", stderr(&output));
            assert!(
                stdout(&output).starts_with(&format!("{vendor}:")),
                "{}",
                stdout(&output)
            );
        }
        // Nothing is left to choose.
        let output = run(&[vendor], &["plan", "--vendor", vendor.as_str()]);
        assert!(!stderr(&output).contains("--vendor"), "{}", stderr(&output));
    }
    let mut messages: Vec<String> = Vec::new();
    for args in [&["plan"][..], &["generate"]] {
        let output = run(&vendors, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        messages.push(stderr(&output));
    }
    assert!(
        messages[0].contains(model) && messages[0].contains("Choose one with --vendor."),
        "{}",
        messages[0]
    );
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:?}");

    // Without a key, only what needs none.
    let output = run(&[], &["plan"]);
    let note = format!("Using {}, because no API key is set; select another", vendors[0].name());
    assert!(
        output.status.success() && stderr(&output).contains(&note),
        "{}",
        stderr(&output)
    );
    assert_eq!(run(&[], &["generate"]).status.code(), Some(3));
    // The keys of others are no reason either.
    let other = Vendor::ALL.iter().find(|vendor| !vendors.contains(vendor)).unwrap();
    let output = run(&[*other], &["plan"]);
    let note = format!(
        "Using {}, because no key is set for a vendor that lists this model; select another",
        vendors[0].name()
    );
    assert!(
        output.status.success() && stderr(&output).contains(&note),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_the_only_key_decides_everywhere() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let two = [Vendor::Token360, Vendor::AllToken];
    for args in [
        &["plan", "a kite"][..],
        &["generate", "a kite"],
        &["list"],
        &["models", "--live"],
        &["assets", "upload", "a.png"],
        &["assets", "verify", "Ada"],
    ] {
        let output = keyed(folder.path(), &simulator, &two, args);
        let shown = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {shown}");
        let message = "keys of several vendors are set (token360, alltoken)\nChoose one with --vendor.";
        assert!(shown.contains(message), "{args:?}: {shown}");
    }
    let output = keyed(folder.path(), &simulator, &[Vendor::AllToken], &["plan", "a kite"]);
    assert!(
        stdout(&output).contains(&simulator.base_url(Vendor::AllToken)),
        "{}",
        stdout(&output)
    );
    let note = "Using AllToken, because ALLTOKEN_API_KEY is set; select another vendor with --vendor.";
    assert!(stderr(&output).contains(note), "{}", stderr(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_journal_name_the_vendor() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        simulator.inject(Fault::new(vendor, Operation::Submit, FaultKind::DropBefore));
        let generate = ["generate", "a kite", "--no-wait", "--search-timeout", "0"];
        let args = [&generate[..], &["--vendor", vendor.as_str()]].concat();
        assert_eq!(
            keyed(folder.path(), &simulator, &[vendor], &args).status.code(),
            Some(6)
        );
    }
    for args in [&["list", "--local"][..], &["recover"]] {
        let output = keyed(folder.path(), &simulator, Vendor::ALL, args);
        for vendor in Vendor::ALL {
            assert!(
                stdout(&output).contains(&format!("  {vendor} ")),
                "{args:?} {vendor}: {}",
                stdout(&output)
            );
        }
    }
    let local = document(&run(folder.path(), &["list", "--local", "--json"]));
    for entry in local["submissions"].as_array().unwrap() {
        assert!(entry["intent"]["vendor"].is_string(), "{entry}");
    }
}

/// What is malformed is an invalid argument, wherever it comes from; only a missing key is about the account.
#[tokio::test(flavor = "multi_thread")]
async fn malformed_settings_are_invalid_arguments() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let listen = ["--listen-for-webhook", "127.0.0.1:0", "--webhook-url"];
    let url = "https://x.example";
    for (vendor, variable, value, args, word) in [
        (
            "token360",
            "X",
            "",
            [&listen[..], &["https://x.example?a=b"]].concat(),
            "webhook's base URL",
        ),
        (
            "replicate",
            "REPLICATE_WEBHOOK_SECRET",
            "whsec_!topsecret",
            [&listen[..], &[url]].concat(),
            "REPLICATE_WEBHOOK_SECRET: ",
        ),
        (
            "replicate",
            "REPLICATE_WEBHOOK_SECRET",
            "whsec_YQ==,",
            [&listen[..], &[url]].concat(),
            "REPLICATE_WEBHOOK_SECRET: ",
        ),
        (
            "toapis",
            "TOAPIS_WEBHOOK_SECRET",
            " , a",
            [&listen[..], &[url]].concat(),
            "TOAPIS_WEBHOOK_SECRET: ",
        ),
        (
            "fal",
            "FAL_BASE_URL",
            "http://x.example",
            vec![],
            "FAL_BASE_URL uses plain HTTP",
        ),
        ("fal", "FAL_BASE_URL", "x.example", vec![], "FAL_BASE_URL is invalid"),
        ("fal", "FAL_KEY", "a\nb", vec![], "key"),
        ("fal", "HTTPS_PROXY", "://", vec![], "HTTPS_PROXY"),
        (
            "token360",
            "X",
            "",
            vec!["--idempotency-key", "k", "--no-journal"],
            "remove --no-journal",
        ),
        (
            "token360",
            "X",
            "",
            vec!["--idempotency-key", "k", "--simulate"],
            "--journal PATH",
        ),
    ] {
        let args = [&["generate", "a kite", "--vendor", vendor][..], &args].concat();
        let mut command = videogen(folder.path(), &args);
        let vendor: Vendor = vendor.parse().unwrap();
        account(&mut command, vendor, &simulator.base_url(vendor));
        if variable == "HTTPS_PROXY" {
            command.env(vendor.facts().base_url_env, "https://x.example");
        }
        let output = command.env(variable, value).output().unwrap();
        let shown = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?} {variable}={value}: {shown}");
        assert!(shown.contains(word), "{args:?} {variable}={value}: {shown}");
        assert!(!shown.contains("topsecret"), "{shown}");
    }
    assert_eq!(simulator.stats().tasks, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_another_submission_is_an_invalid_argument() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let mut lost = Vec::new();
    for _ in 0..2 {
        simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
        let args = [
            "generate",
            "a kite",
            "--again",
            "--no-wait",
            "--search-timeout",
            "0",
            "--json",
        ];
        let output = keyed(folder.path(), &simulator, &[Vendor::Token360], &args);
        lost.push(
            document(&output)["error"]["ambiguity"]["intent"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let task = format!("token360:videos:{}", simulator.tasks()[0].id);
    let resolve = |intent: &str, task: &str| {
        keyed(
            folder.path(),
            &simulator,
            &[Vendor::Token360],
            // The task may be that of either.
            &["recover", intent, "--task", task, "--yes"],
        )
    };
    assert!(resolve(&lost[0], &task).status.success());
    let output = resolve(&lost[1], &task);
    let message = format!("the task {task} already belongs to submission {}", lost[0]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains(&message), "{}", stderr(&output));
    let output = resolve(&lost[1], "alltoken:generations:vgen_1");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("belongs to AllToken, not to Token360"),
        "{}",
        stderr(&output)
    );
}

/// The sender of a submission is killed before the response, and no other process knows its task.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_submission_is_not_waited_for_without_a_search() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "toapis",
        "--idempotency-key",
        "k",
        "--no-wait",
    ];
    let command = |more: &[&str]| {
        let mut command = videogen(folder.path(), &[&generate, more].concat());
        account(&mut command, Vendor::ToApis, &simulator.base_url(Vendor::ToApis));
        command.env("TOAPIS_API_KEY", "sk-sim-hang");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut first = command(&[]).spawn().unwrap();
    while simulator.stats().tasks == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    first.kill().unwrap();
    first.wait().unwrap();

    // The lease of the first run is not over, and its key gets no answers.
    let begun = Instant::now();
    let output = command(&["--search-timeout", "0"]).output().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    let shown = stderr(&output);
    assert!(
        shown.contains("in flight, or the sending process has just died"),
        "{shown}"
    );
    assert!(
        shown.contains("videogen recover") && !shown.contains("searching"),
        "{shown}"
    );

    let mut child = command(&[]).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("There is no response yet to the earlier submission") {
        line.clear();
        assert!(err.read_line(&mut line).unwrap() > 0);
    }
    let begun = Instant::now();
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(status.unwrap().success());
    let mut rest = String::new();
    err.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143), "{rest}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(
        rest.contains("nothing was submitted") && rest.contains("videogen recover"),
        "{rest}"
    );
    assert!(!rest.contains("waiting for the response"), "{rest}");
    assert_eq!(simulator.stats().tasks, 1);
}

/// ModelArk reads flags at the end of a prompt as fields, so neither the request nor its cost is what the fields say.
#[test]
fn flags_in_a_prompt_are_noted_and_have_no_known_cost() {
    let folder = tempfile::tempdir().unwrap();
    let prompt = "a kite --rs 1080p --dur 12";
    let fixed = ["--duration", "5", "--resolution", "720p", "--aspect-ratio", "16:9"];
    let output = run(
        folder.path(),
        &[&["plan", prompt, "--vendor", "ark"], &fixed[..]].concat(),
    );
    let shown = stderr(&output);
    assert!(output.status.success(), "{shown}");
    for note in [
        "Note: PROMPT = --rs 1080p: BytePlus ModelArk reads it as `--resolution`, in place of the field; remove it, and set `--resolution`\n",
        "Note: PROMPT = --dur 12: BytePlus ModelArk reads it as `--duration`, in place of the field; remove it, and set `--duration`\n",
        "Estimated cost: unknown: the prompt sets resolution: --rs 1080p\n",
    ] {
        assert!(shown.contains(note), "{shown}");
    }
    let mut command = videogen(
        folder.path(),
        &["generate", prompt, "--vendor", "ark", "--max-cost", "5"],
    );
    let output = command.args(fixed).env("ARK_API_KEY", "sk-x").output().unwrap();
    assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
    // No page of the others says that they read them.
    let output = run(
        folder.path(),
        &["plan", prompt, "--vendor", "token360", "--duration", "5"],
    );
    assert!(!stderr(&output).contains("--rs"), "{}", stderr(&output));
}

#[test]
fn messages_say_each_thing_once() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["generate", "a kite sim:fail", "--simulate", "--vendor", "replicate"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("E1000").count(), 1, "{}", stderr(&output));
    let output = run(
        folder.path(),
        &["plan", "a kite", "--vendor", "fal", "--expires-after", "1"],
    );
    assert!(
        stderr(&output).contains("--expires-after = 1: must be at least 2; use 2"),
        "{}",
        stderr(&output)
    );
}
