//! Sidecars next to the videos of a task.

use std::path::Path;

use videogen::journal::Entry;
use videogen::{TaskId, VideoTask};

use crate::exit::Failure;
use crate::output::file as shown;
use crate::output_file::io_failure;
use crate::sidecar::{Origin, is_free, path_of, write};

/// Refuses to replace another file by the sidecar of a video of `task`.
pub(crate) fn check_sidecar(video: &Path, task: Option<&TaskId>, overwrite: bool) -> Result<(), Failure> {
    let path = path_of(video);
    if overwrite || is_free(&path, task) {
        return Ok(());
    }
    let message = format!("{} exists; add --overwrite to replace it", shown(&path));
    Err(io_failure(message))
}

/// Writes the sidecar of each of a task's `videos`.
///
/// # Errors
/// When another file is there, or it cannot be written.
pub(crate) fn write_sidecars(
    origin: &Origin,
    entry: Option<&Entry>,
    task: &VideoTask,
    videos: &[&Path],
    overwrite: bool,
) -> Result<(), Failure> {
    for (number, video) in (1..).zip(videos) {
        let number = (videos.len() > 1).then_some(number);
        check_sidecar(video, Some(&task.id), overwrite)?;
        write(origin, entry, task, video, number).map_err(|error| {
            let path = path_of(video);
            io_failure(format!("cannot write {}: {error}", shown(&path)))
        })?;
    }
    Ok(())
}
