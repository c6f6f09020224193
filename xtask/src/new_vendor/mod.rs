//! `cargo xtask new-vendor`: writes a vendor that compiles and is registered, and prints the remaining steps.
//!
//! This file has the arguments and the flow: everything is built in memory first, so that a refusal writes nothing.
//! `name` checks the name, `skeleton` makes the files, `paging` adds a list of tasks, `places` edits the lists of vendors.

use std::io::Write;
use std::path::Path;
use std::{fs, io};

use self::name::{Name, Refused};
use self::paging::Paging;
use self::skeleton::{Files, plan};

mod name;
mod paging;
mod places;
mod skeleton;

/// Exit code: refused, and nothing written.
const REFUSED: u8 = 1;

/// Prefix of the remaining steps in the skeleton's comments.
const MARK: &str = "TO DO: ";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name in file names, features and task ids: lower-case letters and digits, such as alltoken
    name: String,
    /// With a list of tasks, whose pages follow each other in this way
    #[arg(long, value_enum)]
    paging: Option<Paging>,
}

/// Runs the command on the repository at `root`. Returns the exit code.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn run(
    arguments: &Arguments,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Box<dyn std::error::Error>> {
    let (name, files) = match Name::check(&arguments.name, root).and_then(|name| {
        let files = plan(root, &name, arguments.paging)?;
        Ok((name, files))
    }) {
        Ok(planned) => planned,
        Err(Refused(reasons)) => {
            for reason in reasons {
                writeln!(err, "error: {reason}")?;
            }
            writeln!(err, "Nothing was written.")?;
            return Ok(REFUSED);
        }
    };
    for (file, text) in &files {
        let path = root.join(file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let change = if path.exists() { "registered it in" } else { "wrote" };
        fs::write(&path, text).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
        writeln!(out, "{change} {}", file.display())?;
    }
    for kind in ["wire", "tasks"] {
        fs::create_dir_all(root.join(format!("tests/snapshots/{}/{kind}", name.lower)))?;
    }
    left_to_do(&name, &files, out)?;
    Ok(0)
}

/// Prints the remaining steps: the notes in the skeleton, and the places without a skeleton.
fn left_to_do(name: &Name, files: &Files, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nIt compiles: {}",
        name.fill("cargo check -p videogen --no-default-features --features acme")
    )?;
    writeln!(out, "\nRemaining steps, from the vendor's pages:")?;
    let adapter = format!("crates/videogen/src/vendors/{}.rs", name.lower);
    for file in [format!("specs/{}.yaml", name.lower), adapter] {
        let text = files.get(Path::new(&file)).map_or("", String::as_str);
        for (line, note) in notes(text) {
            writeln!(out, "  {file}:{line}: {note}")?;
        }
    }
    write!(out, "{}", name.fill(include_str!("template/left.txt")))
}

/// The notes in comments: line, and text up to the end of the comment.
fn notes(text: &str) -> Vec<(usize, String)> {
    let comment = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("//").or_else(|| line.strip_prefix("# "))?;
        Some(rest.trim().to_owned())
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(first) = comment(line).and_then(|text| Some(text.strip_prefix(MARK)?.to_owned())) else {
            continue;
        };
        let more = lines[index + 1..].iter().map_while(|line| comment(line));
        // Commented-out code is an example, not part of the note.
        let more = more.take_while(|text| !text.starts_with(MARK) && !text.starts_with("x-"));
        found.push((
            index + 1,
            std::iter::once(first).chain(more).collect::<Vec<_>>().join(" "),
        ));
    }
    found
}
