//! Checks of the rules of ARCHITECTURE.md, each with a fix in its message.

mod examples;
mod floors;
mod graph;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use videogen::Vendor;

use crate::cases::TARGETS;
use crate::specs::{parameters, root};

/// Longest handwritten file, in lines.
const FILE_LIMIT: usize = 500;
/// Longest snapshot of a vendor, in lines: longer ones are not reviewed carefully.
const SNAPSHOT_LIMIT: usize = 200;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                rust_files(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The code of a file, without comments and unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text
        .split("#[cfg(test)]")
        .next()
        .unwrap()
        .split("#[cfg(all(test")
        .next()
        .unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether code has a name in any case, alone or within a longer identifier, but not within another word: a watermark is no
/// `ark`.
fn names(code: &str, name: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    lower.match_indices(name).any(|(at, _)| {
        let (before, found) = (code[..at].chars().next_back(), &code[at..at + name.len()]);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let begins =
            !is_letter(before) || (found.starts_with(char::is_uppercase) && before.is_some_and(char::is_lowercase));
        let after = code[at + name.len()..].chars().next();
        let ends = !is_letter(after) || (found.ends_with(char::is_lowercase) && after.is_some_and(char::is_uppercase));
        begins && ends
    })
}

#[test]
fn a_name_within_another_word_is_none() {
    for code in [
        "Ark",
        "ark::Ark",
        "videogen_raw_ark",
        "for_ark_only",
        "IsArkTask",
        "isArk",
        "ARK",
    ] {
        assert!(names(code, "ark"), "{code}");
    }
    for code in ["watermark", "Benchmark", "market", "mArket", "dArkness", "MARKS"] {
        assert!(!names(code, "ark"), "{code}");
    }
}

#[test]
fn only_adapters_know_vendors() {
    let mut files = Vec::new();
    rust_files(&root().join("crates/videogen/src"), &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let name = relative(&path);
        // The crate's root names the features, which are the vendors.
        let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
        if is_test
            || name.contains("/src/vendors/")
            || name.ends_with("/model/vendor.rs")
            || name.ends_with("src/lib.rs")
        {
            continue;
        }
        let code = code(&path);
        for word in Vendor::ALL.iter().map(|vendor| vendor.as_str()).chain(["videogen_raw"]) {
            if names(&code, word) {
                wrong.push(format!(
                    "{name} names `{word}`: move that into crates/videogen/src/vendors/"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Which packages of the workspace each package may use.
#[test]
fn dependencies_run_one_way() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<&str> = packages
        .iter()
        .filter(|package| package["source"].is_null())
        .map(name)
        .collect();
    let mut wrong = Vec::new();
    for package in packages.iter().filter(|package| package["source"].is_null()) {
        let allowed: &[&str] = match name(package) {
            "videogen-wire" | "xtask" => &[],
            // Optional, and only to set up clients: `the_simulator_shares_no_code_with_the_facade`.
            "videogen-sim" => &["videogen"],
            raw if raw.starts_with("videogen-raw-") => &["videogen-wire"],
            "videogen" => &["videogen-wire", "videogen-raw-"],
            "videogen-journal" => &["videogen"],
            "videogen-cli" => &["videogen", "videogen-journal", "videogen-sim"],
            "videogen-tests" => &["videogen", "videogen-journal", "videogen-sim", "xtask"],
            // It compares the facade with the crates below it.
            "videogen-benches" => &["videogen", "videogen-journal", "videogen-raw-", "videogen-wire"],
            other => panic!("{other} is new: list its allowed dependencies in this test and in ARCHITECTURE.md"),
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = name(dependency);
            let fine = allowed
                .iter()
                .any(|may| used == *may || (may.ends_with('-') && used.starts_with(may)));
            if ours.contains(&used) && !fine {
                wrong.push(format!("{} uses {used}; it may use only {allowed:?}", name(package)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A misread spec must not cancel itself out: the simulator shares no code with the clients that are tested against it.
#[test]
fn the_simulator_shares_no_code_with_the_facade() {
    const CLIENT: &str = "crates/sim/src/simulator/client.rs";
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let sim = packages.iter().find(|package| name(package) == "videogen-sim").unwrap();
    let dependencies = sim["dependencies"].as_array().unwrap();
    let facade = dependencies.iter().find(|used| name(used) == "videogen").unwrap();
    let default = sim["features"].get("default");
    let mut default = default.and_then(Value::as_array).into_iter().flatten();
    assert!(
        facade["optional"] == true && default.all(|feature| feature != "client"),
        "crates/sim/Cargo.toml: `videogen` must be optional, and the feature `client` off by default"
    );
    let mut files = Vec::new();
    rust_files(&root().join("crates/sim/src"), &mut files);
    let wrong: Vec<String> = files
        .iter()
        .map(|path| (relative(path), code(path)))
        .filter(|(name, code)| name != CLIENT && (code.contains("videogen::") || code.contains("use videogen;")))
        .map(|(name, _)| format!("{name} uses the facade; only {CLIENT} may, to set up clients"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every part of a vendor exists.
#[test]
fn every_spec_is_registered_everywhere() {
    let text = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let mut wrong = Vec::new();
    for vendor in xtask::spec::vendors(&root(), &[]).unwrap() {
        for (file, needed) in [
            ("Cargo.toml", format!("\"crates/raw/{vendor}\",")),
            ("Cargo.toml", format!("videogen-raw-{vendor} = ")),
            (
                "crates/videogen/Cargo.toml",
                format!("{vendor} = [\"dep:videogen-raw-{vendor}\""),
            ),
            ("crates/videogen/src/vendors/mod.rs", format!("mod {vendor};")),
            (".ci/run", format!(" {vendor},webhook")),
        ] {
            if !text(file).contains(&needed) {
                wrong.push(format!("{file} lacks `{needed}`"));
            }
        }
        for path in [
            format!("crates/videogen/src/vendors/{vendor}.rs"),
            format!("tests/snapshots/{vendor}/surface"),
            format!("tests/snapshots/{vendor}/wire"),
            format!("tests/snapshots/{vendor}/tasks"),
        ] {
            if !root().join(&path).exists() {
                wrong.push(format!("{path} is missing"));
            }
        }
        if !TARGETS.iter().any(|(target, _)| target.as_str() == vendor) {
            wrong.push(format!("tests/cases.rs lacks a model of {vendor} in TARGETS"));
        }
        if !parameters().iter().any(|(listed, ..)| listed.as_str() == vendor) {
            wrong.push(format!(
                "tests/specs.rs lacks {vendor} in PARAMETERS, or specs/pages/{vendor} its create page"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "to add a vendor, see CONTRIBUTING.md:\n{}",
        wrong.join("\n")
    );
}

/// Steps that `cargo xtask new-vendor` leaves open are marked, and fail this test.
#[test]
fn no_open_step_of_a_skeleton_is_left() {
    let mut files = Vec::new();
    rust_files(&root().join("crates"), &mut files);
    files.extend(xtask::spec::vendors(&root(), &[]).unwrap().iter().map(|vendor| {
        let spec = format!("specs/{vendor}.yaml");
        root().join(spec)
    }));
    let mut left = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate() {
            let placeholder =
                line.contains("https://docs.example.com/") || line.trim() == "- url: https://api.example.com";
            if line.contains("TO DO:") || placeholder {
                left.push(format!("{}:{}: {}", relative(&path), index + 1, line.trim()));
            }
        }
    }
    assert!(
        left.is_empty(),
        "fill these in from the vendor's pages, and delete the notes:\n{}",
        left.join("\n")
    );
}

fn git(arguments: &[&str]) -> Vec<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Reviews collapse generated code, but no snapshot.
#[test]
fn reviews_show_snapshots_and_collapse_generated_code() {
    let tracked = git(&["ls-files", "-z"]);
    let mut arguments = vec!["check-attr", "-z", "linguist-generated", "--"];
    arguments.extend(tracked.iter().map(String::as_str));
    let (mut wrong, mut seen) = (Vec::new(), [0, 0]);
    for entry in git(&arguments).chunks(3) {
        let [file, _, value] = entry else { panic!("{entry:?}") };
        let collapsed = matches!(value.as_str(), "set" | "true");
        let generated = ["crates/raw/", "crates/sim/specs/"];
        let written = generated.iter().any(|folder| file.starts_with(folder)) || file == "Cargo.lock";
        let snapshot = file.ends_with(".snap");
        seen[0] += usize::from(written);
        seen[1] += usize::from(snapshot);
        if collapsed != written {
            wrong.push(format!("{file}: linguist-generated is {value}"));
        }
    }
    assert!(seen[0] > 10 && seen[1] > 100, "{seen:?}");
    assert!(wrong.is_empty(), "see .gitattributes:\n{}", wrong.join("\n"));
}

/// Snapshots are reviewed by people: short, and in the folder of their vendor.
#[test]
fn snapshots_are_short_and_grouped_by_vendor() {
    let mut wrong = Vec::new();
    let files = git(&["ls-files", "-z", "tests/snapshots"]);
    for file in &files {
        let segments: Vec<&str> = file.split('/').skip(2).collect();
        let limit = match segments.as_slice() {
            // The whole JSON Schemas of the facade's own types.
            ["schemas", _] => 500,
            // The public items of the handwritten crates, one file for each module.
            ["public", _] => 500,
            // What a terminal shows.
            ["screens", _] => SNAPSHOT_LIMIT,
            // All operations, types and models of a client.
            [vendor, "surface", _] if Vendor::ALL.iter().any(|known| known.as_str() == *vendor) => 500,
            [vendor, "wire" | "refused" | "tasks" | "errors", _]
                if Vendor::ALL.iter().any(|known| known.as_str() == *vendor) =>
            {
                SNAPSHOT_LIMIT
            }
            _ => {
                wrong.push(format!(
                    "{file}: unknown kind; describe it in this test and in xtask/src/report/snapshots.rs"
                ));
                continue;
            }
        };
        // A deleted but uncommitted file is still listed.
        let lines = fs::read_to_string(root().join(file)).map_or(0, |text| text.lines().count());
        if lines > limit {
            wrong.push(format!("{file} has {lines} lines, more than {limit}: split it"));
        }
    }
    assert!(files.len() > 100, "only {} snapshots", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn handwritten_files_are_short() {
    let mut files = Vec::new();
    for folder in ["benches", "crates", "xtask", "tests"] {
        rust_files(&root().join(folder), &mut files);
    }
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| !relative(path).starts_with("crates/raw/")) {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        if lines > FILE_LIMIT {
            wrong.push(format!("{} has {lines} lines: split it by concept", relative(path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Longest inline module of unit tests, in lines.
const TESTS_LIMIT: usize = 150;

#[test]
fn long_unit_tests_are_in_a_separate_file() {
    let mut files = Vec::new();
    for folder in ["benches", "crates", "xtask"] {
        rust_files(&root().join(folder), &mut files);
    }
    let mut wrong = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let inline = text.lines().skip_while(|line| *line != "mod tests {").count();
        if inline > TESTS_LIMIT {
            wrong.push(format!(
                "{} has {inline} lines of unit tests: move them to a tests.rs next to it",
                relative(path)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No dependency needs a newer Rust than `rust-version`.
#[test]
fn code_for_one_system_is_in_one_module() {
    let mut files = Vec::new();
    for folder in ["crates", "xtask/src", "benches/src"] {
        rust_files(&root().join(folder), &mut files);
    }
    let forms = [
        "cfg(unix)",
        "cfg(windows)",
        "cfg!(unix)",
        "cfg!(windows)",
        "os::unix",
        "os::windows",
    ];
    let is_system = |path: &Path| {
        let path = relative(path);
        path.contains("/src/system") || path.ends_with("/tests.rs") || path.contains("/tests/")
    };
    let elsewhere: Vec<String> = files
        .iter()
        .filter(|path| !is_system(path))
        .filter(|path| forms.iter().any(|form| code(path).contains(form)))
        .map(|path| relative(path))
        .collect();
    assert!(
        elsewhere.is_empty(),
        "code for one operating system: move it into `system` of the crate: {elsewhere:#?}"
    );
}

#[test]
fn the_stated_rust_version_is_sufficient() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let minor = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    let stated = packages.iter().find(|package| name(package) == "videogen").unwrap();
    let stated = minor(stated["rust_version"].as_str().unwrap());
    let newer: Vec<String> = packages
        .iter()
        .filter_map(|package| Some((name(package), package["rust_version"].as_str()?)))
        .filter(|(_, version)| minor(version) > stated)
        .map(|(name, version)| format!("{name} needs {version}"))
        .collect();
    assert!(newer.is_empty(), "rust-version is 1.{stated}, but {newer:?}");
}

/// A package that is selected alone has fewer features than the workspace, and builds its dependencies again.
#[test]
fn commands_build_dependencies_with_the_features_of_the_workspace() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in [
        ".ci/run",
        ".cargo/config.toml",
        "CONTRIBUTING.md",
        "README.md",
        "xtask/src/absorb/steps.rs",
        "xtask/src/new_vendor/template/left.txt",
    ] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for line in text
            .lines()
            .filter(|line| line.contains("cargo ") || line.contains("run "))
        {
            seen += 1;
            let is_alone = line.contains(" -p ") || line.contains("--package");
            // Without default features, a package is compiled alone on purpose.
            if is_alone && !line.contains("--no-default-features") {
                wrong.push(format!(
                    "{file}: {}: select a target, such as --bin or --test",
                    line.trim()
                ));
            }
        }
    }
    assert!(seen > 30, "only {seen} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

fn metadata() -> Value {
    // Only packages for this platform are downloaded.
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--locked",
            "--filter-platform",
            host,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
