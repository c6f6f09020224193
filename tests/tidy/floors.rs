//! Dependencies between the modules of each crate: no circle of files, no import through the crate's root, and in a
//! crate with floors no upward import.

use std::fs;
use std::path::Path;

use super::graph::{self, Edge, Extension, Sources};
use super::{relative, rust_files};
use crate::specs::root;

/// A folder or file at the top of a crate, and its floor: each may use itself and lower floors.
type Floors = &'static [(&'static str, usize)];

/// Every crate with modules, its root, and its floors from the lowest up.
const CRATES: &[(&str, &str, Floors)] = &[
    (
        "crates/videogen/src",
        "lib.rs",
        &[
            ("model", 0),
            ("system", 0),
            ("rules", 1),
            ("poll", 1),
            ("journal", 1),
            ("transport", 2),
            ("vendors", 3),
            ("client", 4),
            ("upload", 5),
            ("submit", 6),
            ("wait", 6),
            ("download", 6),
            ("webhook", 6),
            ("generate", 7),
            ("clients", 7),
            ("router", 8),
        ],
    ),
    ("crates/wire/src", "lib.rs", &[]),
    (
        "crates/journal/src",
        "lib.rs",
        &[
            ("error", 0),
            ("name", 0),
            ("owner", 0),
            ("system", 0),
            ("spool", 1),
            ("record", 1),
            ("selection", 1),
            ("budget", 1),
            ("health", 1),
            ("prune", 1),
            ("spend", 1),
            ("stored", 2),
            ("sqlite", 3),
            ("postgres", 3),
            ("store", 4),
            ("copy", 5),
        ],
    ),
    (
        "crates/sim/src",
        "lib.rs",
        &[
            ("spec", 0),
            ("media", 0),
            ("state", 1),
            ("dialects", 2),
            ("submit", 3),
            ("http", 4),
            ("simulator", 5),
        ],
    ),
    (
        "crates/cli/src",
        "main.rs",
        &[
            ("cap", 3),
            ("error", 0),
            ("help", 0),
            ("text", 0),
            ("system", 0),
            ("interrupt", 1),
            ("listen", 0),
            ("sidecar", 1),
            ("since", 0),
            ("csv", 0),
            ("environment", 0),
            ("user_file", 0),
            ("words", 0),
            ("nearest", 0),
            ("notes", 2),
            ("options", 0),
            ("late", 2),
            ("server", 0),
            ("terminal", 2),
            ("invocation", 2),
            ("result", 2),
            ("events", 3),
            ("exit", 3),
            ("several", 4),
            ("output", 4),
            ("config", 5),
            ("keys", 5),
            ("diagnosis", 2),
            ("probe", 4),
            ("journal", 5),
            ("input", 5),
            ("output_file", 5),
            ("progress", 5),
            ("request_file", 6),
            ("routes", 7),
            ("account", 6),
            ("lost", 5),
            ("follow", 6),
            ("request_args", 7),
            ("submission", 6),
            ("unsaved", 5),
            ("usage", 5),
            ("uploads", 6),
            ("webhook", 6),
            ("clips", 7),
            ("ended", 8),
            ("again", 7),
            ("files", 7),
            ("cost", 7),
            ("price_file", 7),
            ("batch", 8),
            ("commands", 9),
            ("tests", 9),
        ],
    ),
    ("benches/src", "lib.rs", &[]),
    (
        "xtask/src",
        "lib.rs",
        &[
            ("cargo", 0),
            ("exit", 0),
            ("spec", 0),
            ("absorb", 1),
            ("ci", 1),
            ("diff", 1),
            ("docs", 1),
            ("generate", 1),
            ("lint", 1),
            ("new_vendor", 1),
            ("report", 1),
            ("snapshots", 1),
            ("cli", 2),
            ("main", 3),
        ],
    ),
];

/// Types to which higher floors add methods: each activity has its own calls of `Client`.
const EXTENDED: &[&str] = &["Client"];

/// Folders of the facade that may not use each other although their floors would allow it.
const STRANGERS: &[(&str, &str)] = &[("vendors", "journal"), ("transport", "journal")];

fn sources(folder: &Path) -> Sources {
    let mut files = Vec::new();
    rust_files(folder, &mut files);
    let name = |path: &Path| {
        let path = path.strip_prefix(folder).unwrap();
        path.to_str().unwrap().replace(std::path::MAIN_SEPARATOR, "/")
    };
    files
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The violations in the modules of a crate, each with a fix.
fn faults(sources: &Sources, root: &str, floors: &[(&str, usize)]) -> Vec<String> {
    let edges = graph::edges(sources, root);
    let mut faults = Vec::new();
    for edge in edges.iter().filter(|edge| edge.through_root) {
        let Edge { from, to, item, .. } = edge;
        faults.push(format!(
            "{from} imports `{item}` through the crate's root: name its module ({to})"
        ));
    }
    if let Some(circle) = graph::circle(&edges) {
        let steps: Vec<String> = circle
            .iter()
            .map(|Edge { from, to, item, .. }| format!("{from} needs `{item}` of {to}"))
            .collect();
        faults.push(format!(
            "files in a circle: {}; move what both sides need to a file below them",
            steps.join(", ")
        ));
    }
    let floor = |file: &str| {
        let top = file.split('/').next().unwrap().trim_end_matches(".rs");
        floors.iter().find(|(name, _)| *name == top).copied()
    };
    for file in sources.keys().filter(|file| !floors.is_empty() && *file != root) {
        if floor(file).is_none() {
            faults.push(format!("{file} is on no floor: add it in tests/tidy/floors.rs"));
        }
    }
    for Edge { from, to, item, .. } in &edges {
        let (Some((above, from_floor)), Some((below, to_floor))) = (floor(from), floor(to)) else {
            continue;
        };
        if STRANGERS.contains(&(above, below)) {
            faults.push(format!(
                "{from} imports `{item}` from {to}: `{above}` may not use `{below}`; pass the data instead"
            ));
        }
        if above != below && to_floor >= from_floor {
            faults.push(format!(
                "{from} (floor {from_floor}) imports `{item}` from {to} (floor {to_floor}): a module uses its own folder \
                 and lower floors; move `{item}` down, or its user up"
            ));
        }
    }
    let (extensions, calls) = graph::methods(sources, root);
    for Extension { file, of, methods } in &extensions {
        let (Some((above, from_floor)), Some((below, _))) = (floor(file), floor(&of.1)) else {
            continue;
        };
        if above == below {
            continue;
        }
        let is_beneath = |caller: &str| floor(caller).is_some_and(|(top, at)| top != above && at <= from_floor);
        let (item, of) = of;
        if !EXTENDED.contains(&item.as_str()) {
            faults.push(format!(
                "{file} adds methods to `{item}` of {of}, and no import shows who depends on them: move them to {of}, or make \
                 them functions"
            ));
        }
        for (caller, called) in calls.iter().filter(|(caller, _)| is_beneath(caller)) {
            let is_item = |on: &str| on == "self" || on == "Self" || on == item || on == item.to_lowercase();
            for (_, method) in called
                .iter()
                .filter(|(on, method)| is_item(on) && methods.contains(method))
            {
                faults.push(format!(
                    "{caller} calls `{method}` of `{item}`, which is in {file} on floor {from_floor}: move the method down, or \
                     its caller up"
                ));
            }
        }
    }
    faults
}

#[test]
fn modules_depend_one_way() {
    let mut wrong = Vec::new();
    for (folder, crate_root, floors) in CRATES {
        let folder = root().join(folder);
        let sources = sources(&folder);
        assert!(!sources.is_empty(), "{}", folder.display());
        let found = faults(&sources, crate_root, floors);
        wrong.extend(found.into_iter().map(|fault| format!("{}: {fault}", relative(&folder))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn planted(files: &[(&str, &str)]) -> Vec<String> {
    let sources = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    faults(&sources.collect(), "lib.rs", &[("low", 0), ("high", 1), ("side", 1)])
}

/// A valid crate, in which two files are replaced.
fn with(low: &str, high: &str) -> Vec<String> {
    planted(&[
        ("lib.rs", "mod low; mod high; mod side; pub use low::Thing;"),
        (
            "low/mod.rs",
            "mod part; mod thing; pub use thing::Thing; pub(crate) use part::helper;",
        ),
        (
            "low/thing.rs",
            "use super::part::helper; pub struct Thing; fn f() { helper() }",
        ),
        ("low/part.rs", low),
        ("high.rs", high),
        ("side.rs", "pub(crate) fn other() {}"),
    ])
}

#[test]
fn planted_violations_are_found() {
    const LOW: &str = "pub(crate) fn helper() {}";
    const HIGH: &str = "use crate::low::Thing; fn f(_: Thing) { crate::low::helper() }";
    assert_eq!(with(LOW, HIGH), [""; 0]);
    // Tests may import as they like.
    let tests = "pub(crate) fn helper() {} #[cfg(test)] mod tests { use crate::Thing; use crate::high::f; }";
    assert_eq!(with(tests, HIGH), [""; 0]);

    let circle = "low/part.rs needs `Thing` of low/thing.rs, low/thing.rs needs `helper` of low/part.rs";
    for low in [
        "use super::Thing; pub(crate) fn helper() -> Thing { todo!() }",
        "pub(crate) fn helper() -> crate::low::Thing { todo!() }",
        "pub(crate) fn helper() { println!(\"{:?}\", crate::low::thing::Thing) }",
        "pub(crate) fn helper() { use crate::low::{thing::Thing as Other}; }",
    ] {
        let found = with(low, HIGH);
        assert!(found.len() == 1 && found[0].contains(circle), "{low}: {found:?}");
    }

    let found = with(LOW, "use crate::Thing;");
    assert_eq!(
        found,
        ["high.rs imports `Thing` through the crate's root: name its module (low/thing.rs)"]
    );

    let mut files = vec![
        ("lib.rs", "mod low; pub mod shown { pub use crate::low::Thing; }"),
        ("low.rs", "pub struct Thing;"),
    ];
    assert_eq!(planted(&files), [""; 0]);
    files[0].1 = "mod low; mod high; pub mod shown { pub use crate::low::Thing; }";
    files.push(("high.rs", "use crate::shown::Thing;"));
    let found = planted(&files);
    assert_eq!(
        found,
        ["high.rs imports `Thing` through the crate's root: name its module (low.rs)"]
    );

    for low in [
        "use crate::high::f; pub(crate) fn helper() {}",
        "pub(crate) fn helper() { matches!(crate::high::f(), ()); }",
    ] {
        let found = with(low, "pub(crate) fn f() {}");
        assert!(
            found.len() == 1 && found[0].starts_with("low/part.rs (floor 0) imports `f` from high.rs (floor 1)"),
            "{low}: {found:?}"
        );
    }
    // A neighbour on the same floor.
    let found = with(LOW, "use crate::side::other;");
    assert!(
        found.len() == 1 && found[0].contains("imports `other` from side.rs"),
        "{found:?}"
    );
    let found = faults(
        &[
            ("lib.rs", "mod journal; mod vendors;"),
            ("journal.rs", "pub(crate) fn entry() {}"),
            ("vendors.rs", "use crate::journal::entry;"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into(),
        "lib.rs",
        &[("journal", 1), ("vendors", 3)],
    );
    assert!(
        found.len() == 1 && found[0].contains("`vendors` may not use `journal`"),
        "{found:?}"
    );
    // A method that a higher floor adds is no import.
    let added = |low: &str, high: &str| {
        planted(&[
            ("lib.rs", "mod low; mod high;"),
            ("low/mod.rs", "mod part; mod thing; pub use thing::{Client, Thing};"),
            ("low/thing.rs", "pub struct Client; pub struct Thing;"),
            ("low/part.rs", low),
            ("high.rs", high),
        ])
    };
    let found = added("", "use crate::low::Thing; impl Thing { fn extra(&self) {} }");
    assert!(
        found.len() == 1 && found[0].starts_with("high.rs adds methods to `Thing` of low/thing.rs"),
        "{found:?}"
    );
    for call in ["self.extra()", "Client::extra(self)", "client.extra::<u8>()"] {
        let low = format!("use super::Client; impl Client {{ fn call(&self) {{ {call}; }} }}");
        let found = added(&low, "use crate::low::Client; impl Client { fn extra(&self) {} }");
        assert!(
            found.len() == 1 && found[0].starts_with("low/part.rs calls `extra` of `Client`, which is in high.rs"),
            "{call}: {found:?}"
        );
    }
    let other = "use super::Client; impl Client { fn call(&self) { self.map.extra(); self.extra; } }";
    let found = added(other, "use crate::low::Client; impl Client { fn extra(&self) {} }");
    assert_eq!(found, [""; 0]);
    // A new folder.
    let found = planted(&[("lib.rs", "mod new;"), ("new.rs", "")]);
    assert!(
        found.len() == 1 && found[0].contains("new.rs is on no floor"),
        "{found:?}"
    );
}
