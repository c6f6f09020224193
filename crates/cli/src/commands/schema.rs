//! `videogen schema`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::exit::Failure;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Schema to print.
    of: SchemaOf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The request file of `generate --request`
    Request,
    /// A task as printed with `--json`
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
