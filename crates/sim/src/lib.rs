//! A stateful simulator of three video-generation vendors, over real HTTP.
//!
//! It speaks the dialects of Token360, ToAPIs and AllToken as `specs/` has them, and reads those files
//! itself: it shares no code with the clients that are tested against it, so that a misreading of a
//! spec cannot cancel itself out.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), videogen_sim::StartError> {
//! use std::time::Duration;
//! use videogen_sim::Simulator;
//!
//! let sim = Simulator::builder().manual_clock().start().await?;
//! let base_url = sim.base_url("token360"); // http://127.0.0.1:PORT/token360
//! // … submit something to {base_url}/v1/videos with a key that begins with sk- …
//! sim.advance(Duration::from_secs(20)); // now it is completed
//! assert_eq!(sim.stats().submissions["token360"], 0);
//! # assert!(base_url.ends_with("/token360"));
//! sim.shutdown().await;
//! # Ok(()) }
//! ```
//!
//! # What it does
//!
//! - **Requests** are held against the spec's schema and against the rules of `x-models`, and refused
//!   in the vendor's own error format. Where a real service drops a parameter in silence, it refuses.
//! - **Keys**: any that begins with `sk-` works; `sk-sim-401`, `-402` (submissions only), `-403`,
//!   `-429`, `-500` and `-503` answer so. A task belongs to the key that made it.
//! - **Time**: a task is queued for 3 s and done after 20 s of simulated time. See [`Clock`]. In answers
//!   a task's creation is in real time, and what follows is counted from there at the simulated pace.
//! - **Prompts** steer a task with reserved words: `sim:fail`, `sim:moderated`, `sim:expire`,
//!   `sim:slow` (ten times as long), and `sim:refuse`, which refuses the submission.
//! - **Files** are real: an MP4 (H.264, without sound) of the size, ratio and length that was asked, at 12
//!   frames per second (24 where a frame count was asked; fewer where the clip is large), and a PNG of
//!   its last frame. They come from a second port, through presigned URLs that expire. The encoder takes
//!   at most 3840×2160 pixels: 4K in 21:9 or 9:21 comes smaller, in that ratio. No clip is longer than 120 s.
//! - **Webhooks** are delivered to `http` URLs with the documented signature and retries. Token360
//!   wants `https`; plain `http` is let through for loopback hosts.
//! - **Money**: tasks are billed by the simulator's own tariff, which is no vendor's: 0.02 US dollars
//!   per second of video up to 480 lines, 0.05 up to 720, 0.10 up to 1080, 0.25 above. A task is billed
//!   when it is made, whatever becomes of it.
//! - **Faults** are injected with [`Simulator::inject`].
//! - `GET /_sim/stats` and `GET /_sim/tasks` tell what [`Simulator::stats`] and [`Simulator::tasks`] do.

mod dialects;
mod http;
mod media;
mod simulator;
mod spec;
mod state;
mod submit;

pub use simulator::{Builder, Simulator, StartError, WEBHOOK_SECRET};
pub use spec::{Operation, Spec, SpecError, Vendor};
pub use state::{Clock, Delivery, Fault, FaultKind, Stats, TaskReport};
