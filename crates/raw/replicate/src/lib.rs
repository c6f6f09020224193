// @generated from specs/replicate.yaml by `cargo xtask generate replicate`. Do not edit: change the spec.

//! Replicate video generation: the generated client.
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
    types::AnyInput,
    types::CreateHailuoRequest,
    types::CreateKlingRequest,
    types::CreatePredictionRequest,
    types::CreateSeedance15Request,
    types::CreateSeedance2Request,
    types::CreateVeoRequest,
    types::ErrorBody,
    types::File,
    types::FileChecksums,
    types::FileUrls,
    types::HailuoInput,
    types::InvalidField,
    types::KlingInput,
    types::Prediction,
    types::PredictionInput,
    types::PredictionList,
    types::PredictionMetrics,
    types::PredictionUrls,
    types::Seedance15Input,
    types::Seedance2Input,
    types::VeoInput,
}

videogen_wire::request_body! { CreatePredictionBody = CreateSeedance2Request | CreateSeedance15Request | CreateVeoRequest | CreateKlingRequest | CreateHailuoRequest | CreatePredictionRequest }
