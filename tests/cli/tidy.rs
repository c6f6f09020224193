//! What the command's own code may not do, with what to do instead.

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The lines of code that hold one of `words`, outside of the file `home`.
fn strays(home: &[&str], words: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    assert!(found.len() > 15);
    let mut strays = Vec::new();
    for path in found {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        if home.contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (index, line) in code.lines().enumerate() {
            if !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word)) {
                strays.push(format!("{name}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    strays
}

#[test]
fn only_one_module_knows_signals() {
    let strays = strays(
        &["interrupt.rs", "system/unix.rs", "system/other.rs"],
        &["tokio::signal", "ctrl_c"],
    );
    assert!(
        strays.is_empty(),
        "use interrupt::interrupted():\n{}",
        strays.join("\n")
    );
}

#[test]
fn only_one_module_prints() {
    let words = [
        "print!(",
        "println!(",
        "write!(",
        "writeln!(",
        "dbg!(",
        "::stdout()",
        "::stderr()",
        "set_message(",
    ];
    // The bytes of a video are not text, and the texts of lines of progress are made safe where they are set.
    let strays = strays(&["output.rs", "terminal.rs", "files/stream.rs"], &words);
    assert!(
        strays.is_empty(),
        "use Output, which makes foreign text safe to show:\n{}",
        strays.join("\n")
    );
}

/// Code shared by two commands is next to them.
#[test]
fn commands_know_nothing_of_each_other() {
    let mut strays = strays(&["main.rs"], &["commands::", "super::"]);
    strays.retain(|stray| stray.starts_with("commands"));
    // The files in the folder of a command are one command.
    let is_inside = |stray: &String| {
        let path = stray.split(':').next().unwrap_or_default();
        let is_sibling = stray.contains("super::") && !stray.contains("super::super") && !stray.contains("commands::");
        Path::new(path).components().count() > 2 && is_sibling
    };
    strays.retain(|stray| !is_inside(stray));
    assert!(
        strays.is_empty(),
        "move it to a module next to commands.rs:\n{}",
        strays.join("\n")
    );
}

/// A path may hold what steers a terminal.
#[test]
fn paths_are_shown_by_one_function() {
    let strays = strays(&[], &[".display()", "to_string_lossy().into"]);
    assert!(strays.is_empty(), "use output::file:\n{}", strays.join("\n"));
}

#[test]
fn commands_to_paste_are_built_by_one_module() {
    let commands = [
        "generate", "plan", "status", "wait", "download", "cancel", "open", "list", "recover", "models", "balance",
        "schema", "sim",
    ];
    let words: Vec<String> = commands.iter().map(|command| format!("videogen {command}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // The examples of the help are constants.
    let strays = strays(&["invocation.rs", "help.rs"], &words);
    assert!(
        strays.is_empty(),
        "use Invocation, which quotes:\n{}",
        strays.join("\n")
    );
}
