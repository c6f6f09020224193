//! What is on the screen of a terminal: while a command waits, and after its end or an interrupt.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use regex::Regex;
use serde_json::json;

use super::screen::{Left, Screen};
use super::{run, videogen};

const WIDTHS: [u16; 3] = [40, 80, 200];
const MEBIBYTE: usize = 1 << 20;
/// Number of submissions to all vendors.
static SUBMITTED: AtomicUsize = AtomicUsize::new(100);

/// A vendor with a completed task `t-1`, a running one `t-2`, and others that are queued. It answers nothing about `t-hang`,
/// and to submissions below `/hang`. Tasks that are submitted below `/done` are completed. Its file arrives as far as a MiB, and after
/// the end of the channel completely.
fn vendor() -> (String, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (release, released) = mpsc::channel();
    let (own, released) = (base_url.clone(), Arc::new(Mutex::new(released)));
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (socket, own, released) = (socket.unwrap(), own.clone(), Arc::clone(&released));
            std::thread::spawn(move || answer(socket, &own, &released));
        }
    });
    (base_url, release)
}

fn answer(mut socket: TcpStream, base_url: &str, released: &Mutex<mpsc::Receiver<()>>) {
    let lines = BufReader::new(socket.try_clone().unwrap()).lines();
    let head: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let mut id = path.rsplit('/').next().unwrap_or_default().to_owned();
    if id == "t-hang" || path.starts_with("/hang/") {
        let _ = released.lock().unwrap().recv();
        return;
    }
    let is_submission = head.first().is_some_and(|line| line.starts_with("POST "));
    if is_submission {
        id = format!("t-1{}", SUBMITTED.fetch_add(1, Ordering::Relaxed));
    }
    // The command may have ended.
    if id == "a.mp4" {
        let mut file = b"\0\0\0\x08ftyp\0\0\0\x08moov".to_vec();
        file.extend(u32::try_from(4 * MEBIBYTE - file.len()).unwrap().to_be_bytes());
        file.extend(b"mdat");
        file.resize(4 * MEBIBYTE, 0);
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            file.len()
        );
        let _ = socket.write_all(head.as_bytes());
        let _ = socket.write_all(&file[..MEBIBYTE]);
        let _ = released.lock().unwrap().recv();
        let _ = socket.write_all(&file[MEBIBYTE..]);
        return;
    }
    let mut task = json!({"id": id, "object": "generation.task", "model": "seedance-2", "status": "queued"});
    if id == "t-1" || path.starts_with("/done/") && !is_submission {
        task["status"] = json!("completed");
        task["result"] = json!({"type": "video", "data": [{"url": format!("{base_url}/a.mp4")}]});
    } else if id == "t-2" {
        task["status"] = json!("in_progress");
        task["progress"] = json!(40);
    }
    let body = task.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = socket.write_all((head + &body).as_bytes());
}

fn command(folder: &Path, base_url: &str, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    command.env("TOAPIS_API_KEY", "sk-x").env("TOAPIS_BASE_URL", base_url);
    command
}

/// The screen without what differs from run to run.
fn steady(screen: &str) -> String {
    let lines = screen.lines().map(str::trim_end);
    let mut text = lines.collect::<Vec<_>>().join("\n");
    for (pattern, with) in [
        ("[\u{2801}-\u{28ff}] ", "* "),
        // The character of the spinner that is blank.
        (r"(?m)^  (\S.*  \d+ s)$", "* $1"),
        (r"  [\d.]+ [KMG]?i?B/s", ""),
        (r"  [\d hmins]+ left", ""),
        (r"\b\d+ s\b", "N s"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
        (r"\b[0-9a-f]{14}\b", "ID"),
        (r"\bt-1\d\d\d\b", "t-ID"),
        (r"\b\d+ bytes", "N bytes"),
        // Free space on disks.
        (r"free +folder", "free  folder"),
        (r"\b[\d.]+ GiB +", "N GiB  "),
        // The width of a column that has the size of a file.
        (r"(state|none|N bytes) +(path|FOLDER)", "$1  $2"),
        (r"127\.0\.0\.1:\d+", "HOST"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
    }
    text
}

fn check(name: &str, columns: u16, screen: &str) {
    // No line of progress is longer than the terminal is wide.
    for line in screen.lines().filter(|line| line.starts_with(is_spinner)) {
        assert!(line.chars().count() <= columns.into(), "{line}");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/screens");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("{name}_{columns}"), steady(screen)));
}

/// Nothing but complete lines is left.
fn is_clean(left: &Left) {
    assert!(!left.is_cursor_hidden && left.column == 0, "{:?}", left.raw);
    assert!(
        !left.text.contains(is_spinner) && !left.text.contains("^C"),
        "{}",
        left.text
    );
}

fn is_spinner(character: char) -> bool {
    ('\u{2801}'..='\u{28ff}').contains(&character)
}

#[test]
fn a_wait_shows_the_task_and_leaves_nothing() {
    let (base_url, _release) = vendor();
    for columns in WIDTHS {
        let folder = tempfile::tempdir().unwrap();
        let screen = Screen::start(
            &command(folder.path(), &base_url, &["wait", "toapis:seedance-2:t-2"]),
            columns,
        );
        check("waiting", columns, &screen.until(&["in_progress 40%"]));
        screen.interrupt();
        let left = screen.end();
        assert_eq!(left.code, Some(130));
        is_clean(&left);
        check("interrupted", columns, &left.text);
    }
}

#[test]
fn a_wait_for_many_tasks_shows_each_and_their_total() {
    let (base_url, _release) = vendor();
    for columns in WIDTHS {
        let folder = tempfile::tempdir().unwrap();
        let ids = ["t-1", "t-2", "t-3"].map(|id| format!("toapis:seedance-2:{id}"));
        let args = [&["wait"][..], &ids.each_ref().map(String::as_str)].concat();
        let screen = Screen::start(&command(folder.path(), &base_url, &args), columns);
        let words = ["1 of 3 ended", "in_progress 40%", "t-3  queued"];
        check("waiting_for_many", columns, &screen.until(&words));
        screen.interrupt();
        let left = screen.end();
        assert_eq!(left.code, Some(130));
        is_clean(&left);
        check("interrupted_many", columns, &left.text);
    }
}

#[test]
fn the_usual_duration_is_shown_also_by_a_recovery() {
    let (base_url, release) = vendor();
    drop(release);
    let folder = tempfile::tempdir().unwrap();
    let done = format!("{base_url}/done");
    let names = ["a.mp4", "b.mp4", "c.mp4"];
    super::at_once(names, |name| {
        let args = ["generate", name, "--vendor", "toapis", "-o", name];
        let output = command(folder.path(), &done, &args).output().unwrap();
        assert!(output.status.success(), "{}", super::stderr(&output));
    });
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "toapis",
        "-o",
        "kite.mp4",
        "--timeout",
        "0",
    ];
    let output = command(folder.path(), &base_url, &args).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{}", super::stderr(&output));
    let shown = super::stderr(&output);
    let id = Regex::new(r"Submitted (\S+) to").unwrap().captures(&shown).unwrap()[1].to_owned();
    for columns in WIDTHS {
        for (name, args) in [("usual", &["wait", &id][..]), ("recovering", &["recover", "--wait"])] {
            let screen = Screen::start(&command(folder.path(), &base_url, args), columns);
            check(name, columns, &screen.until(&["queued", "usually "]));
            screen.interrupt();
            let left = screen.end();
            assert_eq!(left.code, Some(130), "{}", left.text);
            is_clean(&left);
            // A recovery is ended as a whole, or while it waits for this task.
            assert!(left.text.contains("Resume with: videogen "), "{}", left.text);
        }
    }
}

#[test]
fn a_download_shows_bytes_and_percent() {
    for columns in WIDTHS {
        let (base_url, release) = vendor();
        let folder = tempfile::tempdir().unwrap();
        let args = ["download", "toapis:seedance-2:t-1", "-o", "a-kite.mp4"];
        let screen = Screen::start(&command(folder.path(), &base_url, &args), columns);
        let words = ["1.00 MiB of 4.00 MiB", " left"];
        // Too narrow for the remaining time.
        let words = if columns < 80 { &words[..1] } else { &words };
        check("downloading", columns, &screen.until(words));
        drop(release);
        let left = screen.end();
        assert_eq!(left.code, Some(0), "{}", left.text);
        is_clean(&left);
        check("downloaded", columns, &left.text);
    }
}

#[test]
fn a_batch_shows_its_first_jobs_and_a_total() {
    let (base_url, _release) = vendor();
    for columns in WIDTHS {
        let folder = tempfile::tempdir().unwrap();
        let jobs = (1..=10).map(|n| format!("{{\"id\": \"job-{n}\", \"prompt\": \"a kite\"}}\n"));
        std::fs::write(folder.path().join("jobs.jsonl"), jobs.collect::<String>()).unwrap();
        let args = [
            "batch",
            "jobs.jsonl",
            "--vendor",
            "toapis",
            "-o",
            "out/",
            "--parents",
            "--in-flight",
            "10",
        ];
        let screen = Screen::start(&command(folder.path(), &base_url, &args), columns);
        let shown = (1..=8).map(|n| format!("job-{n}  queued")).collect::<Vec<_>>();
        let words = [
            &["0 of 10 done  10 running"][..],
            &shown.iter().map(String::as_str).collect::<Vec<_>>(),
        ]
        .concat();
        let text = screen.until(&words);
        assert!(!text.contains("job-9"), "{text}");
        check("running_batch", columns, &text);
        screen.interrupt();
        let left = screen.end();
        assert_eq!(left.code, Some(130), "{}", left.text);
        is_clean(&left);
        check("interrupted_batch", columns, &left.text);
    }
}

#[test]
fn several_videos_of_one_call_have_a_line_each() {
    let (base_url, _release) = vendor();
    let folder = tempfile::tempdir().unwrap();
    let args = ["generate", "a kite", "-n", "3", "--vendor", "toapis", "-o", "{id}.mp4"];
    let screen = Screen::start(&command(folder.path(), &base_url, &args), 80);
    let text = screen.until(&["0 of 3 ended"]);
    let ids = Regex::new("Submitted toapis:[^:]+:(t-[0-9]+)").unwrap();
    let lines: Vec<String> = ids
        .captures_iter(&text)
        .map(|found| format!("{}  queued", &found[1]))
        .collect();
    assert_eq!(lines.len(), 3, "{text}");
    screen.until(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    screen.interrupt();
    let left = screen.end();
    assert_eq!(left.code, Some(130), "{}", left.text);
    is_clean(&left);
}

#[test]
fn a_vendor_that_does_not_respond_is_noted() {
    let (base_url, release) = vendor();
    let note = "No response from ToAPIs for 10 s; still waiting.";
    let hanging = format!("{base_url}/hang");
    let runs = [
        (&base_url, &["wait", "toapis:seedance-2:t-hang"][..]),
        (&base_url, &["status", "toapis:seedance-2:t-hang"]),
        (&hanging, &["generate", "a kite", "--vendor", "toapis", "--no-wait"]),
    ];
    let runs = runs.map(|(base_url, args)| {
        let folder = tempfile::tempdir().unwrap();
        let screen = Screen::start(&command(folder.path(), base_url, args), 80);
        (folder, screen)
    });
    for (_, screen) in &runs {
        screen.until(&[note]);
        screen.interrupt();
    }
    // The response to the submission is awaited.
    drop(release);
    for (_folder, screen) in runs {
        let left = screen.end();
        assert_eq!(left.text.matches(note).count(), 1, "{}", left.text);
        is_clean(&left);
    }
}

#[test]
fn results_on_a_terminal() {
    let (base_url, _release) = vendor();
    for columns in WIDTHS {
        let folder = tempfile::tempdir().unwrap();
        let submit = ["generate", "a kite", "--vendor", "toapis", "--no-wait"];
        let submitted = command(folder.path(), &base_url, &submit).output().unwrap();
        assert!(submitted.status.success(), "{}", super::stderr(&submitted));
        let jobs = "{\"id\": \"one\", \"prompt\": \"a kite\"}\n{\"id\": \"two\", \"prompt\": \"a boat\"}\n";
        std::fs::write(folder.path().join("jobs.jsonl"), jobs).unwrap();
        let simulate = [
            "generate",
            "a kite",
            "--simulate",
            "--vendor",
            "token360",
            "-o",
            "k.mp4",
        ];
        let batch = [
            "batch",
            "jobs.jsonl",
            "--simulate",
            "--vendor",
            "token360",
            "-o",
            "out/",
            "--parents",
        ];
        for (name, args) in [
            ("generated", &simulate[..]),
            ("batch", &batch),
            ("list", &["list", "--local"]),
            ("plan", &["plan", "a kite", "--vendor", "token360"]),
            ("doctor", &["doctor", "--offline"]),
            ("help", &["wait", "--help"]),
            ("help_of_generate", &["generate", "--help"]),
        ] {
            let left = Screen::start(&videogen(folder.path(), args), columns).end();
            assert_eq!(
                left.code,
                Some(if name == "doctor" { 3 } else { 0 }),
                "{name}: {}",
                left.text
            );
            is_clean(&left);
            check(
                name,
                columns,
                &left.text.replace(folder.path().to_str().unwrap(), "FOLDER"),
            );
        }
    }
}

#[test]
fn colours_and_links_are_for_terminals_that_have_them() {
    let (base_url, _release) = vendor();
    let folder = tempfile::tempdir().unwrap();
    let status = |color: &[&str], variables: &[(&str, &str)]| {
        let args = [&["status", "toapis:seedance-2:t-2"][..], color].concat();
        let mut command = command(folder.path(), &base_url, &args);
        command.envs(variables.iter().copied());
        command
    };
    let in_color = "\u{1b}[36min_progress\u{1b}[0m";
    for (color, variables, expected) in [
        (&[][..], &[][..], true),
        (&["--color", "never"], &[], false),
        (&[], &[("NO_COLOR", "1")], false),
        (&["--color=always"], &[("NO_COLOR", "1")], true),
        (&[], &[("TERM", "dumb")], false),
    ] {
        let left = Screen::start(&status(color, variables), 80).end();
        assert_eq!(
            left.raw.contains(in_color),
            expected,
            "{color:?} {variables:?}: {:?}",
            left.raw
        );
        assert_eq!(left.raw.contains('\u{1b}'), expected, "{:?}", left.raw);
    }
    for (color, variables, expected) in [
        (&[][..], &[][..], false),
        (&["--color", "always"], &[], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
    ] {
        let output = status(color, variables).output().unwrap();
        let shown = super::stdout(&output);
        assert_eq!(shown.contains(in_color), expected, "{color:?} {variables:?}: {shown:?}");
    }
    // An error, also one of a command line that is invalid as a whole.
    for args in [&["status", "x", "--color=always"][..], &["nope", "--color", "always"]] {
        let shown = super::stderr(&run(folder.path(), args));
        assert!(shown.starts_with("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m "), "{shown:?}");
    }

    let simulate = ["generate", "a kite", "--simulate", "-o", "k.mp4", "--overwrite"];
    let link = "\u{1b}]8;;file:///";
    for (more, expected) in [(&[][..], true), (&["--color", "never"], false)] {
        let mut command = videogen(folder.path(), &[&simulate[..], more].concat());
        command.env("FORCE_HYPERLINK", "1");
        let left = Screen::start(&command, 80).end();
        assert_eq!(left.raw.contains(link), expected, "{:?}", left.raw);
        assert!(left.text.contains("k.mp4: "), "{}", left.text);
    }
    // A terminal that cannot replace lines has plain ones.
    let mut dumb = command(folder.path(), &base_url, &["wait", "toapis:seedance-2:t-2"]);
    dumb.env("TERM", "dumb");
    let screen = Screen::start(&dumb, 80);
    screen.until(&["toapis:seedance-2:t-2 is in_progress"]);
    screen.interrupt();
    let left = screen.end();
    assert!(!left.raw.contains('\u{1b}'), "{:?}", left.raw);
}
