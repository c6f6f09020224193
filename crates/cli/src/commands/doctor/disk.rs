//! Free disk space where the journal and the videos are written.

use std::path::{Path, PathBuf};

use indicatif::HumanBytes;

use crate::config;
use crate::diagnosis::{DiskReport, Finding};
use crate::system;

/// Less than this is a problem: a download that does not fit fails after the video was paid for.
const LOW: u64 = 1 << 30;

/// The free space of each folder that is written to, unless the system does not report it. `journal`: the path of the file.
pub(crate) fn free(journal: Option<&str>, problems: &mut Vec<Finding>) -> Vec<DiskReport> {
    let videos = config::get().output.clone().unwrap_or_default();
    let places = [("journal", journal.map(PathBuf::from)), ("videos", Some(videos))];
    let mut reports = Vec::new();
    for (holds, place) in places {
        let Some(folder) = place.and_then(|place| existing(&place)) else {
            continue;
        };
        let Ok(free_bytes) = fs4::available_space(&folder) else {
            continue;
        };
        let path = folder.to_string_lossy().to_string();
        let report = DiskReport {
            holds,
            path,
            free_bytes,
        };
        problems.extend(finding(&report));
        reports.push(report);
    }
    reports
}

/// The folder of a path, or the nearest one above it that is there. Placeholders name no folder.
fn existing(path: &Path) -> Option<PathBuf> {
    // Absolute, as the current folder has folders above it too; an empty path is none.
    let absolute = std::env::current_dir().ok()?.join(path);
    absolute.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// The problem of a disk that is nearly full.
fn finding(report: &DiskReport) -> Option<Finding> {
    let DiskReport { holds, path, .. } = report;
    let command = system::show_free_space(path);
    (report.free_bytes < LOW).then(|| Finding {
        exit_code: None,
        message: format!("only {} are free for the {holds} in {path}", shown(report.free_bytes)),
        command,
    })
}

/// A size for people.
pub(crate) fn shown(bytes: u64) -> String {
    HumanBytes(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nearly_full_disk_is_a_problem() {
        let report = |free_bytes| DiskReport {
            holds: "videos",
            path: "/mnt/my clips".to_owned(),
            free_bytes,
        };
        assert!(finding(&report(LOW)).is_none());
        let low = finding(&report(300 << 20)).map(|found| (found.exit_code, found.message, found.command));
        let message = "only 300.00 MiB are free for the videos in /mnt/my clips";
        let command = system::show_free_space("/mnt/my clips");
        assert_eq!(low, Some((None, message.to_owned(), command)));
    }

    #[test]
    fn the_nearest_folder_is_found() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let found = |path: &str| existing(&folder.path().join(path));
        for path in ["", "journal.db", "new/clips/", "{vendor}/{id}.mp4"] {
            assert_eq!(found(path).as_deref(), Some(folder.path()), "{path}");
        }
    }
}
