//! `cargo xtask absorb`: the round after a vendor's documentation changed, step by step.
//!
//! Arguments and the flow. `steps` lists the steps: each is a command that also works by itself, and nothing is stored
//! between two runs, because a step that is done passes at once. `places` reads from the results of `docs` and `lint` what
//! is to be edited, `editor` opens it.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::Value;

use self::editor::Editor;
use self::places::{Open, Place};
use self::steps::{Result as Reading, STEPS, Step};
use crate::cargo::cargo;
use crate::exit::CANNOT;

mod editor;
mod places;
mod steps;

/// Exit code: a step needs the maintainer.
const STOPPED: u8 = 1;
/// Exit code: invalid arguments.
const INVALID: u8 = 2;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Vendor, by the name of its spec file
    vendor: String,
    /// Pages that changed, as `cargo xtask docs` reads them
    #[arg(value_name = "PAGE", required = true)]
    pages: Vec<String>,
    /// The page's short name in the spec's x-pages [default: found from the page itself]
    #[arg(long, value_name = "NAME")]
    page: Option<String>,
    /// First step
    #[arg(long, value_name = "STEP", hide_possible_values = true, value_parser = names())]
    from: Option<String>,
    /// Last step
    #[arg(long, value_name = "STEP", hide_possible_values = true, value_parser = names())]
    to: Option<String>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STEPS.iter().map(|step| step.name))
}

/// Runs one `cargo xtask …` command, without the first two words, and returns its exit code.
pub(crate) type Xtask<'a> = &'a dyn Fn(&[String], &mut dyn Write, &mut dyn Write) -> u8;

/// The steps, for the help.
pub(crate) fn help() -> String {
    let mut text = String::from(
        "Examples:\n  cargo xtask absorb toapis seedance-2.mdx\n  cargo xtask absorb toapis seedance-2.mdx --from lint\n\n\
         Steps, and the command that each of them is:\n",
    );
    for step in &STEPS {
        let _ = writeln!(text, "  {:<9}  {}\n             {}", step.name, step.does, step.alone());
    }
    text.trim_end().to_owned()
}

/// Does the round in the repository at `root`. Returns the exit code.
///
/// # Errors
/// When a command cannot be run, or its result cannot be read.
pub(crate) fn run(
    arguments: &Arguments,
    root: &Path,
    xtask: Xtask<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Box<dyn Error>> {
    let place = |name: &Option<String>| STEPS.iter().position(|step| Some(step.name) == name.as_deref());
    let (first, last) = (
        place(&arguments.from).unwrap_or(0),
        place(&arguments.to).unwrap_or(STEPS.len() - 1),
    );
    if first > last {
        let (first, last) = (STEPS[first].name, STEPS[last].name);
        writeln!(err, "error: step {first} comes after {last}; swap --from and --to")?;
        return Ok(INVALID);
    }
    let mut round = Round {
        arguments,
        root,
        xtask,
        editor: Editor::of_terminal()?,
        out,
        err,
    };
    for (index, step) in STEPS.iter().enumerate().take(last + 1).skip(first) {
        let (number, all) = (index + 1, STEPS.len());
        let (does, vendor) = (step.does.replace("VENDOR", &arguments.vendor), &arguments.vendor);
        writeln!(round.out, "== {number}/{all} {}: {does}", step.name)?;
        round.out.flush()?;
        if let Some(Stop { code, todo, go_on }) = round.step(step)? {
            let todo = todo.replace("VENDOR", vendor);
            writeln!(
                round.out,
                "\nStopped at {}. To do: {todo}.\nThen go on: {}",
                step.name,
                round.again(go_on)?
            )?;
            return Ok(code);
        }
    }
    writeln!(round.out, "\nDone, up to {}.", STEPS[last].name)?;
    if last + 1 == STEPS.len() {
        writeln!(
            round.out,
            "Read target/report.md and git diff, then run all checks: cargo xtask ci"
        )?;
    }
    Ok(0)
}

/// Why the round stops.
struct Stop {
    code: u8,
    todo: String,
    /// The step to go on from, if it is another than the first one of this run.
    go_on: Option<&'static str>,
}

struct Round<'a> {
    arguments: &'a Arguments,
    root: &'a Path,
    xtask: Xtask<'a>,
    editor: Option<Editor>,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl Round<'_> {
    /// Runs a step; `None`: it passed.
    fn step(&mut self, step: &'static Step) -> Result<Option<Stop>, Box<dyn Error>> {
        let code = self.command(step)?;
        let stop = |todo: &str| Stop {
            code: if code == CANNOT { CANNOT } else { STOPPED },
            todo: todo.to_owned(),
            go_on: None,
        };
        let open = match step.result {
            Reading::Passes(codes) => return Ok((!codes.contains(&code)).then(|| stop(step.todo))),
            _ if code == 0 => return Ok(None),
            _ if code == CANNOT => return Ok(Some(stop("correct what the message names"))),
            Reading::Findings | Reading::Pages => self.edited(step)?,
        };
        if !open.places.is_empty() {
            if step.result == Reading::Pages {
                writeln!(self.out, "\nPlaces to edit, in this order:")?;
                for place in &open.places {
                    writeln!(self.out, "{place}")?;
                }
            }
            let mut todo = step.todo.to_owned();
            if open.is_changed {
                todo += ", and read the changed lines above";
            }
            return Ok(Some(stop(&todo)));
        }
        if !open.not_read.is_empty() {
            let pages = open.not_read.join(", ");
            return Ok(Some(stop(&format!(
                "of {pages} nothing was concluded, for the reason above: save the whole page, name it with --page, or add it to \
                 x-pages"
            ))));
        }
        if open.is_changed {
            let todo = "read the changed lines above, and edit the spec where they say something new";
            let mut stop = stop(todo);
            stop.go_on = Some(STEPS[1].name);
            return Ok(Some(stop));
        }
        Ok(None)
    }

    /// What is left to edit, after the editor if there is one.
    fn edited(&mut self, step: &Step) -> Result<Open, Box<dyn Error>> {
        let mut opened = BTreeSet::new();
        loop {
            let open = self.open(step)?;
            let Some(editor) = &self.editor else { return Ok(open) };
            let is_new = |place: &&Place| !opened.contains(&(place.file.clone(), place.fault.clone()));
            let Some(place) = open.places.iter().find(is_new) else {
                return Ok(open);
            };
            opened.insert((place.file.clone(), place.fault.clone()));
            writeln!(self.out, "{place}")?;
            self.out.flush()?;
            if !editor.open(self.root, place)? {
                return Ok(open);
            }
        }
    }

    /// What is left to edit, by the JSON of `docs` and `lint`.
    fn open(&mut self, step: &Step) -> Result<Open, Box<dyn Error>> {
        let mut words = self.words(step);
        words.push("--json".to_owned());
        let (mut json, mut reason) = (Vec::new(), Vec::new());
        (self.xtask)(&words[2..], &mut json, &mut reason);
        let json: Value = serde_json::from_slice(&json).map_err(|_| String::from_utf8_lossy(&reason).into_owned())?;
        match step.result {
            Reading::Pages => places::of_pages(self.root, &json),
            _ => Ok(places::of_findings(&json)),
        }
    }

    /// Runs the command of a step, with its output. Returns its exit code.
    fn command(&mut self, step: &Step) -> Result<u8, Box<dyn Error>> {
        let words = self.words(step);
        if words[1] == "xtask" {
            return Ok((self.xtask)(&words[2..], self.out, self.err));
        }
        let status = cargo(self.root).args(&words[1..]).status();
        let status = status.map_err(|error| format!("cargo cannot be run: {error}"))?;
        Ok(status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(STOPPED))
    }

    fn words(&self, step: &Step) -> Vec<String> {
        let Arguments {
            vendor, pages, page, ..
        } = self.arguments;
        let mut pages = pages.clone();
        if let Some(page) = page {
            pages.extend(["--page".to_owned(), page.clone()]);
        }
        step.command(vendor, &pages)
    }

    /// The command to go on with, quoted for a shell.
    fn again(&self, from: Option<&str>) -> Result<String, Box<dyn Error>> {
        let Arguments {
            vendor,
            pages,
            page,
            from: first,
            to,
        } = self.arguments;
        let mut words = vec!["cargo", "xtask", "absorb", vendor.as_str()];
        words.extend(pages.iter().map(String::as_str));
        for (option, value) in [
            ("--page", page.as_deref()),
            ("--from", from.or(first.as_deref())),
            ("--to", to.as_deref()),
        ] {
            words.extend(value.into_iter().flat_map(|value| [option, value]));
        }
        Ok(shlex::try_join(words)?)
    }
}
