//! `-q`: only paths and ids, one per line.

use videogen::Vendor;
use videogen::facts::Capabilities;
use videogen_sim::Simulator;

use super::{account, run, stderr, stdout, videogen};

#[tokio::test(flavor = "multi_thread")]
async fn lists_print_ids() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        account(&mut command, Vendor::AllToken, &simulator.base_url(Vendor::AllToken));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        assert_eq!(stderr(&output), "", "{args:?}");
        stdout(&output)
    };
    let submitted: Vec<String> = (0..2)
        .map(|_| {
            command(&["generate", "a kite", "--no-wait", "--again", "-q"])
                .trim()
                .to_owned()
        })
        .collect();
    let newest_first = format!("{}\n{}\n", submitted[1], submitted[0]);
    for args in [&["list", "-q"][..], &["list", "--local", "-q"]] {
        assert_eq!(command(args), newest_first, "{args:?}");
    }
    let live = command(&["models", "--live", "-q"]);
    assert!(
        live.lines().any(|line| line == Vendor::AllToken.default_model()),
        "{live}"
    );
    // What has neither a path nor an id prints nothing.
    for args in [
        &["spend", "-q"][..],
        &["budget", "set", "5/day", "-q"],
        &["budget", "list", "-q"],
        &["journal", "check", "-q"],
    ] {
        assert_eq!(command(args), "", "{args:?}");
    }
}

#[test]
fn models_and_plans_print_the_ids_of_models() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |args: &[&str]| {
        let output = run(folder.path(), args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        let text = stdout(&output);
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let of_fal: Vec<&str> = Capabilities::all(Vendor::Fal).map(|entry| entry.model.id).collect();
    assert_eq!(lines(&["models", "--vendor", "fal", "-q"]), of_fal);
    let mut all = lines(&["models", "-q"]);
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "each id once");
    let able = lines(&["plan", "a kite", "--all", "--vendor", "fal", "-q"]);
    assert!(
        !able.is_empty() && able.iter().all(|id| of_fal.contains(&id.as_str())),
        "{able:?}"
    );
    let priced = lines(&["prices", "list", "--vendor", "ark", "-q"]);
    let is_known = |id: &String| Capabilities::of(Vendor::Ark, id).is_known();
    assert!(!priced.is_empty() && priced.iter().all(is_known), "{priced:?}");
}

/// Of several tasks, each error names its task, and each task has its line.
#[tokio::test(flavor = "multi_thread")]
async fn errors_of_several_tasks_name_them() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ids = ["alltoken:generations:vid_nope1", "alltoken:generations:vid_nope2"];
    let mut command = videogen(folder.path(), &["wait", ids[0], ids[1], "-q"]);
    account(&mut command, Vendor::AllToken, &simulator.base_url(Vendor::AllToken));
    let output = command.output().unwrap();
    assert_eq!(
        stdout(&output),
        format!("{}\n{}\n", ids[0], ids[1]),
        "{}",
        stderr(&output)
    );
    let notes = stderr(&output);
    let errors: Vec<&str> = notes.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 2, "{notes}");
    for (error, id) in errors.iter().zip(ids) {
        assert!(error.contains(id), "{notes}");
    }
}
