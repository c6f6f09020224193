//! `cargo xtask report --changelog`: the entries of the raw crates in CHANGELOG.md.

use std::fmt::Write as _;

use crate::spec::changes::{Change, Judgement};

/// The file.
pub(super) const FILE: &str = "CHANGELOG.md";

/// `old` with the sections of these vendors' raw crates in "Unreleased", in place of those that it has there.
///
/// # Errors
/// When it has no such heading.
pub(super) fn with_entries(old: &str, vendors: &[(String, Vec<Change>)]) -> Result<String, String> {
    const HEADING: &str = "## [Unreleased]\n";
    let Some((before, rest)) = old.split_once(HEADING) else {
        return Err(format!("{FILE} lacks the line `{}`", HEADING.trim_end()));
    };
    let end = rest.find("\n## ").map_or(rest.len(), |at| at + 1);
    let (unreleased, after) = rest.split_at(end);
    let mut sections: Vec<String> = Vec::new();
    for line in unreleased.split_inclusive('\n') {
        if line.starts_with("### ") || sections.is_empty() {
            sections.push(String::new());
        }
        sections
            .last_mut()
            .into_iter()
            .for_each(|section| section.push_str(line));
    }
    for (vendor, changes) in vendors {
        let heading = format!("### videogen-raw-{vendor}\n");
        let entry = entry(&heading, changes);
        match sections.iter_mut().find(|section| section.starts_with(&heading)) {
            Some(section) => *section = entry,
            None => sections.push(entry),
        }
    }
    let sections: Vec<&str> = sections.iter().map(|section| section.trim_matches('\n')).collect();
    let sections: Vec<&str> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    let gap = if after.is_empty() { "" } else { "\n" };
    Ok(format!("{before}{HEADING}\n{}\n{gap}{after}", sections.join("\n\n")))
}

/// What changed for users of one raw crate, the worst first.
fn entry(heading: &str, changes: &[Change]) -> String {
    let mut text = format!("{heading}\n");
    let visible = changes.iter().filter(|change| change.judgement != Judgement::Docs);
    let mut docs = changes.len();
    for change in visible {
        docs -= 1;
        let word = match change.judgement {
            Judgement::Breaking => "**Breaking**",
            Judgement::Behaviour => "Changed",
            Judgement::Addition | Judgement::Docs => "Added",
        };
        let _ = writeln!(text, "- {word}: {}", change.line());
    }
    match docs {
        0 => {}
        1 => text.push_str("- One change of the documentation\n"),
        count => {
            let _ = writeln!(text, "- {count} changes of the documentation");
        }
    }
    text
}
