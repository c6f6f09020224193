//! `videogen gallery`.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::ErrorKind;
use videogen::journal::Journal;

use crate::clips::{Collection, HEAD, Places, is_gallery, page};
use crate::exit::{Failure, INVALID};
use crate::journal::JournalArgs;
use crate::output::{Output, file};
use crate::output_file::{OutputFile, folder_of, io_failure};
use crate::system;
use crate::text::many;

#[derive(Args)]
pub(crate) struct GalleryArgs {
    /// Folder with the clips.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Page to write [default: DIR/index.html].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Include the folders in DIR.
    #[arg(short, long)]
    recursive: bool,
    /// Results of a batch, in addition to DIR/*results.jsonl; repeatable.
    #[arg(long, value_name = "FILE")]
    results: Vec<PathBuf>,
    /// Title of the page [default: the name of the folder].
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Replace an existing file that is not a gallery.
    #[arg(long)]
    overwrite: bool,
}

pub(crate) async fn gallery(args: GalleryArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let opened = journal.open_to_look(output)?;
    let found = Collection::of(&Places {
        folder: &args.folder,
        recursive: args.recursive,
        results: &args.results,
        journal: opened.as_deref().map(|journal| journal as &dyn Journal),
    })
    .await?;
    let named = args.output.unwrap_or_else(|| args.folder.join("index.html"));
    let target = OutputFile::resolve(&named)?;
    let videos = found.clips.iter().filter_map(|clip| clip.path.as_ref());
    let sources = videos.chain(&found.sources);
    if sources.chain(&journal.files()).any(|taken| target.is_same(taken)) {
        let message = format!(
            "{} is a file that the gallery is made from; name another file",
            file(&named)
        );
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let title = args.title.unwrap_or_else(|| {
        let folder = args.folder.canonicalize().unwrap_or_default();
        let name = folder.file_name().map(|name| file(Path::new(name)));
        name.unwrap_or_else(|| "Clips".to_owned())
    });
    let page = page(&title, &found.clips, folder_of(&target.real));
    write(&target, &page, args.overwrite)?;
    for note in &found.notes {
        output.note(note);
    }
    let (all, files) = (found.clips.len(), found.files());
    let document = json!({
        "file": {"path": named.to_string_lossy(), "bytes": page.len()},
        "clips": files,
        "without_file": all - files,
        "notes": found.notes,
    });
    output.result(
        &document,
        || vec![file(&named)],
        || {
            let clips = many(files, "clip");
            let without = match all - files {
                0 => String::new(),
                1 => ", 1 item without a file".to_owned(),
                count => format!(", {count} items without a file"),
            };
            format!("{}: {clips}{without}", file(&named))
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the page, in place of an earlier one. Any other file is replaced only if that is allowed.
fn write(target: &OutputFile, page: &str, overwrite: bool) -> Result<(), Failure> {
    let name = file(&target.given);
    let failed = |error: io::Error| io_failure(format!("cannot write {name}: {error}"));
    let exists = target.exists();
    if exists && !overwrite && !is_gallery(&head(&target.real).map_err(failed)?) {
        return Err(io_failure(format!(
            "{name} exists and is not a gallery; to replace it, add --overwrite"
        )));
    }
    let mut builder = tempfile::Builder::new();
    system::usual_mode(&mut builder);
    let mut temporary = builder
        .prefix(".videogen-")
        .tempfile_in(folder_of(&target.real))
        .map_err(failed)?;
    temporary.write_all(page.as_bytes()).map_err(failed)?;
    let placed = if exists {
        temporary.persist(&target.real)
    } else {
        temporary.persist_noclobber(&target.real)
    };
    placed.map_err(|error| failed(error.error))?;
    Ok(())
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}
