//! Times on the command line: a date, a time, or a duration ago. Depends on nothing else in this crate.

use chrono::{NaiveDate, NaiveTime, TimeDelta, Utc};
use videogen::Timestamp;

/// The start of a range.
pub(crate) fn since(text: &str) -> Result<Timestamp, String> {
    let invalid = || "use a date (2026-11-01), a time (2026-11-01T12:00:00Z), or a duration ago (30d, 12h)".to_owned();
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let (number, unit) = text.split_at(text.len().saturating_sub(text.chars().last().map_or(0, char::len_utf8)));
    let number: i64 = number.parse().ok().filter(|number| *number >= 0).ok_or_else(invalid)?;
    let ago = match unit {
        "d" => TimeDelta::try_days(number),
        "h" => TimeDelta::try_hours(number),
        _ => None,
    };
    ago.and_then(|ago| Utc::now().checked_sub_signed(ago))
        .ok_or_else(invalid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_date_a_time_or_a_duration() {
        for (text, time) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T12:30:00+02:00", "2026-11-01T10:30:00Z"),
        ] {
            assert_eq!(since(text), Ok(time.parse().unwrap()), "{text}");
        }
        for (text, hours) in [("2d", 48), ("12h", 12), ("0h", 0)] {
            let start = since(text).unwrap();
            assert_eq!((Utc::now() - start).num_hours(), hours, "{text}");
        }
        for text in [
            "",
            "d",
            "-1d",
            "1.5d",
            "12",
            "yesterday",
            "5 d",
            "99999999999999d",
            "3é",
            "2026-13-01",
        ] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
