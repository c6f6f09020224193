// @generated from specs/fal.yaml by `cargo xtask generate fal`. Do not edit: change the spec.

//! fal video generation: the generated client.
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
    types::AnyInput,
    types::Cancellation,
    types::ErrorBody,
    types::InitiateUpload,
    types::KlingInput,
    types::LogLine,
    types::Metrics,
    types::Payload,
    types::Problem,
    types::Problems,
    types::RequestStatus,
    types::ReservedUpload,
    types::Seedance15Input,
    types::Seedance25Input,
    types::Seedance2Input,
    types::Ticket,
    types::VeoFramesInput,
    types::VeoImageInput,
    types::VeoInput,
    types::VeoReferencesInput,
    types::VideoFile,
    types::VideoOutput,
    types::WebhookEvent,
}

videogen_wire::request_body! { CreateRequestBody = Seedance2Input | Seedance25Input | Seedance15Input | KlingInput | VeoInput | VeoImageInput | VeoFramesInput | VeoReferencesInput | AnyInput }
videogen_wire::request_body! { types::InitiateUpload }
