//! What people should know of a plan: its fields, its model and its address.

use videogen::facts::Capabilities;
use videogen::submit::Plan;
use videogen::{Vendor, VideoRequest, Violation};

use crate::options;

/// The notes on the fields that the request leaves to the vendor, though the price depends on them, and on its base URL.
pub(crate) fn on_plan(plan: &Plan, request: &VideoRequest) -> Vec<String> {
    let note = |field: &&str| {
        // Whether the price depends on it, and on nothing else that is open.
        let (depends, alone) = match plan.cost().known() {
            Some(cost) => (cost.depends_on.contains(field), cost.depends_on == [*field]),
            None => (true, true),
        };
        let price = if depends { ", and with it the price" } else { "" };
        let decides = format!("{} {} decides the {field}{price}.", plan.vendor.name(), plan.model);
        // A caller who requests it knows, and a model that takes nothing else leaves no choice.
        let is_bound = plan.overridden.iter().any(|violation| violation.field == **field);
        match request.duration.is_none() && !is_bound {
            true if alone => format!("{decides} Set --{field} to fix both."),
            true => format!("{decides} Set --{field} to fix it."),
            false => decides,
        }
    };
    let notes = plan.vendor_decides.iter().map(note);
    notes.chain(at_another_address(plan)).collect()
}

/// The note on a model that the vendor serves at another base URL than its default one, which the plan uses.
fn at_another_address(plan: &Plan) -> Option<String> {
    let facts = plan.vendor.facts();
    let base_url = plan.vendor.base_url_of(&plan.model)?;
    let is_default = plan.url.starts_with(facts.base_url);
    is_default.then(|| {
        format!(
            "{} is served at {base_url}, with keys and prices of that address. Set {}={base_url}, or base_url in the configuration.",
            plan.model, facts.base_url_env
        )
    })
}

/// The note on an unverified rule that the request breaks with permission.
pub(crate) fn overridden(violation: &Violation) -> String {
    let Violation { field, value, rule, .. } = violation;
    let field = options::of_field(field);
    format!("Unverified rule not enforced: {field} = {value}: {rule}")
}

/// The note on a model that the vendor's spec does not list. It suggests a model of the vendor, or else those of others.
pub(crate) fn unknown_model(vendor: Vendor, model: &str) -> String {
    let meant = match Capabilities::nearest(vendor, model) {
        Some(near) => Some(format!("Did you mean {near}?")),
        None => meant_anywhere(model),
    };
    let meant = meant.map_or_else(String::new, |meant| format!(" {meant}"));
    format!(
        "{model} is not in our tables for {}: limits unchecked.{meant}",
        vendor.name()
    )
}

/// The most models of other vendors that are suggested.
const SUGGESTED: usize = 3;

/// Suggests the models of all vendors that are most like `model`.
pub(crate) fn meant_anywhere(model: &str) -> Option<String> {
    let near = Vendor::ALL.iter().filter_map(|vendor| {
        let near = Capabilities::nearest(*vendor, model)?;
        Some((
            crate::nearest::likeness(model, near),
            format!("{near} ({})", vendor.name()),
        ))
    });
    // The model that is most like the given id comes first, such as another endpoint of it.
    let mut near: Vec<(f64, String)> = near.collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let near: Vec<String> = near.into_iter().take(SUGGESTED).map(|(_, near)| near).collect();
    (!near.is_empty()).then(|| format!("Did you mean {}?", near.join(" or ")))
}
