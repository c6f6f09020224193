//! `videogen assets`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use videogen::Vendor;
use videogen::facts::Operation;

use super::media::{png, wav};
use super::*;

/// The command with the key and the base URL of a vendor at the simulator.
fn at(simulator: &Simulator, vendor: Vendor, folder: &Path, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    command.args(["--vendor", vendor.as_str()]);
    account(&mut command, vendor, &simulator.base_url(vendor));
    command
}

fn keepers_of_assets() -> impl Iterator<Item = Vendor> {
    Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| vendor.supports(Operation::Asset))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_without_assets_is_named() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.png"), png(600, 800, 9)).unwrap();
    let mut count = 0;
    for vendor in Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| !vendor.supports(Operation::Asset))
    {
        for (operation, args) in [
            (Operation::Upload, &["upload", "a.png"][..]),
            (Operation::Asset, &["show", "a"]),
            (Operation::Assets, &["list"]),
            (Operation::DeleteAsset, &["delete", "a"]),
            (Operation::Groups, &["groups"]),
            (Operation::CreateGroup, &["create-group", "a"]),
            (Operation::Verify, &["verify", "Ada"]),
        ] {
            // A file without an asset has only a URL.
            if vendor.supports(operation) {
                continue;
            }
            let args = [&["assets"], args].concat();
            let output = at(&simulator, vendor, folder.path(), &args).output().unwrap();
            assert!(!check(vendor, operation, &output));
            count += 1;
        }
    }
    assert!(count > 0);
}

/// Where a file becomes a URL, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_without_assets_uploads_without_a_way() {
    let simulator = simulator().await;
    let gives_urls = |vendor: &Vendor| {
        let ways = vendor.facts().uploads;
        !ways.is_empty() && ways.iter().all(|way| way.gives == "url")
    };
    let vendors: Vec<Vendor> = Vendor::ALL.iter().copied().filter(gives_urls).collect();
    assert!(vendors.len() > 1);
    for vendor in vendors {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.png"), png(600, 800, 9)).unwrap();
        let args = ["assets", "upload", "a.png", "--json"];
        let output = at(&simulator, vendor, folder.path(), &args).output().unwrap();
        assert!(output.status.success(), "{vendor}: {}", stdout(&output));
        let source = document(&output)["uploads"][0]["upload"]["source"].clone();
        assert!(source.as_str().unwrap().starts_with("http"), "{vendor}: {source}");
    }
}

async fn simulator() -> Simulator {
    Simulator::builder().speed(1000.0).start().await.unwrap()
}

/// An operation that a vendor lacks is an error that names the vendor, and those that have it.
fn check(vendor: Vendor, operation: Operation, output: &Output) -> bool {
    if vendor.supports(operation) {
        assert!(output.status.success(), "{vendor} {operation}: {}", stderr(output));
        return true;
    }
    let error = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{vendor} {operation}: {error}");
    assert!(
        error.contains(vendor.name()) && error.contains("supported by: "),
        "{error}"
    );
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_uploaded_shown_and_deleted() {
    let simulator = simulator().await;
    for vendor in keepers_of_assets() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("face.png"), png(600, 800, 9)).unwrap();
        std::fs::write(folder.path().join("other.png"), png(600, 801, 9)).unwrap();
        let run = |args: &[&str]| {
            let args = [&["assets"], args].concat();
            at(&simulator, vendor, folder.path(), &args).output().unwrap()
        };
        let output = run(&["upload", "face.png", "--json"]);
        assert!(output.status.success(), "{vendor} {}", stdout(&output));
        let first = document(&output);
        let upload = &first["uploads"][0]["upload"];
        assert_eq!(
            (&upload["asset"]["status"], &upload["reused"]),
            (&json!("active"), &json!(false)),
            "{first}"
        );
        let source = upload["source"].as_str().unwrap().to_owned();
        let id = source.strip_prefix("asset://").unwrap();

        // The same content is not sent again; another file is.
        std::fs::copy(folder.path().join("face.png"), folder.path().join("copy.png")).unwrap();
        let output = run(&["upload", "copy.png", "other.png"]);
        let (out, err) = (stdout(&output), stderr(&output));
        assert!(output.status.success(), "{vendor} {err}");
        assert!(
            out.contains(&source) && err.contains("Uploaded before: copy.png"),
            "{out} {err}"
        );
        assert!(err.contains("Uploaded: other.png"), "{err}");
        let output = run(&["upload", "copy.png", "--again", "--json"]);
        let newer = document(&output)["uploads"][0]["upload"]["source"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_ne!(newer, source, "{vendor}");

        for name in [&source, id] {
            let output = run(&["show", name]);
            assert!(output.status.success(), "{}", stderr(&output));
            assert!(
                stdout(&output).starts_with(&format!("{source}  active\n")),
                "{}",
                stdout(&output)
            );
        }
        let output = run(&["list", "--json"]);
        if check(vendor, Operation::Assets, &run(&["list"])) {
            assert_eq!(document(&output)["assets"].as_array().unwrap().len(), 3, "{vendor}");
            let output = run(&["list", "--limit", "2"]);
            assert!(stdout(&output).contains("2 of 3"), "{}", stdout(&output));
        } else {
            assert_eq!(document(&output)["error"]["kind"], "unsupported");
        }
        let output = run(&["create-group", "sailors"]);
        assert!(check(vendor, Operation::CreateGroup, &output));
        let group = stdout(&output).trim().to_owned();
        let output = run(&["groups"]);
        if check(vendor, Operation::Groups, &output) {
            let out = stdout(&output);
            assert!(
                out.contains(&group) && out.contains("sailors") && out.contains("videogen"),
                "{out}"
            );
        }
        let output = run(&["upload", "face.png", "--group", &group, "--json"]);
        assert_ne!(document(&output)["uploads"][0]["upload"]["source"], source, "{vendor}");
        if check(vendor, Operation::DeleteAsset, &run(&["delete", &source])) {
            let output = run(&["show", id]);
            assert_eq!(output.status.code(), Some(2), "{vendor} {}", stdout(&output));
            // What was deleted is uploaded again.
            assert!(run(&["delete", &newer]).status.success(), "{vendor}");
            let output = run(&["upload", "face.png", "--json"]);
            assert_eq!(document(&output)["uploads"][0]["upload"]["reused"], false, "{vendor}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_files_are_one_clear_error_each() {
    let simulator = simulator().await;
    for vendor in keepers_of_assets() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("good.png", &png(600, 800, 9));
        write("sim:asset-failed.png", &png(600, 802, 9));
        write("text.png", b"not a picture");
        write("sound.wav", &wav(5));
        let run = |args: &[&str]| {
            let args = [&["assets", "upload"], args].concat();
            at(&simulator, vendor, folder.path(), &args).output().unwrap()
        };
        for (name, code, word) in [
            ("text.png", 2, "text.png"),
            ("gone.png", 7, "cannot read gone.png"),
            ("sim:asset-failed.png", 2, "was refused as the asset"),
        ] {
            let output = run(&[name]);
            let error = stderr(&output);
            assert_eq!(output.status.code(), Some(code), "{vendor} {error}");
            assert!(error.contains(word), "{vendor} {error}");
        }
        // Each of several files that the vendor is sent has its own result.
        let output = run(&["sim:asset-failed.png", "good.png", "--json"]);
        assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
        let document = document(&output);
        let all = document["uploads"].as_array().unwrap();
        assert!(
            all[0]["error"].is_object() && all[1]["upload"].is_object(),
            "{document}"
        );
        for (args, word) in [
            (&["good.png", "--way", "pigeon"][..], "images"),
            (&["good.png", "--person"], "--group"),
            (&[], "FILE"),
        ] {
            let output = run(args);
            assert_eq!(output.status.code(), Some(2), "{vendor}");
            assert!(stderr(&output).contains(word), "{}", stderr(&output));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.png"), png(600, 800, 9)).unwrap();
    let output = run(folder.path(), &["assets", "upload", "a.png", "--vendor", "toapis"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

/// Reads an `http://` URL of this machine.
fn open(url: &str) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    write!(
        socket,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 2") || answer.starts_with("HTTP/1.1 3"),
        "{answer}"
    );
}

/// The link is shown to the user; then the command waits for the person.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_verified() {
    let simulator = Simulator::builder().speed(10.0).start().await.unwrap();
    for vendor in keepers_of_assets() {
        let folder = tempfile::tempdir().unwrap();
        let mut args = vec!["assets", "verify", "Ada Byron"];
        if vendor.as_str() != "token360" {
            let output = at(&simulator, vendor, folder.path(), &args).output().unwrap();
            assert!(stderr(&output).contains("callback URL"), "{}", stderr(&output));
            args.extend(["--callback-url", "https://app.example/verified"]);
        }
        let mut child = at(&simulator, vendor, folder.path(), &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        assert!(
            first.starts_with("Ada Byron must open this link on a phone within "),
            "{first}"
        );
        open(lines.next().unwrap().unwrap().trim());
        let output = child.wait_with_output().unwrap();
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        assert!(output.status.success(), "{vendor} {rest:?}");
        let out = stdout(&output);
        let upload = out.lines().nth(1).unwrap();
        assert!(out.starts_with("Ada Byron is verified: group "), "{out}");
        assert!(
            upload.contains("videogen assets upload FILE --person --group "),
            "{out}"
        );
        // Pictures of the person go into this group.
        std::fs::write(folder.path().join("face.png"), png(600, 800, 9)).unwrap();
        let group = out.lines().next().unwrap().rsplit(' ').next().unwrap();
        let upload = ["assets", "upload", "face.png", "--person", "--group", group, "--json"];
        let output = at(&simulator, vendor, folder.path(), &upload).output().unwrap();
        assert_eq!(
            document(&output)["uploads"][0]["upload"]["asset"]["group"],
            group,
            "{vendor} {}",
            stdout(&output)
        );

        // The link is not opened.
        let args = [&args[..], &["--timeout", "0", "--json"]].concat();
        let output = at(&simulator, vendor, folder.path(), &args).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{vendor} {}", stdout(&output));
        assert!(stderr(&output).contains("http://"), "{}", stderr(&output));
        let error = document(&output)["error"].clone();
        assert!(
            error["hint"]
                .as_str()
                .unwrap()
                .contains("videogen assets verify 'Ada Byron'"),
            "{error}"
        );
        assert!(!error.to_string().contains("/verify/"), "{error}");
    }
}

/// A session that one process began is continued by another, from a file that only its owner can read.
#[tokio::test(flavor = "multi_thread")]
async fn a_verification_is_continued_by_another_process() {
    let simulator = Simulator::builder().speed(1.0).start().await.unwrap();
    for vendor in keepers_of_assets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ada.session");
        let run = |name: &str| {
            let mut command = at(&simulator, vendor, folder.path(), &["assets", "verify", name]);
            command.args(["--session", "ada.session", "--timeout", "0", "--json"]);
            if vendor.as_str() != "token360" {
                command.args(["--callback-url", "https://app.example/verified"]);
            }
            command.output().unwrap()
        };
        let link = |output: &Output| stderr(output).lines().nth(1).map(|line| line.trim().to_owned());
        let first = run("Ada");
        assert_eq!(first.status.code(), Some(5), "{vendor} {}", stderr(&first));
        let hint = document(&first)["error"]["hint"].as_str().unwrap().to_owned();
        assert!(
            hint.starts_with("Continue with: ") && hint.contains("--session ada.session"),
            "{hint}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let second = run("Ada");
        assert_eq!(link(&first), link(&second), "{vendor}: the same session");
        // Of another person.
        let other = run("Grace");
        assert_eq!(other.status.code(), Some(2), "{}", stdout(&other));
        assert!(
            stdout(&other).contains("is the verification of Ada"),
            "{}",
            stdout(&other)
        );
        open(&link(&first).unwrap());
        let last = run("Ada");
        assert!(last.status.success(), "{vendor} {}", stdout(&last));
        assert!(document(&last)["group"].is_string() && !path.exists());

        // The link was not opened in time.
        let late = run("Ada");
        simulator.advance(Duration::from_secs(121));
        let text = std::fs::read_to_string(&path).unwrap();
        let mut kept: Value = serde_json::from_str(&text).unwrap();
        for moment in ["/at", "/session/expires_at"] {
            if let Some(moment) = kept.pointer_mut(moment).filter(|moment| moment.is_string()) {
                *moment = "2026-01-01T00:00:00Z".into();
            }
        }
        std::fs::write(&path, kept.to_string()).unwrap();
        let expired = run("Ada");
        assert_eq!((late.status.code(), expired.status.code()), (Some(5), Some(5)));
        assert_eq!(link(&expired), None);
        let hint = document(&expired)["error"]["hint"].as_str().unwrap().to_owned();
        assert!(hint.starts_with("Delete ada.session, and begin again"), "{hint}");
        std::fs::write(&path, "{\"vendor\": \"canary\"}").unwrap();
        let broken = run("Ada");
        assert_eq!(broken.status.code(), Some(2), "{}", stdout(&broken));
        assert!(!stdout(&broken).contains("canary"), "{}", stdout(&broken));
    }
}

/// The memory of the command does not grow with the file. `VmHWM` is its maximum.
#[cfg(target_os = "linux")]
#[test]
fn a_large_upload_is_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let peaks = [8_u32, 64].map(|megabytes| {
        let bytes = megabytes << 20;
        let path = folder.path().join(format!("{megabytes}.mp4"));
        let mut film = super::media::mp4(6);
        let rest = bytes - u32::try_from(film.len()).unwrap();
        film.extend(rest.to_be_bytes());
        film.extend(b"free");
        std::fs::write(&path, &film).unwrap();
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(bytes.into())
            .unwrap();
        peak(folder.path(), &path, bytes.into())
    });
    let [small, large] = peaks;
    assert!(small > 1000 && large < small + 16 * 1024, "{small} kB, {large} kB");
}

/// Uploads a file, and returns the memory of the command in kB when all bytes have arrived and none is answered yet.
#[cfg(target_os = "linux")]
fn peak(folder: &Path, path: &Path, bytes: u64) -> u64 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let child = videogen(
        folder,
        &[
            "assets",
            "upload",
            "--no-journal",
            "--vendor",
            "alltoken",
            "--way",
            "videos",
        ],
    )
    .arg(path)
    .env("ALLTOKEN_API_KEY", "sk-x")
    .env("ALLTOKEN_BASE_URL", &base_url)
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut found = None;
    while found.is_none() {
        let (mut socket, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        let head: Vec<String> = reader
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .map(|line| line.to_lowercase())
            .collect();
        let length: u64 = head
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        let read = std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
        assert_eq!(read, length);
        let mut answer = String::from("{}");
        if head[0].starts_with("put ") {
            assert_eq!(length, bytes);
            assert!(head.iter().all(|line| !line.starts_with("authorization")), "{head:?}");
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            found = Some(line.trim().trim_end_matches(" kB").parse().unwrap());
        } else {
            answer = json!({
                "upload_id": "upl_1", "upload_url": format!("{base_url}/store"), "method": "PUT",
                "required_headers": {}, "expires_in": 300, "max_content_length": bytes,
            })
            .to_string();
        }
        let length = answer.len();
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n";
        write!(socket, "{head}Content-Length: {length}\r\n\r\n{answer}").unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && stdout(&output).contains("upload:upl_1"),
        "{}",
        stderr(&output)
    );
    found.unwrap()
}
