//! A request, for the dialects.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::dialects::refusal::Refusal;
use crate::media::StoredFile;
use crate::spec::{Endpoint, Outside, Spec, UnknownMember, Vendor};
use crate::state::{Core, Owner, Task};

/// A request that reached an endpoint with a valid key.
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) vendor: Vendor,
    pub(crate) spec: &'static Spec,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) owner: Owner,
    /// The vendor's base URL, as the client knows it.
    pub(crate) base_url: String,
    /// The values of the path parameters.
    pub(crate) path: Vec<String>,
    /// The query, checked against the spec.
    pub(crate) query: BTreeMap<String, String>,
    /// The body of a request, and the texts of a form; null if it has none.
    pub(crate) body: Value,
    /// The fields in the path, the query and headers.
    pub(crate) outside: Vec<Outside>,
    /// The members of the body that the spec does not know.
    pub(crate) unknown: Vec<UnknownMember>,
    /// The file of a form.
    pub(crate) file: Option<Arc<StoredFile>>,
}

impl Call {
    /// The value of the only path parameter.
    pub(crate) fn id(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }

    /// One of the owner's tasks.
    pub(crate) fn task(&self, id: &str) -> Option<Arc<Task>> {
        let task = self.core.store.find(self.vendor, id)?;
        (task.owner == self.owner && self.is_known(&task)).then_some(task)
    }

    /// The owner's tasks, the oldest first.
    pub(crate) fn tasks(&self) -> Vec<Arc<Task>> {
        let mut tasks = self.core.store.owned(self.vendor, self.owner);
        tasks.retain(|task| self.is_known(task));
        tasks
    }

    /// Whether the vendor still has the record of a task.
    fn is_known(&self, task: &Task) -> bool {
        let age = self.core.clock.now().saturating_sub(task.created);
        let is_kept = self.spec.tasks.kept.is_none_or(|kept| age.as_secs() < kept);
        is_kept && task.deleted.get().is_none()
    }

    /// The owner's task in the path; the error names the path parameter, `field`.
    pub(crate) fn own_task(&self, field: &str) -> Result<Arc<Task>, Refusal> {
        self.task(self.id()).ok_or_else(|| Refusal::NoTask {
            field: field.to_owned(),
        })
    }
}
