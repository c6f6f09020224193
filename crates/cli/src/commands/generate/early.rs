//! What is wrong with a command line, all at once and before there are clients: a missing folder or key hides no other problem.

use videogen::journal::{Entry, Journal as _, Query, State};
use videogen::route::Route;
use videogen::{ErrorKind, Vendor, VideoRequest};

use super::job::Job;
use crate::account::{AccountArgs, explained, missing_keys, of_vendor};
use crate::config;
use crate::exit::Failure;
use crate::journal::JournalArgs;
use crate::result::Configured;
use crate::several::of_prompts;

/// The command line, as far as it is known.
pub(super) struct Early<'a> {
    /// The vendors that are tried, or the only one.
    pub(super) routes: Vec<Route>,
    /// Whether the routes decide the model, and the configuration completes the request at each vendor.
    pub(super) several: bool,
    pub(super) account: &'a AccountArgs,
    pub(super) from_config: &'a [Configured],
    pub(super) simulate: bool,
    pub(super) journal: &'a JournalArgs,
}

impl Early<'_> {
    /// Everything that is wrong with the jobs, if `faults`, which are known already, or a missing key end the command.
    pub(super) async fn faults(&self, jobs: &[Job], faults: Vec<Failure>) -> Vec<Failure> {
        let missing = self.missing_key();
        if faults.is_empty() && missing.is_none() {
            // The clients report what is wrong.
            return Vec::new();
        }
        let mut found = Vec::new();
        for (index, job) in jobs.iter().enumerate() {
            // A key that has a task submits nothing, whatever the request is.
            if !self.is_submitted(job).await {
                let violations = self
                    .routes
                    .iter()
                    .filter_map(|route| self.violation(&job.request, route));
                found.extend(violations.map(|failure| (index, failure)));
            }
        }
        let requests: Vec<&VideoRequest> = jobs.iter().map(|job| &job.request).collect();
        let mut found = of_prompts(&requests, found);
        found.extend(faults);
        found.extend(missing);
        found
    }

    async fn is_submitted(&self, job: &Job) -> bool {
        let Some(key) = job.key.clone().filter(|_| !self.simulate) else {
            return false;
        };
        let Some(journal) = self.journal.open_unchanged() else {
            return false;
        };
        let found = journal.find(Query::default().key(key)).await;
        let may_have_task = |entry: &Entry| matches!(entry.state, State::Sending | State::Accepted | State::Ambiguous);
        found.is_ok_and(|found| found.entries.iter().any(may_have_task))
    }

    /// The rules that a request violates at a vendor.
    fn violation(&self, request: &VideoRequest, route: &Route) -> Option<Failure> {
        let vendor = route.vendor;
        let request = match self.several {
            false => request.clone(),
            true => match route.request(request) {
                Ok(mut request) => {
                    config::get().complete(vendor, &mut request);
                    request
                }
                Err(error) => return Some(error.into()),
            },
        };
        let base_url = self.account.base_url(vendor).filter(|_| !self.simulate);
        let error = videogen::submit::plan(vendor, base_url.as_deref(), &request).err()?;
        // A wrong address hides no rule.
        let further = match error.kind() {
            ErrorKind::Config => videogen::submit::plan(vendor, None, &request).err(),
            _ => None,
        };
        let failure = of_vendor(vendor, self.account.base_url.as_deref(), error);
        let failure = failure.and(further.map(Failure::from));
        Some(explained(failure, self.from_config))
    }

    /// The failure without a key of one of the vendors.
    fn missing_key(&self) -> Option<Failure> {
        if self.simulate {
            return None;
        }
        let mut vendors: Vec<Vendor> = Vec::new();
        for route in &self.routes {
            if !vendors.contains(&route.vendor) {
                vendors.push(route.vendor);
            }
        }
        missing_keys(&vendors)
    }
}
