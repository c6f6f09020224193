//! The journal record that is committed before a submission.

use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

use super::options::SubmitOptions;
use crate::client::Client;
use crate::journal::{Entry, Intent, Query};
use crate::model::mask::{self, sha256};
use crate::model::{Capabilities, Error, Expected, Source, VideoRequest};
use crate::upload::Contents;

impl Client {
    /// Returns the record to commit before `request` is sent, whose local files were not replaced yet.
    pub(crate) fn intent(
        &self,
        options: &SubmitOptions,
        request: &VideoRequest,
        contents: &Contents,
        request_hash: String,
        expected: Expected,
    ) -> Intent {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let id = Uuid::now_v7().to_string();
        // With a client reference, the vendor can look it up reliably.
        let own = || {
            let finds = vendor.finds_by_reference().is_some() && rules.field("client_reference").is_some();
            finds.then(|| id.clone())
        };
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
            request: self.redact(described(request, contents)),
            at: now,
            until: now,
            target: options.target.clone().map(|target| match &request.output_format {
                Some(format) if target.extension.is_none() => target.extension(format),
                _ => target,
            }),
            estimate: expected.estimate,
            unit_price: expected.unit_price,
            group: options.group.clone(),
            allow_unknown_cost: options.allow_unknown_cost,
            call: options.call.clone(),
            refuse_repeated_within: options.refuse_repeated_within,
            id,
        }
    }

    /// The entry that has the key of `intent`, if it may not be submitted again.
    pub(super) async fn taken(&self, intent: &Intent) -> Result<Option<Entry>, Error> {
        let with_key = Query::default().key(intent.key.clone()).scope(self.scope());
        let found = self.known(with_key).await?.pop();
        Ok(found.filter(|entry| entry.begin_again(intent.clone()).is_none()))
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

/// The request with its local files described by their names and digests.
fn described(request: &VideoRequest, contents: &Contents) -> Value {
    let mut request = request.clone();
    let mut described = Vec::new();
    for (index, input) in request.inputs.iter_mut().enumerate() {
        if let Source::File(file) = &input.source
            && let Some(content) = contents.find(file)
        {
            described.push((index, format!("file:{};sha256,{}", file.name(), content.sha256)));
            // Small, unlike a file in memory.
            input.source = Source::Asset(String::new());
        }
    }
    let mut request = json!(request);
    for (index, text) in described {
        request["inputs"][index]["source"] = text.into();
    }
    request
}
