//! `videogen schema`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::exit::Failure;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Which one.
    of: SchemaOf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    /// What `generate --request` takes.
    Request,
    /// What `--json` shows of a task.
    Task,
}

pub(crate) fn schema(args: &SchemaArgs, output: &Output) -> Result<ExitCode, Failure> {
    let schema = match args.of {
        SchemaOf::Request => videogen::submit::request_schema(),
        SchemaOf::Task => videogen::task::task_schema(),
    };
    output.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default())?;
    Ok(ExitCode::SUCCESS)
}
