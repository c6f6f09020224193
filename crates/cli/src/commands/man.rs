//! `videogen man`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap_mangen::Man;
use serde_json::json;
use videogen::ErrorKind;

use crate::exit::{Failure, IO};
use crate::output::{Output, file};

#[derive(Args)]
pub(crate) struct ManArgs {
    /// Folder for the pages of all commands; without it, print the page of videogen.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints the manual page of the whole command line, `cli`, or writes those of all commands.
pub(crate) fn man(args: &ManArgs, cli: clap::Command, output: &Output) -> Result<ExitCode, Failure> {
    let mut cli = cli.disable_help_subcommand(true);
    cli.build();
    let Some(folder) = &args.folder else {
        let mut page = Vec::new();
        // A vector can always be written.
        let _ = Man::new(cli).render(&mut page);
        let page = String::from_utf8_lossy(&page);
        output.product(&json!({"page": page}), || page.trim_end().to_owned())?;
        return Ok(ExitCode::SUCCESS);
    };
    let failed = |path: &Path, error: &io::Error| {
        Failure::new(IO, ErrorKind::Io, format!("cannot write {}: {error}", file(path)))
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let (mut written, mut left) = (Vec::new(), vec![cli]);
    while let Some(command) = left.pop() {
        left.extend(command.get_subcommands().cloned());
        let page = Man::new(command);
        let path = folder.join(page.get_filename());
        page.generate_to(folder).map_err(|error| failed(&path, &error))?;
        written.push(path);
    }
    written.sort();
    let text = || written.iter().map(|path| file(path)).collect::<Vec<_>>().join("\n");
    output.product(&json!({"pages": written}), text)?;
    Ok(ExitCode::SUCCESS)
}
