//! Suggestions for misspelt words that only the command knows. Depends on nothing else in this crate.

use videogen::{TaskStatus, Vendor};

/// Least likeness of words that are alike.
const ALIKE: f64 = 0.75;

/// The statuses that a list can be filtered by.
const STATUSES: [TaskStatus; 6] = [
    TaskStatus::Queued,
    TaskStatus::InProgress,
    TaskStatus::Completed,
    TaskStatus::Failed,
    TaskStatus::Cancelled,
    TaskStatus::Expired,
];

/// The known name that is most like `name`, if one is.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known));
    let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, known)| known)
}

/// How like two ids are, from 0 to 1.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_levenshtein(one, other)
}

/// What an error of serde means by a name: it has the wrong name and the known ones in backticks.
pub(crate) fn in_error(error: &str) -> Option<&str> {
    let at = ["unknown variant `", "unknown field `"]
        .iter()
        .find_map(|start| error.find(start))?;
    let mut names = error[at..].split('`').skip(1).step_by(2);
    nearest(names.next()?, names)
}

/// The statuses of submissions without a task in the journal.
const UNSETTLED: [&str; 5] = ["sending", "ambiguous", "rejected", "not_sent", "dismissed"];

/// Checks a status of a vendor's list, or of the journal's.
pub(crate) fn status(word: &str, is_local: bool) -> Result<(), String> {
    let is_of_vendor = |vendor: &Vendor| {
        let own = vendor.facts().tasks.statuses;
        own.iter().any(|(known, _)| known.eq_ignore_ascii_case(word))
    };
    match TaskStatus::from_vendor(word) {
        TaskStatus::Unknown(_) if !Vendor::ALL.iter().any(is_of_vendor) => {
            let mut names: Vec<&str> = STATUSES.iter().map(TaskStatus::as_str).collect();
            if is_local {
                names.extend(UNSETTLED);
            }
            if is_local && UNSETTLED.contains(&word) {
                return Ok(());
            }
            let meant = nearest(word, names.iter().copied()).map(|near| format!("; did you mean {near}?"));
            Err(format!("use one of {}{}", names.join(", "), meant.unwrap_or_default()))
        }
        _ => Ok(()),
    }
}
