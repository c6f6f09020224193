//! Errors in the use of the command line that clap finds, all at once. Clap alone ends at the first one.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use videogen::Violation;

use crate::exit::{Failure, INVALID};
use crate::late;
use crate::options;
use crate::output::file;

/// Where the general part of a message of clap begins.
const GENERAL: [&str; 2] = ["\n\nUsage:", "\n\nFor more information"];

/// What is wrong with the `words` of the command line, where clap ended with `error`.
pub(crate) fn failure(command: &Command, words: Vec<OsString>, error: &Error) -> Failure {
    let (found, violations) = others(command, words.clone(), error);
    let message = error.render().to_string();
    let message = message.trim().trim_start_matches("error: ");
    let end = GENERAL.iter().filter_map(|general| message.find(general)).min();
    let (own, general) = message.split_at(end.unwrap_or(message.len()));
    let found: Vec<&str> = std::iter::once(own).chain(found.iter().map(String::as_str)).collect();
    let message = format!("{}{general}{}", found.join("\n\n"), dashed_file(&words));
    let mut failure = Failure::new(INVALID, videogen::ErrorKind::InvalidRequest, message);
    *failure.error = failure.error.violating(Vec::from_iter(late::rejected(error)));
    failure.and(Failure::of_options(violations))
}

/// Further errors, each without the words of those before, and the values that are invalid.
fn others(command: &Command, mut words: Vec<OsString>, error: &Error) -> (Vec<String>, Vec<Violation>) {
    let (mut found, mut violations) = (Vec::new(), late::invalid());
    let mut last = error.kind();
    let mut rejected = invalid_arg(error);
    while let Some(argument) = rejected.take()
        && remove(command, &mut words, last, &argument)
    {
        let parsed = command.clone().try_get_matches_from(&words);
        let new = late::invalid();
        violations.extend(
            new.into_iter()
                .filter(|new| !violations.contains(new))
                .collect::<Vec<_>>(),
        );
        let next = match parsed {
            Ok(matches) => {
                // So that messages about values name their options.
                options::record(command, &matches);
                break;
            }
            Err(next) => next,
        };
        // What is missing now may be what was removed.
        if !matches!(next.kind(), ErrorKind::UnknownArgument | ErrorKind::ArgumentConflict) {
            break;
        }
        let message = next.render().to_string();
        let end = GENERAL.iter().filter_map(|general| message.find(general)).min();
        let message = message[..end.unwrap_or(message.len())]
            .trim()
            .trim_start_matches("error: ");
        found.push(message.to_owned());
        (last, rejected) = (next.kind(), invalid_arg(&next));
    }
    (found, violations)
}

/// The argument that an error is about, such as `--duration <SECONDS>`, if others can be found without it.
fn invalid_arg(error: &Error) -> Option<String> {
    let is_about_one = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::ArgumentConflict);
    match error.get(ContextKind::InvalidArg).filter(|_| is_about_one)? {
        ContextValue::String(argument) => Some(argument.clone()),
        _ => None,
    }
}

/// Removes the last word that is this argument, with its value. Returns whether there is one.
fn remove(command: &Command, words: &mut Vec<OsString>, kind: ErrorKind, argument: &str) -> bool {
    let name = argument.split_whitespace().next().unwrap_or(argument);
    let with_value = format!("{name}=");
    let short = name.strip_prefix("--").and_then(|long| short_of(command, long));
    let is_it = |word: &OsString| {
        let word = word.to_string_lossy();
        word == name || word.starts_with(&with_value) || short.as_deref() == Some(&*word)
    };
    let Some(at) = words.iter().rposition(is_it) else {
        return false;
    };
    let has_value = words[at].to_string_lossy().contains('=');
    words.remove(at);
    if kind == ErrorKind::ArgumentConflict && argument.contains('<') && !has_value && at < words.len() {
        words.remove(at);
    }
    true
}

/// The short form of an option, of whichever command.
fn short_of(command: &Command, long: &str) -> Option<String> {
    let own = command.get_arguments().find(|arg| arg.get_long() == Some(long));
    let short = own.and_then(clap::Arg::get_short).map(|short| format!("-{short}"));
    short.or_else(|| command.get_subcommands().find_map(|inner| short_of(inner, long)))
}

/// What to write for an existing file whose name begins with a dash, which is taken for an option.
fn dashed_file(words: &[OsString]) -> String {
    let is_dashed = |arg: &&OsString| arg.as_encoded_bytes().starts_with(b"-") && Path::new(arg).is_file();
    words.iter().skip(1).find(is_dashed).map_or_else(String::new, |name| {
        format!("\n\nTo name the file, write {}", file(&Path::new(".").join(name)))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::{Arg, ArgAction, value_parser};

    use super::*;

    fn message(words: &[&str]) -> String {
        let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
        let command = Command::new("x").args([
            Arg::new("output").long("output").short('o').value_name("PATH"),
            Arg::new("count")
                .long("count")
                .value_parser(late::late_or(value_parser!(u16).range(1..), 1)),
            flag("audio"),
            flag("silent").conflicts_with("audio"),
        ]);
        let words: Vec<OsString> = std::iter::once(&"x").chain(words).map(OsString::from).collect();
        let error = command.clone().try_get_matches_from(&words).unwrap_err();
        failure(&command, words, &error).message
    }

    #[test]
    fn everything_wrong_is_reported() {
        let found = message(&[
            "--one", "--two=2", "-o", "a", "-o", "b", "--audio", "--silent", "--count", "0", "--three",
        ]);
        for part in [
            "'--one'",
            "'--two'",
            "'--three'",
            "'--output <PATH>' cannot be used multiple",
            "--count = 0",
        ] {
            assert_eq!(found.matches(part).count(), 1, "{part}: {found}");
        }
        assert!(found.contains("'--audio' cannot be used with"), "{found}");
        assert_eq!(found.matches("Usage:").count(), 1, "{found}");
    }

    #[test]
    fn one_error_is_reported_as_clap_does() {
        assert!(message(&["--one"]).starts_with("unexpected argument '--one' found\n"));
        assert!(!message(&["--one", "--count", "3"]).contains("invalid options"));
    }
}
