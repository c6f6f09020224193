//! The HTTP layer: the two origins, and the sender of webhooks.
//!
//! Only this folder uses axum and hyper. It imports all floors below; nothing below imports it.

mod admin;
mod api;
mod auth;
mod blob;
mod files;
mod response;
mod serve;
mod spoil;
mod storage;
mod upload;
mod webhook;

pub(crate) use serve::serve;

pub(crate) use api::router as api_router;
pub(crate) use files::router as files_router;
