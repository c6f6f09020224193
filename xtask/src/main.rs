//! `cargo xtask …`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{generate, tree};

/// Exit code: generated files differ from what the specs give.
const STALE: u8 = 4;
/// Exit code: a spec cannot be turned into code.
const CANNOT: u8 = 100;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintainer's commands", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write crates/raw/<vendor> from specs/<vendor>.yaml.
    ///
    /// Exit codes: 0 done, or nothing stale; 4 stale (with --check); 100 a spec cannot be turned into code.
    Generate {
        /// Vendors, by the name of their spec file; all when none is named.
        vendors: Vec<String>,
        /// Write nothing; compare and name every file that is stale, missing or left over.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let Command::Generate { vendors, check } = Cli::parse().command;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match run(root, &vendors, check) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(CANNOT)
        }
    }
}

fn run(root: &Path, vendors: &[String], check: bool) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut stale = false;
    for vendor in generate::vendors(root, vendors)? {
        let wanted = generate::raw_crate(root, &vendor)?;
        let folder = root.join("crates/raw").join(&vendor);
        let changes = tree::compare(&folder, &wanted)?;
        if check {
            for change in &changes {
                println!("{}", change.describe(&format!("crates/raw/{vendor}")));
            }
            stale |= !changes.is_empty();
        } else {
            tree::apply(&folder, &changes)?;
            println!("crates/raw/{vendor}: {}", tree::summary(&changes));
        }
    }
    if stale {
        println!("The generated code does not match the specs. Run: cargo xtask generate");
        return Ok(ExitCode::from(STALE));
    }
    Ok(ExitCode::SUCCESS)
}
