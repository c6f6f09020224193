//! Runs the commands of the pages in docs/ against the simulator, and compares the output with the page.
//!
//! A block whose language is followed by a name is that file.
//!
//! With `INSTA_UPDATE=always` the page is updated. A line `…` matches any lines; ids, times and ports may differ.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use regex::{Captures, Regex};
use videogen_sim::{Simulator, Vendor};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
const ELIDED: &str = "…";
const ID: &str = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{14}";

/// A command on the page, and the lines that it shows below it.
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The lines outside of `console` blocks, and the commands in them.
enum Part {
    Text(String),
    Command(Shown),
}

fn parts(page: &str) -> Vec<Part> {
    let (mut parts, mut is_console) = (Vec::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            is_console = line == "```console";
        }
        match (line.strip_prefix("$ "), parts.last_mut()) {
            (Some(command), _) if is_console => parts.push(Part::Command(Shown {
                command: command.to_owned(),
                output: Vec::new(),
            })),
            (None, Some(Part::Command(shown))) if is_console => shown.output.push(line.to_owned()),
            _ => parts.push(Part::Text(line.to_owned())),
        }
    }
    parts
}

/// Ids of the page, and the corresponding ones of this run.
#[derive(Default)]
struct Ids(HashMap<String, String>);

impl Ids {
    /// Collects ids from an output that is shown completely.
    fn learn(&mut self, shown: &[String], printed: &[String]) {
        let id = Regex::new(ID).unwrap();
        let ids = |lines: &[String]| -> Vec<String> {
            let text = lines.join("\n");
            id.find_iter(&text).map(|id| id.as_str().to_owned()).collect()
        };
        self.0.extend(ids(shown).into_iter().zip(ids(printed)));
    }

    fn of_this_run(&self, command: &str) -> String {
        let replace = |id: &Captures<'_>| self.0.get(&id[0]).cloned().unwrap_or_else(|| id[0].to_owned());
        Regex::new(ID).unwrap().replace_all(command, replace).into_owned()
    }

    fn of_the_page(&self, line: &str) -> String {
        let shown = |id: &Captures<'_>| {
            let known = self.0.iter().find(|(_, printed)| **printed == id[0]);
            known.map_or_else(|| id[0].to_owned(), |(shown, _)| shown.clone())
        };
        let line = Regex::new(ID).unwrap().replace_all(line, shown);
        let port = Regex::new(r"127\.0\.0\.1:\d+").unwrap();
        port.replace_all(&line, "127.0.0.1:8787").into_owned()
    }
}

/// A line without parts that differ between runs.
fn steady(line: &str) -> String {
    let varying =
        format!(r"{ID}|\d{{4}}-\d\d-\d\dT[\d:.]+Z|127\.0\.0\.1:\d+|signature=[0-9a-f]+|\b\d{{10}}\b|\d+ days? ago");
    Regex::new(&varying).unwrap().replace_all(line, "*").into_owned()
}

fn is_shown(shown: &[String], printed: &[String]) -> bool {
    let Some((first, rest)) = shown.split_first() else {
        return printed.is_empty();
    };
    if first == ELIDED {
        return (0..=printed.len()).any(|from| is_shown(rest, &printed[from..]));
    }
    let is_same = printed.first().is_some_and(|line| steady(line) == steady(first));
    is_same && is_shown(rest, &printed[1..])
}

/// The lines that a command prints, and its exit code.
fn run(command: &str, folder: &Path, sim: Option<&Simulator>) -> (Vec<String>, i32) {
    let binary = Path::new(env!("CARGO_BIN_EXE_videogen"));
    let path = std::env::var("PATH").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1; {command}")]);
    shell.current_dir(folder);
    shell.env("PATH", format!("{}:{path}", binary.parent().unwrap().display()));
    shell.env("VIDEOGEN_JOURNAL", folder.join("journal.db"));
    shell.env("VIDEOGEN_CONFIG", "config.toml");
    shell.env("VIDEOGEN_CREDENTIALS", "credentials.toml");
    shell
        .env_remove("VIDEOGEN_PRICES")
        .env("XDG_CONFIG_HOME", folder.join(".config"));
    for vendor in Vendor::ALL {
        let facts = videogen::Vendor::from(vendor).facts();
        shell.env(facts.key_env, "sk-demo");
        match sim {
            Some(sim) => shell.env(facts.base_url_env, sim.base_url(vendor)),
            None => shell.env_remove(facts.base_url_env),
        };
    }
    let output = shell.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.trim_end().to_owned());
    (lines.collect(), output.status.code().unwrap())
}

/// The files that a page shows, with their contents.
fn files(page: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(head) => {
                let name = head.split_once(' ').map(|(_, name)| name.to_owned());
                is_open = name.is_some();
                files.extend(name.map(|name| (name, String::new())));
            }
            None if is_open => files.last_mut().unwrap().1.push_str(&format!("{line}\n")),
            None => {}
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_command_shows_what_it_prints() {
    check("terminal.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_shows_what_it_prints() {
    check("getting-started.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_other_languages_shows_what_it_prints() {
    check("other-languages.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_batches_shows_what_they_print() {
    check("batches.md").await;
}

async fn check(name: &str) {
    let path = Path::new(DOCS).join(name);
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(&path).unwrap();
    // The reader of the first page has none yet.
    let mut sim = None;
    if name != "getting-started.md" {
        sim = Some(Simulator::builder().speed(1000.0).start().await.unwrap());
    }
    for (file, text) in files(&page) {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    let (mut ids, mut new, mut wrong) = (Ids::default(), String::new(), Vec::new());
    for part in parts(&page) {
        let Shown { command, output } = match part {
            Part::Text(line) => {
                new.push_str(&format!("{line}\n"));
                continue;
            }
            Part::Command(shown) => shown,
        };
        let (printed, code) = run(&ids.of_this_run(&command), folder.path(), sim.as_ref());
        let expected = command.rsplit_once("# exit code ").map_or("0", |(_, code)| code);
        assert_eq!(code.to_string(), expected, "$ {command}\n{}", printed.join("\n"));
        if !output.iter().any(|line| line == ELIDED) {
            ids.learn(&output, &printed);
        }
        let is_same = is_shown(&output, &printed);
        let printed: Vec<String> = printed.iter().map(|line| ids.of_the_page(line)).collect();
        if !is_same {
            wrong.push(format!("$ {command}\n{}", printed.join("\n")));
        }
        for line in [&format!("$ {command}")]
            .into_iter()
            .chain(if is_same { &output } else { &printed })
        {
            new.push_str(&format!("{line}\n"));
        }
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, new).unwrap();
        return;
    }
    assert!(
        wrong.is_empty(),
        "docs/{name} shows something else; INSTA_UPDATE=always updates it:\n{}",
        wrong.join("\n")
    );
}
