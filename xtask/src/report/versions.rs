//! `cargo xtask report --check`: whether the version of each raw crate rose as much as the change of its spec needs.

use std::fmt::Write as _;
use std::path::Path;

use semver::{Prerelease, Version};
use toml_edit::DocumentMut;

use crate::spec::changes::{Change, Judgement};
use crate::spec::source::{Kind, Source, git};

/// The least version after `old` that may contain a change: a breaking one needs a new first number, which before 1.0 is the
/// second; what is new or behaves otherwise needs a new second number, which before 1.0 is the third.
pub(super) fn needed(old: &Version, worst: Judgement) -> Version {
    let Version {
        major, minor, patch, ..
    } = *old;
    match (worst, major, minor) {
        (Judgement::Breaking, 0, 0) => Version::new(0, 0, patch + 1),
        (Judgement::Breaking, 0, _) => Version::new(0, minor + 1, 0),
        (Judgement::Breaking, ..) => Version::new(major + 1, 0, 0),
        (Judgement::Behaviour | Judgement::Addition, 1.., _) => Version::new(major, minor + 1, 0),
        _ => Version::new(major, minor, patch + 1),
    }
}

/// One line for each vendor whose spec changed, and whether all versions suffice.
///
/// # Errors
/// When a manifest cannot be read.
pub(super) fn check(
    vendors: &[(String, Vec<Change>)],
    sides: (&Source, &Source),
    root: &Path,
) -> Result<(String, bool), String> {
    let (mut text, mut suffice) = (String::new(), true);
    for (vendor, changes) in vendors {
        let Some(worst) = changes.iter().map(|change| change.judgement).max() else {
            continue;
        };
        let name = format!("videogen-raw-{vendor}");
        let (Some(old), Some(new)) = (version(sides.0, vendor, root)?, version(sides.1, vendor, root)?) else {
            let _ = writeln!(text, "{name}: new or removed, so there is nothing to compare");
            continue;
        };
        let least = needed(&old, worst);
        // A prerelease may contain what its release may.
        let release = Version {
            pre: Prerelease::EMPTY,
            ..new.clone()
        };
        if release >= least {
            let _ = writeln!(text, "{name}: {old} → {new} suffices ({worst})");
        } else {
            suffice = false;
            let count = changes.iter().filter(|change| change.judgement == worst).count();
            let _ = writeln!(
                text,
                "{name}: {old} → {new} is too small: {count} {worst}, such as\n  {}\n  to do: set the version in Cargo.toml to \
                 {least} or later ([workspace.package], and each videogen crate in [workspace.dependencies])",
                changes
                    .iter()
                    .find(|change| change.judgement == worst)
                    .map(Change::line)
                    .unwrap_or_default()
            );
        }
    }
    if text.is_empty() {
        text.push_str("no spec changed\n");
    }
    Ok((text, suffice))
}

/// The version of a vendor's raw crate in a state of the repository, if it is there.
fn version(state: &Source, vendor: &str, root: &Path) -> Result<Option<Version>, String> {
    let path = format!("crates/raw/{vendor}/Cargo.toml");
    let Some(own) = manifest(state, &path, root)? else {
        return Ok(None);
    };
    let found = own.get("package").and_then(|package| package.get("version"));
    let found = match found.and_then(|version| version.as_str()) {
        Some(version) => Some(version.to_owned()),
        // `version.workspace = true`
        None => manifest(state, "Cargo.toml", root)?
            .as_ref()
            .and_then(|whole| whole.get("workspace")?.get("package")?.get("version")?.as_str())
            .map(str::to_owned),
    };
    let found = found.ok_or_else(|| format!("{path} of {} states no version", state.name))?;
    found
        .parse()
        .map(Some)
        .map_err(|error| format!("{path} of {}: version {found:?}: {error}", state.name))
}

fn manifest(state: &Source, path: &str, root: &Path) -> Result<Option<DocumentMut>, String> {
    let text = match &state.kind {
        Kind::Revision(commit) => git(root, &["show", &format!("{commit}:{path}")]).ok(),
        Kind::WorkingTree => std::fs::read_to_string(root.join(path)).ok(),
        Kind::File | Kind::Folder => {
            return Err(format!(
                "{} has specs but no versions: --check compares git revisions, or one with the working tree",
                state.name
            ));
        }
    };
    text.map(|text| {
        text.parse()
            .map_err(|error| format!("{path} of {}: {error}", state.name))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breaking_change_needs_the_first_number_that_is_not_zero() {
        for (old, worst, least) in [
            ("0.1.4", Judgement::Breaking, "0.2.0"),
            ("0.0.4", Judgement::Breaking, "0.0.5"),
            ("1.2.3", Judgement::Breaking, "2.0.0"),
            ("0.1.4", Judgement::Behaviour, "0.1.5"),
            ("1.2.3", Judgement::Behaviour, "1.3.0"),
            ("0.1.4", Judgement::Addition, "0.1.5"),
            ("1.2.3", Judgement::Addition, "1.3.0"),
            ("0.1.4", Judgement::Docs, "0.1.5"),
            ("1.2.3", Judgement::Docs, "1.2.4"),
        ] {
            assert_eq!(
                needed(&old.parse().expect("a version"), worst).to_string(),
                least,
                "{old} {worst}"
            );
        }
    }
}
