//! Running the tests, and the names of those that fail.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};

/// Runs the tests, passes their output on as it comes, and returns the names of those that failed, in their order.
///
/// # Errors
/// When the command cannot be run.
pub(super) fn run(tests: &mut Command, out: &mut dyn Write) -> Result<(ExitStatus, Vec<String>), Box<dyn Error>> {
    let error = |error: std::io::Error| format!("cargo cannot be run: {error}");
    let mut child = tests.stdout(Stdio::piped()).spawn().map_err(error)?;
    let mut names = Names::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            writeln!(out, "{line}")?;
            out.flush()?;
            names.read(&line);
        }
    }
    Ok((child.wait().map_err(error)?, names.failed))
}

/// The names of failed tests, from what the test harness prints at the end of each program: a heading `failures:` twice, and
/// below the second one the names.
#[derive(Default)]
struct Names {
    failed: Vec<String>,
    seen: BTreeSet<String>,
    is_below: bool,
}

impl Names {
    fn read(&mut self, line: &str) {
        match line.strip_prefix("    ") {
            _ if line == "failures:" => self.is_below = true,
            Some(name) if self.is_below && !name.starts_with(' ') => {
                if self.seen.insert(name.to_owned()) {
                    self.failed.push(name.to_owned());
                }
            }
            _ => self.is_below = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn the_names_are_those_below_the_second_heading() {
        let output = "test a ... ok\ntest b::c ... FAILED\n\nfailures:\n\n---- b::c stdout ----\n    indented\nfailures are \
                      bad\n\n\nfailures:\n    b::c\n    d\n\ntest result: FAILED. 1 passed\n\nrunning 1 test\n\nfailures:\n\n---- \
                      e stdout ----\n\nfailures:\n    e\n\ntest result: FAILED.\n    not a test\n";
        let mut names = Names::default();
        output.lines().for_each(|line| names.read(line));
        assert_eq!(names.failed, ["b::c", "d", "e"]);
    }
}
