//! Helpers and tests for all commands.

use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is in the repository")
}

/// Specs and kept pages that stay as they are, so that what a vendor changes breaks no test of the commands.
pub(crate) fn frozen() -> PathBuf {
    root().join("tests/xtask/frozen")
}

/// Runs a command on the repository at `root`: exit code, standard output, standard error.
pub(crate) fn xtask(args: &[&str], root: &Path) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("xtask").chain(args.iter().copied());
    let code = xtask::cli::run(args, root, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (code, text(out), text(err))
}

#[test]
fn help_succeeds_and_an_unknown_command_fails() {
    let (code, out, err) = xtask(&["--help"], root());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("generate"), "{out}");
    let (code, out, err) = xtask(&["gnerate"], root());
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("generate"), "{err}");
}
