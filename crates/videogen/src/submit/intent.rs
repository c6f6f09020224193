//! The journal record that is committed before a submission.

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::digests::digests;
use super::options::SubmitOptions;
use crate::client::Client;
use crate::journal::Intent;
use crate::model::mask::{self, sha256};
use crate::model::{Capabilities, VideoRequest};

impl Client {
    /// Returns the record to commit before `request` is sent. `original` is the caller's request, before adjustments.
    pub(crate) fn intent(&self, options: &SubmitOptions, original: &VideoRequest, request: &VideoRequest) -> Intent {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let id = Uuid::now_v7().to_string();
        // With a client reference, the vendor can look it up reliably.
        let own = || {
            let finds = vendor.finds_by_reference().is_some() && rules.field("client_reference").is_some();
            finds.then(|| id.clone())
        };
        let [request_hash, _] = digests(original, request);
        let now = Utc::now();
        Intent {
            key: match &options.idempotency_key {
                Some(key) => self.judge().name(key),
                None => id.clone(),
            },
            account: self.account(),
            origin: Some(self.origin()),
            vendor,
            family: rules.family.name.to_owned(),
            model: self.judge().hide(&request.model),
            prompt: self.judge().hide(&request.prompt),
            client_reference: request
                .client_reference
                .as_deref()
                .map(|own| self.judge().hide(own))
                .or_else(own),
            request_hash,
            request: self.redact(json!(request)),
            at: now,
            until: now,
            target: options.target.clone().map(|target| match &request.output_format {
                Some(format) if target.extension.is_none() => target.extension(format),
                _ => target,
            }),
            id,
        }
    }

    /// Masks what must not be stored: URLs are reduced to their hosts, inline media to their digests.
    pub(crate) fn redact(&self, value: Value) -> Value {
        mask::json(value, &|text| match text.strip_prefix("data:") {
            Some(data) => {
                let media_type = data.split([';', ',']).next().unwrap_or_default();
                format!("data:{media_type};sha256,{}", sha256(text.as_bytes()))
            }
            None => self.judge().hide(text),
        })
    }
}
