//! Names of the options that set the fields of a request, for messages about invalid fields. Derived from the options that clap
//! knows. Depends on nothing else in this crate.

use std::sync::OnceLock;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use videogen::submit::{Adjustment, Note};
use videogen::{Role, Violation};

/// The options of the command line for fields of a request; none before it is parsed.
static OPTIONS: OnceLock<Vec<FieldOption>> = OnceLock::new();

/// An option, or a positional argument, that sets a field of a request.
struct FieldOption {
    /// The field, or the input role.
    field: String,
    /// `--first-frame`, or `PROMPT`.
    name: String,
    /// Whether it is on the command line.
    is_given: bool,
}

/// Records which fields of a request the command line sets.
pub(crate) fn record(command: &Command, matches: &ArgMatches) {
    let (mut command, mut matches) = (command, matches);
    while let Some((name, inner)) = matches.subcommand() {
        let Some(found) = command.find_subcommand(name) else {
            return;
        };
        (command, matches) = (found, inner);
    }
    let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    // Set once: a process parses one command line.
    let _ = OPTIONS.set(options(command, is_given));
}

/// Fields of a query of a list.
const QUERY: [&str; 5] = ["limit", "after", "before", "oldest_first", "status"];

/// The options of `command` that set fields of a request, or if it has none, of the query of a list.
fn options(command: &Command, is_given: impl Fn(&str) -> bool) -> Vec<FieldOption> {
    let has_request = command
        .get_arguments()
        .any(|arg| arg.get_id() == Role::FirstFrame.as_str());
    let fields = match has_request {
        true => fields(),
        false => QUERY.map(str::to_owned).to_vec(),
    };
    let options = command.get_arguments().filter_map(|arg| {
        let id = arg.get_id().as_str();
        let field = field_of(id);
        fields.iter().any(|known| known == field).then(|| FieldOption {
            field: field.to_owned(),
            name: name(arg),
            is_given: is_given(id),
        })
    });
    options.collect()
}

/// The fields and input roles of a request.
fn fields() -> Vec<String> {
    let schema = videogen::submit::request_schema();
    let members = schema["properties"].as_object().into_iter().flat_map(|all| all.keys());
    let roles = Role::ALL.into_iter().map(|role| role.as_str().to_owned());
    members.cloned().chain(roles).collect()
}

/// The field that the option with this id would set, if it sets one.
fn field_of(id: &str) -> &str {
    match id {
        "prompts" => "prompt",
        "audio" | "no_audio" => "generate_audio",
        "tool" => "tools",
        "allow_drop" | "allow_round" => "adjust",
        "listen_for_webhook" | "webhook_url" => "callback_url",
        _ => id.strip_prefix("no_").unwrap_or(id),
    }
}

/// The field of a request that an option sets, or else the option.
pub(crate) fn field(arg: &Arg) -> String {
    let field = field_of(arg.get_id().as_str());
    match fields().iter().any(|known| known == field) {
        true => field.to_owned(),
        false => name(arg),
    }
}

fn name(arg: &Arg) -> String {
    match (arg.get_long(), arg.get_value_names()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some([name, ..])) => name.to_string(),
        (None, _) => arg.get_id().to_string().to_uppercase(),
    }
}

/// A violation as the command shows it: it names the options that set the field, if they are on the command line.
pub(crate) fn violation(violation: &Violation) -> String {
    shown(violation, OPTIONS.get().map_or(&[], Vec::as_slice))
}

/// The name of a field: of the options that set it, if they are on the command line.
pub(crate) fn of_field(field: &str) -> String {
    given(field, OPTIONS.get().map_or(&[], Vec::as_slice)).unwrap_or_else(|| field.to_owned())
}

/// A note as the command shows it, with the names of the options.
pub(crate) fn note(note: &Note) -> String {
    let options = OPTIONS.get().map_or(&[][..], Vec::as_slice);
    let (mut shown, field) = (note.clone(), of_field(&note.field));
    shown.reason = with_options(note.reason.clone(), options);
    shown.field = field;
    shown.to_string()
}

/// An adjustment as the command shows it.
pub(crate) fn adjustment(adjustment: &Adjustment) -> String {
    let (mut shown, field) = (adjustment.clone(), of_field(&adjustment.field));
    shown.field = field;
    shown.to_string()
}

/// A violation as a batch shows it: what it names are members of the job.
pub(crate) fn in_job(violation: &Violation) -> String {
    let extra = if violation.fits_extra { " (in `extra`)" } else { "" };
    let permission = match violation.unverified {
        true => format!(
            "; to break it, add \"allow_unverified\": [\"{}\"] to the job",
            violation.field
        ),
        false => String::new(),
    };
    format!("{violation:#}{extra}{permission}")
}

/// The text with options in place of the fields that it quotes.
fn with_options(text: String, options: &[FieldOption]) -> String {
    options.iter().fold(text, |text, option| {
        text.replace(&format!("`{}`", option.field), &format!("`{}`", option.name))
    })
}

/// Whether the command has an option for this field.
pub(crate) fn has(field: &str) -> bool {
    OPTIONS
        .get()
        .is_none_or(|options| options.iter().any(|option| option.field == field))
}

/// An error's message with its violations as the command shows them.
pub(crate) fn in_message(message: String, violations: &[Violation]) -> String {
    violations.iter().fold(message, |message, one| {
        message.replacen(&format!("\n  {one:#}"), &format!("\n  {}", violation(one)), 1)
    })
}

fn given(field: &str, options: &[FieldOption]) -> Option<String> {
    let is_role = |name: &str| Role::ALL.iter().any(|role| role.as_str() == name);
    let sets = |option: &&FieldOption| option.field == field || field == "inputs" && is_role(&option.field);
    let names = options.iter().filter(|option| option.is_given).filter(sets);
    let names: Vec<&str> = names.map(|option| option.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn shown(violation: &Violation, options: &[FieldOption]) -> String {
    let mut shown = violation.clone();
    if let Some(names) = given(&violation.field, options) {
        shown.field = names;
        // Those name the value of the option, not a field to set.
        if !matches!(violation.field.as_str(), "adjust" | "allow_unverified") {
            shown.hint = with_options(shown.hint, options);
        }
    }
    format!("{shown:#}")
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};
    use videogen::submit::validate;
    use videogen::{Adjust, Vendor, VideoRequest};

    use super::*;
    use crate::request_args::{PromptsArgs, RequestArgs};

    fn command() -> Command {
        RequestArgs::augment_args(PromptsArgs::augment_args(Command::new("plan")))
    }

    #[test]
    fn every_option_sets_a_field_and_every_field_has_an_option() {
        let options = options(&command(), |_| true);
        let without: Vec<String> = command()
            .get_arguments()
            .map(name)
            .filter(|name| !options.iter().any(|option| option.name == *name))
            .collect();
        assert_eq!(without, ["--count", "--request"]);
        for field in fields() {
            assert!(given(&field, &options).is_some(), "{field}");
        }
    }

    #[test]
    fn violations_name_the_options_on_the_command_line() {
        let request = VideoRequest::new(Vendor::ALL[0].default_model(), "a boat")
            .duration(5)
            .frames(29)
            .generate_audio(true)
            .adjust("seeed", Adjust::Drop);
        let violations = validate(Vendor::ALL[0], &request);
        let lines = |given: &[&str]| -> Vec<String> {
            let options = options(&command(), |id| given.contains(&id));
            violations.iter().map(|one| shown(one, &options)).collect()
        };
        let (none, all) = (lines(&[]), lines(&["duration", "allow_drop"]));
        assert_eq!(
            none,
            violations.iter().map(|one| format!("{one:#}")).collect::<Vec<_>>()
        );
        for (none, all) in none.iter().zip(&all) {
            let expected = none
                .replace("duration = 5", "--duration = 5")
                .replace("adjust = ", "--allow-drop = ");
            let starts = expected.split(';').next().unwrap_or_default();
            assert!(all.starts_with(starts), "{all}");
        }
        assert!(
            all.iter()
                .any(|line| line.starts_with("--allow-drop = seeed") && line.contains("`seed`")),
            "{all:?}"
        );
    }

    #[test]
    fn a_violation_between_inputs_names_all_their_options() {
        let options = options(&command(), |id| ["first_frame", "reference_image"].contains(&id));
        assert_eq!(
            given("inputs", &options).as_deref(),
            Some("--first-frame, --reference-image")
        );
        assert_eq!(given("last_frame", &options), None);
    }
}
