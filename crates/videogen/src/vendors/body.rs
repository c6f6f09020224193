//! The body of a create request, as the spec's `x-field`s place the fields of a [`VideoRequest`].
//!
//! Which body a model has, and where a field goes in it, is data; so a field that a vendor renames or moves needs no code.
//! Input media and drafts are written where the spec describes their items (`x-items`); otherwise the adapter adds them, in the
//! vendor's own shapes.

use serde_json::{Map, Value, json};
use videogen_wire::RequestBody;
use videogen_wire::facts::{Auto, Field, Form, Item, Place};

use super::CallError;
use crate::model::extra::placed;
use crate::model::{Capabilities, VideoDuration, VideoRequest};

/// A body while it is filled in.
pub(super) struct Body<'a> {
    rules: &'a Capabilities,
    members: Map<String, Value>,
    /// Names of the caller's own members: only they can have another type than the spec's.
    extra: Vec<String>,
}

impl<'a> Body<'a> {
    /// Writes all fields of `request` whose shape the spec has, and its extra members.
    pub(super) fn new(request: &VideoRequest, rules: &'a Capabilities) -> Self {
        let mut members = Map::new();
        let fields = || {
            rules
                .model
                .request
                .fields
                .iter()
                .filter(|field| field.place == Place::Body)
        };
        for field in fields() {
            let value = value(field.name, request, rules).map(|value| formed(value, field));
            match (value, field.item) {
                (Some(value), Some(item)) => push(&mut members, field.wire, filled(&item, value)),
                (Some(value), None) => write(&mut members, field.wire, value),
                (None, _) => {}
            }
        }
        // In the caller's order: prompts name inputs by their number.
        let inputs = request
            .inputs
            .iter()
            .map(|input| (input.role.as_str(), input.source.to_wire()));
        let draft = request
            .draft_task
            .iter()
            .map(|draft| ("draft_task", draft.id().to_owned()));
        for (name, value) in inputs.chain(draft) {
            for field in fields().filter(|field| field.name == name) {
                match (field.item, field.form) {
                    (Some(item), _) => push(&mut members, field.wire, filled(&item, value.clone().into())),
                    (None, Form::Url) => write(&mut members, field.wire, value.clone().into()),
                    (None, Form::Own | Form::Text(_)) => {}
                }
            }
        }
        merge(&mut members, &placed(&rules.model.request, &request.extra));
        Self {
            rules,
            members,
            extra: request.extra.keys().cloned().collect(),
        }
    }

    /// Whether the body has a place `wire`.
    #[cfg(feature = "toapis")]
    pub(super) fn has(&self, wire: &str) -> bool {
        self.rules.model.request.fields.iter().any(|field| field.wire == wire)
    }

    /// Writes a list to the place `wire`, unless it is empty. For a vendor whose models have several bodies.
    #[cfg(feature = "toapis")]
    pub(super) fn list<T: serde::Serialize>(&mut self, wire: &'static str, items: Vec<T>) -> Result<(), CallError> {
        if items.is_empty() {
            return Ok(());
        }
        if !self.has(wire) {
            // Never sent to where the vendor does not look for it.
            let body = self.rules.model.request.name;
            return Err(CallError(format!(
                "`{body}` of the vendor's spec has no member `{wire}`"
            )));
        }
        let items = serde_json::to_value(items).map_err(|error| CallError(error.to_string()))?;
        write(&mut self.members, wire, items);
        Ok(())
    }

    /// Sets a member that the caller has left out.
    #[cfg(feature = "replicate")]
    pub(super) fn set_default(&mut self, name: &str, value: Value) {
        self.members.entry(name).or_insert(value);
    }

    /// The body as the generated client takes it.
    pub(super) fn read<T: RequestBody>(self) -> Result<T, CallError> {
        let name = self.rules.model.request.name;
        T::of_component(name, Value::Object(self.members)).ok_or_else(|| {
            let extra = self.extra.join(", ");
            CallError(format!(
                "`{name}` of the vendor's spec has another type for one of the extra members ({extra}); correct it or \
                     leave it out"
            ))
        })
    }
}

/// The headers of a create request that carry fields: names and values.
pub(super) fn headers(request: &VideoRequest, rules: &Capabilities) -> Vec<(&'static str, String)> {
    let fields = rules.model.request.fields.iter();
    fields
        .filter(|field| field.place == Place::Header)
        .filter_map(|field| match formed(value(field.name, request, rules)?, field) {
            Value::String(text) => Some((field.wire, text)),
            other => Some((field.wire, other.to_string())),
        })
        .collect()
}

/// A value as its property has it: in the vendor's spelling, and with a unit.
fn formed(value: Value, field: &Field) -> Value {
    if let Some(word) = field.words.iter().find(|word| value == word.value) {
        return word.wire.into();
    }
    match field.form {
        Form::Text(unit) if value.is_number() => format!("{value}{unit}").into(),
        _ => value,
    }
}

/// What a request sets for a normalised field, as it travels.
fn value(field: &str, request: &VideoRequest, rules: &Capabilities) -> Option<Value> {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    match field {
        "model" => Some(request.model.clone().into()),
        "prompt" => (!request.prompt.is_empty()).then(|| request.prompt.clone().into()),
        "duration" => match (request.duration?, rules.model.duration.auto) {
            (VideoDuration::Auto, Some(Auto::MinusOne)) => Some((-1).into()),
            (VideoDuration::Auto, Some(Auto::Word)) => Some("auto".into()),
            // Left out, the model decides.
            (VideoDuration::Auto, _) => None,
            (length, _) => length.seconds().map(Value::from),
        },
        "frames" => request.frames.map(Value::from),
        "resolution" => text(&request.resolution),
        "aspect_ratio" => text(&request.aspect_ratio),
        "generate_audio" => request.generate_audio.map(Value::from),
        "seed" => request.seed.map(Value::from),
        "watermark" => request.watermark.map(Value::from),
        "camera_fixed" => request.camera_fixed.map(Value::from),
        "return_last_frame" => request.return_last_frame.map(Value::from),
        "service_tier" => text(&request.service_tier),
        "expires_after" => request.expires_after.map(Value::from),
        "safety_identifier" => text(&request.safety_identifier),
        "callback_url" => request.callback_url.as_ref().map(|url| url.expose().into()),
        "client_reference" => text(&request.client_reference),
        "draft" => request.draft.map(Value::from),
        "tools" if !request.tools.is_empty() => {
            let tools = request.tools.iter().map(|tool| {
                let mut members = tool.settings.clone();
                members.insert("type".to_owned(), tool.kind.clone().into());
                Value::Object(members)
            });
            Some(tools.collect())
        }
        "video_operation" => text(&request.video_operation),
        "output_format" => text(&request.output_format),
        "metadata" if !request.metadata.is_empty() => Some(request.metadata.clone().into()),
        _ => None,
    }
}

/// Writes a value to a place with dots for nested objects.
fn write(members: &mut Map<String, Value>, wire: &str, value: Value) {
    let Some((outer, inner)) = wire.split_once('.') else {
        members.insert(wire.to_owned(), value);
        return;
    };
    if let Value::Object(members) = members.entry(outer).or_insert_with(|| json!({})) {
        write(members, inner, value);
    }
}

/// Adds an item to the list at a place; what is no list is left to the parser of the body.
fn push(members: &mut Map<String, Value>, wire: &str, item: Value) {
    if let Some((outer, inner)) = wire.split_once('.') {
        if let Value::Object(members) = members.entry(outer).or_insert_with(|| json!({})) {
            push(members, inner, item);
        }
        return;
    }
    if let Value::Array(items) = members.entry(wire).or_insert_with(|| json!([])) {
        items.push(item);
    }
}

/// An item that carries a value.
fn filled(item: &Item, value: Value) -> Value {
    if item.value.is_empty() {
        return value;
    }
    let mut members = Map::new();
    for (name, value) in item.with {
        members.insert((*name).to_owned(), Value::from(*value));
    }
    write(&mut members, item.value, value);
    members.into()
}

/// Adds the caller's own members; those of an object that exists go into it.
fn merge(members: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (key, value) in extra {
        match (members.get_mut(key), value) {
            (Some(Value::Object(members)), Value::Object(extra)) => merge(members, extra),
            _ => drop(members.insert(key.clone(), value.clone())),
        }
    }
}
