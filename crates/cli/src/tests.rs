//! Help: examples, vendors, width.

#![allow(clippy::unwrap_used)]

use clap::CommandFactory as _;
use videogen::facts::{Operation, Scheme};
use videogen::{TaskId, Vendor};

use super::Cli;

/// Longest example and line about an option, in characters.
const WIDTH: usize = 80;

#[test]
fn help_is_short_and_has_examples() {
    let mut wrong = Vec::new();
    let mut all = Cli::command();
    // Adds the global options to each command.
    all.build();
    let top = all.get_subcommands().map(|command| (true, command));
    let nested = all.get_subcommands().flat_map(clap::Command::get_subcommands);
    let commands = top.chain(nested.map(|command| (false, command)));
    for (is_top, command) in commands.filter(|(_, command)| command.get_name() != "help") {
        let name = command.get_name();
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        // The examples of nested commands are with the command that they belong to.
        if is_top && !after.starts_with("Examples:\n") {
            wrong.push(format!("{name}: no examples; add them in help.rs"));
        }
        let about = (name.to_owned(), command.get_about().unwrap().to_string());
        let offered = command.get_arguments().filter(|option| !option.is_hide_set());
        let options = offered.map(|option| {
            let help = option.get_help().map(ToString::to_string).unwrap_or_default();
            (format!("{name} {}", option.get_id()), help)
        });
        for (place, help) in options.chain([about]) {
            if help.is_empty() || help.ends_with('.') {
                wrong.push(format!("{place}: `{help}`; write one line without a full stop"));
            }
            if help.chars().count() > WIDTH {
                wrong.push(format!("{place}: `{help}` is longer than {WIDTH} characters"));
            }
        }
        // The examples are valid, and not wrapped on a usual terminal.
        for line in after
            .lines()
            .filter(|line| line.chars().count() > WIDTH && line.starts_with("  "))
        {
            wrong.push(format!("{name}: `{line}` is longer than {WIDTH} characters"));
        }
        let joined = after.replace("\\\n", "");
        for line in joined.lines().filter_map(|line| line.strip_prefix("  ")) {
            let words = shell(line);
            if let Err(error) = Cli::command().try_get_matches_from(&words) {
                wrong.push(format!("{line}: {error}"));
            }
            // Task ids are of the form that the command prints.
            for id in words.iter().filter_map(|word| word.parse::<TaskId>().ok()) {
                let mut families = id.vendor().facts().families.iter();
                if !families.any(|family| family.name == id.family() && !family.former) {
                    wrong.push(format!("{line}: no task of {id} is created any more"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The help of a command and of those below it.
fn helps(command: &mut clap::Command, found: &mut Vec<(String, String)>) {
    found.push((command.get_name().to_owned(), command.render_long_help().to_string()));
    found.push((command.get_name().to_owned(), command.render_help().to_string()));
    for below in command.get_subcommands_mut() {
        helps(below, found);
    }
}

#[test]
fn help_fits_the_terminal() {
    for width in [40, 80, crate::help::WIDTH] {
        let mut all = Cli::command().term_width(width);
        all.build();
        let mut found = Vec::new();
        helps(&mut all, &mut found);
        assert!(found.len() > 50, "{}", found.len());
        for (name, help) in found {
            // A single word cannot be wrapped, and clap does not wrap the line on usage.
            let long = help.lines().find(|line| {
                let is_usage = line.starts_with("Usage: ");
                line.chars().count() > width && line.trim().contains(' ') && !is_usage
            });
            assert_eq!(long, None, "{name} at {width} columns:\n{help}");
        }
    }
}

#[test]
fn placeholders_are_shown_in_help() {
    let mut all = Cli::command();
    for name in ["generate", "wait", "download"] {
        let command = all.find_subcommand_mut(name).unwrap();
        let written = command.get_after_help().unwrap().to_string();
        let shown = command.render_help().to_string();
        for placeholder in ["{n}", "{index}", "{id}"] {
            let count = |text: &str| text.matches(placeholder).count();
            assert_eq!(count(&shown), count(&written), "{name} {placeholder}: {shown}");
        }
    }
    assert!(
        all.find_subcommand("download")
            .unwrap()
            .get_after_help()
            .unwrap()
            .to_string()
            .contains("{n}")
    );
}

/// The vendors that a command's help names are those that can do it.
#[test]
fn help_names_the_vendors_that_can() {
    let about = |path: &[&str]| {
        let all = Cli::command();
        let mut command = &all;
        for name in path {
            command = command.find_subcommand(name).unwrap();
        }
        command.get_about().unwrap().to_string()
    };
    let names = |can: &dyn Fn(Vendor) -> bool| -> Vec<&str> {
        let all = Vendor::ALL.iter().copied();
        let able = all.filter(|vendor| can(*vendor));
        // Without the name of its company.
        able.filter_map(|vendor| vendor.name().split(' ').next_back()).collect()
    };
    let of = |operation| names(&|vendor| vendor.supports(operation));
    let at_once = |vendor: Vendor| match vendor.facts().tasks.cancel_when {
        [] => true,
        when => when.contains(&"in_progress"),
    };
    let cancel = names(&|vendor| vendor.supports(Operation::Cancel) && at_once(vendor)).join(", ");
    let queued = names(&|vendor| vendor.supports(Operation::Cancel) && !at_once(vendor)).join(", ");
    let without_list = names(&|vendor| !vendor.supports(Operation::List)).join(", ");
    for (path, words) in [
        (&["cancel"][..], format!("({cancel}; {queued} while it is queued)")),
        (&["list"], format!("(not {without_list}; all with --local)")),
        (&["balance"], format!("({} only)", of(Operation::Balance).join(", "))),
        (
            &["assets", "list"],
            format!("({} only)", of(Operation::Assets).join(", ")),
        ),
        (
            &["assets", "delete"],
            format!("({} only)", of(Operation::DeleteAsset).join(", ")),
        ),
        (&["assets", "groups"], format!("({})", of(Operation::Groups).join(", "))),
    ] {
        let shown = about(path);
        assert!(shown.contains(&words), "{path:?}: `{shown}` must say `{words}`");
    }
    for vendor in Vendor::ALL {
        let Some(Scheme::HmacSha256 { secret_env, .. }) = vendor.facts().webhook.signature.map(|one| one.scheme) else {
            continue;
        };
        assert!(
            crate::help::GENERATE.contains(secret_env),
            "help of generate: {secret_env}"
        );
    }
}

/// Splits a command at blanks outside of double quotes, up to a redirection.
fn shell(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    let end = words.iter().position(|word| word == ">").unwrap_or(words.len());
    words.truncate(end);
    words
}
