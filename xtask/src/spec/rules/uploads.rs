//! `x-uploads` and `x-media` name only what exists, and agree with the models.

use serde::Deserialize as _;
use serde_json::Value;

use super::{Found, instead};
use crate::spec::Spec;
use crate::spec::uploads::{Gives, Media, Medium, Upload};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for key in ["x-uploads", "x-media"] {
        let names: Vec<&str> = list(spec, key)
            .filter_map(|entry| entry.get("name")?.as_str())
            .collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let reason = format!("`{name}` is listed twice");
                found.add(
                    "duplicate-value",
                    format!("/{key}/{index}"),
                    reason,
                    "rename one of the two",
                );
            }
        }
    }
    uploads(spec, found);
    media(spec, found);
}

fn list<'a>(spec: &'a Spec, key: &str) -> impl Iterator<Item = &'a Value> {
    spec.doc.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The input roles of all models: place, role, and entry.
fn inputs(spec: &Spec) -> impl Iterator<Item = (String, &str, &Value)> {
    list(spec, "x-models").enumerate().flat_map(|(index, model)| {
        let inputs = crate::spec::members(model.get("inputs"));
        inputs.map(move |(role, input)| (format!("/x-models/{index}/inputs/{role}"), role, input))
    })
}

fn uploads(spec: &Spec, found: &mut Found<'_>) {
    let all: Vec<Option<Upload>> = list(spec, "x-uploads")
        .map(|entry| Upload::deserialize(entry).ok())
        .collect();
    let operations: Vec<&str> = spec.operations().filter_map(|operation| operation.id()).collect();
    let models: Vec<&str> = list(spec, "x-models")
        .filter_map(|model| model.get("id")?.as_str())
        .collect();
    // Entries of another shape are reported by another rule.
    for (index, upload) in all
        .iter()
        .enumerate()
        .filter_map(|(index, upload)| Some((index, upload.as_ref()?)))
    {
        let place = format!("/x-uploads/{index}");
        for (member, operation) in [
            ("operation", Some(&upload.operation)),
            ("group", upload.group.as_ref()),
            ("poll", upload.poll.as_ref()),
        ] {
            if let Some(operation) = operation.filter(|operation| !operations.contains(&operation.as_str())) {
                let reason = format!("the operation `{operation}` is not in this file");
                let fix = instead(operation, &operations);
                found.add("unknown-operation", format!("{place}/{member}"), reason, fix);
            }
        }
        for (model, id) in upload
            .models
            .iter()
            .enumerate()
            .filter(|(_, id)| !models.contains(&id.as_str()))
        {
            let reason = format!("`{id}` is not an id of x-models");
            found.add(
                "unknown-model",
                format!("{place}/models/{model}"),
                reason,
                instead(id, &models),
            );
        }
        if let Some(via) = &upload.via {
            let urls: Vec<&str> = all
                .iter()
                .flatten()
                .filter(|other| other.gives == Gives::Url)
                .map(|other| other.name.as_str())
                .collect();
            if !urls.contains(&via.as_str()) || *via == upload.name {
                let reason = format!("`{via}` is no other entry that gives a URL");
                found.add("unknown-upload", format!("{place}/via"), reason, instead(via, &urls));
            }
        }
        types(&format!("{place}/types"), &upload.types, &upload.media, found);
        if upload
            .above
            .is_some_and(|above| upload.max_bytes.is_some_and(|most| above >= most))
        {
            let reason = "no file is larger than that and not larger than `max_bytes`";
            found.add("bad-bounds", format!("{place}/above"), reason, "lower it, or delete it");
        }
        let gives = upload.gives.name();
        let takes = |input: &Value| {
            let sources = input.get("sources").and_then(Value::as_array);
            sources.into_iter().flatten().any(|source| source == gives)
        };
        if !inputs(spec).any(|(_, role, input)| upload.media.contains(&Medium::of_role(role)) && takes(input)) {
            let reason = format!("no input of a model takes `{gives}` of such media");
            let fix = "delete it, or add the source to the inputs that take it";
            found.add("unused-upload", format!("{place}/gives"), reason, fix);
        }
    }
}

fn media(spec: &Spec, found: &mut Found<'_>) {
    let all: Vec<(usize, Media)> = list(spec, "x-media")
        .enumerate()
        .filter_map(|(index, entry)| Some((index, Media::deserialize(entry).ok()?)))
        .collect();
    let names: Vec<&str> = all.iter().map(|(_, media)| media.name.as_str()).collect();
    let mut used: Vec<&str> = Vec::new();
    for (place, role, input) in inputs(spec) {
        let Some(name) = input.get("media").and_then(Value::as_str) else {
            continue;
        };
        used.push(name);
        let place = format!("{place}/media");
        let medium = Medium::of_role(role);
        match all.iter().find(|(_, media)| media.name == name) {
            None => {
                let reason = format!("`{name}` is not in x-media");
                found.add("unknown-media", place, reason, instead(name, &names));
            }
            Some((_, media)) if !media.types.iter().all(|kind| is_of(kind, medium)) => {
                let reason = format!("`{name}` has types that are no {}", medium.name());
                found.add("media-of-role", place, reason, "name limits of the role's medium");
            }
            Some(_) => {}
        }
    }
    for (index, media) in &all {
        let place = format!("/x-media/{index}");
        if !used.contains(&media.name.as_str()) {
            let fix = "name it as `media` of an input, or delete it";
            found.add("unused-media", &place, format!("no input has `{}`", media.name), fix);
        }
        types(
            &format!("{place}/types"),
            &media.types,
            &[Medium::Image, Medium::Video, Medium::Audio],
            found,
        );
        let side = media.side.map(|(low, high)| (f64::from(low), f64::from(high)));
        for (member, bounds) in [
            ("side", side),
            ("ratio", media.ratio),
            ("seconds", media.seconds),
            ("fps", media.fps),
        ] {
            if bounds.is_some_and(|(low, high)| low > high) {
                let reason = "min is above max".to_owned();
                found.add(
                    "bad-bounds",
                    format!("{place}/{member}"),
                    reason,
                    "swap them, or correct one",
                );
            }
        }
    }
}

fn types(place: &str, types: &[String], media: &[Medium], found: &mut Found<'_>) {
    if types.is_empty() {
        found.add(
            "bad-member",
            place,
            "lists no type",
            "write media types, such as image/png",
        );
    }
    for (index, kind) in types.iter().enumerate() {
        if !media.iter().any(|medium| is_of(kind, *medium)) {
            let words: Vec<&str> = media.iter().map(|medium| medium.name()).collect();
            let reason = format!("`{kind}` is no media type of {}", words.join(", "));
            found.add(
                "bad-member",
                format!("{place}/{index}"),
                reason,
                "write a media type, such as image/png",
            );
        }
    }
}

fn is_of(kind: &str, medium: Medium) -> bool {
    kind.split_once('/')
        .is_some_and(|(first, second)| first == medium.name() && !second.is_empty())
}
