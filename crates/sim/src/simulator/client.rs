//! Clients of the facade that are set up for the simulator (feature `client`).
//!
//! This is the only file that uses the crate `videogen`. The simulator does not use it otherwise: requests
//! are checked, and responses created, by the code of the other folders alone.

use videogen::{Client, ClientBuilder, Error};

use crate::simulator::handle::Simulator;

/// A key that the simulator accepts.
const KEY: &str = "sk-simulator";
/// Time scale for a clock that only [`Simulator::advance`] moves: a client sees each move within 0.1 s.
const MANUAL: f64 = 1_000.0;

impl Simulator {
    /// Returns a client for a simulated vendor: with its base URL, a key, and the simulator's speed.
    ///
    /// The client polls, retries and keeps rate limits as many times as fast as the simulator runs (see
    /// [`Builder::speed`](crate::Builder::speed) and [`ClientBuilder::time_scale`]), so that a wait takes
    /// about `task time / speed`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use videogen::{Vendor, VideoRequest};
    /// use videogen_sim::Simulator;
    ///
    /// let sim = Simulator::builder().speed(100.0).start().await?;
    /// let client = sim.client(Vendor::ToApis)?;
    /// let task = client.submit(&VideoRequest::new("seedance-2", "a paper boat")).await?;
    /// let task = client.wait(&task.id).await?;
    /// assert!(task.video.is_some());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as [`ClientBuilder::build`].
    ///
    /// # Panics
    ///
    /// If the simulator does not support this vendor.
    pub fn client(&self, vendor: videogen::Vendor) -> Result<Client, Error> {
        self.client_builder(vendor).build()
    }

    /// Returns the builder of [`client`](Self::client), to add a journal or a retry policy.
    ///
    /// # Panics
    ///
    /// If the simulator does not support this vendor.
    pub fn client_builder(&self, vendor: videogen::Vendor) -> ClientBuilder {
        let simulated = match vendor.as_str().parse() {
            Ok(simulated) => simulated,
            Err(error) => panic!("{error}"),
        };
        let speed = self.clock().speed();
        Client::builder(vendor)
            .key(KEY.to_owned())
            .base_url(self.base_url(simulated))
            .allow_http()
            .allow_private_hosts(true)
            .time_scale(if speed > 0.0 { speed } else { MANUAL })
    }
}
