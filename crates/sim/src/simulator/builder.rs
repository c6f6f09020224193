//! Settings and start of a simulator.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::http::{api_router, files_router, serve};
use crate::simulator::handle::Simulator;
use crate::spec::{Spec, SpecError, Vendor};
use crate::state::{Assets, Background, Clock, Core, Faults, Ids, Limits, Links, Log, Pace, Rewrites, Signers, Store};

/// Default secret that webhooks are signed with. It is also one in the form of Standard Webhooks.
pub const WEBHOOK_SECRET: &str = "whsec_c2ltdWxhdG9y";

/// A simulator could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address is in use or not available.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// A spec is invalid.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// Builder of a [`Simulator`].
#[derive(Clone)]
pub struct Builder {
    listen: SocketAddr,
    files: SocketAddr,
    clock: Option<Clock>,
    speed: f64,
    pace: Pace,
    webhook_secret: Option<String>,
    log: Log,
    strict: bool,
    any_asset: bool,
    rate_limits: bool,
}

impl Simulator {
    /// Returns a builder with the default settings.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: any,
            files: any,
            clock: None,
            speed: 1.0,
            pace: Pace {
                queued: Duration::from_secs(3),
                total: Duration::from_secs(20),
            },
            webhook_secret: Some(WEBHOOK_SECRET.to_owned()),
            log: Log::default(),
            strict: false,
            any_asset: false,
            rate_limits: false,
        }
    }

    /// Sets the address of the API. Default: `127.0.0.1` with a free port.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Sets the address of the files. Default: `127.0.0.1` with a free port.
    pub fn listen_files(mut self, address: SocketAddr) -> Self {
        self.files = address;
        self
    }

    /// Sets the speed of simulated time, as a multiple of real time. Default: 1.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the clock, instead of one that runs at [`speed`](Self::speed).
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Uses a clock that only [`Simulator::advance`] moves, for deterministic tests.
    pub fn manual_clock(self) -> Self {
        self.clock(Clock::manual())
    }

    /// Sets how long a task is queued, in simulated time. Default: 3 s.
    pub fn queued_for(mut self, time: Duration) -> Self {
        self.pace.queued = time;
        self
    }

    /// Sets how long a task takes in total, in simulated time. Default: 20 s.
    pub fn completed_after(mut self, time: Duration) -> Self {
        self.pace.total = time;
        self
    }

    /// Sets the secret of webhook signatures, for vendors that sign with one. Default: [`WEBHOOK_SECRET`]. `None`: an account without a webhook, for
    /// which a vendor that signs refuses a `callback_url`.
    pub fn webhook_secret(mut self, secret: Option<impl Into<String>>) -> Self {
        self.webhook_secret = secret.map(Into::into);
        self
    }

    /// Refuses requests with members that the vendor's documentation does not have, with status 400 and the name of
    /// the member that was probably meant, and requests that violate unverified rules, which no page documents. Default:
    /// `false`, both are only reported, in the headers `x-videogen-unknown-members` and `x-videogen-unverified-rules`, in the
    /// [log](Self::log) and in [`TaskReport`](crate::TaskReport).
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Accepts ids of assets and uploads that were not made in this simulator, as if they were made in the vendor's
    /// console. Default: `false`, a request that names one is refused.
    pub fn any_asset(mut self, accept: bool) -> Self {
        self.any_asset = accept;
        self
    }

    /// Refuses submissions, and requests about tasks, beyond the limits that the vendor documents for an account, with its status,
    /// error and `Retry-After`. Each API key is an account; a limit holds for every period of its length, in simulated time, and
    /// refused requests do not count. Default: `false`. [`Stats::rate_limited`](crate::Stats::rate_limited) counts the refusals.
    pub fn rate_limits(mut self, enforce: bool) -> Self {
        self.rate_limits = enforce;
        self
    }

    /// Sets the receiver of the log: a line for each request with unknown members or violated unverified rules. Default: none.
    pub fn log(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Log::new(sink);
        self
    }

    /// Starts the simulator on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`] if an address is in use or not available, or a spec is invalid.
    pub async fn start(self) -> Result<Simulator, StartError> {
        // Reads all three specs, once per process.
        Spec::of(Vendor::Token360)?;
        let (api_listener, address) = bind(self.listen).await?;
        let (file_listener, files_address) = bind(self.files).await?;
        let core = Arc::new(Core {
            clock: self.clock.unwrap_or_else(|| Clock::running(self.speed)),
            pace: self.pace,
            origin: format!("http://{address}"),
            signers: Signers::new(self.webhook_secret),
            rewrites: Rewrites::default(),
            store: Store::new(),
            assets: Assets::default(),
            faults: Faults::default(),
            links: Links::new(format!("http://{files_address}")),
            background: Background::new(),
            ids: Ids::new(),
            log: self.log,
            strict: self.strict,
            any_asset: self.any_asset,
            limits: Limits::new(self.rate_limits),
        });
        serve(&core, api_listener, api_router(&core));
        serve(&core, file_listener, files_router(&core));
        Ok(Simulator::new(core, address, files_address))
    }
}

impl fmt::Debug for Builder {
    /// Without the webhook secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            listen,
            files,
            clock,
            speed,
            pace,
            strict,
            rate_limits,
            ..
        } = self;
        f.debug_struct("Builder")
            .field("listen", listen)
            .field("files", files)
            .field("clock", clock)
            .field("speed", speed)
            .field("pace", pace)
            .field("strict", strict)
            .field("rate_limits", rate_limits)
            .finish_non_exhaustive()
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
