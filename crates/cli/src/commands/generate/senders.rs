//! The vendor of the command's submissions, or the vendors that are tried one after the other.

use videogen::price::{CostLimitKind, Estimate};
use videogen::submit::{Plan, SubmitOptions};
use videogen::{Client, Error, Router, Vendor, VideoRequest, VideoTask};

use crate::batch::clients::Vendors;
use crate::exit::Failure;

/// Clients of the vendors.
pub(super) struct Senders {
    pub(super) vendors: Vendors,
    /// Of the only vendor, or of the first that is named.
    pub(super) first: Client,
    /// Of several vendors.
    pub(super) router: Option<Router>,
}

impl Senders {
    /// The client of a vendor.
    pub(super) fn of(&self, vendor: Vendor) -> Result<&Client, Failure> {
        self.vendors.of(vendor)
    }

    /// What would be sent, in the order in which the vendors are tried.
    pub(super) fn plans(&self, request: &VideoRequest) -> Result<Vec<Plan>, Failure> {
        Ok(match &self.router {
            Some(router) => router.plan(request)?,
            None => vec![self.first.plan(request)?],
        })
    }

    /// Checks that a submission would not be refused because of an earlier one.
    pub(super) async fn check_earlier(&self, request: &VideoRequest, options: &SubmitOptions) -> Result<(), Failure> {
        match &self.router {
            Some(router) => router.check_earlier(request, options).await?,
            None => self.first.check_earlier(request, options).await?,
        }
        Ok(())
    }

    /// Submits. Returns the task, and why the vendors before did not take the request.
    pub(super) async fn submit(
        &self,
        request: &VideoRequest,
        options: SubmitOptions,
    ) -> Result<(VideoTask, Vec<Error>), Error> {
        match &self.router {
            Some(router) => {
                let routed = router.submit_with(request, options).await?;
                Ok((routed.task, routed.refused))
            }
            None => Ok((self.first.submit_with(request, options).await?, Vec::new())),
        }
    }

    /// The request as a vendor gets it. `model`: the one that was submitted, if the vendor is named with several.
    pub(super) fn request_at(&self, request: &VideoRequest, vendor: Vendor, model: Option<&str>) -> VideoRequest {
        let each = self
            .router
            .as_ref()
            .and_then(|router| router.requests(request).ok())
            .unwrap_or_default();
        let is_exact = |one: &&(Vendor, VideoRequest)| one.0 == vendor && Some(one.1.model.as_str()) == model;
        let found = each
            .iter()
            .find(is_exact)
            .or_else(|| each.iter().find(|one| one.0 == vendor));
        found.map_or_else(|| request.clone(), |(_, request)| request.clone())
    }

    /// Sends nothing more.
    pub(super) fn stop(&self) {
        self.vendors.iter().for_each(Client::stop_retrying);
    }

    /// Checks that all submissions together are within the maximum cost at every vendor, and within the budgets at one at least.
    /// `estimates`: of each submission, at each vendor.
    pub(super) async fn check_total_cost(
        &self,
        estimates: &[Vec<(Vendor, Estimate)>],
        options: &SubmitOptions,
    ) -> Result<(), Failure> {
        let (mut over, mut within) = (None, false);
        for client in self.vendors.iter() {
            let of_vendor = |each: &Vec<(Vendor, Estimate)>| {
                let own = each.iter().find(|(vendor, _)| *vendor == client.vendor());
                own.map(|(_, estimate)| estimate.clone())
            };
            let own: Vec<Estimate> = estimates.iter().filter_map(of_vendor).collect();
            match client.check_total_cost(&own, options).await {
                Ok(()) => within = true,
                Err(error)
                    if error
                        .cost_limit()
                        .is_some_and(|limit| limit.kind == CostLimitKind::MaxCost) =>
                {
                    return Err(error.into());
                }
                Err(error) => over = over.or(Some(error)),
            }
        }
        match over.filter(|_| !within) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}
