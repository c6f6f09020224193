//! Who may use a journal in a database, and what commands say where they may not.

use serde_json::Value;
use videogen_journal::Store;
use videogen_sim::Simulator;

use super::database::server::{self, Server};
use super::{command, run};
use crate::{stderr, stdout};

const CANARY: &str = "canary-52c1 &/?%#+";

/// A server with a user who needs a password, who may create a journal, and one who needs none.
fn guarded() -> Option<Server> {
    let rules = "local all all trust\nhost all videogen all trust\nhost all all all scram-sha-256\n";
    let server = Server::start_with("", &[("pg_hba.conf", rules)]);
    if server.is_none() {
        server::server();
    }
    server
}

async fn execute(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_may_be_in_the_file_of_env_file() {
    let Some(server) = guarded() else { return };
    let sql = format!("CREATE USER keeper PASSWORD '{CANARY}'; GRANT CREATE ON DATABASE postgres TO keeper");
    execute(server.url(), &sql).await;
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = format!("postgresql://keeper@127.0.0.1:{}/postgres", server.port());
    std::fs::write(folder.join("keys.env"), format!("PGPASSWORD='{CANARY}'\n")).unwrap();
    let said = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(folder, &simulator, args);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.contains("canary"), "{args:?}: {said}");
        (output.status.code().unwrap(), said)
    };
    let generate = ["generate", "a kite", "--vendor", "token360", "--no-wait"];
    let from_file = ["--env-file", "keys.env", "--journal", &url];
    let (code, refused) = said(&[&generate[..], &["--journal", &url]].concat(), &[]);
    assert!(code == 7 && refused.contains("password"), "{code} {refused}");
    let (code, accepted) = said(&[&generate[..], &from_file].concat(), &[]);
    assert_eq!(code, 0, "{accepted}");
    let (code, listed) = said(&[&["list", "--local"][..], &from_file].concat(), &[]);
    assert!(code == 0 && listed.contains("a kite"), "{code} {listed}");
    // The environment comes first, and the URL before both.
    let check = [&["journal", "check"][..], &from_file].concat();
    assert_eq!(said(&check, &[("PGPASSWORD", "other")]).0, 7);
    let own = url.replacen("keeper@", "keeper:other@", 1);
    let own = ["journal", "check", "--env-file", "keys.env", "--journal", &own];
    assert_eq!(said(&own, &[]).0, 7);
    let journal = Store::open(server.url().replacen("videogen@", "keeper@", 1)).await;
    assert!(journal.is_err(), "the server needs no password");
    assert_eq!(simulator.stats().tasks, 1);
}

fn state(report: &Value) -> &str {
    report["journal"]["state"].as_str().unwrap()
}

/// One user may read, one may not even that, one server is down, one schema is missing, and one URL is none.
#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_what_is_wrong_with_a_database() {
    let Some(server) = guarded() else { return };
    Store::open(server.url()).await.unwrap();
    let sql = "CREATE USER reader PASSWORD 'r'; CREATE USER stranger PASSWORD 's';
        GRANT USAGE ON SCHEMA videogen TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA videogen TO reader";
    execute(server.url(), sql).await;
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let user = |user: &str| server.url().replacen("videogen@", &format!("{user}@"), 1);
    let doctor = |url: &str| {
        let (code, report, _) = run(folder, &simulator, &["doctor", "--offline", "--journal", url]);
        (code, report)
    };
    let (code, sound) = doctor(server.url());
    assert_eq!((code, state(&sound)), (0, "intact"), "{sound}");
    // The disk of the journal is the server's.
    let holds: Vec<&Value> = sound["disks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|disk| &disk["holds"])
        .collect();
    assert_eq!(holds, ["videos"], "{sound}");
    let (code, reading) = doctor(&user("reader:r"));
    assert_eq!((code, state(&reading)), (7, "read_only"), "{reading}");
    assert_eq!(reading["journal"]["healthy"], true);
    assert!(
        reading["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("grant it INSERT"),
        "{reading}"
    );
    let (code, hidden) = doctor(&user("stranger:s"));
    assert_eq!((code, state(&hidden)), (7, "unusable"), "{hidden}");
    assert!(
        hidden["problems"][0]["message"]
            .as_str()
            .unwrap()
            .contains("permission denied for schema"),
        "{hidden}"
    );
    let missing = server.schema("absent");
    let (code, none) = doctor(&missing);
    assert_eq!(
        (code, state(&none), &none["journal"]["exists"]),
        (0, "none", &false.into()),
        "{none}"
    );
    assert!(
        none["journal"]["path"]
            .as_str()
            .unwrap()
            .contains("search_path%3Dabsent"),
        "{none}"
    );

    let generate = |url: &str| {
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "token360",
            "--no-wait",
            "--journal",
            url,
        ];
        run(folder, &simulator, &args)
    };
    let (code, refused, _) = generate(&user("reader:r"));
    assert_eq!((code, &refused["error"]["retryable"]), (7, &false.into()), "{refused}");
    assert!(
        refused["error"]["message"].as_str().unwrap().contains("may only read"),
        "{refused}"
    );
    let looked = command(
        folder,
        &simulator,
        &["recover", "--wait", "--journal", &user("reader:r")],
    )
    .output()
    .unwrap();
    assert!(stderr(&looked).contains("cannot be written"), "{}", stderr(&looked));
    let (code, checked, _) = run(
        folder,
        &simulator,
        &["journal", "check", "--journal", &user("reader:r")],
    );
    assert_eq!((code, &checked["may_write"]), (0, &false.into()), "{checked}");
    // A mistyped schema is another journal.
    let created = command(
        folder,
        &simulator,
        &[
            "generate",
            "a kite",
            "--vendor",
            "token360",
            "--no-wait",
            "--journal",
            &missing,
        ],
    )
    .output()
    .unwrap();
    assert!(
        stderr(&created).contains("Created a journal in postgresql://"),
        "{}",
        stderr(&created)
    );
    // What is wrong with a URL is wrong in every command.
    let invalid = server.url().replacen("sslmode=disable", "sslmode=maybe", 1);
    for args in [
        &["generate", "a kite", "--vendor", "token360"][..],
        &["list", "--local"],
        &["recover"],
        &["worker", "--once"],
        &["journal", "check"],
        &["budget", "list"],
        &["spend"],
        &["doctor", "--offline"],
    ] {
        let (code, refused, _) = run(folder, &simulator, &[args, &["--journal", &invalid]].concat());
        assert!(
            code == 2 && refused.to_string().contains("sslmode"),
            "{args:?}: {code} {refused}"
        );
    }
    server.down("fast");
    let (code, down) = doctor(server.url());
    assert_eq!((code, state(&down)), (7, "unreachable"), "{down}");
    assert_eq!(down["journal"].get("healthy"), None, "{down}");
    let (code, refused, _) = generate(server.url());
    assert_eq!((code, &refused["error"]["retryable"]), (7, &true.into()), "{refused}");
    assert_eq!(simulator.stats().tasks, 1);
}
