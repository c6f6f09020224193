//! `videogen completions`.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;
use serde_json::json;

use crate::exit::Failure;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that reads the script.
    shell: Shell,
}

/// Prints the completion script of the whole command line, `cli`.
pub(crate) fn completions(
    args: &CompletionsArgs,
    mut cli: clap::Command,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let (name, mut script) = (cli.get_name().to_owned(), Vec::new());
    clap_complete::generate(args.shell, &mut cli, name, &mut script);
    let script = String::from_utf8_lossy(&script);
    let document = json!({"shell": args.shell.to_string(), "script": script});
    output.product(&document, || script.trim_end().to_owned())?;
    Ok(ExitCode::SUCCESS)
}
