//! `generate`, killed at every point: the next command ends with the files in place, and one submission.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::Value;
use videogen_sim::{Simulator, Vendor};

use super::outputs::{lines, names};
use super::{account, document, stderr, videogen};

/// Where the connection between the command and its vendor stops.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    /// The submission does not arrive.
    Submission,
    /// Its response does not.
    Answer,
    /// Half of the video does not.
    Video,
    /// Half of the last frame does not.
    LastFrame,
}

/// A proxy to the simulator that stops at a given point, once.
struct Way {
    simulator: Simulator,
    base: String,
    stop: Arc<Mutex<Option<Stop>>>,
    reached: mpsc::Receiver<()>,
}

impl Way {
    async fn new() -> Self {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
        let url = simulator.base_url(Vendor::ToApis);
        let vendor = url.split('/').nth(2).unwrap().to_owned();
        let (tell, reached) = mpsc::channel();
        let stop = Arc::new(Mutex::new(None));
        let (own, stops) = (base.clone(), Arc::clone(&stop));
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (vendor, own, stops, tell) = (vendor.clone(), own.clone(), Arc::clone(&stops), tell.clone());
                // A killed process is expected here.
                std::thread::spawn(move || pass(socket, &vendor, &own, &stops, &tell));
            }
        });
        Self {
            simulator,
            base,
            stop,
            reached,
        }
    }

    fn command(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = videogen(folder, args);
        for vendor in videogen::Vendor::ALL.iter().copied() {
            let url = self.simulator.base_url(vendor);
            let host = url.split('/').nth(2).unwrap();
            account(&mut command, vendor, &url.replace(host, &self.base));
        }
        command
    }

    fn run(&self, folder: &Path, args: &[&str]) -> (i32, Value) {
        let output = self.command(folder, args).arg("--json").output().unwrap();
        (output.status.code().unwrap(), document(&output))
    }

    fn start(&self, folder: &Path, args: &[&str]) -> Child {
        let mut command = self.command(folder, args);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Submits with `args`, and lets the task end, so that resuming needs no wait.
    fn submit(&self, folder: &Path, args: &[&str]) {
        let mut args: Vec<&str> = args.iter().copied().filter(|arg| *arg != "--overwrite").collect();
        let output = args.iter().position(|arg| *arg == "-o").unwrap();
        args.drain(output..output + 2);
        args.push("--no-wait");
        let (code, document) = self.run(folder, &args);
        assert_eq!(code, 0, "{document}");
        self.simulator.advance(Duration::from_secs(600));
    }

    /// Runs `args` and kills it at `stop`; without one, once the task is known.
    fn kill_at(&self, folder: &Path, args: &[&str], stop: Option<Stop>) {
        if matches!(stop, Some(Stop::Video | Stop::LastFrame)) {
            self.submit(folder, args);
        }
        *self.stop.lock().unwrap() = stop;
        let mut child = self.start(folder, args);
        match stop {
            None => {
                assert!(lines(child.stderr.take().unwrap()).any(|line| line.contains("Submitted")));
                // It is recorded right after that.
                while self.run(folder, &["list", "--local"]).1["submissions"][0]["task"].is_null() {
                    crate::pause::pause();
                }
            }
            Some(_) => {
                while self.reached.try_recv().is_err() {
                    assert_eq!(child.try_wait().unwrap(), None, "{stop:?} was not reached");
                    crate::pause::pause();
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        self.simulator.advance(Duration::from_secs(600));
    }
}

/// One request and its response, up to the stop.
fn pass(
    mut socket: TcpStream,
    vendor: &str,
    own: &str,
    stops: &Mutex<Option<Stop>>,
    tell: &mpsc::Sender<()>,
) -> Option<()> {
    let mut reader = BufReader::new(socket.try_clone().ok()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let is_post = head.first()?.starts_with("POST");
    let stops_at = |stop: Stop| stops.lock().unwrap().take_if(|next| *next == stop).is_some();
    let stay = || {
        tell.send(()).unwrap();
        loop {
            std::thread::park();
        }
    };
    if is_post && stops_at(Stop::Submission) {
        stay();
    }
    // HTTP/1.0 responses are complete, and close the connection.
    head[0] = head[0].replace("HTTP/1.1", "HTTP/1.0");
    // Files have a separate origin, which is added to the path as a prefix.
    let file = head[0].split(' ').nth(1)?.strip_prefix("/files-of-").map(str::to_owned);
    let upstream = match &file {
        Some(path) => {
            let (port, path) = path.split_once('/')?;
            head[0] = format!("GET /{path} HTTP/1.0");
            format!("127.0.0.1:{port}")
        }
        None => vendor.to_owned(),
    };
    let mut upstream = TcpStream::connect(upstream).ok()?;
    upstream.write_all((head.join("\r\n") + "\r\n\r\n").as_bytes()).ok()?;
    upstream.write_all(&body).ok()?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let mut body = answer.split_off(end + 4);
    let head: Vec<String> = String::from_utf8(answer)
        .ok()?
        .trim_end()
        .lines()
        .map(str::to_owned)
        .collect();
    let kind = header(&head, "content-type").unwrap_or_default().to_owned();
    if kind.contains("json") {
        let link = format!("http://{own}/files-of-");
        body = String::from_utf8(body)
            .ok()?
            .replace("http://127.0.0.1:", &link)
            .into_bytes();
    }
    if is_post && stops_at(Stop::Answer) {
        stay();
    }
    let is_half = (kind.starts_with("video/") && stops_at(Stop::Video))
        || (kind.starts_with("image/") && stops_at(Stop::LastFrame));
    let kept = |line: &&String| {
        let line = line.to_lowercase();
        !line.starts_with("content-length") && !line.starts_with("connection")
    };
    let mut text: Vec<String> = head.iter().filter(kept).cloned().collect();
    text.push(format!("Content-Length: {}", body.len()));
    text.push("Connection: close".to_owned());
    socket.write_all((text.join("\r\n") + "\r\n\r\n").as_bytes()).ok()?;
    if is_half {
        socket.write_all(&body[..body.len() / 2]).ok()?;
        stay();
    }
    socket.write_all(&body).ok()
}

fn header<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    head.iter().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn is_video(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.get(4..8) == Some(b"ftyp"))
}

/// Files that the killed process leaves.
fn files(folder: &Path) -> Vec<String> {
    let is_left = |name: &String| name.starts_with(".videogen-");
    names(folder).into_iter().filter(|name| !is_left(name)).collect()
}

const GENERATE: [&str; 8] = [
    "generate",
    "a kite",
    "--vendor",
    "toapis",
    "--idempotency-key",
    "k",
    "-o",
    "kite.mp4",
];

/// Each point, and each way to resume.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_at_any_point_the_video_arrives() {
    for stop in [Some(Stop::Answer), None, Some(Stop::Video)] {
        for overwrite in [false, true] {
            for by_key in [false, true] {
                if by_key && stop == Some(Stop::Answer) {
                    // It would wait until the sender's lease is over.
                    continue;
                }
                let way = Way::new().await;
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("kite.mp4");
                let mut args = GENERATE.to_vec();
                if overwrite {
                    fs::write(&path, "the old one").unwrap();
                    args.push("--overwrite");
                }
                way.kill_at(folder.path(), &args, stop);
                assert!(!is_video(&path));
                let next = if by_key {
                    args.clone()
                } else {
                    vec!["recover", "--wait"]
                };
                let (code, document) = way.run(folder.path(), &next);
                assert_eq!(code, 0, "{stop:?} {next:?}: {document}");
                assert!(is_video(&path), "{stop:?} {next:?}: {document}");
                let (code, document) = way.run(folder.path(), &["recover", "--wait"]);
                assert_eq!(
                    (code, document["unfinished"].as_array().unwrap().len()),
                    (0, 0),
                    "{document}"
                );
                assert_eq!(way.simulator.stats().tasks, 1);
                assert_eq!(files(folder.path()), ["kite.mp4"]);
            }
        }
    }
}

/// The request did not reach the vendor: it stays open, and nothing is resubmitted.
#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_did_not_arrive_stays_open() {
    let way = Way::new().await;
    let folder = tempfile::tempdir().unwrap();
    way.kill_at(folder.path(), &GENERATE, Some(Stop::Submission));
    let (code, document) = way.run(folder.path(), &["recover", "--wait"]);
    assert_eq!(code, 6, "{document}");
    assert_eq!(document["in_flight"].as_array().unwrap().len(), 1, "{document}");
    assert_eq!(way.simulator.stats().tasks, 0);
}

/// The last frame is one of the output files.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_frame_arrives_too() {
    for stop in [None, Some(Stop::Video), Some(Stop::LastFrame)] {
        for by_key in [false, true] {
            let way = Way::new().await;
            let folder = tempfile::tempdir().unwrap();
            let mut args = GENERATE.to_vec();
            args[3] = "token360";
            args.push("--return-last-frame");
            way.kill_at(folder.path(), &args, stop);
            let next = if by_key { args } else { vec!["recover", "--wait"] };
            let (code, document) = way.run(folder.path(), &next);
            assert_eq!(code, 0, "{stop:?}: {document}");
            assert_eq!(
                files(folder.path()),
                ["kite.last-frame.png", "kite.mp4"],
                "{stop:?}: {document}"
            );
            let (_, document) = way.run(folder.path(), &["recover"]);
            assert_eq!(document["unfinished"].as_array().unwrap().len(), 0, "{document}");
            assert_eq!(way.simulator.stats().tasks, 1);
        }
    }
}

/// Nothing was recorded after the file was put in place: it is identified by its content, without a request.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_in_place_is_adopted() {
    let way = Way::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kite.mp4");
    way.kill_at(folder.path(), &GENERATE, None);
    assert_eq!(way.run(folder.path(), &GENERATE).0, 0);
    let journal = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    let die_before_recording = || {
        let sql = "UPDATE submissions SET unfinished = 1, entry = json_remove(entry, '$.file.placed')";
        assert_eq!(journal.execute(sql, []).unwrap(), 1);
    };
    let asked = || way.simulator.stats().requests;
    for next in [&["recover", "--wait"][..], &GENERATE] {
        die_before_recording();
        let before = asked();
        let (code, document) = way.run(folder.path(), next);
        assert_eq!((code, asked()), (0, before), "{document}");
        let (_, document) = way.run(folder.path(), &["recover"]);
        assert_eq!(document["unfinished"].as_array().unwrap().len(), 0, "{document}");
    }
    // Before it was placed.
    die_before_recording();
    fs::remove_file(&path).unwrap();
    assert_eq!(way.run(folder.path(), &["recover", "--wait"]).0, 0);
    assert!(is_video(&path));

    // Another file exists there: it is not changed, and the document has the reason and the next step.
    die_before_recording();
    fs::write(&path, "mine").unwrap();
    let (code, document) = way.run(folder.path(), &["recover", "--wait"]);
    let failure = &document["unfinished"][0]["error"];
    assert_eq!((code, &failure["kind"]), (7, &"io".into()), "{document}");
    let hint = failure["hint"].as_str().unwrap();
    assert!(
        failure["message"].as_str().unwrap().contains("kite.mp4 exists"),
        "{document}"
    );
    let id = failure["task"].as_str().unwrap();
    assert!(hint.contains(&format!("videogen download {id} -o OTHER.mp4")), "{hint}");
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    // As suggested.
    assert_eq!(way.run(folder.path(), &["download", id, "-o", "other.mp4"]).0, 0);
    let (code, document) = way.run(folder.path(), &["recover", "--wait"]);
    assert_eq!(
        (code, document["unfinished"].as_array().unwrap().len()),
        (0, 0),
        "{document}"
    );
    assert_eq!(way.simulator.stats().tasks, 1);
}

/// Killed at any time around the end of the download.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_time_around_the_end() {
    let way = Way::new().await;
    let folder = tempfile::tempdir().unwrap();
    const ROUNDS: usize = 16;
    for round in 0..ROUNDS {
        let name = format!("{round}.mp4");
        let mut args = GENERATE;
        (args[5], args[7]) = (&name, &name);
        way.submit(folder.path(), &args);
        let mut child = way.start(folder.path(), &args);
        let is_there =
            || names(folder.path()).iter().any(|name| name.ends_with(".part")) || folder.path().join(&name).exists();
        while !is_there() && child.try_wait().unwrap().is_none() {
            crate::pause::pause();
        }
        (0..500_usize << round).for_each(|_| std::hint::spin_loop());
        child.kill().unwrap();
        child.wait().unwrap();
        names(folder.path())
            .iter()
            .filter(|name| name.ends_with(".part"))
            .for_each(|name| {
                let _ = fs::remove_file(folder.path().join(name));
            });
    }
    let (code, document) = way.run(folder.path(), &["recover", "--wait"]);
    assert_eq!(code, 0, "{document}");
    for round in 0..ROUNDS {
        assert!(
            is_video(&folder.path().join(format!("{round}.mp4"))),
            "{round}: {document}"
        );
    }
    let (_, document) = way.run(folder.path(), &["recover"]);
    assert_eq!(document["unfinished"].as_array().unwrap().len(), 0, "{document}");
    assert_eq!(way.simulator.stats().tasks, ROUNDS);
}

/// Two concurrent recoveries: both succeed, with one file.
#[tokio::test(flavor = "multi_thread")]
async fn two_recoveries_at_once() {
    for overwrite in [false, true] {
        let way = Way::new().await;
        let folder = tempfile::tempdir().unwrap();
        let mut args = GENERATE.to_vec();
        args.extend(overwrite.then_some("--overwrite"));
        way.kill_at(folder.path(), &args, None);
        let recoveries: Vec<_> = (0..4)
            .map(|_| {
                let mut command = way.command(folder.path(), &["recover", "--wait", "--json"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for recovery in recoveries {
            let output = recovery.wait_with_output().unwrap();
            assert!(output.status.success(), "{} {}", document(&output), stderr(&output));
        }
        assert!(is_video(&folder.path().join("kite.mp4")));
        assert_eq!(files(folder.path()), ["kite.mp4"]);
    }
}

/// A submission resolved by hand is unfinished until its files exist.
#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_resolved_submission_are_downloaded() {
    for wait in [false, true] {
        let way = Way::new().await;
        let folder = tempfile::tempdir().unwrap();
        let mut args = GENERATE.to_vec();
        args[3] = "token360";
        way.kill_at(folder.path(), &args, Some(Stop::Answer));
        let (_, local) = way.run(folder.path(), &["list", "--local"]);
        let submission = local["submissions"][0]["intent"]["id"].as_str().unwrap().to_owned();
        let task = format!("token360:videos:{}", way.simulator.tasks()[0].id);
        let mut settle = vec!["recover", &submission, "--task", &task];
        settle.extend(wait.then_some("--wait"));
        let (code, settled) = way.run(folder.path(), &settle);
        assert_eq!(
            (code, &settled["submission"]["state"]),
            (0, &"accepted".into()),
            "{settled}"
        );
        if !wait {
            assert!(
                settled["next"].as_str().unwrap().contains("videogen recover --wait"),
                "{settled}"
            );
            // The status shows it.
            let (code, seen) = way.run(folder.path(), &["wait", &task]);
            assert_eq!(code, 0);
            assert!(
                seen["next"].as_str().unwrap().contains("videogen recover --wait"),
                "{seen}"
            );
            assert_eq!(way.run(folder.path(), &["recover", "--wait"]).0, 0);
        }
        assert!(is_video(&folder.path().join("kite.mp4")), "{settled}");
        let (_, seen) = way.run(folder.path(), &["wait", &task]);
        assert!(seen.get("next").is_none(), "{seen}");
        assert_eq!(way.simulator.stats().tasks, 1);
    }
}
