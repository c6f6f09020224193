//! Dispatches calls from a [`Vendor`] to its adapter.

use futures_util::future::BoxFuture;
use reqwest::Url;
use serde_json::Value;

#[cfg(feature = "alltoken")]
use super::alltoken;
#[cfg(feature = "ark")]
use super::ark;
#[cfg(feature = "fal")]
use super::fal;
#[cfg(feature = "openrouter")]
use super::openrouter;
#[cfg(feature = "replicate")]
use super::replicate;
#[cfg(feature = "toapis")]
use super::toapis;
#[cfg(feature = "token360")]
use super::token360;
use crate::model::{
    Asset, AssetGroup, AssetPage, AssetQuery, Balance, Capabilities, ListQuery, ListedModel, SecretUrl, TaskId, Vendor,
    Verification, VideoRequest, VideoTask, is_cursor,
};
#[cfg(feature = "webhook")]
use crate::vendors::WebhookEvent;
use crate::vendors::{Adapter, Call, CallError, ErrorDetail, Outgoing, RawPage, Stored, body};
/// Runs the same call on the adapter of a vendor.
macro_rules! on_adapter {
    ($vendor:expr, $adapter:ident => $call:expr) => {
        match $vendor {
            #[cfg(feature = "token360")]
            Vendor::Token360 => {
                type $adapter = token360::Token360;
                $call
            }
            #[cfg(feature = "toapis")]
            Vendor::ToApis => {
                type $adapter = toapis::ToApis;
                $call
            }
            #[cfg(feature = "alltoken")]
            Vendor::AllToken => {
                type $adapter = alltoken::AllToken;
                $call
            }
            #[cfg(feature = "ark")]
            Vendor::Ark => {
                type $adapter = ark::Ark;
                $call
            }
            #[cfg(feature = "openrouter")]
            Vendor::OpenRouter => {
                type $adapter = openrouter::OpenRouter;
                $call
            }
            #[cfg(feature = "replicate")]
            Vendor::Replicate => {
                type $adapter = replicate::Replicate;
                $call
            }
            #[cfg(feature = "fal")]
            Vendor::Fal => {
                type $adapter = fal::Fal;
                $call
            }
        }
    };
}

pub(crate) fn list_member(vendor: Vendor) -> &'static str {
    on_adapter!(vendor, A => A::LIST_MEMBER)
}

pub(crate) fn submit<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    request: &'a VideoRequest,
    rules: &'a Capabilities,
) -> BoxFuture<'a, Result<VideoTask, CallError>> {
    let headers = body::headers(request, rules).into_iter();
    let session = headers.fold(call.session.clone(), |session, (name, value)| {
        session.header(name, &value)
    });
    let call = Call { session, ..*call };
    on_adapter!(vendor, A => Box::pin(async move { A::submit(&call, request, rules).await }))
}

pub(crate) fn get<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    id: &'a TaskId,
) -> BoxFuture<'a, Result<VideoTask, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::get(call, id)))
}

pub(crate) fn task_id(vendor: Vendor, model: &str, id: String) -> Option<String> {
    on_adapter!(vendor, A => A::task_id(model, id))
}

pub(crate) fn cancel<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    id: &'a TaskId,
) -> BoxFuture<'a, Result<Option<VideoTask>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::cancel(call, id)))
}

pub(crate) fn list<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    query: &'a ListQuery,
) -> BoxFuture<'a, Result<RawPage, CallError>> {
    let cursor = query
        .after
        .as_deref()
        .filter(|_| vendor.list_parameter("next_url").is_some());
    let Some(cursor) = cursor else {
        return on_adapter!(vendor, A => Box::pin(A::list(call, query)));
    };
    let session = call.session.clone().query(cursor);
    let call = Call { session, ..*call };
    on_adapter!(vendor, A => Box::pin(async move { A::list(&call, query).await }))
}

/// The cursor of the next page, where a list gives its URL: the query of that URL, which must be of the list itself.
pub(crate) fn next_page(vendor: Vendor, page: RawPage, list: &Url) -> RawPage {
    let Some(next) = page
        .next
        .as_ref()
        .filter(|_| vendor.list_parameter("next_url").is_some())
    else {
        return page;
    };
    let next = Url::parse(next).ok().filter(|next| {
        next.origin() == list.origin()
            && next.path() == list.path()
            && next.username().is_empty()
            && next.password().is_none()
    });
    match next
        .as_ref()
        .and_then(Url::query)
        .filter(|query| is_cursor(vendor, query))
    {
        Some(query) => RawPage {
            next: Some(query.to_owned()),
            ..page
        },
        // The vendor's text is not repeated.
        None => RawPage {
            next: None,
            incomplete: Some(format!(
                "the URL of the next page is not one of {}{}, so it is not requested",
                list.origin().ascii_serialization(),
                list.path()
            )),
            ..page
        },
    }
}

pub(crate) fn models<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
) -> BoxFuture<'a, Result<Option<Vec<ListedModel>>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::models(call)))
}

pub(crate) fn balance<'a>(vendor: Vendor, call: &'a Call<'_>) -> BoxFuture<'a, Result<Option<Balance>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::balance(call)))
}

pub(crate) fn fresh_link<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    id: &'a TaskId,
) -> BoxFuture<'a, Result<Option<SecretUrl>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::fresh_link(call, id)))
}

pub(crate) fn upload<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    file: &'a Outgoing<'_>,
) -> BoxFuture<'a, Result<Stored, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::upload(call, file)))
}

pub(crate) fn asset<'a>(vendor: Vendor, call: &'a Call<'_>, id: &'a str) -> BoxFuture<'a, Result<Asset, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::asset(call, id)))
}

pub(crate) fn assets<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    query: &'a AssetQuery,
) -> BoxFuture<'a, Result<AssetPage, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::assets(call, query)))
}

pub(crate) fn delete_asset<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    id: &'a str,
) -> BoxFuture<'a, Result<(), CallError>> {
    on_adapter!(vendor, A => Box::pin(A::delete_asset(call, id)))
}

pub(crate) fn groups<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    query: &'a AssetQuery,
) -> BoxFuture<'a, Result<AssetPage<AssetGroup>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::groups(call, query)))
}

pub(crate) fn create_group<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    name: &'a str,
) -> BoxFuture<'a, Result<AssetGroup, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::create_group(call, name)))
}

pub(crate) fn verify<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    name: &'a str,
    callback_url: Option<&'a SecretUrl>,
) -> BoxFuture<'a, Result<Verification, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::verify(call, name, callback_url)))
}

pub(crate) fn verification<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    id: &'a str,
) -> BoxFuture<'a, Result<Verification, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::verification(call, id)))
}

pub(crate) fn verified<'a>(
    vendor: Vendor,
    call: &'a Call<'_>,
    verification: &'a Verification,
) -> BoxFuture<'a, Result<Option<String>, CallError>> {
    on_adapter!(vendor, A => Box::pin(A::verified(call, verification)))
}

pub(crate) fn error(vendor: Vendor, status: u16, body: Value) -> ErrorDetail {
    on_adapter!(vendor, A => A::error(status, body))
}

#[cfg(feature = "webhook")]
pub(crate) fn webhook_event(vendor: Vendor, body: Value) -> WebhookEvent {
    on_adapter!(vendor, A => A::webhook_event(body))
}

#[cfg(feature = "webhook")]
pub(crate) fn webhook_task(vendor: Vendor, id: &TaskId, body: Value) -> Result<VideoTask, CallError> {
    on_adapter!(vendor, A => A::webhook_task(id, body))
}
