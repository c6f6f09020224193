//! Uploads of local files, and the assets of an account.
//!
//! A submission uploads the local files of its request by itself. To upload a file once and use it in several requests, call
//! [`Client::upload`](crate::Client::upload); to look after what a vendor keeps, call [`Client::assets`](crate::Client::assets).
//! Uploads cost nothing. A file that was uploaded before, with the same content, account and vendor, is not uploaded again
//! while its reference can still be used; with a [journal](crate::ClientBuilder::journal), also in other processes.
//!
//! ```no_run
//! # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
//! use videogen::upload::UploadOptions;
//! use videogen::{Role, VideoRequest};
//!
//! let clip = client.upload("sail.mp4", UploadOptions::default()).await?;
//! for prompt in ["at dawn", "at night"] {
//!     let request = VideoRequest::new("seedance-2", prompt).input(Role::ReferenceVideo, clip.source.clone());
//!     client.submit(&request).await?;
//! }
//! # Ok(())
//! # }
//! ```
// Floor 5: depends on `client` and the floors below; `submit` is above it.

mod assets;
mod files;
mod options;
mod prepare;
mod reuse;
mod send;
mod turn;

pub use crate::client::UploadEvent;
pub use crate::model::{Asset, AssetGroup, AssetPage, AssetQuery, AssetStatus, Verification};
pub use assets::Assets;
pub(crate) use files::Contents;
pub use options::{UploadOptions, Uploaded};
