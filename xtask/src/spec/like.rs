//! Entries of `x-models` that state only what differs from another entry.
//!
//! `like: ID` names that entry; the other members are a JSON merge patch (RFC 7396) of it. Specs are resolved when they are
//! read, so nothing else knows of `like`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::text::escape;

/// An error in the use of `like`.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) pointer: String,
    pub(super) rule: &'static str,
    pub(super) reason: String,
    pub(super) fix: String,
}

/// What was known of a spec's entries before they were resolved.
#[derive(Debug, Clone, Default)]
pub(super) struct Likes {
    pub(super) faults: Vec<Fault>,
    /// The entry that an entry is like, by their places in the list.
    pub(super) of: BTreeMap<usize, usize>,
}

/// Resolves every entry. One whose `like` is wrong keeps its own members only.
pub(super) fn resolve(doc: &mut Value) -> Likes {
    let mut likes = Likes::default();
    let Some(entries) = doc.get_mut("x-models").and_then(Value::as_array_mut) else {
        return likes;
    };
    let written: Vec<Value> = entries.clone();
    let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids: Vec<Option<String>> = written.iter().map(id).collect();
    for (index, entry) in written.iter().enumerate() {
        let Some(named) = entry.get("like") else { continue };
        match ids
            .iter()
            .position(|id| id.is_some() && id.as_deref() == named.as_str())
        {
            Some(base) => {
                likes.of.insert(index, base);
            }
            None => {
                let known: Vec<String> = ids.iter().flatten().map(|id| format!("`{id}`")).collect();
                likes.faults.push(Fault {
                    pointer: format!("/x-models/{index}/like"),
                    rule: "unknown-model",
                    reason: format!("{named} is not the id of an entry"),
                    fix: format!("name one of {}", known.join(", ")),
                });
            }
        }
    }
    let likes_itself = |start: usize| {
        let chain = std::iter::successors(likes.of.get(&start), |next| likes.of.get(*next));
        chain.take(written.len()).any(|next| *next == start)
    };
    let cycles: Vec<usize> = likes.of.keys().copied().filter(|index| likes_itself(*index)).collect();
    for index in cycles {
        likes.of.remove(&index);
        likes.faults.push(Fault {
            pointer: format!("/x-models/{index}/like"),
            rule: "like-itself",
            reason: "the entries that it is like lead back to it".to_owned(),
            fix: "write out the members of one of them".to_owned(),
        });
    }
    for (index, entry) in entries.iter_mut().enumerate() {
        *entry = whole(index, &written, &mut likes);
    }
    likes
}

/// An entry with all its members.
fn whole(index: usize, written: &[Value], likes: &mut Likes) -> Value {
    let mut own = written[index].clone();
    if let Some(members) = own.as_object_mut() {
        members.remove("like");
    }
    let Some(base) = likes.of.get(&index).copied() else {
        return own;
    };
    let known = likes.faults.len();
    let mut entry = whole(base, written, likes);
    // Their faults are reported at their own place.
    likes.faults.truncate(known);
    patch(&mut entry, &own, &format!("/x-models/{index}"), &mut likes.faults);
    entry
}

/// Merges `own` into `base`, and reports what changes nothing.
fn patch(base: &mut Value, own: &Value, place: &str, faults: &mut Vec<Fault>) {
    let Some(own) = own.as_object() else {
        *base = own.clone();
        return;
    };
    if !base.is_object() {
        *base = Value::Object(Map::new());
    }
    let Some(base) = base.as_object_mut() else { return };
    for (name, value) in own {
        let place = format!("{place}/{}", escape(name));
        let before = base.get(name).unwrap_or(&Value::Null);
        if before == value {
            faults.push(Fault {
                pointer: place,
                rule: "restated-member",
                reason: format!("`{name}` is what the entry has that this one is like"),
                fix: "delete it".to_owned(),
            });
        } else if value.is_null() {
            base.remove(name);
        } else if value.is_object() && before.is_object() {
            patch(&mut base[name], value, &place, faults);
        } else {
            base.insert(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::resolve;

    #[test]
    fn an_entry_has_what_it_states_and_the_rest_of_the_other() {
        let mut doc = json!({"x-models": [
            {"id": "mini", "like": "fast", "duration": {"auto": null}, "unverified": null},
            {"id": "pro", "source": "page", "duration": {"min": 4, "max": 15, "auto": "minus_one"}, "unverified": ["inputs"]},
            {"id": "fast", "like": "pro", "duration": {"max": 12}, "inputs": {"first_frame": {"max": 1}}},
        ]});
        let likes = resolve(&mut doc);
        assert!(likes.faults.is_empty(), "{:?}", likes.faults);
        assert_eq!(
            doc["x-models"][0],
            json!({"id": "mini", "source": "page", "duration": {"min": 4, "max": 12}, "inputs": {"first_frame": {"max": 1}}})
        );
        assert_eq!(
            doc["x-models"][2],
            json!({
                "id": "fast",
                "source": "page",
                "duration": {"min": 4, "max": 12, "auto": "minus_one"},
                "inputs": {"first_frame": {"max": 1}},
                "unverified": ["inputs"],
            })
        );
    }
}
