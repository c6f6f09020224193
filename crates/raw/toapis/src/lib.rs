// @generated from specs/toapis.yaml by `cargo xtask generate toapis`. Do not edit: change the spec.

//! ToAPIs video generation: the generated client.
//!
//! Everything here follows the spec, relaxed so that surprises in a response do not lose it. Applications use the crate
//! `videogen`.

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::unwrap_used, rustdoc::all)]
mod client;
#[rustfmt::skip]
pub mod enums;
#[rustfmt::skip]
pub mod facts;

pub use client::{Client, Error, ResponseValue, types};

impl progenitor_client::ClientHooks<videogen_wire::Session> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _info: &progenitor_client::OperationInfo,
    ) -> Result<(), Error<E>> {
        self.inner.sign(request);
        Ok(())
    }

    async fn exec(
        &self,
        request: reqwest::Request,
        info: &progenitor_client::OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.inner.send(&self.client, request, info).await
    }
}

videogen_wire::from_value! {
    types::AudioWithRole,
    types::CreateSeedance1Request,
    types::CreateSeedance2Request,
    types::ErrorBody,
    types::ErrorDetail,
    types::ImageWithRole,
    types::ImageWithRole2,
    types::ResultItem,
    types::Seedance1Metadata,
    types::Task,
    types::TaskError,
    types::TaskResult,
    types::TaskUsage,
    types::ToolUsage,
    types::VideoWithRole,
    types::WebhookData,
    types::WebhookEvent,
}

videogen_wire::request_body!(types::CreateSeedance1Request);
videogen_wire::request_body!(types::CreateSeedance2Request);
