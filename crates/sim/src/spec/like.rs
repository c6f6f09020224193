//! `like` in `x-models`: an entry states only what differs from another one.

use serde_json::Value;

/// Gives every entry the members of the one that it is like. Its own members are a JSON merge patch (RFC 7396).
pub(super) fn complete(document: &mut Value) -> Result<(), String> {
    let Some(entries) = document["x-models"].as_array_mut() else {
        return Ok(());
    };
    // Each round replaces the last link of each chain; a cycle has no last link.
    while entries.iter().any(|entry| entry["like"].is_string()) {
        let finished: Vec<Value> = entries
            .iter()
            .filter(|entry| entry["like"].is_null())
            .cloned()
            .collect();
        let mut changed = false;
        for entry in entries.iter_mut().filter(|entry| entry["like"].is_string()) {
            if let Some(other) = finished.iter().find(|other| other["id"] == entry["like"]) {
                let mut own = std::mem::replace(entry, other.clone());
                own["like"].take();
                merge(entry, own);
                changed = true;
            }
        }
        if !changed {
            return Err("x-models: a `like` leads to no complete entry".to_owned());
        }
    }
    Ok(())
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (name, value) in patch {
                if value.is_null() {
                    target.remove(&name);
                } else {
                    merge(target.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::complete;

    #[test]
    fn an_entry_has_the_members_of_the_one_that_it_is_like() {
        let mut document = json!({"x-models": [
            {"id": "c", "like": "b", "resolutions": null},
            {"id": "b", "like": "a", "duration": {"max": 9}},
            {"id": "a", "duration": {"min": 2, "max": 8}, "resolutions": ["720p"]},
        ]});
        complete(&mut document).unwrap();
        assert_eq!(
            document["x-models"],
            json!([
                {"id": "c", "duration": {"min": 2, "max": 9}},
                {"id": "b", "duration": {"min": 2, "max": 9}, "resolutions": ["720p"]},
                {"id": "a", "duration": {"min": 2, "max": 8}, "resolutions": ["720p"]},
            ])
        );
    }

    #[test]
    fn a_circle_and_an_unknown_entry_are_errors() {
        for entries in [
            json!([{"id": "a", "like": "b"}, {"id": "b", "like": "a"}]),
            json!([{"id": "a", "like": "z"}]),
        ] {
            assert!(complete(&mut json!({"x-models": entries})).is_err());
        }
    }
}
