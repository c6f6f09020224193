//! The command that resumes a wait.

use videogen::TaskId;

use crate::files::{SaveArgs, Target};
use crate::invocation::Invocation;

/// The options of the command that resumes a wait.
#[derive(Clone, Copy)]
pub(super) struct Resume<'a> {
    pub(super) save: &'a SaveArgs,
    pub(super) base_url: Option<&'a str>,
    /// As given.
    pub(super) timeout: Option<u64>,
}

impl Resume<'_> {
    /// The command. `target`: the output files of the task, if they are known.
    pub(super) fn command(&self, id: &TaskId, target: Option<&Target>) -> Invocation {
        // With 0, it would wait for nothing again.
        let timeout = self
            .timeout
            .filter(|seconds| *seconds > 0)
            .map(|seconds| seconds.to_string());
        self.save.resume(id, target, self.base_url).option("--timeout", timeout)
    }
}
