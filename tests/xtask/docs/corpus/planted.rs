//! Planted changes, of every kind, in every page of the corpus.

use regex::Regex;

use super::*;

/// How many changes of one kind are planted in one page, one at a time.
const EACH: usize = 3;

/// A kind of change in a text.
struct Kind {
    name: &'static str,
    /// What is changed: the first group, or all that is matched.
    found: &'static str,
    change: fn(&str) -> String,
    /// Whether markup makes it exact, so that it must be found and not only shown.
    exact: bool,
}

const COMPONENTS: [Kind; 8] = [
    Kind {
        name: "name",
        found: r#"<(?:ParamField|ResponseField) (?:body|query|name)="([a-z_]+)""#,
        change: |name| format!("{name}_planted"),
        exact: true,
    },
    Kind {
        name: "type",
        found: r#"<(?:ParamField|ResponseField) (?:body|query|name)="[a-z_]+" type="([a-z]+)""#,
        change: |kind| if kind == "boolean" { "string" } else { "boolean" }.to_owned(),
        exact: true,
    },
    Kind {
        name: "default",
        found: r#"<ParamField [^>]*default=["{]([a-z0-9]+)["}]"#,
        change: |default| format!("{default}7"),
        exact: true,
    },
    Kind {
        name: "required",
        found: r#"<ParamField body="[a-z_]+" type="[a-z]+"( required)>"#,
        change: |_| String::new(),
        exact: true,
    },
    Kind {
        name: "optional",
        found: r#"<ParamField body="[a-z_]+" type="[a-z]+"()>"#,
        change: |_| " required".to_owned(),
        exact: true,
    },
    Kind {
        name: "gone",
        found: r#"(?m)^(<(?:ParamField|ResponseField) (?:body|query|name)="[a-z_]+" type="[a-z]+"[^>]*>\n(?:  [^<\n]*\n|\n)*</(?:ParamField|ResponseField)>\n)"#,
        change: |_| String::new(),
        exact: true,
    },
    Kind {
        name: "path",
        found: r"(?m)^api: .*/(v1)/",
        change: |_| "v2".to_owned(),
        exact: true,
    },
    Kind {
        name: "bound",
        found: r"(?:Range|range): `-?\d+` ~ `(\d+)`",
        change: |bound| format!("{bound}3"),
        exact: true,
    },
];

const WORDS: [Kind; 6] = [
    Kind {
        name: "number",
        found: r"(?m)^[^<\n]*?\b(\d+)\b[^<\n]*$",
        change: |number| format!("{number}1"),
        exact: false,
    },
    Kind {
        name: "word",
        found: r"(?m)^\s*(?:- )?([A-Z][a-z]{3,}) [a-z]",
        change: |word| format!("{word}est"),
        exact: false,
    },
    Kind {
        name: "sentence",
        found: r"(?m)^\s*[A-Z][^<\n]{20,}\.()$",
        change: |_| " `planted` is not supported.".to_owned(),
        exact: false,
    },
    Kind {
        name: "cell",
        found: r"(?m)^\|(?: [^|\n]+ \|)+ ([^|\n]+) \|$",
        change: |cell| format!("{cell} but not always"),
        exact: false,
    },
    Kind {
        name: "row",
        found: r"(?m)^(\|(?: [^|\n]+ \|)+\n)",
        change: |_| String::new(),
        exact: false,
    },
    Kind {
        name: "item",
        found: r"(?m)^\s*([-•] [^\n]+\n)",
        change: |_| String::new(),
        exact: false,
    },
];

/// The text with one change, for several places of it.
fn planted(text: &str, kind: &Kind) -> Vec<(String, String)> {
    let found = Regex::new(kind.found).expect("a pattern");
    let all: Vec<_> = found
        .captures_iter(text)
        .filter_map(|found| found.get(1).map(|group| group.range()))
        .collect();
    let step = all.len().div_ceil(EACH).max(1);
    let chosen = all.iter().step_by(step);
    let made = chosen.map(|range| {
        let (old, new) = (&text[range.clone()], (kind.change)(&text[range.clone()]));
        let changed = format!("{}{new}{}", &text[..range.start], &text[range.end..]);
        (changed, format!("{}: `{old}` → `{new}` at {}", kind.name, range.start))
    });
    made.collect()
}

/// Whether a reader can see a change: the two texts are not the same page.
fn is_seen(sample: &Sample, changed: &str, desk: &Desk) -> bool {
    let hash = |text: &str| desk.page(text.as_bytes()).map(|page| page.hash());
    hash(&sample.text) != hash(changed)
}

/// Judges a planted change, unless a reader cannot see it. Returns whether one can.
fn is_found(sample: &Sample, desk: &Desk, changed: &str, what: &str, exact: bool) -> bool {
    let report = judged(desk, sample, changed);
    // Nothing changed, so only what a reader cannot see may have been planted.
    let is_same = report.since.as_ref().is_some_and(|since| since.moves.is_empty()) && report.changed.is_empty();
    if is_same && !is_seen(sample, changed, desk) {
        return false;
    }
    assert_reported(&report, sample, what, exact);
    true
}

/// Calls `judge` for each sample, on all cores, and returns the results in no order.
fn each<T: Send>(samples: &[Sample], judge: impl Fn(&Sample) -> T + Sync) -> Vec<T> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let take = || samples.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        std::iter::from_fn(take).map(&judge).collect::<Vec<T>>()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let done = threads.into_iter().flat_map(|thread| thread.join().expect("found"));
        done.collect()
    })
}

fn assert_found(sample: &Sample, desk: &Desk, changed: &str, what: &str, exact: bool) {
    assert_reported(&judged(desk, sample, changed), sample, what, exact);
}

fn assert_reported(report: &Report, sample: &Sample, what: &str, exact: bool) {
    let rendered = shown(report, sample.vendor);
    let since = report.since.as_ref().map_or(0, |since| since.moves.len());
    match report.state {
        State::Differs if exact => assert!(since > 0, "{}: {what}: {rendered}", sample.file),
        State::Differs => assert!(
            since > 0 || !report.changed.is_empty(),
            "{}: {what}: {rendered}",
            sample.file
        ),
        State::Changed if !exact => assert!(!report.changed.is_empty(), "{}: {what}: {rendered}", sample.file),
        // A page that lost its parameters, or names another model, is not taken for the page.
        State::NotUnderstood => assert!(report.reason.is_some(), "{}: {what}: {rendered}", sample.file),
        _ => panic!("{}: {what}: {rendered}", sample.file),
    }
}

#[test]
fn every_change_of_a_component_is_found_and_every_change_of_a_sentence_shown() {
    let mut pages = samples();
    pages.retain(|sample| sample.page != "document");
    let found = each(&pages, |sample| {
        let (_copy, desk) = shelf(sample);
        let components = COMPONENTS.iter().filter(|_| sample.file.ends_with(".mdx"));
        let mut found = Vec::new();
        for kind in components.chain(&WORDS) {
            for (changed, what) in planted(&sample.text, kind) {
                if is_found(sample, &desk, &changed, &what, kind.exact) {
                    found.push((kind.name, kind.exact));
                }
            }
        }
        found
    });
    let mut count = std::collections::BTreeMap::<(&str, bool), usize>::new();
    found
        .into_iter()
        .flatten()
        .for_each(|kind| *count.entry(kind).or_default() += 1);
    for kind in COMPONENTS.iter().chain(&WORDS) {
        let planted = count.get(&(kind.name, kind.exact)).copied().unwrap_or_default();
        assert!(planted >= 5, "{}: only {planted} in the whole corpus", kind.name);
    }
    let all: usize = count.values().sum();
    assert!(all > 500, "{all}");
}

/// Schemas of a document, by pointer, each with a change of one keyword.
fn schemas(value: &Value, pointer: &str, found: &mut Vec<(String, &'static str, Value)>) {
    if let Some(object) = value.as_object() {
        let add = |key: &'static str, value: Value, found: &mut Vec<_>| found.push((pointer.to_owned(), key, value));
        if pointer.contains("/properties/")
            && pointer.contains("/components/schemas/")
            && pointer.rsplit('/').nth(1) == Some("properties")
        {
            match object.get("type").and_then(Value::as_str) {
                Some("string") => add("type", json!("boolean"), found),
                Some("integer" | "number" | "boolean") => add("type", json!("string"), found),
                _ => {}
            }
            for (key, new) in [
                ("default", json!("planted")),
                ("maximum", json!(77)),
                ("maxLength", json!(7)),
                ("description", json!("Planted.")),
            ] {
                if object.contains_key(key) {
                    add(key, new, found);
                }
            }
            add("enum", json!(["planted"]), found);
            if object.get("type") == Some(&json!("integer")) {
                add("minimum", json!(-77), found);
            }
        }
        for (key, value) in object {
            let key = key.replace('~', "~0").replace('/', "~1");
            schemas(value, &format!("{pointer}/{key}"), found);
        }
    }
}

#[test]
fn every_change_of_a_keyword_is_found_in_a_document() {
    let mut documents = samples();
    documents.retain(|sample| sample.file.ends_with(".json"));
    let counts = each(&documents, |sample| {
        let mut count = 0;
        let (_copy, desk) = shelf(sample);
        let document: Value = serde_json::from_str(&sample.text).expect("JSON");
        let mut changes = Vec::new();
        schemas(&document, "", &mut changes);
        let step = changes.len().div_ceil(24).max(1);
        for (pointer, key, new) in changes.iter().step_by(step) {
            let mut changed = document.clone();
            let target = changed.pointer_mut(pointer).expect("it is there");
            if target[*key] == *new {
                continue;
            }
            target[*key] = new.clone();
            let text = changed.to_string();
            assert_found(sample, &desk, &text, &format!("{pointer} {key}"), *key != "description");
            count += 1;
        }
        // Members, requirements and whole operations.
        for (pointer, value) in [("/components/schemas", &document["components"]["schemas"])] {
            for (name, schema) in value.as_object().expect("schemas") {
                let Some(properties) = schema["properties"].as_object() else {
                    continue;
                };
                let member = properties.keys().next().expect("a member");
                let mut renamed = document.clone();
                let target = renamed
                    .pointer_mut(&format!("{pointer}/{name}/properties"))
                    .and_then(Value::as_object_mut)
                    .expect("there");
                let moved = target.remove(member).expect("there");
                target.insert(format!("{member}_planted"), moved);
                let text = renamed.to_string();
                assert_found(sample, &desk, &text, &format!("{name} {member} renamed"), true);
                count += 1;
            }
        }
        let paths: Vec<String> = document["paths"].as_object().expect("paths").keys().cloned().collect();
        for path in paths {
            let mut moved = document.clone();
            let target = moved["paths"].as_object_mut().expect("paths");
            let item = target.remove(&path).expect("there");
            target.insert(format!("{path}/planted"), item);
            assert_found(sample, &desk, &moved.to_string(), &path, true);
            count += 1;
        }
        count
    });
    let count: usize = counts.into_iter().sum();
    assert!(count > 150, "{count}");
}
