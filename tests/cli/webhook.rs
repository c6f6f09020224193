//! `generate --listen-for-webhook`, called by a simulator in this process.

use std::net::TcpListener;

use videogen_sim::{Fault, FaultKind, Operation, Simulator, Vendor};

use super::*;

/// A free port.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// `generate` against `simulator`, with a webhook on this machine.
fn listening(folder: &Path, simulator: &Simulator, vendor: &str, more: &[&str]) -> Command {
    let address = free_address();
    let url = format!("http://{address}/hooks");
    let mut args = vec!["generate", "a kite", "--vendor", vendor, "-o", "kite.mp4"];
    args.extend(["--listen-for-webhook", &address, "--webhook-url", &url]);
    args.extend(more);
    let mut command = videogen(folder, &args);
    let vendor: videogen::Vendor = vendor.parse().unwrap();
    command.env_remove("TOAPIS_WEBHOOK_SECRET");
    account(&mut command, vendor, &simulator.base_url(vendor));
    command
}

/// Every poll fails, so only the signed webhook can end the wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_signed_webhook_ends_the_wait_alone() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let failing = FaultKind::Status {
        code: 503,
        body: "{}".to_owned(),
        headers: Vec::new(),
    };
    simulator.inject(Fault::new(Vendor::ToApis, Operation::Get, failing).times(u32::MAX));
    let folder = tempfile::tempdir().unwrap();
    let mut command = listening(folder.path(), &simulator, "toapis", &[]);
    // The second of two, as during rotation.
    command.env(
        "TOAPIS_WEBHOOK_SECRET",
        format!("whsec-old, {}", videogen_sim::WEBHOOK_SECRET),
    );
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("kite.mp4"), "{}", stdout(&output));
    assert!(simulator.tasks()[0].webhook.is_some());
    let shown = stderr(&output) + &stdout(&output);
    assert!(!shown.contains("whsec") && !shown.contains("/hooks/"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_ends_the_wait_after_a_poll() {
    for vendor in videogen::Vendor::ALL.iter().map(|vendor| vendor.as_str()) {
        let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut command = listening(folder.path(), &simulator, vendor, &["--json"]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        assert!(output.status.success(), "{}", stdout(&output));
        assert_eq!(document(&output)["task"]["status"], "completed");
        // The vendor has called, whether or not the poll was first; the delivery is recorded a little later.
        let called = async {
            while simulator.tasks()[0].webhook.as_ref().unwrap().attempts == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), called)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_vendor_calls_back_too() {
    let folder = tempfile::tempdir().unwrap();
    at_once(["token360", "toapis"], |vendor| {
        let file = format!("{vendor}.mp4");
        let args = [
            "generate",
            "--simulate",
            "a kite",
            "--vendor",
            vendor,
            "--listen-for-webhook",
            "127.0.0.1:0",
            "-o",
            &file,
        ];
        let output = run(folder.path(), &args);
        assert!(output.status.success(), "{}", stderr(&output));
    });
}

/// Nothing is submitted if the webhook cannot be received.
#[tokio::test(flavor = "multi_thread")]
async fn invalid_webhook_options_fail_before_anything_is_paid() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    for (args, code, word) in [
        (vec!["--listen-for-webhook", "127.0.0.1:0"], 2, "--webhook-url"),
        (vec!["--webhook-url", "https://x.example"], 2, "--listen-for-webhook"),
        (
            vec!["--listen-for-webhook", "127.0.0.1:0", "--webhook-url", "x.example"],
            2,
            "https://",
        ),
        (
            vec![
                "--listen-for-webhook",
                "127.0.0.1:0",
                "--webhook-url",
                "http://x.example",
            ],
            2,
            "--webhook-url = http://x.example",
        ),
        (
            vec!["--listen-for-webhook", &taken, "--webhook-url", "https://x.example"],
            7,
            &taken,
        ),
        (
            vec![
                "--listen-for-webhook",
                "127.0.0.1:0",
                "--webhook-url",
                "https://x.example",
                "--callback-url",
                "https://y.example",
            ],
            2,
            "callback_url",
        ),
        (vec!["--listen-for-webhook", "127.0.0.1:0", "--no-wait"], 2, "--no-wait"),
    ] {
        let mut command = videogen(folder.path(), &["generate", "a kite", "--vendor", "token360"]);
        command.args(&args).env("TOKEN360_API_KEY", "sk-x");
        command.env("TOKEN360_BASE_URL", simulator.base_url(videogen_sim::Vendor::Token360));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(word), "{args:?}: {}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 0);
}

/// Hundreds of callers that never finish their requests affect neither polling nor downloading.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn half_open_connections_stop_nothing() {
    use std::io::Write as _;
    use std::net::TcpStream;
    use std::process::Stdio;

    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The last poll, at the end of that time, is the one that finds the video.
    let inner = listening(folder.path(), &simulator, "alltoken", &["--timeout", "6"]);
    let address = inner.get_args().nth(7).unwrap().to_str().unwrap().to_owned();
    let mut command = Command::new("sh");
    // Few files, as on some systems; the callers are many more.
    command.args(["-c", "ulimit -n 96 && exec \"$@\"", "sh"]);
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut command = tokio::process::Command::from(command);
    let child = command.kill_on_drop(true).spawn().unwrap();
    while simulator.stats().tasks == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // Until the system's queue of connections that are not accepted is full.
    let (address, brief) = (address.parse().unwrap(), std::time::Duration::from_millis(100));
    let half_open: Vec<TcpStream> = (0..1000)
        .map_while(|n| {
            let mut socket = TcpStream::connect_timeout(&address, brief).ok()?;
            let part = "POST /hooks/token HTTP/1.1\r\nContent-Length: 9\r\n\r\n{";
            socket.write_all(&part.as_bytes()[..n % part.len()]).unwrap();
            Some(socket)
        })
        .collect();
    assert!(half_open.len() > 96, "{}", half_open.len());
    simulator.advance(std::time::Duration::from_secs(600));
    let output = tokio::time::timeout(std::time::Duration::from_secs(60), child.wait_with_output());
    let output = output.await.expect("the command is stopped by connections").unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(folder.path().join("kite.mp4").exists());
    drop(half_open);
}
