//! DNS resolution with a check of each address before it is connected to.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::model::address::{Guard, private_host};

type Answer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// A custom resolver of the caller.
#[derive(Clone)]
pub(crate) struct Lookup(Arc<dyn Fn(String) -> Answer + Send + Sync>);

impl Lookup {
    pub(crate) fn new<F, A>(lookup: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        Self(Arc::new(move |name| Box::pin(lookup(name))))
    }
}

impl Default for Lookup {
    /// The system's resolver.
    fn default() -> Self {
        Self::new(async |name: String| {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
    }
}

/// Error: a name resolves to an address that is not allowed.
#[derive(Debug)]
pub(crate) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Resolver of the client for files. It is called for every new connection, and the connection uses its result,
/// so that a name cannot resolve to one address for the check and another for the connection.
pub(crate) struct Guarded {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Lookup,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let answer = (self.lookup.0)(name.as_str().to_owned());
        Box::pin(async move {
            let found = answer.await?;
            // One address that is not public is enough to reject the name.
            let bad = found
                .iter()
                .find_map(|address| Some((address, guard.refusal(*address)?)));
            if let Some((address, why)) = bad
                && !guard.is_proxy(name.as_str())
            {
                return Err(Refused(private_host(&format!("{} ({address})", name.as_str()), why)).into());
            }
            // The URL's port is used.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
