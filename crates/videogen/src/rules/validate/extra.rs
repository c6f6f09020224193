//! Members of the vendor's request that no field stands for.

use serde_json::{Map, Value};
use videogen_wire::facts::Place;

use super::{Basis, Check};

impl Check<'_> {
    /// Extra members must not override fields of the request.
    pub(super) fn extra(&mut self, extra: &Map<String, Value>, prefix: &str) {
        let fields = self.rules.model.request.fields;
        for (key, value) in extra {
            let wire = format!("{prefix}{key}");
            let inside = format!("{wire}.");
            if let Some(field) = fields
                .iter()
                .find(|field| field.place == Place::Body && field.wire == wire)
            {
                let rule = format!("would override the vendor's `{wire}`");
                let hint = format!("set `{}` instead", field.name);
                self.add(Basis::Request, "extra", &wire, rule, hint);
            } else if fields.iter().any(|field| field.wire.starts_with(&inside)) {
                match value {
                    Value::Object(members) => self.extra(members, &inside),
                    _ => {
                        let rule = "must be an object, because it contains other parameters";
                        self.add(Basis::Request, "extra", &wire, rule, "use an object");
                    }
                }
            }
        }
    }
}
