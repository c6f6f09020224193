//! Webhooks: the vendor calls when a task has ended, and the application gets the same [`VideoTask`](crate::VideoTask) as
//! from polling.
//!
//! A [`Receiver`] takes the raw request: headers and body. How far it trusts a delivery depends on its authentication:
//!
//! - **Signed deliveries are trusted.** If the vendor signs and a secret is set ([`ReceiverBuilder::secret`]), the signature,
//!   timestamp and duplicates are checked, and the payload is parsed like a poll response. Fields that only a poll returns
//!   are missing. Where the vendor signs with a key pair, no secret is needed: its public keys are fetched from the address
//!   in its documentation, and kept for at most a day. While they cannot be fetched, deliveries are rejected with
//!   [`Rejection::Unverified`], so that the vendor repeats them.
//! - **Unsigned deliveries only trigger a poll.** [`Receiver::callback`] creates a URL with a random token for each task; the
//!   receiver stores only the token's hash. A call to the URL polls the task that is bound to the token. The body is ignored.
//!
//! Duplicates are detected for the lifetime of the receiver. After a restart an event may be delivered again, so handlers
//! should be idempotent.
//!
//! Deliveries can be lost, and some vendors retry only a few times: keep polling, at a slower rate.
//!
//! ```no_run
//! # async fn example(client: videogen::Client, mut request: videogen::VideoRequest) -> Result<(), Box<dyn std::error::Error>> {
//! use videogen::webhook::Receiver;
//!
//! let receiver = Receiver::builder(client.clone())
//!     .on_event(|event| async move {
//!         // Store it before this returns: the delivery is acknowledged only after that.
//!         println!("{:?}", event.task);
//!         Ok(())
//!     })
//!     .build()?;
//! // The vendor calls the request's callback URL, so it is set before the submission, for signed webhooks too.
//! let callback = receiver.callback("https://videos.example.com/hooks")?;
//! request.callback_url = Some(callback.url().clone());
//! let task = client.submit(&request).await?;
//! receiver.bind(callback.hash(), &task.id).await?;
//! // In the server: receiver.receive(last_segment_of_the_path, &headers, &body).await, or receiver.router("/hooks").
//! # Ok(())
//! # }
//! ```
// Floor 6: depends on `client` and the floors below. It may not use the other activities.

mod bindings;
mod builder;
mod callback;
mod event;
mod keys;
mod ledger;
mod receiver;
mod rejection;
#[cfg(feature = "webhook-axum")]
mod router;
mod signature;

pub use builder::ReceiverBuilder;
pub use callback::{Callback, ParseTokenHashError, TokenHash};
pub use event::{Event, Received};
pub use receiver::Receiver;
pub use rejection::{Refusal, Rejection};
#[cfg(feature = "webhook-axum")]
pub use router::BODY_LIMIT;
