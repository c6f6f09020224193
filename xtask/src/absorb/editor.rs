//! Opens places in the maintainer's editor.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::Command;

use super::places::Place;

/// Editors that take `--goto FILE:LINE`.
const GOTO: [&str; 4] = ["code", "code-insiders", "codium", "cursor"];
/// Editors that take `FILE:LINE`. All others take `+LINE FILE`, as vi does.
const COLON: [&str; 4] = ["subl", "zed", "hx", "helix"];

/// The editor named by `EDITOR`.
pub(super) struct Editor {
    /// Program and arguments.
    words: Vec<String>,
}

impl Editor {
    /// The editor, on a terminal; `None` without one of the two.
    ///
    /// # Errors
    /// When `EDITOR` is no command.
    pub(super) fn of_terminal() -> Result<Option<Self>, String> {
        if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
            return Ok(None);
        }
        match std::env::var("EDITOR") {
            Ok(text) if !text.trim().is_empty() => Self::read(&text).map(Some),
            _ => Ok(None),
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let words = shlex::split(text).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| format!("EDITOR is {text:?}, which is no command: close its quotes"))?;
        Ok(Self { words })
    }

    /// Opens a place, and waits until the editor is closed. Returns whether it ended well.
    ///
    /// # Errors
    /// When it cannot be run.
    pub(super) fn open(&self, root: &Path, place: &Place) -> Result<bool, String> {
        let status = Command::new(&self.words[0])
            .args(&self.words[1..])
            .args(self.arguments(place))
            .current_dir(root)
            .status()
            .map_err(|error| format!("EDITOR: {} cannot be run: {error}", self.words[0]))?;
        Ok(status.success())
    }

    fn arguments(&self, Place { file, line, .. }: &Place) -> Vec<String> {
        let program = Path::new(&self.words[0]).file_stem().unwrap_or_default();
        let name = program.to_str().unwrap_or_default();
        if GOTO.contains(&name) {
            vec!["--goto".to_owned(), format!("{file}:{line}")]
        } else if COLON.contains(&name) {
            vec![format!("{file}:{line}")]
        } else {
            vec![format!("+{line}"), file.clone()]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_gets_the_line_in_its_own_way() {
        let place = Place {
            file: "specs/a.yaml".to_owned(),
            line: 7,
            fault: String::new(),
            says: String::new(),
        };
        for (editor, words, arguments) in [
            ("vi", vec!["vi"], vec!["+7", "specs/a.yaml"]),
            ("emacs -nw", vec!["emacs", "-nw"], vec!["+7", "specs/a.yaml"]),
            (
                "/usr/bin/code --wait",
                vec!["/usr/bin/code", "--wait"],
                vec!["--goto", "specs/a.yaml:7"],
            ),
            ("'/opt/my tools/hx'", vec!["/opt/my tools/hx"], vec!["specs/a.yaml:7"]),
        ] {
            let editor = Editor::read(editor).expect("a command");
            assert_eq!(editor.words, words);
            assert_eq!(editor.arguments(&place), arguments);
        }
        let error = Editor::read("vi '").err();
        assert_eq!(
            error.as_deref(),
            Some("EDITOR is \"vi '\", which is no command: close its quotes")
        );
    }
}
