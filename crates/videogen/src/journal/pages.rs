//! Reads many entries page by page, so that no caller holds a whole journal in memory.

use super::{Found, Journal, JournalError, Query};

/// Records of one page.
const PAGE: u32 = 500;

/// The entries of a journal that match a query, page by page. The query's limit is that of all pages together.
///
/// ```no_run
/// use videogen::journal::{Journal, JournalError, Pages, Query};
///
/// async fn count(journal: &dyn Journal) -> Result<usize, JournalError> {
///     let mut pages = Pages::new(journal, Query::default());
///     let mut count = 0;
///     while let Some(page) = pages.next().await? {
///         count += page.entries.len();
///     }
///     Ok(count)
/// }
/// ```
#[expect(missing_debug_implementations, reason = "a journal has none")]
pub struct Pages<'a> {
    journal: &'a dyn Journal,
    /// `None` after the last page.
    query: Option<Query>,
    is_cut: bool,
}

impl<'a> Pages<'a> {
    /// Creates the pages of a query.
    pub fn new(journal: &'a dyn Journal, query: Query) -> Self {
        Self {
            journal,
            query: Some(query),
            is_cut: false,
        }
    }

    /// Returns the next page, or `None` after the last.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn next(&mut self) -> Result<Option<Found>, JournalError> {
        let Some(query) = self.query.take() else {
            return Ok(None);
        };
        let size = query.limit.map_or(PAGE, |limit| limit.min(PAGE));
        let found = self.journal.find(query.clone().limit(size)).await?;
        if let Some(next) = found.next.clone() {
            let read = u32::try_from(found.entries.len() + found.unreadable.len()).unwrap_or(u32::MAX);
            let limit = query.limit.map(|limit| limit.saturating_sub(read));
            self.is_cut = limit == Some(0);
            if !self.is_cut {
                let after = Some(next);
                self.query = Some(Query { limit, after, ..query });
            }
        }
        Ok(Some(found))
    }

    /// Returns whether the query's limit left out entries.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }
}
