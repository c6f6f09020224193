//! Prices that are not in the specs: the user's own, and those that a vendor answered.

use serde::{Deserialize, Serialize};
use videogen_wire::facts::Endpoints;

use crate::model::{Capabilities, PriceEntry, Timestamp, Vendor};

/// Prices that override or complete the vendors' list prices: the caller's own, then those that vendors answered.
///
/// In a file, each price is an entry of `price`; see [`PriceEntry`]. It is read with any format that serde has.
///
/// ```
/// use videogen::facts::PriceUnit;
/// use videogen::price::{PriceBook, PriceEntry};
/// use videogen::submit::plan;
/// use videogen::{Vendor, VideoRequest};
///
/// let mut prices = PriceBook::default();
/// prices.set(PriceEntry::new(Vendor::ToApis, "seedance-2", "0.05".parse()?, PriceUnit::Second)?);
///
/// let mut plan = plan(Vendor::ToApis, None, &VideoRequest::new("seedance-2", "a paper boat").duration(6))?;
/// assert!(plan.cost().known().is_none());
/// plan.price_with(&prices);
/// assert_eq!(plan.cost().to_string(), "0.3 USD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceBook {
    #[serde(default, rename = "price")]
    own: Vec<PriceEntry>,
    #[serde(skip)]
    live: Vec<(Timestamp, PriceEntry)>,
}

impl PriceBook {
    /// Adds a price of the caller's own, in place of the one for the same model and conditions.
    pub fn set(&mut self, entry: PriceEntry) {
        match self.own.iter_mut().find(|own| own.is_for_the_same(&entry)) {
            Some(own) => *own = entry,
            None => self.own.push(entry),
        }
    }

    /// Adds prices that a vendor answered at a time, such as those of [`ListedModel`](crate::facts::ListedModel).
    pub fn add_live(&mut self, at: Timestamp, entries: impl IntoIterator<Item = PriceEntry>) {
        self.live.extend(entries.into_iter().map(|entry| (at, entry)));
    }

    /// Returns whether a price of the model is known, here or in the vendor's list. It may not be for every request.
    #[must_use]
    pub fn has_price_of(&self, vendor: Vendor, model: &str) -> bool {
        let ends = Capabilities::of(vendor, model).model.endpoints;
        let ends = ends.into_iter().flat_map(Endpoints::ids);
        let mut ids: Vec<&str> = ends.collect();
        ids.extend(short_names(vendor, model));
        ids.push(model);
        let entries = self.own.iter().chain(self.live.iter().map(|(_, entry)| entry));
        let mut entries = entries.filter(|entry| entry.vendor == vendor);
        let mut listed = vendor.facts().prices.iter().flat_map(|price| price.models);
        entries.any(|entry| ids.contains(&entry.model.as_str())) || listed.any(|id| ids.contains(id))
    }

    /// Returns the caller's own prices, in the order in which they were added.
    #[must_use]
    pub fn own(&self) -> &[PriceEntry] {
        &self.own
    }

    /// Returns the prices that vendors answered, and when they did.
    #[must_use]
    pub fn live(&self) -> &[(Timestamp, PriceEntry)] {
        &self.live
    }
}

/// The models that stand for several endpoints, of which one has this id.
pub(crate) fn short_names(vendor: Vendor, endpoint: &str) -> Vec<&'static str> {
    Capabilities::all(vendor)
        .filter(move |rules| {
            rules
                .model
                .endpoints
                .is_some_and(|ends| ends.ids().any(|id| id == endpoint))
        })
        .map(|rules| rules.model.id)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn entry(price: &str, when: &str) -> PriceEntry {
        let vendor = Vendor::ALL[0];
        let text =
            format!(r#"{{"vendor": "{vendor}", "model": "m", "price": "{price}", "unit": "clip", "when": {when}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_price_replaces_the_one_for_the_same_requests() {
        let mut book = PriceBook::default();
        book.set(entry("1", "{}"));
        book.set(entry("2", r#"{"resolution": ["720p", "480p"]}"#));
        book.set(entry("3", "{}"));
        book.set(entry("4", r#"{"resolution": ["480P", "720p"]}"#));
        let prices: Vec<String> = book.own().iter().map(|own| own.price.to_string()).collect();
        assert_eq!(prices, ["3", "4"]);
    }

    #[test]
    fn prices_conflict_if_a_request_fits_both_and_neither_has_more_conditions() {
        for (one, other, conflict) in [
            (r#"{"resolution": "720p"}"#, r#"{"draft": "unset"}"#, true),
            (
                r#"{"resolution": ["480p", "720p"]}"#,
                r#"{"resolution": ["720p", "1080p"]}"#,
                true,
            ),
            (r#"{"resolution": "set"}"#, r#"{"resolution": "720p"}"#, true),
            (r#"{"resolution": "480p"}"#, r#"{"resolution": "720p"}"#, false),
            (r#"{"resolution": "set"}"#, r#"{"resolution": "unset"}"#, false),
            (r#"{"resolution": "unset"}"#, r#"{"resolution": "720p"}"#, false),
            (
                r#"{"generate_audio": false}"#,
                r#"{"generate_audio": ["true", "unset"]}"#,
                false,
            ),
            (
                r#"{"generate_audio": ["false", "unset"]}"#,
                r#"{"generate_audio": ["true", "unset"]}"#,
                true,
            ),
            // The one with more conditions applies.
            ("{}", r#"{"resolution": "720p"}"#, false),
            (
                r#"{"draft": true, "resolution": "720p"}"#,
                r#"{"resolution": "720p"}"#,
                false,
            ),
            (
                r#"{"draft": true, "resolution": "720p"}"#,
                r#"{"duration": 5, "resolution": "720p"}"#,
                true,
            ),
            (
                r#"{"draft": true, "resolution": "720p"}"#,
                r#"{"draft": false, "resolution": "720p"}"#,
                false,
            ),
            // A frame is an input.
            (r#"{"inputs": "unset"}"#, r#"{"first_frame": "set"}"#, false),
            (r#"{"inputs": "set"}"#, r#"{"first_frame": "set"}"#, true),
            ("{}", "{}", true),
        ] {
            let (one_entry, other_entry) = (entry("1", one), entry("2", other));
            assert_eq!(one_entry.conflicts_with(&other_entry), conflict, "{one} {other}");
            assert_eq!(other_entry.conflicts_with(&one_entry), conflict, "{other} {one}");
        }
    }
}
