//! Everything that is wrong with a command line is reported at once, before anything is sent.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use videogen::Vendor;

use super::{account, run, stderr, stdout, videogen};

const FOLDER: &str = "cannot write into clips: No such file or directory (os error 2); add --parents to create it";

fn write(folder: &Path, name: &str, content: &Value) {
    fs::write(folder.join(name), content.to_string()).unwrap();
}

/// The exit code, and what is reported.
fn refused(folder: &Path, vendors: &[Vendor], args: &[&str]) -> (i32, String) {
    let mut command = videogen(folder, args);
    for vendor in vendors {
        account(&mut command, *vendor, "http://127.0.0.1:9");
    }
    let output = command.output().unwrap();
    assert_eq!(stdout(&output), "");
    (output.status.code().unwrap(), stderr(&output))
}

#[test]
fn a_missing_folder_hides_no_other_problem() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "bad.json", &json!({"sead": 1, "duration": 99, "draft": "yes"}));
    write(folder, "unreadable.json", &json!([1]));
    let keyed = &[Vendor::Token360, Vendor::ToApis][..];
    let kite = ["generate", "a kite", "-o", "clips/kite.mp4"];
    let bad = ["generate", "--request", "bad.json", "-o", "clips/kite.mp4"];
    for (vendors, args, code, words) in [
        (
            keyed,
            [
                &kite[..],
                &["--vendor", "token360", "-d", "99", "--first-frame", "none.png"],
            ]
            .concat(),
            2,
            &["--duration = 99", "--first-frame = none.png", FOLDER][..],
        ),
        // With several vendors, at each of them.
        (
            keyed,
            [&kite[..], &["--vendor", "token360,toapis", "-d", "99"]].concat(),
            2,
            &["Token360: ", "ToAPIs: ", FOLDER],
        ),
        // With a key that has no task.
        (
            keyed,
            [
                &kite[..],
                &["--vendor", "token360", "-d", "99", "--idempotency-key", "k"],
            ]
            .concat(),
            2,
            &["--duration = 99", FOLDER],
        ),
        (
            keyed,
            [
                &kite[..],
                &["--vendor", "token360", "-n", "2", "--seed", "7", "-d", "99"],
            ]
            .concat(),
            2,
            &[
                "--duration = 99",
                "with a fixed seed",
                "names one file, but there are 2 tasks",
            ],
        ),
        (
            &[],
            [&kite[..], &["--vendor", "token360", "-d", "99"]].concat(),
            2,
            &["--duration = 99", FOLDER, "no API key: set TOKEN360_API_KEY"],
        ),
        (
            &[],
            [&kite[..3], &["kite.mp4", "--vendor", "token360", "-d", "99"]].concat(),
            2,
            &["--duration = 99", "no API key: set TOKEN360_API_KEY"],
        ),
        (&[], kite.to_vec(), 3, &[FOLDER, "no API key"]),
        (
            &[],
            [&kite[..], &["--simulate", "--vendor", "token360", "-d", "99"]].concat(),
            2,
            &["--duration = 99", FOLDER],
        ),
        // A member that cannot be read hides no rule of the others.
        (
            keyed,
            [
                &bad[..],
                &["--vendor", "token360", "--metadata", "a=1", "--metadata", "a=2"],
            ]
            .concat(),
            2,
            &[
                "bad.json is not a request: 2 problems",
                "unknown member `sead`; did you mean `seed`?",
                "draft: \"yes\" is neither true nor false",
                "bad.json has no prompt",
                "--metadata a: given twice",
                "  duration = 99",
                FOLDER,
            ],
        ),
        (
            keyed,
            vec!["plan", "@none.txt", "--request", "bad.json", "--vendor", "token360"],
            2,
            &["unknown member `sead`", "draft: ", "none.txt", "  duration = 99"],
        ),
        (
            keyed,
            vec![
                "generate",
                "@none.txt",
                "--request",
                "unreadable.json",
                "-o",
                "clips/kite.mp4",
            ],
            2,
            &["unreadable.json is not a request: it is an array", "none.txt", FOLDER],
        ),
        // What is known before the vendor is.
        (keyed, kite.to_vec(), 2, &["keys of several vendors are set", FOLDER]),
    ] {
        let (found, shown) = refused(folder, vendors, &args);
        assert_eq!(found, code, "{args:?}: {shown}");
        for words in words {
            assert_eq!(shown.matches(words).count(), 1, "{words}: {args:?}: {shown}");
        }
    }
    assert!(!folder.join("clips").exists() && !folder.join("journal.db").exists());
    // A folder alone.
    let (code, shown) = refused(folder, keyed, &[&kite[..], &["--vendor", "token360"]].concat());
    assert_eq!((code, shown), (7, format!("error: {FOLDER}\n")));
}

/// Ids of models differ between vendors: the one of a sidecar is that of its vendor.
#[test]
fn the_model_of_a_sidecar_belongs_to_its_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sidecar = |model: &str| {
        json!({"request": {"model": model, "prompt": "a kite", "duration": 5}, "vendor": "token360",
            "task": {"id": "token360:videos:t-1", "status": "completed"}})
    };
    write(folder, "s.json", &sidecar("seedance-2.0"));
    let words = "the request file is of Token360, whose model seedance-2.0 no table lists at ToAPIs; name its id there, such as \
                 --model seedance-2";
    for command in ["generate", "plan"] {
        let args = [command, "--request", "s.json", "--vendor", "toapis", "-d", "99"];
        let (code, shown) = refused(folder, &[Vendor::ToApis], &args);
        assert_eq!(code, 2, "{shown}");
        assert!(shown.contains(words), "{shown}");
    }
    let (code, shown) = refused(
        folder,
        &[Vendor::Token360, Vendor::ToApis],
        &["generate", "--request", "s.json", "--vendor", "token360,toapis"],
    );
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("no table lists seedance-2.0 at ToAPIs"), "{shown}");
    // The same id at both, another id, or the vendor of the file.
    for args in [
        &["--vendor", "alltoken"][..],
        &["--vendor", "toapis", "--model", "seedance-2"],
        &["--vendor", "toapis", "--model", "seedance-x"],
        &["--vendor", "token360"],
        &[],
    ] {
        let output = run(folder, &[&["plan", "--request", "s.json"], args].concat());
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    }
    let args = [
        "generate",
        "--request",
        "s.json",
        "--vendor",
        "toapis=seedance-2",
        "--simulate",
        "--no-wait",
        "-q",
    ];
    let output = run(folder, &args);
    assert!(stdout(&output).starts_with("toapis:"), "{}", stderr(&output));
}
