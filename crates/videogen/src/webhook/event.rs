//! What a delivery came to.

use crate::model::VideoTask;

/// Something a vendor told.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The vendor's id of it, where it is signed. A repeat has the same, and comes to no second event.
    pub id: Option<String>,
    /// The vendor's word for it, where it is signed.
    pub kind: Option<String>,
    /// The task it is about, as polling gives it. `None` for what is about no task, such as a test of the endpoint.
    pub task: Option<VideoTask>,
}

/// What to make of a delivery that is to be acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// An event, handed to [`on_event`](super::ReceiverBuilder::on_event) already.
    New(Box<Event>),
    /// One that was handled before.
    Repeat,
}
