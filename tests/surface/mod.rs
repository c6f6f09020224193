//! The public items of the handwritten crates, for reviewers: what a change adds to, removes from or changes in them.
//!
//! From the sources, because the documentation's JSON needs an unstable compiler. Re-exports are shown where users find them.
//! Items that a macro of the crate defines are shown as its rule has them, once, with the call that fills them in.

use std::fmt::Write as _;

use self::show::Surface;
use self::sources::Sources;
use crate::specs::root;

mod show;
mod sources;

/// The crates that applications use, and the one whose facts the facade shows.
const CRATES: [(&str, &str); 4] = [
    ("videogen", "crates/videogen/src"),
    ("videogen_journal", "crates/journal/src"),
    ("videogen_sim", "crates/sim/src"),
    ("videogen_wire", "crates/wire/src"),
];

#[test]
fn public_items_of_the_handwritten_crates() {
    let mut sources = Sources::default();
    for (name, folder) in CRATES {
        sources.read(name, &root().join(folder));
    }
    let mut all = String::new();
    for (name, _) in &CRATES[..3] {
        for (module, items) in Surface::of(&sources, name).modules {
            let mut text = String::new();
            for item in items {
                writeln!(text, "{item}").unwrap();
            }
            all += &text;
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("../snapshots/public");
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(module, text));
        }
    }
    // Of each kind one: a method from another folder, a macro's, an item of a glob, one of another crate.
    for line in [
        "  pub async fn wait(&self, ",
        "  pub const ALL: &'static [Self]",
        "pub struct Vendor, derives ",
        "pub use rust_decimal::Decimal\n",
        "pub trait Journal: ",
        // Another type of this name has methods.
        "  Url\npub enum ModelDifference",
    ] {
        assert!(all.contains(line), "{line}");
    }
}
