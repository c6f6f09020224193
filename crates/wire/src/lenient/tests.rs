use serde_json::json;

use super::*;

#[test]
fn integers_come_in_many_shapes() {
    for value in [json!(5), json!(5.0), json!("5"), json!(" 5.0 ")] {
        assert_eq!(i64::from_value(value.clone()), Some(5), "{value}");
    }
    for value in [
        json!(5.5),
        json!("five"),
        json!(null),
        json!([5]),
        json!(1e30),
        json!(""),
    ] {
        assert_eq!(i64::from_value(value.clone()), None, "{value}");
    }
}

#[test]
fn timestamps_come_in_many_shapes() {
    let expected: Timestamp = "2026-11-21T00:00:00Z".parse().expect("a timestamp");
    for value in [
        json!(1_795_219_200),
        json!("1795219200"),
        json!(1_795_219_200_000_i64),
        json!(1_795_219_200.0),
        json!("2026-11-21T00:00:00Z"),
        json!("2026-11-21T01:00:00+01:00"),
    ] {
        assert_eq!(Timestamp::from_value(value.clone()), Some(expected), "{value}");
    }
    for value in [
        json!(0),
        json!(-1),
        json!("soon"),
        json!(null),
        json!(1e300),
        json!(1e15),
        json!("+12026-11-21T00:00:00Z"),
    ] {
        assert_eq!(Timestamp::from_value(value.clone()), None, "{value}");
    }
}

#[test]
fn an_unreadable_member_is_absent() {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        count: Option<Lenient<i64>>,
        #[serde(default)]
        name: Option<Lenient<String>>,
    }
    let body: Body = serde_json::from_value(json!({"count": {"a": 1}, "name": 7})).expect("a body");
    assert_eq!(body.count.read(), None);
    assert_eq!(body.name.read(), Some("7".to_owned()));
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Inner {
    #[serde(default)]
    count: Option<Lenient<i64>>,
    #[serde(default)]
    more: Option<Lenient<Vec<Lenient<Inner>>>>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}
crate::from_value!(Inner);

#[derive(Debug, Deserialize)]
struct Outer {
    inner: Option<Lenient<Inner>>,
    after: Option<Lenient<String>>,
}

/// Objects and lists read directly from JSON give the same result as from a `Value`.
#[test]
fn results_are_the_same_with_and_without_an_intermediate_value() {
    for inner in [
        r#"{"count": 1, "more": [{"count": "2"}, {"x": [null]}], "y": {"count": 3}}"#,
        r#"{"count": {"count": 1}, "more": {}}"#,
        r#"{"more": [{"count": 1}, 5]}"#,
        r#"{"more": [{"count": 1}, null], "count": null}"#,
        r#"{"count": 1, "count": 2}"#,
        r#"{"more": [{"count": 1, "count": [2], "count": 3}]}"#,
        r#"{"count": 123456789012345678901234567890, "y": 1.5e300}"#,
        " {} ",
        "[]",
        "[1, 2]",
        "null",
        "7",
        r#""text""#,
        "true",
    ] {
        let value: Value = serde_json::from_str(inner).expect("JSON");
        let expected = Inner::from_value(value.clone());
        assert_eq!(
            Inner::from_json(&mut serde_json::Deserializer::from_str(inner)).expect(inner),
            expected
        );
        assert_eq!(Inner::from_json(value.clone()).expect(inner), expected, "{inner}");
        let list = format!("[{inner}]");
        type Items = Vec<Lenient<Inner>>;
        let listed = Items::from_json(&mut serde_json::Deserializer::from_str(&list)).expect(inner);
        assert_eq!(listed, Items::from_value(Value::Array(vec![value])), "{inner}");
        // The following members are read.
        let body = format!(r#"{{"inner": {inner}, "after": "all"}}"#);
        let outer: Outer = serde_json::from_str(&body).expect(inner);
        assert_eq!(outer.inner.read(), expected, "{inner}");
        assert_eq!(outer.after.read().as_deref(), Some("all"), "{inner}");
    }
}

/// One invalid item is lost, and keeps its place.
#[test]
fn items_are_read_separately() {
    for odd in [
        "null",
        "7",
        "[]",
        r#"[{"count": 1}]"#,
        r#""text""#,
        r#"{"count": 1e999}"#,
    ] {
        let body = format!(r#"{{"more": [{{"count": 1}}, {odd}, {{"count": 3}}]}}"#);
        let inner: Inner = serde_json::from_str(&body).expect(odd);
        let items = inner.more.read().expect(odd);
        let counts: Vec<_> = items.into_iter().map(|item| item.0?.count.read()).collect();
        assert_eq!(counts, [Some(1), None, Some(3)], "{odd}");
    }
    for odd in ["null", "{}", "7"] {
        let inner: Inner = serde_json::from_str(&format!(r#"{{"more": {odd}}}"#)).expect(odd);
        assert_eq!(inner.more.read_items(), [], "{odd}");
    }
}

/// A `Value` cannot represent these, so the object that contains them is lost.
#[test]
fn values_that_cannot_be_represented_lose_their_object() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for odd in ["1e999", r#""\ud800""#, &deep] {
        let body = format!(r#"{{"inner": {{"count": {odd}, "x": {odd}}}, "after": "all"}}"#);
        let outer: Outer = serde_json::from_str(&body).expect(odd);
        assert_eq!(outer.inner.read(), None, "{odd}");
        assert_eq!(outer.after.read().as_deref(), Some("all"), "{odd}");
    }
    let cut = r#"{"inner": {"count": 1, "after": "all"}"#;
    assert!(serde_json::from_str::<Outer>(cut).is_err());
}
