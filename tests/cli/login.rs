//! API keys from `login` and `--env-file`.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use videogen::Vendor;
use videogen_sim::Simulator;

use super::documents::document;
use super::{run, stderr, stdout, videogen};

/// Runs a command with text on standard input.
fn piped(mut command: Command, input: &str) -> Output {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that does not read it has ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(output: &Output) -> String {
    stdout(output) + &stderr(output)
}

/// `login` of each vendor, against the simulator.
#[tokio::test(flavor = "multi_thread")]
async fn a_stored_key_is_used() {
    let simulator = Simulator::builder().start().await.unwrap();
    for vendor in videogen_sim::Vendor::ALL {
        let folder = tempfile::tempdir().unwrap();
        let facts = Vendor::from(vendor).facts();
        let name = Vendor::from(vendor).as_str();
        let command = |args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            command.env(facts.base_url_env, simulator.base_url(vendor));
            command
        };
        let key = format!("sk-canary-{name}");
        let refused = piped(command(&["login", name]), "sk-sim-401\n");
        assert_eq!(refused.status.code(), Some(3), "{name}: {}", shown(&refused));
        assert!(stderr(&refused).contains("Nothing was stored"), "{}", stderr(&refused));
        // It is in no variable.
        let words = format!("{} does not accept the key: ", facts.name);
        assert!(
            stderr(&refused).contains(&words) && !stderr(&refused).contains(facts.key_env),
            "{}",
            stderr(&refused)
        );
        let unchecked = piped(command(&["login", name, "--no-check"]), "sk-sim-401");
        assert!(unchecked.status.success(), "{}", shown(&unchecked));
        let stored = command(&["generate", "a kite", "--no-wait", "--vendor", name])
            .output()
            .unwrap();
        assert_eq!(stored.status.code(), Some(3), "{name}: {}", shown(&stored));
        let words = format!("the key that is stored with videogen login {name}");
        assert!(
            stderr(&stored).contains(&words) && !stderr(&stored).contains(facts.key_env),
            "{}",
            stderr(&stored)
        );
        assert!(command(&["logout", name]).status().unwrap().success());
        fs::remove_file(folder.path().join("credentials.toml")).unwrap();
        let down = piped(command(&["login", name]), "sk-sim-503");
        assert_eq!(down.status.code(), Some(4), "{name}: {}", shown(&down));
        assert!(!folder.path().join("credentials.toml").exists());

        let stored = piped(command(&["login", name, "--json"]), &format!("{key}\n"));
        assert!(stored.status.success(), "{name}: {}", shown(&stored));
        assert_eq!(document(&stored)["checked"], true);
        let args = ["generate", "a kite", "--no-wait", "--vendor", name];
        let generated = command(&args).output().unwrap();
        assert!(generated.status.success(), "{name}: {}", shown(&generated));
        // The only key chooses the vendor, and says why.
        let plan = run(folder.path(), &["plan", "a kite"]);
        assert!(
            stderr(&plan).contains("because its key is stored"),
            "{name}: {}",
            stderr(&plan)
        );
        // A variable comes first.
        let mut other = command(&args);
        let other = other.env(facts.key_env, "sk-sim-401").output().unwrap();
        assert_eq!(other.status.code(), Some(3), "{name}: {}", shown(&other));
        for output in [&refused, &down, &stored, &generated, &plan, &other] {
            let text = shown(output);
            assert!(!text.contains("canary") && !text.contains("sk-sim"), "{name}: {text}");
        }
        let removed = command(&["logout", name]).output().unwrap();
        assert!(removed.status.success(), "{}", shown(&removed));
        let text = fs::read_to_string(folder.path().join("credentials.toml")).unwrap();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(command(&["logout", name]).status().unwrap().code(), Some(2));
        let missing = command(&args).output().unwrap();
        assert_eq!(missing.status.code(), Some(3));
        assert!(
            stderr(&missing).contains(&format!("videogen login {name}")),
            "{}",
            stderr(&missing)
        );
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (input, words) in [
        ("", "the key is empty"),
        (" \n", "the key is empty"),
        ("sk-canary-1\nsk-canary-2\n", "several lines"),
        ("sk canary", "blanks"),
    ] {
        let output = piped(videogen(folder.path(), &["login", "ark", "--no-check"]), input);
        assert_eq!(output.status.code(), Some(2), "{input:?}");
        assert!(stderr(&output).contains(words), "{input:?}: {}", stderr(&output));
        assert!(!shown(&output).contains("canary"), "{}", shown(&output));
    }
    // There is no option for a key.
    let output = run(folder.path(), &["login", "ark", "sk-canary"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("credentials.toml").exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_keys() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.toml");
    let login = |vendor: &str| piped(videogen(folder.path(), &["login", vendor, "--no-check"]), "sk-canary-1");
    assert!(login("ark").status.success() && login("fal").status.success());
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    for output in [
        run(folder.path(), &["list", "--vendor", "ark"]),
        login("token360"),
        run(folder.path(), &["logout", "ark"]),
        run(folder.path(), &["doctor", "--offline"]),
    ] {
        assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
        let text = shown(&output);
        assert!(text.contains("chmod 600 ") && !text.contains("canary"), "{text}");
    }
    let doctor = stdout(&run(folder.path(), &["doctor", "--offline"]));
    let words = ", so it is not used\n  chmod 600 ";
    assert!(
        doctor.contains(words) && !doctor.contains("login --help") && !doctor.contains("Protect it"),
        "{doctor}"
    );
    // With another key it is not needed.
    let mut command = videogen(folder.path(), &["doctor", "--offline", "--json"]);
    command.env("ARK_API_KEY", "sk-x");
    let report = document(&command.output().unwrap());
    assert_eq!(report["vendors"][0]["key_from"], "environment");
    // A broken file shows nothing of its text.
    fs::write(&path, "[ark]\napi_key = sk-canary-3\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let output = run(folder.path(), &["list", "--vendor", "ark"]);
    assert!(
        stderr(&output).contains("line 2 is not valid TOML"),
        "{}",
        stderr(&output)
    );
    assert!(!shown(&output).contains("canary"), "{}", shown(&output));
}

/// A configuration that names the keyring is never ignored.
#[test]
fn the_keyring_is_used_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let set = run(folder.path(), &["config", "set", "defaults.key_store", "keyring"]);
    let wrong = run(folder.path(), &["config", "set", "defaults.key_store", "safe"]);
    assert!(
        stderr(&wrong).contains("\"safe\" is none; use \"file\" or \"keyring\""),
        "{}",
        stderr(&wrong)
    );
    fs::write(
        folder.path().join("config.toml"),
        "[defaults]\nkey_store = \"keyring\"\n",
    )
    .unwrap();
    if !cfg!(feature = "keyring") {
        let words = "this program was built without the keyring; use \"file\", or build it with its feature `keyring`";
        let login = piped(videogen(folder.path(), &["login", "ark", "--no-check"]), "sk-canary-1");
        for output in [set, login, run(folder.path(), &["doctor", "--offline"])] {
            assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
            let text = shown(&output);
            assert!(text.contains(words) && !text.contains("canary"), "{text}");
        }
        assert!(!folder.path().join("credentials.toml").exists());
        return;
    }
    assert!(set.status.success(), "{}", shown(&set));
    // None is running.
    let command = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        command
    };
    let login = piped(command(&["login", "ark", "--no-check"]), "sk-canary-1");
    let logout = command(&["logout", "ark"]).output().unwrap();
    let list = command(&["list", "--vendor", "ark"]).output().unwrap();
    let doctor = command(&["doctor", "--offline"]).output().unwrap();
    for output in [login, logout, list, doctor] {
        assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
        let text = shown(&output);
        assert!(
            text.contains("cannot use the keyring: ") && text.contains("videogen config set defaults.key_store file"),
            "{text}"
        );
        assert!(!text.contains("canary"), "{text}");
    }
    assert!(!folder.path().join("credentials.toml").exists());
    // A variable comes first.
    let doctor = command(&["doctor", "--offline", "--json"])
        .env("ARK_API_KEY", "sk-x")
        .output()
        .unwrap();
    assert_eq!(document(&doctor)["vendors"][0]["key_from"], "environment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_variables() {
    let simulator = Simulator::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = simulator.base_url(videogen_sim::Vendor::ToApis);
    let text = format!(
        "# keys\nOTHER='x'\nexport TOAPIS_API_KEY=\"sk-canary-1\"\nTOAPIS_BASE_URL={url}\nVIDEOGEN_JOURNAL=elsewhere.db\n"
    );
    fs::write(folder.path().join("keys.env"), text).unwrap();
    let args = ["generate", "a kite", "--no-wait"];
    let without = run(folder.path(), &args);
    assert_eq!(without.status.code(), Some(3), "it is not read unless it is named");
    let mut command = videogen(folder.path(), &[&args[..], &["--env-file", "keys.env"]].concat());
    let output = command.env_remove("VIDEOGEN_JOURNAL").output().unwrap();
    assert!(output.status.success(), "{}", shown(&output));
    assert!(
        stderr(&output).contains("because TOAPIS_API_KEY is in keys.env"),
        "{}",
        stderr(&output)
    );
    assert!(!shown(&output).contains("canary"), "{}", shown(&output));
    assert!(folder.path().join("elsewhere.db").exists());
    // A variable of the process comes first.
    let mut command = videogen(folder.path(), &["balance", "--env-file", "keys.env"]);
    let output = command.env("TOAPIS_API_KEY", "sk-sim-401").output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", shown(&output));
    // Commands to paste repeat the option.
    let mut command = videogen(
        folder.path(),
        &[&args[..2], &["--timeout", "0", "--env-file", "keys.env"]].concat(),
    );
    let output = command.output().unwrap();
    assert!(stderr(&output).contains("--env-file keys.env"), "{}", stderr(&output));
    fs::write(
        folder.path().join("bad.env"),
        "A=1\nTOAPIS_API_KEY=sk-canary-2 sk-canary-3\n",
    )
    .unwrap();
    let output = run(folder.path(), &["balance", "--env-file", "bad.env"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("bad.env: line 2: not NAME=VALUE"),
        "{}",
        stderr(&output)
    );
    assert!(!shown(&output).contains("canary"), "{}", shown(&output));
    let output = run(folder.path(), &["balance", "--env-file", "none.env"]);
    assert_eq!(output.status.code(), Some(7));
}
