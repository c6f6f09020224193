//! Commands that a user can paste. Their parts may come from a vendor, so they are quoted for a shell, here and
//! nowhere else. Depends on `text` only.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::OnceLock;

use crate::text::is_plain;

/// The global options of this run.
static GLOBAL: OnceLock<Vec<OsString>> = OnceLock::new();

/// Sets the options that every command to paste repeats.
pub(crate) fn repeat(options: Vec<OsString>) {
    let _ = GLOBAL.set(options);
}

/// A command of this program, with every argument quoted.
#[derive(Debug, Clone)]
pub(crate) struct Invocation(String);

impl Invocation {
    /// Starts `videogen <command>`.
    pub(crate) fn new(command: &str) -> Self {
        Self(format!("videogen {command}"))
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.0.push(' ');
        self.0.push_str(&quote(argument.as_ref()));
        self
    }

    /// Adds an option with its value, if there is one.
    pub(crate) fn option(self, name: &str, value: Option<impl AsRef<OsStr>>) -> Self {
        let Some(value) = value else { return self };
        let value = value.as_ref();
        if value != "-" && value.as_encoded_bytes().starts_with(b"-") {
            let mut joined = OsString::from(name);
            joined.push("=");
            joined.push(value);
            return self.arg(joined);
        }
        self.arg(name).arg(value)
    }

    /// Adds an option without a value.
    pub(crate) fn flag(self, name: &str, given: bool) -> Self {
        if given { self.arg(name) } else { self }
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let global = GLOBAL.get().into_iter().flatten();
        f.write_str(&global.fold(self.clone(), Self::arg).0)
    }
}

/// Quotes an argument for a POSIX shell. Invisible characters are written with the escapes of `$'...'`,
/// which bash, zsh and ksh support.
pub(crate) fn quote(argument: &OsStr) -> Cow<'_, str> {
    match argument.to_str() {
        Some(text) if text.chars().all(is_plain) => shell_words::quote(text),
        _ => {
            let escaped: String = argument
                .as_encoded_bytes()
                .iter()
                .map(|byte| match byte {
                    b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                    b' '..=b'~' => char::from(*byte).to_string(),
                    _ => format!("\\x{byte:02x}"),
                })
                .collect();
            format!("$'{escaped}'").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted() {
        let command = Invocation::new("download")
            .arg("alltoken:generations:$(id)`id`;&|<>*?!")
            .option("-o", Some("it's a\\kite.mp4"))
            .option("--last-frame-output", Some("-x.png"))
            .flag("--overwrite", true)
            .option("--base-url", None::<&str>);
        let words = shell_words::split(&command.to_string()).expect("words");
        let expected = [
            "videogen",
            "download",
            "alltoken:generations:$(id)`id`;&|<>*?!",
            "-o",
            "it's a\\kite.mp4",
            "--last-frame-output=-x.png",
            "--overwrite",
        ];
        assert_eq!(words, expected);
        assert_eq!(quote("a\u{1b}'\u{202e}".as_ref()), "$'a\\x1b\\'\\xe2\\x80\\xae'");
        assert_eq!(quote("".as_ref()), "''");
    }

    /// A shell parses them back, including invisible characters.
    #[cfg(unix)]
    #[test]
    fn a_shell_parses_them_back() {
        use std::os::unix::ffi::OsStrExt as _;

        for bytes in [
            &b"$(touch /tmp/x)"[..],
            b"a'b\"c\\",
            b"\x1b[2J\n",
            b"k\xff.mp4",
            "\u{202e}風".as_bytes(),
            b"",
        ] {
            let script = format!("printf %s {}", quote(OsStr::from_bytes(bytes)));
            let output = std::process::Command::new("bash").args(["-c", &script]).output();
            assert_eq!(output.expect("bash").stdout, bytes, "{script}");
        }
    }
}
