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
    types::AudioWithRole,
    types::AvatarAsset,
    types::AvatarAssetAnswer,
    types::AvatarGroup,
    types::AvatarGroupAnswer,
    types::Balance,
    types::CommonRequest,
    types::CreateAvatarAssetRequest,
    types::CreateAvatarGroupRequest,
    types::CreateVerificationRequest,
    types::Doubao20Metadata,
    types::Doubao20Request,
    types::ErrorBody,
    types::ErrorDetail,
    types::FailureBody,
    types::FrameWithRole,
    types::ImageWithRole1,
    types::ImageWithRole2,
    types::Model,
    types::ModelList,
    types::ResultItem,
    types::Seedance10Metadata,
    types::Seedance10Request,
    types::Seedance15Metadata,
    types::Seedance15Request,
    types::Seedance25Request,
    types::Seedance2Metadata,
    types::Seedance2Request,
    types::Task,
    types::TaskError,
    types::TaskResult,
    types::TaskUsage,
    types::Tool,
    types::ToolUsage,
    types::UploadAnswer,
    types::UploadedFile,
    types::Verification,
    types::VerificationAnswer,
    types::VerificationResult,
    types::VerificationResultAnswer,
    types::VideoWithRole,
    types::WebhookData,
    types::WebhookError,
    types::WebhookEvent,
    types::WebhookResult,
}

videogen_wire::request_body! { CreateGenerationBody = Seedance2Request | Seedance25Request | Seedance15Request | Seedance10Request | Doubao20Request | CommonRequest }
videogen_wire::request_body! { types::CreateAvatarAssetRequest }
videogen_wire::request_body! { types::CreateAvatarGroupRequest }
videogen_wire::request_body! { types::CreateVerificationRequest }
