//! `cargo xtask snapshots`, with real tests and snapshots.

use crate::probe::Probe;

/// Snapshots are in the folder that insta gives them.
const RATIOS: &str = "probe/src/snapshots/probe__ratios.snap";
const OLD: &str = "probe/src/snapshots/probe__old.snap";

#[test]
fn snapshots_are_written_changed_and_deleted_and_a_check_changes_nothing() {
    let probe = Probe::new("snapshots");
    // A check fails on a new snapshot, and leaves no file behind.
    let (code, out) = probe.xtask(&["snapshots", "--check"]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("Tests fail, so unused snapshots were not looked for."),
        "{out}"
    );
    assert!(
        out.contains("Write snapshots that are new or changed with: cargo xtask snapshots"),
        "{out}"
    );
    assert!(!probe.path.join("probe/src/snapshots").exists());

    let (code, out) = probe.xtask(&["snapshots"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains(&format!("wrote {RATIOS}\n1 snapshots are up to date and used\n")),
        "{out}"
    );
    let (code, out) = probe.xtask(&["snapshots", "--check"]);
    assert_eq!(code, 0, "{out}");

    // Unused and pending ones fail a check.
    let right = probe.read(RATIOS);
    probe.write(OLD, &right);
    probe.write(&format!("{OLD}.new"), &right);
    let (code, out) = probe.xtask(&["snapshots", "--check"]);
    assert_eq!(code, 1, "{out}");
    for line in [
        format!("left over: {OLD}, which no test uses\n"),
        format!("left over: {OLD}.new, which no test uses\n"),
        "Delete what is left over with: cargo xtask snapshots\n".to_owned(),
    ] {
        assert!(out.contains(&line), "{out}");
    }
    assert!(probe.path.join(OLD).exists());

    probe.write(RATIOS, &right.replace("ratio", "odd"));
    let (code, out) = probe.xtask(&["snapshots"]);
    assert_eq!(code, 0, "{out}");
    for line in [
        format!("changed {RATIOS}\n"),
        format!("deleted {OLD}, which no test uses\n"),
        format!("deleted {OLD}.new, which no test uses\n"),
    ] {
        assert!(out.contains(&line), "{out}");
    }
    assert_eq!(probe.read(RATIOS), right);
    assert!(!probe.path.join(OLD).exists() && !probe.path.join(format!("{OLD}.new")).exists());

    // A test that fails may not reach its snapshots: nothing is deleted.
    probe.write(OLD, &right);
    probe.edit("probe/src/lib.rs", "FIELD: &str = \"ratio\"", "FIELD: &str = \"odd\"");
    let (code, out) = probe.xtask(&["snapshots"]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("nothing is sent as odd") && out.contains("Tests fail, so unused"),
        "{out}"
    );
    assert!(probe.path.join(OLD).exists());

    // Without tests that report, nothing is known to be unused.
    probe.write("probe/src/lib.rs", "//! Empty.\n");
    let (code, out) = probe.xtask(&["snapshots"]);
    assert_eq!(code, 100, "{out}");
    assert!(
        out.contains("error: no test reported a snapshot that it uses; nothing was deleted"),
        "{out}"
    );
    assert!(probe.path.join(OLD).exists());
}
