//! What a task cost, from what its vendor reports and what was known before its submission.

use rust_decimal::Decimal;

use crate::model::cost::{positive, whole_seconds};
use crate::model::obtained::cost_of;
use crate::model::possible_cost::Made;
use crate::model::{Expected, Obtained, Reserved, TaskCost, Video, VideoTask};

impl VideoTask {
    /// Returns what the task cost: as the user entered it, or as the vendor reported it; else, once it is completed, computed from its tokens and their
    /// price, or from its length and format where the vendor decided those; else estimated. `None` while that is unknown: without a known
    /// price, before the end, and for a task that failed.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, submitted: videogen::VideoTask) -> Result<(), videogen::Error> {
    /// let task = client.wait(&submitted).await?.submitted_as(&submitted);
    /// if let Some(cost) = task.cost() {
    ///     println!("{} {}", cost.money, cost.obtained);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cost(&self) -> Option<TaskCost> {
        self.entered_cost.clone().or_else(|| self.cost_by_vendor())
    }

    /// The same, without what the user entered.
    pub(crate) fn cost_by_vendor(&self) -> Option<TaskCost> {
        let usage = self.usage.as_ref();
        let reported = usage.and_then(|usage| usage.cost.clone());
        if let Some(reported) = reported.filter(|reported| reported.amount >= Decimal::ZERO) {
            return Some(TaskCost::new(reported, Obtained::Reported));
        }
        if !self.status.is_completed() {
            return None;
        }
        let tokens = usage.and_then(|usage| usage.completion_tokens.or(usage.total_tokens));
        let length = self.video.as_ref().and_then(|video| video.duration);
        let Some(estimate) = &self.estimate else {
            let price = self.unit_price.as_ref()?;
            let computed = price.cost_of(tokens, length, self.parameters.duration)?;
            return Some(TaskCost::new(computed, Obtained::Computed));
        };
        let by_tokens = tokens.and_then(|tokens| estimate.cost_of(tokens));
        let units = usage.and_then(|usage| usage.billable_units);
        let by_units = || estimate.cost_of_units(units?);
        let by_length = || estimate.cost_of_length(length, self.parameters.duration);
        if let Some(computed) = by_tokens.or_else(by_units).or_else(by_length) {
            return Some(TaskCost::new(computed, Obtained::Computed));
        }
        let tokens = tokens.and_then(positive);
        let by_video = cost_of(&estimate.possible, &estimate.currency, &self.made(), tokens);
        Some(by_video.unwrap_or_else(|| TaskCost::new(estimate.most(), Obtained::Estimated)))
    }

    /// Returns the units that were billed, if the vendor does not name their unit, and they give no cost.
    #[must_use]
    pub fn unnamed_units(&self) -> Option<Decimal> {
        let units = self.usage.as_ref()?.billable_units?;
        let is_known = |estimate: &Reserved| estimate.cost_of_units(units).is_some();
        (!self.estimate.as_ref().is_some_and(is_known)).then_some(units)
    }

    /// What is known of its video, and may decide its cost.
    fn made(&self) -> Made<'_> {
        let (video, parameters) = (self.video.as_ref(), &self.parameters);
        let of_video = |member: fn(&Video) -> Option<&str>| video.and_then(member);
        let resolution = of_video(|video| video.resolution.as_deref());
        let ratio = of_video(|video| video.aspect_ratio.as_deref());
        Made {
            resolution: resolution.or(parameters.resolution.as_deref()),
            seconds: whole_seconds(video.and_then(|video| video.duration), parameters.duration),
            // Not the word by which the vendor decides it.
            aspect_ratio: ratio
                .or(parameters.aspect_ratio.as_deref())
                .filter(|ratio| ratio.contains(':')),
            generate_audio: parameters.generate_audio,
        }
    }

    /// Adds what was known of its cost before its submission, unless it has that.
    pub(crate) fn expect(&mut self, expected: Expected) {
        self.estimate = self.estimate.take().or(expected.estimate);
        self.unit_price = self.unit_price.take().or(expected.unit_price);
        self.entered_cost = expected.entered.or(self.entered_cost.take());
    }
}
