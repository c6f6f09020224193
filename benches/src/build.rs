//! Cost of the dependency for an application: cold build time, crates, size.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::measure::{Rounds, children_cpu};
use crate::result::Result;

const ROUNDS: usize = 5;

/// A minimal application, which is built and not run: its dependencies and its code.
struct Application {
    name: &'static str,
    dependencies: &'static str,
    main: &'static str,
}

/// `reqwest` with its default TLS, and `serde`.
const BY_HAND: &str = r#"
reqwest = { version = "0.13.5", default-features = false, features = ["json", "query", "rustls", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

/// The same with the TLS of videogen.
const BY_HAND_WITH_RING: &str = r#"
reqwest = { version = "0.13.5", default-features = false, features = ["json", "query", "rustls-no-provider", "stream"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

const MAIN_BY_HAND: &str = r#"
#[derive(serde::Deserialize)]
struct Video { id: String, status: String }

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().retry(reqwest::retry::never()).build()?;
    let body = serde_json::json!({"model": "seedance-2.0", "prompt": "a paper boat"});
    let answer = http.post("https://api.token360.ai/v1/videos").bearer_auth("key").json(&body).send().await?;
    let mut video: Video = answer.json().await?;
    while video.status != "completed" {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        let url = format!("https://api.token360.ai/v1/videos/{}", video.id);
        video = http.get(url).bearer_auth("key").send().await?.json().await?;
    }
    Ok(())
}
"#;

const MAIN_VIDEOGEN: &str = r#"
use videogen::{Client, Vendor, VideoRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), videogen::Error> {
    let client = Client::from_env(Vendor::Token360)?;
    let task = client.submit(&VideoRequest::new("seedance-2.0", "a paper boat")).await?;
    let task = client.wait(&task.id).await?;
    client.download(&task, "boat.mp4").await?;
    Ok(())
}
"#;

const MAIN_OPENAI: &str = r#"
#![allow(deprecated)]
use async_openai::{Client, config::OpenAIConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::with_config(OpenAIConfig::default());
    let video = client.videos().retrieve("video").await?;
    println!("{}", video.id);
    Ok(())
}
"#;

const APPLICATIONS: [Application; 5] = [
    Application {
        name: "reqwest and serde",
        dependencies: BY_HAND,
        main: MAIN_BY_HAND,
    },
    Application {
        name: "reqwest with ring, and serde",
        dependencies: BY_HAND_WITH_RING,
        main: MAIN_BY_HAND,
    },
    Application {
        name: "videogen, one vendor",
        dependencies: "videogen = { path = \"ROOT/crates/videogen\", default-features = false, features = [\"token360\"] }",
        main: MAIN_VIDEOGEN,
    },
    Application {
        name: "videogen, all vendors",
        dependencies: "videogen = { path = \"ROOT/crates/videogen\" }",
        main: MAIN_VIDEOGEN,
    },
    Application {
        name: "async-openai, its videos",
        dependencies: "async-openai = { version = \"0.43\", features = [\"video\"] }",
        main: MAIN_OPENAI,
    },
];

/// Prints time of cold release builds, number of crates and stripped size. Needs the network once, for crates missing
/// from Cargo's cache; the builds themselves are offline.
///
/// # Errors
/// When a build fails.
pub fn run(quick: bool, folder: &Path) -> Result<()> {
    let folder = tempfile::tempdir_in(folder)?;
    // Committed and staged files, so that concurrent edits do not interfere.
    let root = folder.path().join("videogen");
    let prefix = format!("--prefix={}/", root.display());
    let checkout = ["checkout-index", "--all", &prefix];
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !Command::new("git")
        .args(checkout)
        .current_dir(repository)
        .status()?
        .success()
    {
        return Err("git cannot copy the sources".into());
    }
    let names = APPLICATIONS.map(|application| application.name);
    let mut projects = Vec::new();
    for application in &APPLICATIONS {
        projects.push(write(folder.path(), &root, application)?);
    }
    let (mut wall, mut busy) = (Rounds::new(names), Rounds::new(names));
    let mut sizes = [0; APPLICATIONS.len()];
    for round in 0..if quick { 1 } else { ROUNDS } {
        for which in wall.order(round) {
            let (project, target) = (&projects[which], folder.path().join("target"));
            let (start, before) = (Instant::now(), children_cpu()?);
            cargo(
                project,
                &[
                    "build",
                    "--release",
                    "--offline",
                    "--target-dir",
                    &target.display().to_string(),
                ],
            )?;
            wall.note(which, start.elapsed().as_secs_f64());
            busy.note(which, (children_cpu()? - before).as_secs_f64());
            sizes[which] = fs::metadata(target.join("release/application"))?.len();
            fs::remove_dir_all(target)?;
        }
    }
    println!(
        "| application | cold build, s | ratio | CPU, s | ratio | crates | stripped, MiB |\n|---|---|---|---|---|---|---|"
    );
    for (which, ((name, wall, ratio), (_, busy, busy_ratio))) in wall.rows().zip(busy.rows()).enumerate() {
        println!(
            "| {name} | {wall:.1} | {ratio:.2} | {busy:.1} | {busy_ratio:.2} | {} | {:.1} |",
            crates(&projects[which])?,
            sizes[which] as f64 / f64::from(1 << 20)
        );
    }
    Ok(())
}

fn write(folder: &Path, root: &Path, application: &Application) -> Result<PathBuf> {
    let project = folder.join(application.name.replace([' ', ','], "-"));
    fs::create_dir_all(project.join("src"))?;
    let dependencies = application.dependencies.replace("ROOT", &root.display().to_string());
    fs::write(
        project.join("Cargo.toml"),
        format!(
            "[package]\nname = \"application\"\nedition = \"2024\"\n\n[profile.release]\nstrip = true\n\n[dependencies]\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt\", \"time\"] }}\n{dependencies}\n\n[workspace]\n"
        ),
    )?;
    fs::write(project.join("src/main.rs"), application.main)?;
    // The workspace's versions, for all of them.
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock"))?;
    cargo(&project, &["fetch"])?;
    Ok(project)
}

fn cargo(project: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(project).stdout(Stdio::null());
    // Cargo's environment variables must not reach another Cargo.
    command
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .arg("--quiet");
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?}: {status}").into()),
    }
}

/// Number of compiled crates, without the application.
fn crates(project: &Path) -> Result<usize> {
    let arguments = [
        "tree",
        "--offline",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p}",
    ];
    let output = Command::new("cargo").args(arguments).current_dir(project).output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut crates: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    crates.sort_unstable();
    crates.dedup();
    Ok(crates.len().saturating_sub(1))
}
