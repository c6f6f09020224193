//! The local files of a request, read once.

use std::sync::Arc;

use crate::client::Client;
use crate::model::{Error, LocalFile, Source, VideoRequest};
use crate::rules::media::Files;
use crate::transport::content::{Content, blocking};

/// The contents of a request's local files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents(Vec<Arc<Content>>);

impl Contents {
    /// Reads the local files of a request.
    ///
    /// # Errors
    /// `io` when one cannot be read.
    pub(crate) async fn of(request: &VideoRequest, files: &Files) -> Result<Self, Error> {
        let mut contents = Self::default();
        for input in &request.inputs {
            let Source::File(file) = &input.source else { continue };
            if contents.find(file).is_none() {
                let probe = files.probe(file);
                let probe = probe.map_err(|reason| crate::transport::content::unreadable(file, &reason))?;
                contents.0.push(Content::of(file, probe).await?);
            }
        }
        Ok(contents)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn find(&self, file: &LocalFile) -> Option<&Arc<Content>> {
        self.0.iter().find(|content| content.file == *file)
    }
}

impl Client {
    /// Probes the local files of a request.
    pub(crate) async fn probed(&self, request: &VideoRequest) -> Result<Files, Error> {
        if !request
            .inputs
            .iter()
            .any(|input| matches!(input.source, Source::File(_)))
        {
            return Ok(Files::default());
        }
        let request = request.clone();
        blocking(move || Ok(Files::of(&request))).await
    }
}
