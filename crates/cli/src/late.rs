//! Values of options that are reported together with everything else that is wrong with a command line. Clap alone ends at the
//! first one that is invalid.

use std::cell::RefCell;
use std::error::Error as _;
use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error, value_parser};
use videogen::Violation;
use videogen::journal::hide_urls;

use crate::options;

/// A value, or `None` if it is invalid. Under its own name, clap would take the value for one that can be left out.
pub(crate) type Valid<T> = Option<T>;

/// Number of characters of a value in messages.
const SHOWN: usize = 40;

thread_local! {
    /// The invalid values of the command line, which one thread parses.
    static INVALID: RefCell<Vec<Violation>> = const { RefCell::new(Vec::new()) };
}

/// The invalid values that were parsed. A command that has one must not run.
pub(crate) fn invalid() -> Vec<Violation> {
    INVALID.take()
}

/// Keeps what is invalid for the report.
#[derive(Clone)]
struct Late<P>(P);

/// A parser whose invalid values are in the report of [`invalid`].
pub(crate) fn late<P: TypedValueParser>(parser: P) -> impl TypedValueParser<Value = Valid<P::Value>> {
    Late(parser)
}

/// The same with a value in place of an invalid one, which nothing uses but checks of the rest of the command line.
pub(crate) fn late_or<P>(parser: P, stand_in: P::Value) -> impl TypedValueParser<Value = P::Value>
where
    P: TypedValueParser,
    P::Value: Sync,
{
    Late(parser).map(move |value| value.unwrap_or_else(|| stand_in.clone()))
}

/// The same for seconds.
pub(crate) fn seconds() -> impl TypedValueParser<Value = u64> {
    late_or(value_parser!(u64), 0)
}

impl<P: TypedValueParser> TypedValueParser for Late<P> {
    type Value = Valid<P::Value>;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Self::Value, Error> {
        match self.0.parse_ref(command, arg, value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let field = arg.map_or_else(String::new, options::field);
                let violation = violation(field, &value.to_string_lossy(), &error);
                INVALID.with_borrow_mut(|invalid| invalid.push(violation));
                Ok(None)
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}

fn violation(field: String, given: &str, error: &Error) -> Violation {
    let mut value: String = given.chars().take(SHOWN).collect();
    if value.len() < given.len() {
        value.push_str("...");
    }
    if value.is_empty() || value.contains(|c: char| c.is_whitespace() || c.is_control()) {
        value = format!("{value:?}");
    }
    let reason = reason(given, error);
    let (rule, hint) = match reason.split_once("; ") {
        Some(parts) => parts,
        None if reason.starts_with("use ") => ("not accepted", reason.as_str()),
        None => (reason.as_str(), ""),
    };
    Violation::new(field, hide_urls(&value), rule, hint)
}

/// The value that clap itself rejects, if it is about one.
pub(crate) fn rejected(error: &Error) -> Option<Violation> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let is_of_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
    // `--per <N>`
    let option = text(ContextKind::InvalidArg).filter(|_| is_of_value)?;
    let option = option.split_whitespace().next().unwrap_or(option);
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let option = option.trim_matches(['<', '>', '[', ']', '.']);
    Some(violation(option.to_owned(), value, error))
}

/// Why clap or a parser of ours rejects the value that was `given`, without it and the option.
fn reason(given: &str, error: &Error) -> String {
    if let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue)
        && !values.is_empty()
    {
        return format!("use one of {}", values.join(", "));
    }
    let text = match (error.kind(), error.source()) {
        (ErrorKind::InvalidUtf8, _) => "it is not UTF-8".to_owned(),
        (_, Some(source)) => source.to_string(),
        (_, None) => "it is empty; give a value, or leave out the option".to_owned(),
    };
    if let Some((_, range)) = text.split_once(" is not in ") {
        return match range.split_once("..") {
            Some((from, "")) => format!("use a whole number from {from}"),
            Some((from, to)) => format!("use a whole number from {from} to {}", to.trim_start_matches('=')),
            None => text,
        };
    }
    let is_of_number = ["invalid digit", "number too", "cannot parse integer"];
    if is_of_number.iter().any(|start| text.starts_with(start)) {
        return match given.starts_with('-') {
            true => "use a whole number from 0".to_owned(),
            false => "use a whole number".to_owned(),
        };
    }
    // `invalid amount `x`: use 0 or more`
    match text.strip_prefix("invalid ").and_then(|rest| rest.split_once(": ")) {
        Some((_, rest)) => rest.to_owned(),
        None => text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
    use videogen::VideoDuration;
    use videogen::price::Money;

    use super::*;

    #[test]
    fn invalid_values_are_kept_for_the_report() {
        let number = || value_parser!(u16).range(1..=100);
        let command = Command::new("x").args([
            Arg::new("count").long("count").value_parser(late_or(number(), 1)),
            Arg::new("duration")
                .long("duration")
                .value_parser(late(str::parse::<VideoDuration>)),
            Arg::new("max_cost")
                .long("max-cost")
                .value_parser(late(str::parse::<Money>)),
            Arg::new("model")
                .long("model")
                .value_parser(late(NonEmptyStringValueParser::new())),
            Arg::new("order")
                .long("order")
                .value_parser(late(PossibleValuesParser::new(["given", "price"]))),
            Arg::new("seed")
                .long("seed")
                .allow_negative_numbers(true)
                .value_parser(late(value_parser!(i64))),
        ]);
        let parse = |args: &[&str]| command.clone().try_get_matches_from([&["x"], args].concat()).unwrap();
        let good = parse(&["--count", "3", "--duration", "5", "--seed", "-1"]);
        assert_eq!(invalid(), []);
        assert_eq!(good.get_one::<u16>("count"), Some(&3));
        assert_eq!(good.get_one::<Valid<i64>>("seed"), Some(&Some(-1)));
        let bad = parse(&[
            "--count",
            "0",
            "--duration",
            "4.5",
            "--max-cost",
            "a b",
            "--model",
            "",
            "--order",
            "x",
            "--seed",
            "z",
        ]);
        assert_eq!(bad.get_one::<u16>("count"), Some(&1));
        assert_eq!(bad.get_one::<Valid<i64>>("seed"), Some(&None));
        let shown: Vec<String> = invalid().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "--count = 0: not accepted; use a whole number from 1 to 100",
                "duration = 4.5: not accepted; use whole seconds, such as 6, or auto",
                "--max-cost = \"a b\": not accepted; use a decimal number in USD, or with the three capital letters of its currency \
                 after it, such as 2.50 or 30CNY",
                "model = \"\": it is empty; give a value, or leave out the option",
                "--order = x: not accepted; use one of given, price",
                "seed = z: not accepted; use a whole number",
            ]
        );
        assert_eq!(invalid(), []);
    }
}
