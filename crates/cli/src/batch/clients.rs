//! The clients of a command that submits: one for each vendor that a request may go to.

use videogen::journal::{Entry, State};
use videogen::route::{Route, RouteOrder};
use videogen::{Client, Clients, Router, Vendor};

use crate::exit::Failure;
use crate::keys;

/// Clients that share a journal.
pub(crate) struct Vendors(Clients);

impl Vendors {
    /// Builds the client of each vendor. `keyless`: they need no keys.
    ///
    /// # Errors
    /// When keys are missing: all of them at once.
    pub(crate) fn new(
        vendors: impl IntoIterator<Item = Vendor>,
        keyless: bool,
        build: impl Fn(Vendor) -> Result<Client, Failure>,
    ) -> Result<Self, Failure> {
        let mut named: Vec<Vendor> = Vec::new();
        for vendor in vendors {
            if !named.contains(&vendor) {
                named.push(vendor);
            }
        }
        if !keyless {
            keys::check_all(&named)?;
        }
        let clients = named.into_iter().map(build).collect::<Result<Vec<Client>, Failure>>()?;
        Ok(Self(Clients::new(clients)))
    }

    pub(crate) fn of(&self, vendor: Vendor) -> Result<&Client, Failure> {
        Ok(self.0.of(vendor)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Client> {
        self.0.iter()
    }

    pub(crate) fn router(&self, routes: &[Route], order: RouteOrder) -> Result<Router, Failure> {
        Ok(Router::new(&self.0, routes.to_vec())?.order(order))
    }

    /// The submission with a key, at whichever vendor it is. One that may have a task comes before refused ones.
    pub(crate) async fn entry(&self, key: &str) -> Result<Option<Entry>, Failure> {
        let mut refused = None;
        for client in self.iter() {
            match client.journal_entry_with_key(key).await? {
                Some(entry) if entry.state == State::Accepted || entry.is_open() => return Ok(Some(entry)),
                Some(entry) => refused = Some(entry),
                None => {}
            }
        }
        Ok(refused)
    }
}
