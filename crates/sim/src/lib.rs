//! A stateful simulator of the vendors of AI video generation, over real HTTP.
//!
//! It implements the APIs of Token360, ToAPIs, AllToken, ModelArk, OpenRouter, Replicate and fal on local ports: tasks are queued, run and
//! end on a simulated clock; files are downloaded through presigned URLs; webhooks are signed and
//! retried. Nothing is sent to a vendor, and nothing is paid.
//!
//! # Test your own application
//!
//! With the feature `client`, [`Simulator::client`](Simulator#method.client) returns a `videogen::Client`
//! for a simulated vendor that polls at the simulator's speed. This test takes well under two seconds:
//!
#![cfg_attr(feature = "client", doc = "```")]
#![cfg_attr(not(feature = "client"), doc = "```ignore")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use videogen::{Vendor, VideoRequest};
//! use videogen_sim::Simulator;
//!
//! let sim = Simulator::builder().speed(100.0).start().await?;
//! let client = sim.client(Vendor::ToApis)?;
//!
//! let task = client.submit(&VideoRequest::new("seedance-2", "a paper boat")).await?;
//! let task = client.wait(&task.id).await?;
//! let file = std::env::temp_dir().join(format!("{}.mp4", task.id));
//! client.download(&task, &file).await?;
//!
//! assert_eq!(sim.stats().submissions["toapis"], 1);
//! # std::fs::remove_file(file)?;
//! # Ok(()) }
//! ```
//!
//! Other clients, in any language, use [`Simulator::base_url`] with a key that begins with `sk-`.
//!
//! # Inject faults
//!
//! [`Simulator::inject`] makes the next requests of one kind fail: with a status, a proxy's HTML page, an
//! empty or truncated answer, no answer at all, or a closed connection before or after the request was processed.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), videogen_sim::StartError> {
//! use videogen_sim::{Fault, FaultKind, Operation, Simulator, Vendor};
//!
//! let sim = Simulator::builder().start().await?;
//! // The task is created and billed, but its submission gets no response.
//! sim.inject(Fault::new(Vendor::ToApis, Operation::Submit, FaultKind::DropAfter));
//! // The next two polls are rate limited.
//! sim.inject(Fault::status(Vendor::ToApis, Operation::Get, 429, "{}").times(2));
//! # Ok(()) }
//! ```
//!
//! Some errors need no injection:
//!
//! | cause | effect |
//! |---|---|
//! | key `sk-sim-401`, `-403`, `-429`, `-500`, `-503` | every request is answered with that status |
//! | key `sk-sim-402` | submissions are answered with 402 |
//! | key `sk-sim-hang` | every request is processed, and gets no answer; the connection stays open |
//! | key `sk-sim-stall` | every request is processed, and its answer stops after half of the body; the connection stays open |
//! | `sim:asset-failed` in the name of an asset or its file | processing the asset fails |
//! | `sim:refuse` in the prompt | the submission is rejected by the content rules |
//! | `sim:no-model` in the prompt | the submission is rejected: no such model |
//! | `sim:fail`, `sim:moderated`, `sim:expire` in the prompt | the task ends as failed, moderated or expired |
//! | `sim:slow` in the prompt | the task takes ten times as long |
//!
//! # Control time
//!
//! A task is queued for 3 s and completed after 20 s of simulated time; [`Builder::speed`] makes that
//! faster. With [`Builder::manual_clock`], time stops until [`Simulator::advance`] moves it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), videogen_sim::StartError> {
//! use std::time::Duration;
//! use videogen_sim::{Simulator, Vendor};
//!
//! let sim = Simulator::builder().manual_clock().start().await?;
//! let base_url = sim.base_url(Vendor::Token360); // http://127.0.0.1:PORT/token360
//! // ... submit a task to {base_url}/v1/videos ...
//! sim.advance(Duration::from_secs(20)); // now it is completed
//! # assert!(base_url.ends_with("/token360"));
//! sim.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! # Inspect requests
//!
//! [`Simulator::tasks`] returns every task with its model, prompt, status, price and webhook delivery;
//! [`Simulator::stats`] counts requests, submissions and their total price, so that a test sees a double
//! submission. Other processes read the same from `GET /_sim/tasks` and `GET /_sim/stats`. The speed of
//! simulated time is in the header `x-videogen-speed` of each answer, if it is above 1: clients of `videogen` on the same machine
//! poll at that speed.
//!
//! # Fidelity
//!
//! - Requests are checked against the spec's schema and the rules of `x-models`, and rejected in the
//!   vendor's own error format. Where a real service silently drops a parameter, the simulator rejects it.
//!   Members that the vendor does not document are reported, and rejected with [`Builder::strict`].
//! - A task belongs to the key that created it. In answers, its creation is in real time, and later
//!   times are counted from there at the simulated pace.
//! - Videos are MP4 (QuickTime for `output_format: mov`) with H.264 in the requested size, ratio and length, at 24 frames per second (fewer for large
//!   clips), with a tone (AAC) if audio is requested, or the default of the model; the last frame and the thumbnail are PNGs. They are served
//!   on a second port, through presigned URLs that expire. The largest size is 3840x2160 (4K in 21:9 or
//!   9:21 is scaled down), the longest clip 120 s.
//! - Webhooks are delivered to `http` URLs, with the documented signature and retries. Token360 requires
//!   `https`; plain `http` is accepted for loopback hosts.
//! - A task is billed on creation by the list prices of the specs, exactly, and so are the tokens and amounts in responses. If no
//!   list price applies, its price is the simulator's own: 0.02 US dollars per second of video up to 480 lines, 0.05 up to 720,
//!   0.10 up to 1080, 0.25 above. A task costs nothing once it ends with a status that the vendor is known not to bill.
//!   Input videos of unknown length count as 5 s, or the closest length that the vendor takes.
//!
//! The simulator reads `specs/` itself and shares no code with the clients that are tested against it,
//! so that a misread spec cannot cancel itself out. Only `Simulator::client` uses `videogen`, to
//! configure a client; it checks nothing.
//!
//! # Features
//!
//! - `client`: `Simulator::client` and `Simulator::client_builder`.

mod dialects;
mod http;
mod media;
mod simulator;
mod spec;
mod state;
mod submit;

pub use simulator::{Builder, Simulator, StartError, WEBHOOK_SECRET};
pub use spec::{Operation, ParseVendorError, Spec, SpecError, Vendor};
pub use state::{Bill, Clock, Delivery, Fault, FaultKind, Stats, Tariff, TaskReport, UsedAsset};
