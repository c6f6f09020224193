//! The steps of the round, as data.

/// One step.
pub(super) struct Step {
    /// Name in arguments and messages.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) does: &'static str,
    /// The command that it is. `VENDOR` and `PAGE...` stand for the arguments.
    command: &'static [&'static str],
    /// How its result is read.
    pub(super) result: Result,
    /// What to do when it stops the round.
    pub(super) todo: &'static str,
}

/// How the result of a step is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Result {
    /// It passes with these exit codes.
    Passes(&'static [u8]),
    /// It passes with exit code 0. With 1 it lists findings, each with its place.
    Findings,
    /// It passes when the pages differ from the spec in nothing; changes since they were kept are what the round is for.
    Pages,
}

/// The steps in their order.
pub(super) const STEPS: [Step; 8] = [
    Step {
        name: "docs",
        does: "compare the pages with the spec",
        command: &["cargo", "xtask", "docs", "VENDOR", "PAGE..."],
        result: Result::Pages,
        todo: "edit the spec at these places, or explain a difference under `known` in specs/pages/VENDOR/PAGE.yaml",
    },
    Step {
        name: "lint",
        does: "check the spec",
        command: &["cargo", "xtask", "lint", "VENDOR"],
        result: Result::Findings,
        todo: "edit the spec at these places",
    },
    Step {
        name: "diff",
        does: "show what changed since the last commit, and what it breaks",
        command: &["cargo", "xtask", "diff", "HEAD"],
        result: Result::Passes(&[0, 1, 2]),
        todo: "correct what cannot be compared",
    },
    Step {
        name: "generate",
        does: "write crates/raw/VENDOR and the tables of fields",
        command: &["cargo", "xtask", "generate", "VENDOR"],
        result: Result::Passes(&[0]),
        todo: "correct what the message names",
    },
    Step {
        name: "compile",
        does: "compile the workspace with its tests",
        // What the tests need, so that nothing is compiled twice. `cargo check` would compile every dependency again.
        command: &["cargo", "build", "--workspace", "--all-targets"],
        result: Result::Passes(&[0]),
        todo: "correct the lines that the compiler names: mostly crates/videogen/src/vendors/VENDOR.rs and \
               crates/sim/src/dialects/VENDOR.rs",
    },
    Step {
        // Before the tests, which compare the spec with the kept pages.
        name: "keep",
        does: "keep the pages' facts in specs/pages/VENDOR, to compare later pages with",
        command: &["cargo", "xtask", "docs", "VENDOR", "PAGE...", "--keep"],
        result: Result::Passes(&[0]),
        todo: "make spec and pages agree, or explain a difference under `known` in specs/pages/VENDOR/PAGE.yaml; of a page \
               that shows less than before, save all of it",
    },
    Step {
        name: "snapshots",
        does: "run all tests, write their snapshots, delete unused ones",
        command: &["cargo", "xtask", "snapshots"],
        result: Result::Passes(&[0]),
        todo: "correct the tests that are listed as failed. Some repeat the vendor's names and limits on purpose: `printed` in \
               tests/simulator/requests.rs, tests/documented.rs, and PARAMETERS in tests/specs.rs for pages that are not kept; \
               a new body needs a model in TARGETS of tests/cases.rs; what is called by its old name elsewhere \
               (tests/cases.rs, docs/) is to be renamed too",
    },
    Step {
        name: "report",
        does: "write the report for reviewers to target/report.md",
        command: &["cargo", "xtask", "report", "HEAD", "--out", "target/report.md"],
        result: Result::Passes(&[0]),
        todo: "correct what the message names",
    },
];

impl Step {
    /// Its command, with the arguments of the round.
    pub(super) fn command(&self, vendor: &str, pages: &[String]) -> Vec<String> {
        let mut words = Vec::new();
        for word in self.command {
            match *word {
                "VENDOR" => words.push(vendor.to_owned()),
                "PAGE..." => words.extend_from_slice(pages),
                other => words.push(other.to_owned()),
            }
        }
        words
    }

    /// Its command in general terms.
    pub(super) fn alone(&self) -> String {
        self.command.join(" ")
    }
}
