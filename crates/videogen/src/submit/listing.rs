//! The vendor's list as a search for several submissions reads it: each page is requested once.

use crate::client::Client;
use crate::model::{Error, ListQuery, TaskPage};

/// The pages that one search has read, and why the last request failed.
#[derive(Default)]
pub(super) struct Listing {
    pages: Vec<(Option<String>, TaskPage)>,
    failed: Option<Error>,
}

impl Listing {
    /// The page that `query` names. After a failure, no further page is requested.
    pub(super) async fn page(&mut self, client: &Client, query: &ListQuery) -> Result<&TaskPage, Error> {
        let place = self.pages.iter().position(|(after, _)| *after == query.after);
        let place = match (place, &self.failed) {
            (Some(place), _) => place,
            (None, Some(error)) => return Err(error.clone()),
            (None, None) => {
                let page = client.list(query).await;
                let page = page.inspect_err(|error| self.failed = Some(error.clone()))?;
                self.pages.push((query.after.clone(), page));
                self.pages.len() - 1
            }
        };
        Ok(&self.pages[place].1)
    }
}
