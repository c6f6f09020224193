//! `cargo xtask new-vendor`: a vendor that compiles and is registered, and the list of what only a person can add.
//!
//! Everything is worked out in memory first: what is refused has written nothing.

mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

use crate::lint::lint;
use crate::names::is_identifier;
use crate::spec::Spec;
use crate::{generate, surface};

/// Exit code: refused, and nothing written.
const REFUSED: u8 = 1;

const SPEC: &str = include_str!("new_vendor/template/spec.yaml");
const ADAPTER: &str = include_str!("new_vendor/template/adapter.rs");
/// What begins a note of what is left to do, in the skeleton's comments.
const MARK: &str = "TO DO: ";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Its name in file names, features and task ids: lower-case letters and digits, as in `alltoken`.
    name: String,
}

/// Why nothing was written: one reason a line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
struct Refused(Vec<String>);

impl Refused {
    fn because(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

/// A vendor's name in the forms that the templates have.
struct Name {
    lower: String,
}

impl Name {
    /// # Errors
    /// When it cannot be a name, or is one already.
    fn check(text: &str, root: &Path) -> Result<Self, Refused> {
        if !generate::is_vendor(text) {
            let lower: String = text
                .to_ascii_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let lower = lower.trim_start_matches(|first: char| first.is_ascii_digit());
            let hint = if lower.is_empty() { "acme" } else { lower };
            return Err(Refused::because(format!(
                "{text:?} cannot be a vendor's name: it becomes a file, a Rust module and a feature, so it begins with a letter \
                 and has lower-case ASCII letters and digits only, such as `{hint}`"
            )));
        }
        let name = Self { lower: text.to_owned() };
        if !is_identifier(text) {
            return Err(Refused::because(format!(
                "`{text}` is a word of Rust; take another name, such as `{text}ai`"
            )));
        }
        let vendors = generate::vendors(root, &[]).map_err(|error| Refused::because(error.to_string()))?;
        if vendors.contains(&name.lower) {
            return Err(Refused::because(format!(
                "there is a vendor `{text}` already: specs/{text}.yaml. To change it, edit that and run cargo xtask generate"
            )));
        }
        let mut used = BTreeSet::from([String::from("self"), String::from("tests")]);
        for code in [
            read(root, "crates/videogen/src/vendors/mod.rs")?.as_str(),
            read(root, "crates/videogen/src/vendors/dispatch.rs")?.as_str(),
            read(root, "crates/videogen/src/model/vendor.rs")?.as_str(),
            ADAPTER,
        ] {
            let tokens = code
                .parse()
                .map_err(|error: proc_macro2::LexError| Refused::because(error.to_string()))?;
            identifiers(tokens, &mut used);
        }
        for line in read(root, "crates/videogen/Cargo.toml")?.lines() {
            let key = line.split([' ', '.', '=']).next().unwrap_or_default();
            used.insert(key.to_owned());
        }
        // The template's own name for what is yet to be named.
        used.remove("acme");
        used.remove("Acme");
        if used.contains(text) || used.contains(&name.pascal()) {
            return Err(Refused::because(format!(
                "`{text}` is a name that the adapters, or crates/videogen/Cargo.toml, use for something else; take another, such \
                 as `{text}ai`"
            )));
        }
        Ok(name)
    }

    fn pascal(&self) -> String {
        let (first, rest) = self.lower.split_at(1);
        first.to_ascii_uppercase() + rest
    }

    /// A template, with this name.
    fn fill(&self, template: &str) -> String {
        let form = |found: &regex::Captures<'_>| match &found[0] {
            "Acme" => self.pascal(),
            "ACME" => self.lower.to_ascii_uppercase(),
            _ => self.lower.clone(),
        };
        match Regex::new("acme|Acme|ACME") {
            Ok(names) => names.replace_all(template, form).into_owned(),
            Err(_) => template.to_owned(),
        }
    }
}

fn identifiers(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(found.insert(ident.to_string())),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn read(root: &Path, file: &str) -> Result<String, Refused> {
    fs::read_to_string(root.join(file)).map_err(|error| Refused::because(format!("{file}: {error}")))
}

/// Every file to write, by path from the repository's root.
type Files = BTreeMap<PathBuf, String>;

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
        let files = plan(root, &name)?;
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
    // Nothing is generated any more; this writes the README's table.
    crate::cli::generate(root, std::slice::from_ref(&name.lower), false, out)?;
    left_to_do(&name, &files, out)?;
    Ok(0)
}

/// What to write.
fn plan(root: &Path, name: &Name) -> Result<Files, Refused> {
    let vendor = &name.lower;
    let there: Vec<String> = [
        format!("specs/{vendor}.yaml"),
        format!("specs/pages/{vendor}"),
        format!("crates/raw/{vendor}"),
        format!("crates/videogen/src/vendors/{vendor}.rs"),
        format!("tests/snapshots/{vendor}"),
    ]
    .into_iter()
    .filter(|path| root.join(path).exists())
    .map(|path| format!("{path} is there already; delete it, or take another name"))
    .collect();
    if !there.is_empty() {
        return Err(Refused(there));
    }
    let mut files = Files::new();
    for (file, text) in places::registered(root, name)? {
        let text = if file.ends_with(".rs") {
            formatted(root, text)
        } else {
            text
        };
        files.insert(file.into(), text);
    }
    let today = chrono::Utc::now().date_naive().to_string();
    let spec_file = format!("specs/{vendor}.yaml");
    let spec_text = name.fill(SPEC).replace("2000-01-01", &today);
    let broken = |reason: String| Refused::because(format!("the skeleton itself is broken: {reason}"));
    let findings = lint(&spec_file, &spec_text).map_err(|error| broken(error.to_string()))?;
    if let Some(first) = findings.first() {
        return Err(broken(format!("{spec_file}:{}: {}", first.line, first.reason)));
    }
    let tree = Spec::parse(vendor, &spec_text)
        .and_then(|spec| generate::raw_crate_of(&spec))
        .map_err(|error| broken(error.to_string()))?;
    let surface = surface::surface(&tree).map_err(|error| broken(error.to_string()))?;
    files.insert(
        format!("tests/snapshots/{vendor}/surface/client.snap").into(),
        format!("---\nsource: tests/snapshots.rs\n---\n{}\n", surface.trim_end()),
    );
    for (file, text) in tree {
        files.insert(Path::new("crates/raw").join(vendor).join(file), text);
    }
    files.insert(spec_file.into(), spec_text);
    files.insert(
        format!("crates/videogen/src/vendors/{vendor}.rs").into(),
        formatted(root, name.fill(ADAPTER)),
    );
    Ok(files)
}

/// Rust as rustfmt writes it: how lines break depends on the length of the name. As it is where there is no rustfmt.
fn formatted(root: &Path, code: String) -> String {
    let run = || -> io::Result<Option<String>> {
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--config-path"])
            .arg(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Dropped at the end of the statement, which tells rustfmt that this is all.
        rustfmt
            .stdin
            .take()
            .map_or(Ok(()), |mut input| input.write_all(code.as_bytes()))?;
        let output = rustfmt.wait_with_output()?;
        Ok(output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).ok())
            .flatten())
    };
    run().ok().flatten().unwrap_or(code)
}

/// The list of what only a person can add: the notes in the skeleton, and what there is no skeleton for.
fn left_to_do(name: &Name, files: &Files, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nIt compiles: {}",
        name.fill("cargo check -p videogen --no-default-features --features acme")
    )?;
    writeln!(out, "\nLeft to do, from the vendor's pages:")?;
    let adapter = format!("crates/videogen/src/vendors/{}.rs", name.lower);
    for file in [format!("specs/{}.yaml", name.lower), adapter] {
        let text = files.get(Path::new(&file)).map_or("", String::as_str);
        for (line, note) in notes(text) {
            writeln!(out, "  {file}:{line}: {note}")?;
        }
    }
    write!(out, "{}", name.fill(include_str!("new_vendor/template/left.txt")))
}

/// The notes in comments: line, and words up to the end of the comment.
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
        // What is commented out is an example, not a sentence.
        let more = more.take_while(|text| !text.starts_with(MARK) && !text.starts_with("x-"));
        found.push((
            index + 1,
            std::iter::once(first).chain(more).collect::<Vec<_>>().join(" "),
        ));
    }
    found
}
