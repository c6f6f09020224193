//! Completion scripts, manual pages, short options, and the width of help.

use std::fs;
use std::process::Command;

use super::{document, run, stderr, stdout, videogen};

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(folder.path(), &["--help"]));
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<String> = listed
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect();
    assert!(names.len() > 15 && names.contains(&"man".to_owned()), "{names:?}");
    names
}

#[test]
fn completions_name_every_command_and_option() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(folder.path(), &["completions", shell]);
        let script = stdout(&output);
        assert!(output.status.success(), "{}", stderr(&output));
        for name in commands() {
            assert!(script.contains(&name), "{shell}: {name}");
        }
        for option in ["aspect-ratio", "idempotency-key", "overwrite"] {
            assert!(script.contains(option), "{shell}: {option}");
        }
        // The text is not escaped for a terminal.
        let json = document(&run(folder.path(), &["completions", shell, "--json"]));
        assert_eq!(json["script"].as_str().unwrap().trim_end(), script.trim_end());
        // The shells that are installed accept it.
        let path = folder.path().join(shell);
        fs::write(&path, &script).unwrap();
        if let "bash" | "zsh" | "fish" = shell
            && let Ok(checked) = Command::new(shell).arg("-n").arg(&path).output()
        {
            assert!(checked.status.success(), "{shell}: {}", stderr(&checked));
        }
    }
    let output = run(folder.path(), &["completions", "fsh"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("'fish'"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    let folder = tempfile::tempdir().unwrap();
    let script = stdout(&run(folder.path(), &["completions", "bash"]));
    for (words, expected) in [
        ("videogen gen", "generate"),
        ("videogen generate --aspect", "--aspect-ratio"),
        ("videogen budget se", "set"),
    ] {
        let last = words.split(' ').count() - 1;
        let ask =
            format!("COMP_WORDS=({words}); COMP_CWORD={last}; _videogen videogen \"${{COMP_WORDS[{last}]}}\" \"\"");
        let all = format!("{script}\n{ask}; printf '%s\\n' \"${{COMPREPLY[@]}}\"");
        let Ok(output) = Command::new("bash").args(["--norc", "-c", &all]).output() else {
            return;
        };
        assert!(
            stdout(&output).lines().any(|line| line == expected),
            "{words}: {} {}",
            stdout(&output),
            stderr(&output)
        );
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = stdout(&run(folder.path(), &["man"]));
    assert!(page.contains(".TH videogen 1"), "{page}");
    let output = run(folder.path(), &["man", "share/man1", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let written = document(&output)["pages"].as_array().unwrap().len();
    let pages = folder.path().join("share/man1");
    assert_eq!(fs::read_dir(&pages).unwrap().count(), written);
    let names = commands().into_iter().map(|name| format!("videogen-{name}"));
    let nested = ["videogen-budget-set", "videogen-assets-upload", "videogen"].map(str::to_owned);
    for name in names.chain(nested) {
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{name}: {page}");
        // What formats it has nothing to say.
        for (program, args) in [
            ("mandoc", ["-T", "lint", "-W", "error"]),
            ("groff", ["-man", "-Tutf8", "-z", "-ww"]),
        ] {
            let checked = Command::new(program)
                .args(args)
                .arg(pages.join(format!("{name}.1")))
                .output();
            if let Ok(checked) = checked {
                let said = stdout(&checked) + &stderr(&checked);
                assert!(checked.status.success() && said.is_empty(), "{program} {name}: {said}");
            }
        }
    }
    fs::write(folder.path().join("file"), "").unwrap();
    let output = run(folder.path(), &["man", "file/man1"]);
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("cannot write file/man1"),
        "{}",
        stderr(&output)
    );
}

/// Without a terminal, `COLUMNS` is the width.
#[test]
fn help_is_as_wide_as_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let widest = |columns: &str| {
        let mut command = videogen(folder.path(), &["budget", "--help"]);
        let output = command
            .env("COLUMNS", columns)
            .stdin(std::process::Stdio::null())
            .output();
        let help = stdout(&output.unwrap());
        let wrapped = help.lines().filter(|line| !line.starts_with("Usage: "));
        wrapped.map(|line| line.chars().count()).max().unwrap()
    };
    assert!((30..=40).contains(&widest("40")), "{}", widest("40"));
    assert!((70..=80).contains(&widest("80")), "{}", widest("80"));
    assert!((90..=100).contains(&widest("300")), "{}", widest("300"));
}

#[test]
fn short_options_are_the_long_ones() {
    let folder = tempfile::tempdir().unwrap();
    let long = [
        "plan",
        "a kite",
        "--vendor",
        "ark",
        "--model",
        "seedance-3",
        "--duration",
        "5",
        "--resolution",
        "720p",
        "--aspect-ratio",
        "16:9",
        "--seed",
        "7",
        "--first-frame",
        "https://example.com/boat.png",
    ];
    let short = [
        "plan",
        "a kite",
        "--vendor",
        "ark",
        "-mseedance-3",
        "-d",
        "5",
        "-r",
        "720p",
        "-a",
        "16:9",
        "-s",
        "7",
        "-i",
        "https://example.com/boat.png",
    ];
    let [long, short] = [&long[..], &short[..]].map(|args| run(folder.path(), args));
    assert!(long.status.success(), "{}", stderr(&long));
    assert!(stdout(&long).contains("\"seed\": 7"), "{}", stdout(&long));
    assert_eq!((stdout(&long), stderr(&long)), (stdout(&short), stderr(&short)));
}
