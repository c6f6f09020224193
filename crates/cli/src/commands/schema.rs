//! `videogen schema`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::diagnosis::Diagnosis;
use crate::events::Event;
use crate::exit::Failure;
use crate::output::Output;
use crate::result::{Failed, Results};
use crate::sidecar::Sidecar;

#[derive(Args)]
pub(crate) struct SchemaArgs {
    /// Schema to print.
    of: SchemaOf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The request file of `generate --request`
    Request,
    /// A task, as part of a result
    Task,
    /// The document of `--json` with the results of tasks
    Result,
    /// A line of `--events`
    Events,
    /// The document of `--json` if the command failed
    Error,
    /// The file that `--sidecar` writes next to a video
    Sidecar,
    /// The document of `doctor --json`
    Doctor,
}

/// The schema of what this program writes: members that are left out are optional.
fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of a request file. Unlike a request, it may lack any member: options can have them.
fn request_file() -> Value {
    let mut schema = videogen::submit::request_schema();
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
    }
    schema
}

pub(crate) fn schema(args: &SchemaArgs, output: &Output) -> Result<ExitCode, Failure> {
    let schema = match args.of {
        SchemaOf::Request => request_file(),
        SchemaOf::Task => videogen::task::task_schema(),
        SchemaOf::Result => written::<Results<'_>>(),
        SchemaOf::Events => written::<Event<'_>>(),
        SchemaOf::Error => written::<Failed<'_>>(),
        SchemaOf::Sidecar => written::<Sidecar<'_>>(),
        SchemaOf::Doctor => written::<Diagnosis>(),
    };
    output.product(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default())?;
    Ok(ExitCode::SUCCESS)
}
