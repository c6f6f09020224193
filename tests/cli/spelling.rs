//! Misspelt models, fields and values: the error suggests what was meant.

use super::{run, stderr, stdout};

#[test]
fn misspelt_words_are_corrected() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("r.json"), r#"{"prompt": "x", "resolutoin": "720p"}"#).unwrap();
    for (args, code, words) in [
        (&["--vendor", "toapi"][..], 2, "did you mean toapis?"),
        (&["--vendor", "token-360"], 2, "did you mean token360?"),
        (&["--vendor", "ark", "-r", "720"], 2, "did you mean 720p?"),
        (&["--vendor", "ark", "-a", "16x9"], 2, "did you mean 16:9?"),
        (&["--vendor", "ark", "-a", "adaptve"], 2, "did you mean adaptive?"),
        (
            &["--vendor", "toapis", "-m", "seedance2"],
            0,
            "Did you mean seedance-2?",
        ),
        (
            &["--vendor", "toapis", "--allow-round", "resolutoin"],
            2,
            "did you mean `resolution`?",
        ),
        (
            &["--vendor", "toapis", "--allow-drop", "sede"],
            2,
            "did you mean `seed`?",
        ),
        (&["--resolutoin", "720p"], 2, "'--resolution'"),
        (&["--request", "r.json"], 2, "did you mean `resolution`?"),
    ] {
        let output = run(folder.path(), &[&["plan", "a kite"], args].concat());
        let text = stderr(&output) + &stdout(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
        assert!(text.contains(words), "{args:?}: {text}");
    }
    // Another number is another value, not a misspelt one.
    let output = run(folder.path(), &["plan", "a kite", "--vendor", "ark", "-r", "540p"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!stderr(&output).contains("did you mean"), "{}", stderr(&output));
    for (status, meant) in [
        ("compleeted", "completed"),
        ("in-progress", "in_progress"),
        ("fail", "failed"),
    ] {
        let output = run(folder.path(), &["list", "--local", "--status", status]);
        assert_eq!(output.status.code(), Some(2), "{status}");
        let text = stderr(&output);
        assert!(text.contains(&format!("did you mean {meant}?")), "{text}");
    }
    // A vendor's word for a status.
    let output = run(folder.path(), &["list", "--local", "--status", "succeeded"]);
    assert!(output.status.success(), "{}", stderr(&output));
}
