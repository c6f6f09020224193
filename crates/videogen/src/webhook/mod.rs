//! Webhooks: the vendor calls when a task has ended, and the same [`VideoTask`](crate::VideoTask) comes out as polling gives.
//!
//! A [`Receiver`] takes what arrived, raw, and tells what it means. How far a delivery is believed depends on who can have
//! sent it:
//!
//! - **A signature is believed.** Where the vendor signs and a secret is set ([`ReceiverBuilder::secret`]), the signature is
//!   checked over the raw body and the time against the clock, repeats are dropped by the event's id, and the payload is
//!   read by the code that reads a poll's answer. It differs from one in its raw JSON, and in what only a poll tells.
//! - **Anything else is a hint.** Where nothing is signed, the address itself is the secret: [`Receiver::callback`] makes
//!   one for each task with an unguessable token, of which only the hash is kept. Whoever calls it only makes the receiver
//!   ask the vendor, with its own key, for the one task that the token is bound to. Nothing in the body is believed.
//!
//! What was handled is remembered as long as the receiver lives, and no longer: after a restart a repeat may be handed over
//! once more, so taking the same event twice should do no harm.
//!
//! A delivery may be lost, and some vendors try only a few times: keep polling, at a slower pace.
//!
//! ```no_run
//! # async fn example(client: videogen::Client, mut request: videogen::VideoRequest) -> Result<(), Box<dyn std::error::Error>> {
//! use videogen::webhook::Receiver;
//!
//! let receiver = Receiver::builder(client.clone())
//!     .on_event(|event| async move {
//!         // Store it before this returns: only then is the vendor told that it arrived.
//!         println!("{:?}", event.task);
//!         Ok(())
//!     })
//!     .build()?;
//! let callback = receiver.callback("https://videos.example.com/hooks")?;
//! request.callback_url = Some(callback.url().clone());
//! let task = client.submit(&request).await?;
//! receiver.bind(callback.hash(), &task.id).await?;
//! // In the server: receiver.receive(last_segment_of_the_path, &headers, &body).await, or receiver.router("/hooks").
//! # Ok(())
//! # }
//! ```

mod bindings;
mod builder;
mod callback;
mod event;
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
