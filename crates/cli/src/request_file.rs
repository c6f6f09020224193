//! Reads a request from a JSON file. Unknown members are errors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use videogen::{ErrorKind, LocalFile, Role, Source, Vendor, VideoRequest};

use crate::exit::{Failure, INVALID, IO};
use crate::input::{StandardInput, text};
use crate::nearest;
use crate::output::file;
use crate::words;

/// The content of a request file.
#[derive(Default)]
pub(crate) struct RequestFile {
    /// Model and prompt may be missing. Without what is wrong.
    pub(crate) request: VideoRequest,
    /// The vendor, if it is the sidecar of a video.
    pub(crate) vendor: Option<Vendor>,
    /// Everything that is wrong with it.
    pub(crate) fault: Option<Failure>,
    /// Whether the rules of the vendors can be checked without what is wrong.
    pub(crate) is_checkable: bool,
    /// Whether it has no prompt, which is not because the prompt is wrong.
    pub(crate) lacks_prompt: bool,
}

/// Members without which most rules of the vendors say nothing.
const DECISIVE: [&str; 3] = ["model", "inputs", "draft_task"];

/// Whether the rules of the vendors can be checked without the members that are `wrong`.
pub(crate) fn is_checkable(wrong: &BTreeSet<String>) -> bool {
    !DECISIVE.iter().any(|name| wrong.contains(*name))
}

/// Reads the request from the file at `path` or from standard input (`-`). Paths of local files in it are relative to the folder
/// of the file, or to the current one. Model and prompt may be missing, and be given on the command line; so may what a sidecar
/// lacks: `given` counts the values of the options.
pub(crate) fn read(path: &Path, stdin: &mut StandardInput<'_>, given: &dyn Fn(&str) -> usize) -> RequestFile {
    let unusable = |fault: Failure| RequestFile {
        fault: Some(fault),
        ..RequestFile::default()
    };
    let (bytes, place) = if path.as_os_str() == "-" {
        (stdin.read("the request"), "standard input".to_owned())
    } else {
        let read = std::fs::read(path);
        let read =
            read.map_err(|error| Failure::new(IO, ErrorKind::Io, format!("cannot read {}: {error}", file(path))));
        (read, file(path))
    };
    let invalid = |reason: String| {
        let message = format!("{place} is not a request: {reason}");
        Failure::new(INVALID, ErrorKind::InvalidRequest, message)
    };
    let members = match bytes {
        Ok(bytes) => members(&bytes).map_err(invalid),
        Err(failure) => Err(failure),
    };
    let sidecar = match members.map(|members| Sidecar::of(members, given)) {
        Ok(Ok(sidecar)) => sidecar,
        Ok(Err(reason)) => return unusable(invalid(reason)),
        Err(failure) => return unusable(failure),
    };
    let Sidecar { members, vendor, lacks } = sidecar;
    let Parsed {
        mut request,
        mut problems,
        wrong,
    } = from_members(members);
    in_folder(&mut request, path.parent().unwrap_or(Path::new("")));
    let is_checkable = is_checkable(&wrong) && lacks.is_none();
    let lacks_prompt = request.prompt.is_empty() && !wrong.contains("prompt") && lacks.is_none();
    problems.extend(lacks);
    let fault = match problems.as_slice() {
        [] => None,
        [only] => Some(invalid(only.clone())),
        several => Some(invalid(format!(
            "{} problems\n  {}",
            several.len(),
            several.join("\n  ")
        ))),
    };
    RequestFile {
        request,
        vendor,
        fault,
        is_checkable,
        lacks_prompt,
    }
}

/// The members of a request file, which may be the sidecar of a video.
struct Sidecar {
    members: Map<String, Value>,
    /// Of a sidecar.
    vendor: Option<Vendor>,
    /// What a sidecar lacks, and the options do not have either.
    lacks: Option<String>,
}

impl Sidecar {
    fn of(mut members: Map<String, Value>, given: &dyn Fn(&str) -> usize) -> Result<Self, String> {
        if !members.get("task").is_some_and(Value::is_object) || members.contains_key("prompt") {
            return Ok(Self {
                members,
                vendor: None,
                lacks: None,
            });
        }
        let Some(Value::Object(request)) = members.remove("request") else {
            return Err("it is a sidecar without a request, because its task was not in the journal".to_owned());
        };
        let vendor = members.get("vendor").and_then(Value::as_str).unwrap_or_default();
        let vendor = vendor.parse::<Vendor>().map_err(|error| format!("vendor: {error}"))?;
        let missing = members
            .get("missing")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let fields: BTreeMap<&str, &str> = missing
            .iter()
            .map(|part| {
                let reason = part["reason"].as_str().unwrap_or("not stored");
                (part["field"].as_str().unwrap_or_default(), reason)
            })
            .collect();
        let inputs = request
            .get("inputs")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let lacks = fields.into_iter().filter_map(|(field, reason)| {
            // An option replaces all inputs of its role, so it must not lose those that are stored.
            let lost = missing.iter().filter(|part| part["field"] == field).count();
            let all = lost + inputs.iter().filter(|input| input["role"] == field).count();
            let has_role = serde_json::from_value::<Role>(field.into()).is_ok();
            match (has_role, given(field)) {
                (true, given) if given >= all => None,
                (true, _) if all > 1 => Some(format!(
                    "{field} ({reason}; give all {all}, since the option replaces them)"
                )),
                (false, 1..) => None,
                _ => Some(format!("{field} ({reason})")),
            }
        });
        let lacks: Vec<String> = lacks.collect();
        let lacks = (!lacks.is_empty()).then(|| {
            format!(
                "it is a sidecar that lacks a part of its request: {}; give it as an option, or copy `request` to a file and \
                 add it there",
                lacks.join(", ")
            )
        });
        Ok(Self {
            members: request,
            vendor: Some(vendor),
            lacks,
        })
    }
}

/// Makes the paths of local files relative to `folder`.
pub(crate) fn in_folder(request: &mut VideoRequest, folder: &Path) {
    for input in &mut request.inputs {
        if let Source::File(local) = &input.source
            && let Some(named) = local.path()
        {
            input.source = LocalFile::from(folder.join(named)).into();
        }
    }
}

fn members(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let text = text(bytes)?;
    if text.trim().is_empty() {
        return Err("it is empty; a request is a JSON object".to_owned());
    }
    let Unique(value) = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        format!("invalid JSON at {place}: {}", words::syntax(&error))
    })?;
    let found = match value {
        Value::Object(members) => return Ok(members),
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
    };
    Err(format!("it is {found}; a request is a JSON object, one per file"))
}

/// A request, and what is wrong with some of its members.
pub(crate) struct Parsed {
    /// Without the members that are wrong. Model and prompt may be missing.
    pub(crate) request: VideoRequest,
    /// What is wrong.
    pub(crate) problems: Vec<String>,
    /// The members that are wrong.
    pub(crate) wrong: BTreeSet<String>,
}

/// The request with these members.
pub(crate) fn from_members(members: Map<String, Value>) -> Parsed {
    let schema = videogen::submit::request_schema();
    let known: Vec<&str> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    let (members, unknown): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(name, _)| known.contains(&name.as_str()));
    let mut problems = Vec::new();
    let mut wrong: BTreeSet<String> = unknown.iter().map(|(name, _)| name.clone()).collect();
    if !unknown.is_empty() {
        let unknown: Vec<String> = unknown.iter().map(|(name, _)| misspelt(name, &known)).collect();
        problems.push(format!("{} (members: {})", unknown.join(" "), known.join(", ")));
    }
    let empty = || Map::from_iter(["model", "prompt"].map(|name| (name.to_owned(), Value::from(""))));
    // What is wrong with a member that has this value, without its name.
    let fault = |name: &str, value: Value| {
        let mut alone = empty();
        alone.insert(name.to_owned(), value);
        let error = serde_path_to_error::deserialize::<_, VideoRequest>(Value::Object(alone)).err()?;
        let reason = error.to_string();
        let near = nearest::in_error(&reason).map(|near| format!("; did you mean `{near}`?"));
        Some(words::value(&reason) + &near.unwrap_or_default())
    };
    let mut valid = empty();
    for (name, value) in members {
        let found: Vec<String> = match &value {
            // Each item by itself, at its place in the list.
            Value::Array(items) if fault(&name, Value::Array(Vec::new())).is_none() => {
                let of_item = |(index, item): (usize, &Value)| {
                    let reason = fault(&name, Value::Array(vec![item.clone()]))?;
                    Some(reason.replacen(&format!("{name}[0]"), &format!("{name}[{index}]"), 1))
                };
                items.iter().enumerate().filter_map(of_item).collect()
            }
            _ => fault(&name, value.clone()).into_iter().collect(),
        };
        match found.is_empty() {
            true => drop(valid.insert(name, value)),
            false => drop(wrong.insert(name)),
        }
        problems.extend(found);
    }
    Parsed {
        request: serde_json::from_value(valid.into()).unwrap_or_default(),
        problems,
        wrong,
    }
}

/// The error for an unknown member, with what to write instead, or the most similar known one.
fn misspelt(name: &str, known: &[&str]) -> String {
    if name == "vendor" {
        return "unknown member `vendor`; pass it with --vendor.".to_owned();
    }
    let mut names = known.to_vec();
    names.extend(Role::ALL.iter().map(|role| -> &str { role.as_str() }));
    match nearest::nearest(name, names) {
        Some(role) if serde_json::from_value::<Role>(role.into()).is_ok() => {
            format!("unknown member `{name}`; write \"inputs\": [{{\"role\": \"{role}\", \"source\": \"...\"}}].")
        }
        Some(candidate) => format!("unknown member `{name}`; did you mean `{candidate}`?"),
        None => format!("unknown member `{name}`."),
    }
}

/// A JSON value without duplicate members.
pub(crate) struct Unique(pub(crate) Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Unique;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
                Ok(Unique(Number::from_f64(value).map_or(Value::Null, Value::Number)))
            }

            fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique(Value::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                let mut values = Vec::new();
                while let Some(Unique(value)) = items.next_element()? {
                    values.push(value);
                }
                Ok(Unique(Value::Array(values)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Unique, A::Error> {
                let mut members = Map::new();
                while let Some((name, Unique(value))) = entries.next_entry::<String, Unique>()? {
                    if members.contains_key(&name) {
                        return Err(A::Error::custom(format!("the member `{name}` is given twice")));
                    }
                    members.insert(name, value);
                }
                Ok(Unique(Value::Object(members)))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<VideoRequest, String> {
        let Parsed { request, problems, .. } = from_members(members(bytes)?);
        match problems.is_empty() {
            true => Ok(request),
            false => Err(problems.join("\n")),
        }
    }

    #[test]
    fn unknown_and_invalid_input_is_reported() {
        let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, words) in [
            (&utf16[..], "UTF-16"),
            (b"{\"prompt\": \"\xff\"}", "not UTF-8 at byte 12"),
            (b" \n", "empty"),
            (b"[{\"prompt\": \"x\"}]", "an array"),
            (b"\"x\"", "a string"),
            (b"null", "null"),
            (b"{\"promt\": \"x\"}", "did you mean `prompt`?"),
            (
                b"{\"firstframe\": \"x\", \"zzz\": 1}",
                "unknown member `zzz`. (members: adjust, ",
            ),
            (
                b"{\"prompt\": \"x\", \"prompt\": \"y\"}",
                "the member `prompt` is given twice",
            ),
            (b"{\"extra\": {\"a\": {\"b\": 1, \"b\": 2}}}", "`b` is given twice"),
            (
                b"{\"inputs\": [{\"role\": \"first\", \"source\": \"https://h/a\"}]}",
                "inputs[0].role",
            ),
            (
                b"{\"inputs\": [{\"role\": \"firstframe\", \"source\": \"https://h/a\"}]}",
                "; did you mean `first_frame`?",
            ),
            (
                b"{\"inputs\": [{\"role\": \"zz\", \"source\": \"x\"}, {\"rol\": \"first_frame\"}]}",
                "inputs[0].role: unknown role `zz`; use one of `first_frame`, `last_frame`, ",
            ),
            (
                b"{\"inputs\": [{\"role\": \"zz\", \"source\": \"x\"}, {\"rol\": \"first_frame\"}]}",
                "\ninputs[1].rol: unknown member `rol`; use one of `role`, `source`; did you mean `role`?",
            ),
            (
                b"{\"inputs\": [{\"role\": \"first_frame\"}]}",
                "inputs[0]: the member `source` is missing",
            ),
            (b"{\"seed\": \"1\"}", "seed: \"1\" is not a whole number"),
            (
                b"{\"prompt\": \"x\"} {}",
                "line 1, column 17: there is more after the end",
            ),
            (b"{\"sead\": 1, \"draft\": 1}", ")\ndraft: 1 is neither true nor false"),
            (
                b"{\"first_frame\": \"a.png\"}",
                "write \"inputs\": [{\"role\": \"first_frame\"",
            ),
            (b"{\"vendor\": \"ark\"}", "pass it with --vendor"),
        ] {
            let reason = parse(bytes).err().unwrap_or_default();
            assert!(reason.contains(words), "{words}: {reason}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_model_and_prompt_are_optional() {
        let request = parse(b"\xef\xbb\xbf{\"seed\": -1, \"extra\": {\"big\": 18446744073709551615, \"x\": 1.5}}");
        let request = request.unwrap_or_default();
        assert_eq!(
            (request.seed, request.model.as_str(), request.prompt.as_str()),
            (Some(-1), "", "")
        );
        assert_eq!(request.extra["big"], u64::MAX);
        assert_eq!(request.extra["x"], 1.5);
    }
}
