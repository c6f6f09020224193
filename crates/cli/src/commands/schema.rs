//! `videogen schema`.

use std::process::ExitCode;

use crate::exit::Failure;
use crate::output::Output;
use crate::{SchemaArgs, SchemaOf};

pub(crate) fn schema(args: &SchemaArgs, output: &Output) -> Result<ExitCode, Failure> {
    let schema = match args.of {
        SchemaOf::Request => videogen::request_schema(),
        SchemaOf::Task => videogen::task_schema(),
    };
    output.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default())?;
    Ok(ExitCode::SUCCESS)
}
