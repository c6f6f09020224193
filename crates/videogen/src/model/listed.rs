//! Models in a vendor's own list, and how it differs from the table of this version.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::{Capabilities, Role, Vendor};

/// Longest range of durations that is compared second by second.
const LONGEST: u32 = 3_600;

/// A model in a vendor's list. What the list does not state is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ListedModel {
    /// Model id.
    pub id: String,
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Supported kinds of input media.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_modalities: Vec<String>,
    /// Supported kinds of output media.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_modalities: Vec<String>,
    /// Supported durations in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durations: Option<BTreeSet<u32>>,
    /// Supported resolutions, spelled as in requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolutions: Option<Vec<String>>,
    /// Supported aspect ratios, spelled as in requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratios: Option<Vec<String>>,
    /// Supported frames, such as `first_frame`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Vec<String>>,
    /// Whether it generates audio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_audio: Option<bool>,
    /// Whether it takes a seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<bool>,
    /// Prices in US dollars as the vendor writes them, by its name of what is billed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prices_usd: BTreeMap<String, String>,
}

/// A difference between a vendor's own list of models and the table of this version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelDifference {
    /// Only the vendor has the model: its limits are not checked before sending.
    NotInTable {
        /// Model id.
        model: String,
    },
    /// Only the table has the model: the vendor may refuse it.
    NotListed {
        /// Model id.
        model: String,
    },
    /// A field of a model takes other values.
    Values {
        /// Model id.
        model: String,
        /// The field; `frames` for the roles of the first and last frame.
        field: &'static str,
        /// Values that only the vendor has.
        only_listed: Vec<String>,
        /// Values that only the table has.
        only_in_table: Vec<String>,
    },
}

/// Returns how the models that `vendor` lists differ from the table of this version. What the list does not state is not
/// compared.
///
/// ```no_run
/// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
/// use videogen::facts::compare_models;
///
/// let listed = client.models().await?;
/// for difference in compare_models(client.vendor(), &listed) {
///     println!("{difference:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn compare_models(vendor: Vendor, listed: &[ListedModel]) -> Vec<ModelDifference> {
    let mut found = Vec::new();
    for model in listed {
        let known = Capabilities::of(vendor, &model.id);
        if known.model.is_named() {
            values(&known, model, &mut found);
        } else {
            let model = model.id.clone();
            found.push(ModelDifference::NotInTable { model });
        }
    }
    let missing = Capabilities::all(vendor).filter(|known| listed.iter().all(|model| model.id != known.model.id));
    found.extend(missing.map(|known| ModelDifference::NotListed {
        model: known.model.id.to_owned(),
    }));
    found
}

fn values(known: &Capabilities, listed: &ListedModel, found: &mut Vec<ModelDifference>) {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let mut compare = |field: &'static str, listed: Option<Vec<String>>, table: Vec<String>| {
        let Some(listed) = listed else { return };
        let without = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|value| !other.contains(value)).cloned().collect()
        };
        let (only_listed, only_in_table) = (without(&listed, &table), without(&table, &listed));
        if !(only_listed.is_empty() && only_in_table.is_empty()) {
            found.push(ModelDifference::Values {
                model: known.model.id.to_owned(),
                field,
                only_listed,
                only_in_table,
            });
        }
    };
    let duration = known.model.duration;
    let seconds = match duration.values {
        [] => (duration.min..=duration.max.unwrap_or(LONGEST).min(LONGEST)).collect(),
        values => values.to_vec(),
    };
    let shown = |seconds: &mut dyn Iterator<Item = u32>| seconds.map(|seconds| seconds.to_string()).collect();
    let own = listed.durations.as_ref().map(|own| shown(&mut own.iter().copied()));
    compare("duration", own, shown(&mut seconds.into_iter()));
    compare(
        "resolution",
        listed.resolutions.clone(),
        texts(known.values("resolution")),
    );
    compare(
        "aspect_ratio",
        listed.aspect_ratios.clone(),
        texts(known.values("aspect_ratio")),
    );
    let takes = |role: &Role| known.model.inputs.iter().any(|input| input.role == role.as_str());
    let frames = [Role::FirstFrame, Role::LastFrame].into_iter().filter(takes);
    compare(
        "frames",
        listed.frames.clone(),
        frames.map(|role| role.as_str().to_owned()).collect(),
    );
    for (field, own) in [("generate_audio", listed.generate_audio), ("seed", listed.seed)] {
        let own = own.map(|own| vec![own.to_string()]);
        compare(field, own, vec![known.field(field).is_some().to_string()]);
    }
}
