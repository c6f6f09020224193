//! Webhook events.

use crate::model::VideoTask;

/// A webhook event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The vendor's event id, if signed. Duplicate deliveries have the same id and are not handled again.
    pub id: Option<String>,
    /// The vendor's event type, if signed.
    pub kind: Option<String>,
    /// The task, as from polling. `None` for events without a task, such as a test of the endpoint.
    pub task: Option<VideoTask>,
}

/// Result of a delivery that should be acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// A new event; [`on_event`](super::ReceiverBuilder::on_event) has returned.
    New(Box<Event>),
    /// A duplicate delivery of an event that was handled before.
    Duplicate,
}
