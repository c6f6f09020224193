//! A small repository with a spec of a vendor, its kept page, and a package whose tests have snapshots, on which the
//! commands run as a process of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::commands::{frozen, root};
use crate::diff::revisions::{commit, git};

/// The page that the repository's kept facts are from.
pub(crate) const PAGE: &str = "page.txt";

/// A separate repository, always at the same path, so that its builds replace each other.
pub(crate) struct Probe {
    pub(crate) path: PathBuf,
}

impl Probe {
    /// The repository, with a committed state in which nothing is open.
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("probes").join(name);
        let _ = fs::remove_dir_all(&path);
        let probe = Self { path };
        for file in ["specs/toapis.yaml", "specs/pages/toapis/seedance_2.yaml"] {
            probe.write(file, &fs::read_to_string(frozen().join(file)).unwrap());
        }
        for file in ["docs/fields.md", "Cargo.lock"] {
            probe.write(file, &fs::read_to_string(root().join(file)).unwrap());
        }
        probe.write(".gitignore", "/target\n");
        // The profile of the workspace, whose builds of the dependencies are used.
        probe.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"probe\"]\n[profile.dev]\ndebug = \"line-tables-only\"\n\
             [profile.dev.package.\"*\"]\ndebug = false\n",
        );
        // Its own name: Cargo tells packages apart by name and path below the workspace.
        let package = name.replace(' ', "-");
        let manifest = format!(
            "[package]\nname = \"probe-{package}\"\nedition = \"2024\"\n[lib]\nname = \"probe\"\ndoctest = false\n\
             [dependencies]\ninsta = {{ version = \"1.49\", default-features = false }}\n"
        );
        probe.write("probe/Cargo.toml", &manifest);
        probe.write("probe/src/lib.rs", LIBRARY);
        let page = fs::read_to_string(root().join("tests/xtask/docs/stacked.txt")).unwrap();
        probe.write(PAGE, &page);
        assert_eq!(probe.xtask(&["docs", "toapis", PAGE, "--keep"]).0, 0);
        assert_eq!(probe.xtask(&["generate", "toapis"]).0, 0);
        git(&probe.path, &["init", "--quiet", "--initial-branch=main"]);
        commit(&probe.path);
        probe
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path.join(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces every `from` in a file, of which there must be one.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} lacks {from}");
        self.write(file, &text.replace(from, to));
    }

    /// The command line of `cargo xtask …` here.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        // The target folder of the workspace, so that existing builds are used.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        command
            .args(args)
            .arg("--root")
            .arg(&self.path)
            .current_dir(&self.path)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("EDITOR");
        command
    }

    /// Runs `cargo xtask …` here: exit code, and all output.
    pub(crate) fn xtask(&self, args: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout) + &text(stderr))
    }
}

/// A library with a snapshot of what is generated from the spec, and a test that repeats a name of the vendor.
const LIBRARY: &str = r##"//! Stands for the crates of the workspace.

/// The generated client.
pub const CLIENT: &str = include_str!("../../crates/raw/toapis/src/client.rs");

/// The adapter's name of the field.
pub const FIELD: &str = "ratio";

#[test]
fn ratios() {
    let text: Vec<&str> = CLIENT.lines().filter(|line| line.contains("ratio: ")).collect();
    insta::assert_snapshot!("ratios", text.join("\n"));
}

#[test]
fn the_field_is_sent() {
    assert!(CLIENT.contains(&format!("pub {FIELD}: ")), "nothing is sent as {FIELD}");
}
"##;
