//! `x-prices`, `x-sizes` and `x-billing` name only what exists, and the worked examples of prices are right.

use std::collections::BTreeMap;
use std::rc::Rc;

use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

use super::cost::cost;
use super::{Found, instead};
use crate::spec::facts::{FIELDS, FieldState, Model, ROLES, Shape, Shapes, of_model};
use crate::spec::prices::{Billing, Example, Marks, Price, Sizes, Unit};
use crate::spec::tasks::Status;
use crate::spec::{Spec, escape};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    // Entries of another shape are reported by another rule.
    let models: Vec<Model> = read(spec, "x-models").into_iter().map(|(_, model)| model).collect();
    let sizes = read::<Sizes>(spec, "x-sizes");
    let prices = read::<Price>(spec, "x-prices");
    let bodies = Bodies::of(spec, &models);
    for (index, table) in &sizes {
        let place = format!("/x-sizes/{index}");
        let is_same = |(other, one): &&(usize, Sizes)| other < index && one.name == table.name;
        if sizes.iter().any(|one| is_same(&one)) {
            let reason = format!("`{}` is listed twice", table.name);
            found.add("duplicate-value", &place, reason, "rename one of the two");
        }
        let named = spec.doc.get("x-prices").and_then(Value::as_array).into_iter().flatten();
        let mut named = named.filter_map(|price| price.pointer("/tokens/sizes"));
        if !named.any(|name| *name == table.name) {
            let reason = format!("no price has `{}`", table.name);
            let fix = "name it as `sizes` of a price's `tokens`, or delete it";
            found.add("unused-sizes", &place, reason, fix);
        }
        let of_table = |price: &&Price| price.tokens.as_ref().is_some_and(|tokens| tokens.sizes == table.name);
        let users = prices.iter().map(|(_, price)| price).filter(of_table);
        numbers(
            &place,
            table,
            &bodies.values_of(users.flat_map(|price| &price.models)),
            found,
        );
    }
    let tables: Vec<Sizes> = sizes.into_iter().map(|(_, table)| table).collect();
    let mut priced: Vec<&str> = Vec::new();
    for (index, price) in &prices {
        let place = format!("/x-prices/{index}");
        for (member, id) in price.models.iter().enumerate() {
            let here = format!("{place}/models/{member}");
            if !bodies.has(id) {
                let reason = format!("`{id}` is not the id of a model with one endpoint");
                found.add("unknown-model", here, reason, instead(id, &bodies.ids()));
            } else if priced.contains(&id.as_str()) {
                let reason = format!("`{id}` has a price already");
                found.add("duplicate-value", here, reason, "delete it from one of the two");
            }
            priced.push(id);
        }
        let is_countable = units(&place, price, &tables, found);
        rates(&place, price, &bodies, found);
        let examples = price.examples.iter().filter(|_| is_countable);
        for (number, example) in examples.enumerate() {
            if let Err((member, reason, fix)) = recompute(price, example, &tables, &bodies) {
                let here = format!("{place}/examples/{number}/{member}");
                found.add("wrong-cost", here, reason, fix);
            }
        }
    }
    billing(spec, found);
}

/// The entries of a list that can be read, with their places in it.
fn read<T: serde::de::DeserializeOwned>(spec: &Spec, key: &str) -> Vec<(usize, T)> {
    let list = spec.doc.get(key).and_then(Value::as_array).into_iter().flatten();
    let read = list
        .enumerate()
        .filter_map(|(index, entry)| Some((index, T::deserialize(entry).ok()?)));
    read.collect()
}

/// The models that may have a price, and what their requests can carry.
struct Bodies<'a> {
    models: Vec<(&'a Model, Rc<[Shape]>)>,
}

impl<'a> Bodies<'a> {
    fn of(spec: &Spec, models: &'a [Model]) -> Self {
        let single = models.iter().filter(|model| !model.is_pattern()).filter(|model| {
            model
                .endpoints
                .as_ref()
                .is_none_or(|ids| ids.all().any(|(_, id)| id == model.id))
        });
        let shapes = Shapes::new(spec);
        Self {
            models: single.map(|model| (model, shapes.of(&model.create))).collect(),
        }
    }

    fn ids(&self) -> Vec<&'a str> {
        self.models.iter().map(|(model, _)| model.id.as_str()).collect()
    }

    fn has(&self, id: &str) -> bool {
        self.model(id).is_some()
    }

    fn model(&self, id: &str) -> Option<&'a Model> {
        self.models.iter().map(|(model, _)| *model).find(|model| model.id == id)
    }

    /// Whether a request for a model can carry a field.
    fn carries(&self, id: &str, field: &str) -> bool {
        let Some((model, shapes)) = self.models.iter().find(|(model, _)| model.id == id) else {
            return false;
        };
        let listed = match field {
            "inputs" => return !model.inputs.is_empty(),
            role if ROLES.contains(&role) => model.inputs.contains_key(role),
            "frames" => model.frames.is_some(),
            field => !model.without.iter().any(|without| without == field),
        };
        listed && of_model(shapes, model).is_some_and(|shape| shape.fields.iter().any(|known| known.name == field))
    }

    /// The values that requests for some models can have, by field. A field without a list takes any.
    fn values_of<'b>(&self, ids: impl Iterator<Item = &'b String> + Clone) -> Values {
        let of = |field: &'static str| -> Vec<String> {
            let models = ids
                .clone()
                .filter_map(|id| self.models.iter().find(|(model, _)| model.id == *id));
            let values = models.flat_map(|(model, shapes)| {
                let doubtful = model.doubtful.iter().filter(|doubt| doubt.field == field);
                let own = match field {
                    "resolution" => &model.resolutions[..],
                    "aspect_ratio" => &model.aspect_ratios[..],
                    "generate_audio" | "draft" | "watermark" | "camera_fixed" | "return_last_frame" => {
                        return vec!["true".to_owned(), "false".to_owned()];
                    }
                    _ => &[],
                };
                let shape = of_model(shapes, model);
                let fields = shape
                    .iter()
                    .flat_map(|shape| &shape.fields)
                    .filter(|known| known.name == field);
                match own {
                    [] => fields.flat_map(|known| known.values.clone()).collect(),
                    own => own
                        .iter()
                        .cloned()
                        .chain(doubtful.map(|doubt| doubt.value.clone()))
                        .collect::<Vec<String>>(),
                }
            });
            values.collect()
        };
        FIELDS.iter().map(|field| (*field, of(field))).collect()
    }
}

type Values = BTreeMap<&'static str, Vec<String>>;

/// Resolutions and ratios are those of the models that are counted by the table.
fn numbers(place: &str, table: &Sizes, values: &Values, found: &mut Found<'_>) {
    let mut known = |field: &str, value: &str, here: String| {
        let all: Vec<&str> = values[field].iter().map(String::as_str).collect();
        if !all.is_empty() && !all.contains(&value) {
            let reason = format!("`{value}` is no {field} of a model with this price");
            found.add("unknown-value", here, reason, instead(value, &all));
        }
    };
    for (resolution, ratios) in &table.sizes {
        let here = format!("{place}/sizes/{}", escape(resolution));
        known("resolution", resolution, here.clone());
        for ratio in ratios.keys() {
            known("aspect_ratio", ratio, format!("{here}/{}", escape(ratio)));
        }
    }
    for (resolution, ratios) in &table.sizes {
        for (ratio, (width, height)) in ratios {
            if *width == 0 || *height == 0 {
                let here = format!("{place}/sizes/{}/{}", escape(resolution), escape(ratio));
                found.add(
                    "bad-bounds",
                    here,
                    "a side has no pixels",
                    "write width and height in pixels",
                );
            }
        }
    }
    let Marks::Some(marks) = &table.unverified else { return };
    for (index, mark) in marks.iter().enumerate() {
        let (resolution, ratio) = mark.split_once(' ').unwrap_or((mark, ""));
        let ratios = table.sizes.get(resolution);
        if !ratios.is_some_and(|ratios| ratio.is_empty() || ratios.contains_key(ratio)) {
            let reason = format!("`sizes` has no `{mark}`");
            let fix = "name a resolution, or a resolution and a ratio with a space between them";
            found.add("unknown-member", format!("{place}/unverified/{index}"), reason, fix);
        }
    }
}

/// The unit has all that it is counted by, and nothing else has. Returns whether it can be counted.
fn units(place: &str, price: &Price, sizes: &[Sizes], found: &mut Found<'_>) -> bool {
    let before = found.findings.len();
    match (price.unit, &price.tokens) {
        (Unit::Token, None) => {
            let fix = "add `tokens: {fps, sizes}`";
            found.add("missing-member", place, "`tokens` is missing", fix);
        }
        (Unit::Second | Unit::Clip, Some(_)) => {
            let reason = "nothing is counted in tokens";
            found.add(
                "bad-unit",
                format!("{place}/tokens"),
                reason,
                "delete it, or write `unit: token`",
            );
        }
        (_, Some(tokens)) if !sizes.iter().any(|table| table.name == tokens.sizes) => {
            let names: Vec<&str> = sizes.iter().map(|table| table.name.as_str()).collect();
            let reason = format!("`{}` is not in x-sizes", tokens.sizes);
            let fix = instead(&tokens.sizes, &names);
            found.add("unknown-sizes", format!("{place}/tokens/sizes"), reason, fix);
        }
        _ => {}
    }
    let is_countable = found.findings.len() == before;
    if price.unit == Unit::Clip && price.input_video {
        let reason = "a price per clip does not depend on seconds";
        found.add("bad-unit", format!("{place}/input_video"), reason, "delete it");
    }
    if price.source.is_none() && price.read.is_none() {
        let fix = "add the date on which the price was read";
        found.add("missing-member", place, "`read` is missing", fix);
    }
    is_countable
}

fn rates(place: &str, price: &Price, bodies: &Bodies<'_>, found: &mut Found<'_>) {
    let values = bodies.values_of(price.models.iter());
    for (index, rate) in price.rates.iter().enumerate() {
        let place = format!("{place}/rates/{index}");
        let covers =
            |one: &BTreeMap<String, FieldState>| one.iter().all(|(field, state)| rate.when.get(field) == Some(state));
        if price.rates[..index].iter().any(|earlier| covers(&earlier.when)) {
            let reason = "an earlier rate holds for all that this one does";
            found.add(
                "unreachable-rate",
                &place,
                reason,
                "put it first, or delete one of the two",
            );
        }
        if rate.least.is_some() && !price.input_video {
            let reason = "only seconds of input videos have a least number";
            let fix = "add `input_video: true`, or delete it";
            found.add("bad-unit", format!("{place}/least"), reason, fix);
        }
        for (field, state) in &rate.when {
            let here = format!("{place}/when/{}", escape(field));
            if field != "inputs" && !FIELDS.contains(&field.as_str()) {
                let reason = format!("`{field}` is not a normalised field");
                found.add("unknown-field", here, reason, instead(field, &FIELDS));
                continue;
            }
            let known: Vec<&String> = price.models.iter().filter(|id| bodies.has(id)).collect();
            if !known.is_empty() && !known.iter().any(|id| bodies.carries(id, field)) {
                let reason = format!("no request for these models can carry `{field}`");
                found.add("unknown-field", here, reason, "delete it");
                continue;
            }
            let FieldState::OneOf(states) = state else { continue };
            let known: Vec<&str> = values
                .get(field.as_str())
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            for value in states.iter().filter(|value| *value != "unset" && !known.is_empty()) {
                if !known.contains(&value.as_str()) {
                    let reason = format!("`{value}` is not a value of `{field}`");
                    found.add("unknown-value", &here, reason, instead(value, &known));
                }
            }
        }
    }
}

/// Recomputes a worked example. An error has the member, the reason and the fix.
fn recompute(
    price: &Price,
    example: &Example,
    sizes: &[Sizes],
    bodies: &Bodies<'_>,
) -> Result<(), (String, String, String)> {
    let id = example.request.get("model").and_then(Value::as_str).unwrap_or_default();
    let ids: Vec<&str> = price.models.iter().map(String::as_str).collect();
    if !ids.contains(&id) {
        let reason = format!("`{id}` is not among the models of this price");
        return Err(("request/model".to_owned(), reason, instead(id, &ids)));
    }
    // An unknown model is reported at its own place.
    let Some(model) = bodies.model(id) else { return Ok(()) };
    for (field, value) in &example.request {
        let here = format!("request/{}", escape(field));
        if !bodies.carries(id, field) && field != "model" {
            let reason = format!("a request for `{id}` cannot carry `{field}`");
            return Err((here, reason, "delete it".to_owned()));
        }
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let ids = [id.to_owned()];
        let values = &bodies.values_of(ids.iter())[FIELDS.iter().find(|known| *known == field).unwrap_or(&"model")];
        if !values.is_empty() && !values.contains(&text) && field != "model" {
            let known: Vec<&str> = values.iter().map(String::as_str).collect();
            let reason = format!("`{text}` is not a value of `{field}`");
            return Err((here, reason, instead(&text, &known)));
        }
    }
    if example.input_seconds.is_some() && !bodies.carries(id, "reference_video") {
        let reason = format!("a request for `{id}` has no input video");
        return Err(("input_seconds".to_owned(), reason, "delete it".to_owned()));
    }
    match cost(price, sizes, model, example) {
        Err(reason) => {
            let fix = "give all that the price depends on, or correct `when` and `sizes`".to_owned();
            Err(("request".to_owned(), reason, fix))
        }
        Ok(exact) if Decimal::from_str_exact(&example.cost).ok() != Some(exact) => {
            let reason = format!("the rates give {} {}", exact.normalize(), price.currency);
            let fix = "correct the cost by the page, or the rates".to_owned();
            Err(("cost".to_owned(), reason, fix))
        }
        Ok(_) => Ok(()),
    }
}

fn billing(spec: &Spec, found: &mut Found<'_>) {
    let Some(billing) = spec
        .doc
        .get("x-billing")
        .and_then(|value| Billing::deserialize(value).ok())
    else {
        return;
    };
    for (index, status) in billing.free.iter().enumerate() {
        let here = format!("/x-billing/free/{index}");
        if !matches!(status, Status::Failed | Status::Cancelled | Status::Expired) {
            let reason = format!("a task that is {} is billed, or not at its end", status.name());
            found.add("bad-member", here, reason, "name failed, cancelled or expired");
        } else if billing.free[..index].contains(status) {
            let reason = format!("`{}` is listed twice", status.name());
            found.add("duplicate-value", here, reason, "delete one");
        }
    }
    let schemas = spec.doc.pointer("/components/schemas").and_then(Value::as_object);
    let schemas: Vec<&Value> = schemas.into_iter().flat_map(|schemas| schemas.values()).collect();
    for (index, member) in billing.unaffected.iter().enumerate() {
        let at = format!("/properties/{}", escape(member));
        let mut properties = schemas.iter().filter_map(|schema| schema.pointer(&at));
        if !properties.any(|property| property.get("x-field").is_none()) {
            let here = format!("/x-billing/unaffected/{index}");
            let reason = format!("no request has a member `{member}` without a normalised field");
            found.add(
                "unknown-member",
                here,
                reason,
                "name a property of a request body, or delete it",
            );
        }
    }
}
