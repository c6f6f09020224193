//! `videogen open`, with a program that records what it is asked to open.

use std::os::unix::fs::PermissionsExt as _;

use super::journal::command;
use super::*;

/// Puts an `xdg-open` with this exit code into `folder`.
fn opener(folder: &Path, code: i32) {
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}/opened'\nexit {code}\n",
        folder.display()
    );
    let path = folder.join("bin/xdg-open");
    std::fs::create_dir_all(folder.join("bin")).unwrap();
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What was opened since the last call.
fn opened(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("opened")).unwrap_or_default();
    let _ = std::fs::remove_file(folder.join("opened"));
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_or_else_the_link_is_opened() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().canonicalize().unwrap();
    opener(&real, 0);
    let command = |args: &[&str]| {
        let mut command = command(&real, &simulator, args);
        // No other opener of the machine.
        command.env("PATH", real.join("bin"));
        let output = command.output().unwrap();
        (output.status.code().unwrap(), stdout(&output), stderr(&output))
    };
    let (code, id, err) = command(&["generate", "a kite", "--vendor", "alltoken", "--no-wait", "-q"]);
    assert_eq!(code, 0, "{err}");
    let id = id.trim().to_owned();

    // Not ended yet.
    let (code, out, err) = command(&["open", &id]);
    assert!(
        code == 5 && out.is_empty() && err.contains(&format!("videogen wait {id}")),
        "{err}"
    );
    simulator.advance(std::time::Duration::from_secs(600));

    // Without its file, by its link: a credential that only the program gets.
    let secret = "signature=";
    let (code, out, err) = command(&["open", &id]);
    assert!(code == 0 && opened(&real).contains(secret), "{err}");
    assert!(
        out.starts_with("http://127.0.0.1") && !(out.clone() + &err).contains(secret),
        "{out} {err}"
    );
    let (code, out, _) = command(&["open", &id, "--json"]);
    assert!(code == 0 && !out.contains(secret) && !opened(&real).is_empty(), "{out}");
    let (code, out, _) = command(&["open", &id, "--print"]);
    assert!(code == 0 && out.contains(secret) && opened(&real).is_empty(), "{out}");
    opener(&real, 3);
    let (code, out, err) = command(&["open", &id]);
    assert!(code == 7 && opened(&real).contains(secret), "{out} {err}");
    assert!(
        err.contains("cannot open http") && !(out + &err).contains(secret),
        "{err}"
    );
    opener(&real, 0);

    // With its file: no key is needed, and nothing is requested.
    let (code, _, err) = command(&["download", &id, "-o", "a kite.mp4"]);
    assert_eq!(code, 0, "{err}");
    let path = real.join("a kite.mp4");
    let offline = |args: &[&str]| {
        let output = videogen(&real, args).env("PATH", real.join("bin")).output().unwrap();
        (output.status.code().unwrap(), stdout(&output), stderr(&output))
    };
    let line = format!("{}\n", path.display());
    assert_eq!(offline(&["open", &id]), (0, line.clone(), String::new()));
    assert_eq!(opened(&real), line);
    assert_eq!(offline(&["open", &id, "--print"]), (0, line, String::new()));
    assert_eq!(opened(&real), "");
    let (_, out, _) = offline(&["open", &id, "--print", "--json"]);
    assert_eq!(documents::whole(&out), json!({"task": id, "file": path}));
    std::fs::remove_file(&path).unwrap();
    let (code, _, err) = offline(&["open", &id]);
    assert!(code == 3 && err.contains("a kite.mp4 does not exist any more"), "{err}");

    // A link that needs the key opens nothing.
    let (code, out, err) = command(&["open", "openrouter:videos:x"]);
    assert!(
        code == 2 && out.is_empty() && err.contains("videogen download openrouter:videos:x"),
        "{err}"
    );
    // A task without a video.
    let (_, failed, _) = command(&["generate", "sim:fail", "--vendor", "alltoken", "--no-wait", "-q"]);
    simulator.advance(std::time::Duration::from_secs(600));
    let (code, out, _) = command(&["open", failed.trim(), "--json"]);
    assert_eq!(
        (code, &documents::whole(&out)["error"]["kind"]),
        (1, &json!("no_video")),
        "{out}"
    );
    assert_eq!(opened(&real), "");
}
