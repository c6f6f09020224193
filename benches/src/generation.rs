//! Run time of `cargo xtask` commands.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::measure::{Rounds, Spread, children_cpu};
use crate::result::Result;

const ROUNDS: usize = 5;

/// Prints medians, with the least and the greatest, of the warm commands: wall time with Cargo's check of the build, and wall
/// time and CPU time of the program alone.
///
/// # Errors
/// When the program cannot be built, or a command cannot be run.
pub fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let commands: [(&str, &[&str]); 5] = [
        // Does nothing: the time of Cargo alone.
        ("--help", &["--help"]),
        ("generate", &["generate"]),
        ("generate --check", &["generate", "--check"]),
        ("lint", &["lint"]),
        ("diff HEAD", &["diff", "HEAD"]),
    ];
    let built = Command::new("cargo")
        .args(["xtask", "--help"])
        .current_dir(&root)
        .stdout(Stdio::null())
        .status()?;
    if !built.success() {
        return Err("cannot build xtask".into());
    }
    println!("{ROUNDS} rounds\n");
    println!("| command | `cargo xtask …`, ms | the program alone, ms | its CPU time, ms |\n|---|---|---|---|");
    for (name, arguments) in commands {
        let mut taken = Rounds::new(["cargo", "alone"]);
        let mut cpu = Vec::new();
        for round in 0..=ROUNDS {
            for which in taken.order(round) {
                let mut command = if which == 0 {
                    let mut command = Command::new("cargo");
                    command.arg("xtask");
                    command
                } else {
                    Command::new(target.join("debug/xtask"))
                };
                let (start, cpu_before) = (Instant::now(), children_cpu()?);
                // Breaking changes set an exit code, which is no failure here.
                command
                    .args(arguments)
                    .current_dir(&root)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()?;
                if round > 0 {
                    taken.note(which, start.elapsed().as_secs_f64() * 1e3);
                    if which == 1 {
                        cpu.push((children_cpu()? - cpu_before).as_secs_f64() * 1e3);
                    }
                }
            }
        }
        let cpu = Spread::of(&cpu);
        println!(
            "| `{name}` | {:.0} | {:.0} | {cpu:.0} |",
            taken.taken(0),
            taken.taken(1)
        );
    }
    Ok(())
}
