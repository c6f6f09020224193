//! Texts that an argument names instead of holding them: a file, or standard input. Uses no command.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use videogen::ErrorKind;

use crate::exit::{Failure, INVALID, IO};
use crate::output::{Output, file};
use crate::system::END_OF_INPUT;

/// Standard input of a command, which can be read once.
pub(crate) struct StandardInput<'a> {
    output: &'a Output,
    /// What was read from it.
    used: Option<&'static str>,
}

impl<'a> StandardInput<'a> {
    pub(crate) fn new(output: &'a Output) -> Self {
        Self { output, used: None }
    }

    /// Reads all of it. `what`: what it contains, for messages.
    pub(crate) fn read(&mut self, what: &'static str) -> Result<Vec<u8>, Failure> {
        if let Some(earlier) = self.used.replace(what) {
            let message =
                format!("standard input can be read once, and it is {earlier} already; read {what} from a file");
            return Err(invalid(message).hint(&format!("To read {what} from FILE, write @FILE instead of -.")));
        }
        let mut stdin = std::io::stdin().lock();
        if stdin.is_terminal() {
            self.output.announce(&format!(
                "Reading {what} from standard input; end it with {END_OF_INPUT}."
            ));
        }
        let mut bytes = Vec::new();
        stdin.read_to_end(&mut bytes).map_err(|error| {
            let message = format!("cannot read {what} from standard input: {error}");
            Failure::new(IO, ErrorKind::Io, message)
        })?;
        Ok(bytes)
    }
}

/// The prompt that an argument names: `-` is standard input, `@FILE` a file, and `@@` begins a prompt with `@`. The line break at
/// the end is not part of it.
pub(crate) fn prompt(argument: String, stdin: &mut StandardInput<'_>) -> Result<String, Failure> {
    let (bytes, place) = match argument.strip_prefix('@') {
        None if argument == "-" => (stdin.read("the prompt")?, "standard input".to_owned()),
        None => return Ok(argument),
        Some(literal) if literal.starts_with('@') => return Ok(literal.to_owned()),
        Some("") => {
            return Err(invalid(
                "@ names no file; write @FILE, or @@ for a prompt that begins with @",
            ));
        }
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| {
                let message = format!("cannot read the prompt from {}: {error}", file(Path::new(path)));
                Failure::new(IO, ErrorKind::Io, message).hint("A prompt that begins with @ is written with @@.")
            })?;
            (bytes, file(Path::new(path)))
        }
    };
    let text = text(&bytes).map_err(|reason| invalid(format!("cannot read the prompt from {place}: {reason}")))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text.trim().is_empty() {
        true => Err(invalid(format!(
            "the prompt from {place} is empty; describe the video in it"
        ))),
        false => Ok(text.to_owned()),
    }
}

/// The text of a file.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is encoded as UTF-16; save it as UTF-8".to_owned());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 at byte {}; save it as UTF-8", error.valid_up_to()))
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}
