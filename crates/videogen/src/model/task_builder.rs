//! Tasks for the tests of applications.

use serde_json::Value;

use crate::model::{Raw, SecretUrl, TaskError, TaskId, TaskParameters, TaskStatus, Timestamp, Usage, Video, VideoTask};

/// Builder of a [`VideoTask`] for tests; returned by [`VideoTask::builder`]. Everything except the id is optional.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it builds"]
pub struct VideoTaskBuilder(VideoTask);

impl VideoTask {
    /// Returns a builder for tasks in an application's own tests (feature `test-util`). The default status is queued.
    ///
    /// ```
    /// use videogen::{TaskStatus, VideoTask};
    ///
    /// let id = "token360:videos:vid_1".parse::<videogen::TaskId>()?;
    /// let task = VideoTask::builder(id).video("https://media.example/boat.mp4").model("seedance-2.0").build();
    /// assert_eq!(task.status, TaskStatus::Completed);
    /// # Ok::<(), videogen::Error>(())
    /// ```
    pub fn builder(id: TaskId) -> VideoTaskBuilder {
        VideoTaskBuilder(VideoTask::new(id, "queued".to_owned()))
    }
}

impl VideoTaskBuilder {
    /// Sets the status, and the vendor's status to the same.
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.0.vendor_status = status.as_str().to_owned();
        self.0.status = status;
        self
    }

    /// Sets the video's URL, and the status to completed.
    pub fn video(mut self, url: impl Into<SecretUrl>) -> Self {
        self.0.video = Some(Video::at(url.into()));
        self.status(TaskStatus::Completed)
    }

    /// Adds a further video, for a task that has several.
    pub fn another_video(mut self, url: impl Into<SecretUrl>) -> Self {
        self.0.more_videos.push(Video::at(url.into()));
        self
    }

    /// Sets the reason of the failure, and the status to failed. A code or message about moderation makes the failure
    /// `moderated`.
    pub fn error(mut self, code: &str, message: &str) -> Self {
        self.0.error = TaskError::new(Some(code.to_owned()), Some(message.to_owned()));
        self.status(TaskStatus::Failed)
    }

    /// Sets the model.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.0.model = Some(model.into());
        self
    }

    /// Sets the progress in percent.
    pub fn progress(mut self, percent: u8) -> Self {
        self.0.progress = Some(percent);
        self
    }

    /// Sets the time of creation.
    pub fn created_at(mut self, at: Timestamp) -> Self {
        self.0.created_at = Some(at);
        self
    }

    /// Sets the time of completion.
    pub fn completed_at(mut self, at: Timestamp) -> Self {
        self.0.completed_at = Some(at);
        self
    }

    /// Sets the caller's id.
    pub fn client_reference(mut self, reference: impl Into<String>) -> Self {
        self.0.client_reference = Some(reference.into());
        self
    }

    /// Sets the parameters that it was created with.
    pub fn parameters(mut self, parameters: TaskParameters) -> Self {
        self.0.parameters = parameters;
        self
    }

    /// Sets whether the task or its files have expired.
    pub fn expired(mut self, expired: bool) -> Self {
        self.0.expired = Some(expired);
        self
    }

    /// Sets the vendor's id of the request.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Sets the URL of the last frame.
    pub fn last_frame(mut self, url: impl Into<SecretUrl>) -> Self {
        self.0.last_frame = Some(url.into());
        self
    }

    /// Sets the total number of tokens.
    pub fn total_tokens(mut self, tokens: i64) -> Self {
        self.0.usage = Some(Usage {
            total_tokens: Some(tokens),
            ..Usage::default()
        });
        self
    }

    /// Sets the vendor's response.
    pub fn raw(mut self, answer: Value) -> Self {
        self.0.raw = Raw::from(answer);
        self
    }

    /// The task.
    #[must_use]
    pub fn build(self) -> VideoTask {
        self.0
    }
}
