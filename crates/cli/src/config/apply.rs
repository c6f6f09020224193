//! Completes requests with configured values.

use serde_json::Value;
use videogen::facts::Capabilities;
use videogen::{Vendor, VideoRequest};

use super::settings::Config;
use crate::result::Configured;

impl Config {
    /// The model of requests to `vendor` without one.
    pub(crate) fn model_of(&self, vendor: Vendor) -> Option<Configured> {
        if let Some(model) = self.vendors.get(&vendor).and_then(|settings| settings.model.as_ref()) {
            return Some(Configured::new(
                "model",
                format!("vendor.{vendor}.model"),
                model.as_str().into(),
            ));
        }
        let model = self.model.as_ref()?;
        let lists = |vendor: &Vendor| Capabilities::of(*vendor, model).is_known();
        // A model that no table lists is of the default vendor.
        let is_unlisted = || !Vendor::ALL.iter().any(lists);
        let fits = lists(&vendor) || self.vendor.is_none_or(|default| default == vendor) && is_unlisted();
        fits.then(|| Configured::new("model", "defaults.model".to_owned(), model.as_str().into()))
    }

    /// Sets the fields that a request to `vendor` leaves open, and returns them.
    pub(crate) fn complete(&self, vendor: Vendor, request: &mut VideoRequest) -> Vec<Configured> {
        // A final video has its parameters from the draft.
        let Some(settings) = self.vendors.get(&vendor).filter(|_| request.draft_task.is_none()) else {
            return Vec::new();
        };
        let mut members = settings.fields.clone();
        // One of both determines the length.
        if request.frames.is_some() {
            members.remove("duration");
        }
        if request.duration.is_some() {
            members.remove("frames");
        }
        for name in ["model", "prompt"] {
            members.insert(name.to_owned(), "".into());
        }
        // Every value was checked.
        let defaults: VideoRequest = serde_json::from_value(Value::Object(members)).unwrap_or_default();
        let mut applied = Vec::new();
        let mut add = |field: &str| {
            if let Some(value) = settings.fields.get(field) {
                applied.push(Configured::new(
                    field,
                    format!("vendor.{vendor}.{field}"),
                    value.clone(),
                ));
            }
        };
        macro_rules! complete {
            ($($field:ident by $is_open:ident),* $(,)?) => {$(
                if request.$field.$is_open() && !defaults.$field.$is_open() {
                    request.$field = defaults.$field;
                    add(stringify!($field));
                }
            )*};
        }
        complete! {
            duration by is_none,
            frames by is_none,
            resolution by is_none,
            aspect_ratio by is_none,
            generate_audio by is_none,
            seed by is_none,
            watermark by is_none,
            camera_fixed by is_none,
            return_last_frame by is_none,
            service_tier by is_none,
            expires_after by is_none,
            safety_identifier by is_none,
            draft by is_none,
            tools by is_empty,
            video_operation by is_none,
            output_format by is_none,
            metadata by is_empty,
            extra by is_empty,
            adjust by is_empty,
            allow_unverified by is_empty,
        }
        applied
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::known_keys;
    use super::super::parse::parse;
    use super::*;

    /// Every key has a value here, so that none is accepted and then ignored.
    #[test]
    fn every_field_is_applied() {
        let value = |field: &str| match field {
            "duration" | "frames" | "seed" | "expires_after" => "5",
            "generate_audio" | "watermark" | "camera_fixed" | "return_last_frame" | "draft" => "true",
            "tools" => "[{type = 'web_search'}]",
            "metadata" | "extra" => "{a = 'b'}",
            "adjust" => "{seed = 'drop'}",
            "allow_unverified" => "['seed']",
            _ => "'x'",
        };
        let vendor = Vendor::ALL[0];
        let prefix = format!("vendor.{vendor}.");
        let fields: Vec<String> = known_keys()
            .iter()
            .filter_map(|key| key.strip_prefix(&prefix))
            .filter(|field| !["model", "base_url"].contains(field))
            .map(str::to_owned)
            .collect();
        let lines: String = fields
            .iter()
            .map(|field| format!("{field} = {}\n", value(field)))
            .collect();
        let (config, problems) = parse(&format!("[vendor.{vendor}]\n{lines}"), |_| Ok(()));
        assert_eq!(problems, []);
        let mut request = VideoRequest::new("m", "p");
        let mut applied: Vec<String> = config
            .complete(vendor, &mut request)
            .into_iter()
            .map(|one| one.field)
            .collect();
        applied.sort_unstable();
        let mut expected = fields;
        expected.sort_unstable();
        assert_eq!(applied, expected);
        // Nothing that is given is replaced.
        let mut given = VideoRequest::new("m", "p").frames(57).seed(1);
        let applied = config.complete(vendor, &mut given);
        assert!(
            applied
                .iter()
                .all(|one| !["seed", "frames", "duration"].contains(&one.field.as_str()))
        );
        assert_eq!((given.duration, given.seed), (None, Some(1)));
    }
}
