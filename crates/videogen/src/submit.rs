//! One submission, and at most one task.

use jiff::Timestamp;

use crate::adjust::fit;
use crate::retry::retrying;
use crate::{Ambiguity, Capabilities, Client, Delivery, Error, VideoRequest, VideoTask};

impl Client {
    /// Submits `request`. One call makes one task at most: it is sent again only when it provably was not accepted.
    ///
    /// # Errors
    /// `invalid_request` with every violation, before anything is sent. Else [`Error::delivery`] tells whether the vendor
    /// refused, nothing was sent, or (`ambiguous_submit`) nobody knows: then the task may exist and be billed, and
    /// [`Error::ambiguity`] carries all that is known.
    pub async fn submit(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let (request, adjustments) = fit(vendor, request).map_err(|left| Error::invalid(vendor, left))?;
        let mut task = self.submit_retrying(&request).await?;
        task.adjustments = adjustments;
        Ok(task)
    }

    async fn submit_retrying(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        retrying!(self.retries(), self.submit_once(request))
    }

    /// One request.
    async fn submit_once(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let family = rules.family.name;
        let sent_at = Timestamp::now();
        let call = self.call(&self.0.http.submit);
        let result = vendor.submit(&call, request, &rules).await;
        let exchange = call.session.exchange();
        let judge = self.judge();
        judge.submission(family, result, exchange.as_ref()).map_err(|error| {
            if error.delivery() != Some(Delivery::Ambiguous) {
                return error;
            }
            let ambiguity = Ambiguity {
                vendor,
                family: family.to_owned(),
                model: request.model.clone(),
                prompt: request.prompt.clone(),
                client_reference: request.client_reference.clone(),
                sent_at,
                status: error.status(),
                request_id: error.request_id().map(str::to_owned),
                possible_task: error.task().cloned(),
                answer: judge.beginning(exchange.as_ref()),
            };
            error.with_ambiguity(ambiguity)
        })
    }
}
