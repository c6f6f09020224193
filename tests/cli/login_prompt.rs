//! The prompt of `login` in a terminal.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use pty_process::blocking::{Command, Pty, open};
use rustix::termios::{LocalModes, tcgetattr};

use super::interrupt::{SIGNALS, signal};
use super::videogen;

/// A prompt, and its terminal.
struct Prompt {
    child: std::process::Child,
    pty: Pty,
    shown: String,
}

impl Prompt {
    /// Starts `login`, and waits until it prompts.
    fn start(folder: &Path) -> Self {
        let command = videogen(folder, &["login", "ark", "--no-check"]);
        let (pty, pts) = open().unwrap();
        let mut inner = Command::new(command.get_program())
            .args(command.get_args())
            .current_dir(folder);
        for (name, value) in command.get_envs() {
            inner = match value {
                Some(value) => inner.env(name, value),
                None => inner.env_remove(name),
            };
        }
        let child = inner.spawn(pts).unwrap();
        let mut prompt = Self {
            child,
            pty,
            shown: String::new(),
        };
        while !prompt.shown.contains("API key of ") || !prompt.shown.ends_with(": ") {
            assert!(prompt.read(), "{}", prompt.shown);
        }
        assert!(!prompt.has_echo(), "from the prompt on, what is typed is not shown");
        prompt
    }

    /// Reads what the command prints next; false at its end.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.pty.read(&mut bytes) {
            Ok(0) => false,
            Ok(count) => {
                self.shown += &String::from_utf8_lossy(&bytes[..count]);
                true
            }
            // The other side of the terminal is closed.
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }

    fn has_echo(&self) -> bool {
        tcgetattr(&self.pty)
            .unwrap()
            .local_modes
            .intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// Types a text, and returns the exit code and everything that was shown.
    fn finish(mut self, text: &str) -> (Option<i32>, String, bool) {
        self.pty.write_all(text.as_bytes()).unwrap();
        while self.read() {}
        let code = self.child.wait().unwrap().code();
        let has_echo = self.has_echo();
        (code, self.shown, has_echo)
    }
}

#[test]
fn a_typed_key_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (code, shown, has_echo) = Prompt::start(folder.path()).finish("sk-canary-1\r");
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("Stored the API key") && !shown.contains("canary"),
        "{shown}"
    );
    let stored = fs::read_to_string(folder.path().join("credentials.toml")).unwrap();
    assert!(stored.contains("sk-canary-1"), "{stored}");
    assert!(has_echo);
}

/// The key is not stored, and the terminal shows again what is typed.
#[test]
fn ctrl_c_at_the_prompt_leaves_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (code, shown, has_echo) = Prompt::start(folder.path()).finish("sk-canary-2\u{3}");
    assert_eq!(code, Some(130), "{shown}");
    assert!(
        shown.contains("nothing was stored") && !shown.contains("canary"),
        "{shown}"
    );
    assert!(!folder.path().join("credentials.toml").exists());
    assert!(has_echo);
}

/// The prompt still waits for input after a signal of another process.
#[test]
fn a_signal_at_the_prompt_leaves_the_terminal_as_it_was() {
    for (name, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let mut prompt = Prompt::start(folder.path());
        prompt.pty.write_all(b"sk-canary-3").unwrap();
        signal(&prompt.child, name);
        let (ended, shown, has_echo) = prompt.finish("");
        assert_eq!(ended, Some(code), "{name}: {shown}");
        assert!(
            shown.contains("\n") && shown.contains("nothing was stored") && !shown.contains("canary"),
            "{name}: {shown}"
        );
        assert!(!folder.path().join("credentials.toml").exists());
        assert!(has_echo, "{name}");
    }
}
