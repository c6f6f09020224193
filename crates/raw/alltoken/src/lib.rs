// @generated from specs/alltoken.yaml by `cargo xtask generate alltoken`. Do not edit: change the spec.

//! AllToken video generation: the generated client.
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
#[rustfmt::skip]
pub mod forms;

pub use client::{Client, Error, ResponseValue, types};

impl progenitor_client::ClientHooks<videogen_wire::Session> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        info: &progenitor_client::OperationInfo,
    ) -> Result<(), Error<E>> {
        let base_url = progenitor_client::ClientInfo::baseurl(self);
        videogen_wire::direct(request, &facts::VENDOR, base_url, info);
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
    types::ContentCapability,
    types::ContentItem,
    types::CountCapability,
    types::CreateGenerationRequest,
    types::DraftTaskRef,
    types::DurationCapability,
    types::ErrorBody,
    types::ErrorDetail,
    types::FramesCapability,
    types::Generation,
    types::GenerationList,
    types::MediaUrl,
    types::Model,
    types::ModelCapabilities,
    types::ModelList,
    types::PortraitAnswer,
    types::PortraitError,
    types::PortraitFilter,
    types::PortraitItem,
    types::PortraitMetadata,
    types::PortraitRequest,
    types::PortraitResult,
    types::PresignAnswer,
    types::PresignRequest,
    types::PromptCapability,
    types::TaskError,
    types::Tool,
    types::ToolUsage,
    types::UploadHeaders,
    types::Usage,
    types::ValuesCapability,
    types::WebhookEvent,
}

videogen_wire::request_body! { types::CreateGenerationRequest }
videogen_wire::request_body! { types::PortraitRequest }
videogen_wire::request_body! { types::PresignRequest }
