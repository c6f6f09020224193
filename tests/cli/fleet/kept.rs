//! Tasks that a vendor accepts while the database is down.

use super::*;

/// The database is down from the vendor's answer on: the id is printed, kept on this machine, and recorded later.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_while_the_database_is_down() {
    let Some(server) = Server::start() else {
        server();
        return;
    };
    let server: &'static Server = Box::leak(Box::new(server));
    let url = server.schema("kept");
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    simulator.rewrite(Operation::Submit, |_| server.down("immediate"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_jobs(folder, 1);
    let mut batch = at(folder, "one", &simulator, &url, &BATCH).spawn().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(batch.stderr.take().unwrap()).lines() {
        said.push(line.unwrap());
        if said.last().unwrap().contains("not recorded in the journal") {
            break;
        }
    }
    let (said, task) = (said.join("\n"), simulator.tasks().pop().unwrap().id);
    assert!(said.contains(&task) && said.contains("spool"), "{said}");
    let kept = || std::fs::read_dir(folder.join("data/videogen/spool")).unwrap().count();
    assert_eq!(kept(), 1);
    server.up();
    simulator.clear_rewrites();
    simulator.advance(Duration::from_secs(600));
    // A command with another journal leaves it, and one that names the host in another way records it.
    let other = at(folder, "one", &simulator, &server.schema("other"), &["recover"]);
    let left = { other }.output().unwrap();
    assert!(!stderr(&left).contains("spool") && kept() == 1, "{}", stderr(&left));
    // Nor does it create one.
    assert!(
        left.status.code() == Some(2) && stderr(&left).contains("there is no journal"),
        "{}",
        stderr(&left)
    );
    let renamed = url.replacen("127.0.0.1", "localhost", 1);
    let listed = at(folder, "one", &simulator, &renamed, &["list", "--local", "--json"])
        .output()
        .unwrap();
    let entry = &document(&listed)["submissions"][0];
    assert_eq!(entry["state"], "accepted", "{entry}");
    assert!(entry["task"].as_str().unwrap().ends_with(&task), "{entry}");
    assert_eq!(kept(), 0);
    ended(batch);
    assert_eq!((simulator.stats().tasks, clips(folder).len()), (1, 1));
}

/// A command whose task is kept ends soon, although the database is down.
#[tokio::test(flavor = "multi_thread")]
async fn a_kept_task_does_not_hold_the_command() {
    let Some(server) = Server::start() else {
        server();
        return;
    };
    let server: &'static Server = Box::leak(Box::new(server));
    let url = server.schema("held");
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let down = Arc::new(Mutex::new(None));
    let since = Arc::clone(&down);
    simulator.rewrite(Operation::Submit, move |_| {
        server.down("immediate");
        *since.lock().unwrap() = Some(Instant::now());
    });
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "a kite", "--vendor", "token360", "--no-wait"];
    let output = at(folder.path(), "one", &simulator, &url, &generate).output().unwrap();
    let held = down.lock().unwrap().unwrap().elapsed();
    let task = simulator.tasks().pop().unwrap().id;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains(&task));
    assert!(stderr(&output).contains("the task is kept in "), "{}", stderr(&output));
    // 3 s for the database, 2 s to leave it; more on a busy machine.
    assert!(held < Duration::from_secs(10), "{held:?}");
    server.up();
    let listed = at(folder.path(), "one", &simulator, &url, &["list", "--local", "--json"])
        .output()
        .unwrap();
    let entry = &document(&listed)["submissions"][0];
    assert!(entry["task"].as_str().unwrap().ends_with(&task), "{entry}");
}

/// A process that ends soon after the database is back records what it has kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_records_what_it_has_kept() {
    let Some(server) = Server::start() else {
        server();
        return;
    };
    let server: &'static Server = Box::leak(Box::new(server));
    let url = server.schema("late");
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    simulator.rewrite(Operation::Submit, |_| server.down("immediate"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = ["generate", "a kite", "--vendor", "token360", "-o", "kite.mp4"];
    let mut child = at(folder, "one", &simulator, &url, &generate).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("is kept in ")));
    server.up();
    simulator.advance(Duration::from_secs(600));
    let left: Vec<String> = said.collect();
    ended(child);
    assert!(folder.join("kite.mp4").exists());
    assert!(!left.join("").contains("Not recorded in"), "{left:?}");
    assert_eq!(
        std::fs::read_dir(folder.join("data/videogen/spool")).unwrap().count(),
        0
    );
    assert_eq!(ask(&url, "SELECT count(*) FROM submissions WHERE open").await, 0);

    // One that cannot be recorded is a problem of this machine until it is resolved by hand.
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let id: String = client.query_one("SELECT id FROM journal", &[]).await.unwrap().get(0);
    let event = json!({"event": "accepted", "task": "token360:videos:lost-1", "status": "queued"});
    let kept = json!({"journal": id, "intent": "gone", "attempt": 1, "event": event});
    std::fs::write(folder.join("data/videogen/spool/gone.1.json"), kept.to_string()).unwrap();
    let run = |args: &[&str]| at(folder, "one", &simulator, &url, args).output().unwrap();
    let checked = run(&["journal", "check"]);
    let text = stdout(&checked);
    assert_eq!(checked.status.code(), Some(7), "{text}");
    assert!(
        text.contains("token360:videos:lost-1 was paid for")
            && text.contains("videogen download token360:videos:lost-1"),
        "{text}"
    );
    let doctor = stdout(&run(&["doctor", "--offline"]));
    assert!(
        doctor.contains("1 task that was paid for while the database was down"),
        "{doctor}"
    );
    let listed = run(&["recover"]);
    assert!(stderr(&listed).contains("1 task, kept in"), "{}", stderr(&listed));
    // A copy would not have it.
    let mut copy = videogen(folder, &["journal", "copy", &url, "copy.db"]);
    let refused = copy
        .env("XDG_DATA_HOME", folder.join("data"))
        .env_remove("VIDEOGEN_JOURNAL")
        .output()
        .unwrap();
    assert!(
        refused.status.code() == Some(2) && stderr(&refused).contains("1 task that was paid for"),
        "{}",
        stderr(&refused)
    );
    assert!(!folder.join("copy.db").exists());
}
