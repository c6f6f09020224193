//! Looking for the task of a submission whose answer was lost.

use crate::{Ambiguity, Client, Error, ErrorKind, ListQuery, Reconciled, TaskId};

impl Client {
    /// Looks for the task of an ambiguous submission, once. Nothing is submitted.
    ///
    /// Only a vendor that finds tasks by the caller's own id can tell for sure. Where the vendor lists tasks, those that it
    /// may be are candidates: any other writer on the account could have made them too. An absence right after a broken
    /// connection proves nothing; ask again over some minutes. Of a vendor whose list has no pages, the newest 100 tasks are
    /// looked at.
    ///
    /// # Errors
    /// `unsupported` where the vendor can neither look up nor list; `invalid_request` for a submission to another vendor;
    /// else as [`get`](Self::get) and [`list`](Self::list).
    pub async fn reconcile(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        let vendor = self.0.vendor;
        if ambiguity.vendor != vendor {
            return Err(self.foreign("the submission"));
        }
        if let (Some(family), Some(reference)) = (vendor.finds_by_reference(), &ambiguity.client_reference)
            && let Some(id) = TaskId::new(vendor, family, reference.as_str())
        {
            return match self.get(&id).await {
                // The same id may have been used before, and an answer may name no task at all.
                Ok(mut task) if task.id != id && ambiguity.is_about(&task) => {
                    // It belongs to the family it was sent to, not to the one it was looked up by.
                    task.id = TaskId::new(vendor, ambiguity.family.as_str(), task.id.id()).unwrap_or(task.id);
                    Ok(Reconciled::Found(Box::new(task)))
                }
                Ok(task) => Ok(Reconciled::Candidates(vec![task])),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Reconciled::NotFound),
                Err(error) => Err(error),
            };
        }
        let mut candidates = Vec::new();
        let mut query = ListQuery {
            limit: Some(100),
            ..ListQuery::default()
        };
        loop {
            let page = self.list(&query).await?;
            let older = page.tasks.iter().any(|task| ambiguity.is_after(task));
            candidates.extend(page.tasks.into_iter().filter(|task| ambiguity.may_be(task)));
            match page.next {
                // Newest first: beyond the first that is too old, all are.
                Some(next) if !older => query.after = Some(next),
                _ => break,
            }
        }
        Ok(if candidates.is_empty() {
            Reconciled::NotFound
        } else {
            Reconciled::Candidates(candidates)
        })
    }
}
