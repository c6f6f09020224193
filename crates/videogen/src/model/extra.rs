//! Where the caller's own members (`extra`) go in a request.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use videogen_wire::facts::Request;

/// The caller's own members at their places in the body: where the vendor closes the top of the body and opens an object in it,
/// members that the top does not have go into that object.
pub(crate) fn placed<'a>(request: &Request, extra: &'a Map<String, Value>) -> Cow<'a, Map<String, Value>> {
    let Some(rule) = request.extra else {
        return Cow::Borrowed(extra);
    };
    let (mut top, inner): (Map<_, _>, Map<_, _>) = extra
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(name, _)| rule.own.contains(&name.as_str()));
    if !inner.is_empty()
        && let Value::Object(inside) = top.entry(rule.inside).or_insert_with(|| json!({}))
    {
        // What the caller has put into the object by name is more exact.
        for (name, value) in inner {
            inside.entry(name).or_insert(value);
        }
    }
    Cow::Owned(top)
}

#[cfg(test)]
mod tests {
    use videogen_wire::facts::Extra;

    use super::*;

    #[test]
    fn members_that_the_body_lacks_go_inside() {
        let closed = Request {
            name: "CreateRequest",
            create: "create_video",
            path: "/videos",
            fields: &[],
            rest: &[],
            extra: Some(Extra {
                inside: "input",
                own: &["model", "input", "hook"],
            }),
        };
        let open = Request { extra: None, ..closed };
        for (given, inside) in [
            (json!({"fps": 24}), json!({"input": {"fps": 24}})),
            (
                json!({"hook": "x", "fps": 24}),
                json!({"hook": "x", "input": {"fps": 24}}),
            ),
            (json!({"input": {"fps": 24}}), json!({"input": {"fps": 24}})),
            (
                json!({"input": {"fps": 24}, "fps": 30, "mode": 1}),
                json!({"input": {"fps": 24, "mode": 1}}),
            ),
            (json!({"hook": "x"}), json!({"hook": "x"})),
            (json!({"input": 5}), json!({"input": 5})),
            (json!({}), json!({})),
        ] {
            let members = given.as_object().expect("an object");
            assert_eq!(
                &*placed(&closed, members),
                inside.as_object().expect("an object"),
                "{given}"
            );
            assert_eq!(&*placed(&open, members), members, "{given}");
        }
    }
}
