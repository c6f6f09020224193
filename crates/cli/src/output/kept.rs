//! How long vendors keep the files of tasks, as text.

use std::time::Duration;

use videogen::Vendor;

/// The remark on a new task whose files do not stay for more than a day.
pub(crate) fn removal_note(vendor: Vendor) -> Option<String> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let kept = vendor.keeps_files_for().filter(|kept| *kept <= DAY)?;
    Some(format!(
        "{} removes its files {} after the end.",
        vendor.name(),
        hours(kept)
    ))
}

/// A documented duration as text.
fn hours(duration: Duration) -> String {
    match duration.as_secs() {
        3600 => "an hour".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        seconds => format!("{seconds} s"),
    }
}

/// What happened to the files of a task that expired.
pub(crate) fn removed(vendor: Vendor) -> String {
    let kept = vendor
        .keeps_files_for()
        .map(|kept| format!(", {} after the end", hours(kept)));
    format!("{} has removed its files{}", vendor.name(), kept.unwrap_or_default())
}
