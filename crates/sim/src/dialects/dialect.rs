//! The trait that all dialects implement.

use std::time::Duration;

use serde_json::{Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::input::{Input, Medium};
use crate::dialects::refusal::Refusal;
use crate::media::FileKind;
use crate::spec::{Body, Operation, Spec};
use crate::state::{Core, Status, Task};

/// A vendor's dialect.
pub(crate) trait Dialect: Sync {
    /// Answers a request that creates no task.
    fn answer(&self, call: &Call) -> Result<Answer, Refusal>;

    /// The answer to a create request.
    fn created(&self, call: &Call, task: &Task) -> Answer;

    /// The vendor's error response for a refusal.
    fn refuse(&self, operation: Option<Operation>, refusal: &Refusal, request_id: &str) -> Answer;

    /// The inputs of a create request: those that the spec has as plain URLs.
    fn inputs(&self, shape: &Body, body: &Value) -> Vec<Input> {
        let plain = shape.plain_inputs(body);
        plain
            .map(|(field, role, url)| Input {
                field,
                medium: Medium::of_role(role),
                word: role.to_owned(),
                url: url.as_str().map(str::to_owned),
            })
            .collect()
    }

    /// The prefix of the ids of tasks.
    fn id_prefix(&self) -> &'static str;

    /// The payload of a task's webhook; `None` if the vendor sends none for this status.
    fn event(&self, core: &Core, spec: &Spec, task: &Task, event_id: &str, now: Duration) -> Option<Value>;

    /// The id of an event, for vendors that make it from its payload.
    fn event_id(&self, _payload: &Value) -> Option<String> {
        None
    }

    /// Checks that the tasks which a create request refers to exist.
    fn check_references(&self, _call: &Call) -> Result<(), Refusal> {
        Ok(())
    }

    /// The header that says that a body is in the model's own format, which the simulator does not know.
    fn native_header(&self) -> Option<&'static str> {
        None
    }

    /// The caller's own id, where it is read besides the member that carries it.
    fn other_reference<'a>(&self, _body: &'a Value) -> Option<&'a str> {
        None
    }

    /// The status of a task whose deadline passed after the work began.
    fn overdue(&self) -> Status {
        Status::Expired
    }

    /// The status with which the vendor shows a task that ended so. Some have one word for several endings.
    fn ended(&self, status: Status) -> Status {
        status
    }

    /// Whether an operation needs no key.
    fn is_public(&self, _operation: Operation) -> bool {
        false
    }
}

/// A URL for one of a task's files, signed for a poll now. If polling does not renew
/// it, it is always the same, and its lifetime starts at the end of the task.
fn signed_url(core: &Core, spec: &Spec, task: &Task, kind: FileKind, now: Duration) -> String {
    let rule = &spec.result_url;
    let start = if rule.refreshable { now } else { task.plan.end() };
    core.links
        .sign(task, kind, core.clock.unix(start) + i64::from(rule.lasts()))
}

/// The signed URL of a task's video.
pub(crate) fn video_url(core: &Core, spec: &Spec, task: &Task, now: Duration) -> String {
    signed_url(core, spec, task, FileKind::Video, now)
}

/// The signed URL of a task's last frame.
pub(crate) fn last_frame_url(core: &Core, spec: &Spec, task: &Task, now: Duration) -> String {
    signed_url(core, spec, task, FileKind::LastFrame, now)
}

/// The signed URL of a preview image of a task's video.
pub(crate) fn thumbnail_url(core: &Core, spec: &Spec, task: &Task, now: Duration) -> String {
    signed_url(core, spec, task, FileKind::Thumbnail, now)
}

/// The error of a task that failed.
pub(crate) fn task_error(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}
