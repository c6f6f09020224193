//! Clients of the facade that are set up for the simulator (feature `client`).
//!
//! This is the only file that uses the crate `videogen`. The simulator does not use it otherwise: requests
//! are checked, and responses created, by the code of the other folders alone.

use videogen::{Client, ClientBuilder, Error};

use crate::simulator::handle::Simulator;
use crate::spec::Vendor;

/// A key that the simulator accepts.
const KEY: &str = "sk-simulator";
/// Time scale for a clock that only [`Simulator::advance`] moves: a client sees each move within 0.1 s.
const MANUAL: f64 = 1_000.0;

/// Converts by name. The feature `client` enables every vendor of the simulator in `videogen`.
///
/// ```
/// assert_eq!(videogen::Vendor::from(videogen_sim::Vendor::ToApis), videogen::Vendor::ToApis);
/// ```
impl From<Vendor> for videogen::Vendor {
    fn from(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Token360 => Self::Token360,
            Vendor::ToApis => Self::ToApis,
            Vendor::AllToken => Self::AllToken,
            Vendor::Ark => Self::Ark,
            Vendor::OpenRouter => Self::OpenRouter,
            Vendor::Replicate => Self::Replicate,
            Vendor::Fal => Self::Fal,
        }
    }
}

/// Converts by name, so that calls of the simulator take the vendor of a client.
///
/// # Panics
///
/// If the simulator does not support this vendor.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use videogen_sim::{Fault, FaultKind, Operation, Simulator};
///
/// let sim = Simulator::builder().start().await?;
/// let client = sim.client(videogen::Vendor::ToApis)?;
/// sim.inject(Fault::new(client.vendor(), Operation::Submit, FaultKind::DropAfter));
/// # Ok(()) }
/// ```
impl From<videogen::Vendor> for Vendor {
    fn from(vendor: videogen::Vendor) -> Self {
        match vendor.as_str().parse() {
            Ok(vendor) => vendor,
            Err(error) => panic!("{error}"),
        }
    }
}

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
    pub fn client(&self, vendor: impl Into<videogen::Vendor>) -> Result<Client, Error> {
        self.client_builder(vendor).build()
    }

    /// Returns the builder of [`client`](Self::client), to add a journal or a retry policy.
    ///
    /// # Panics
    ///
    /// If the simulator does not support this vendor.
    pub fn client_builder(&self, vendor: impl Into<videogen::Vendor>) -> ClientBuilder {
        let vendor = vendor.into();
        let speed = self.clock().speed();
        Client::builder(vendor)
            .key(KEY.to_owned())
            .base_url(self.base_url(vendor))
            .allow_http()
            .allow_private_hosts(true)
            .time_scale(if speed > 0.0 { speed } else { MANUAL })
    }
}
