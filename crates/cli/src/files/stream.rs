//! Streaming the video of a task to standard output.

use std::io;
use std::path::Path;

use tokio::io::AsyncWriteExt as _;
use videogen::{Client, Error, VideoTask};

use super::{Delivered, Target};
use crate::exit::Failure;
use crate::follow::left;
use crate::interrupt::interrupted;
use crate::output::Output;
use crate::output_file::io_failure;
use crate::progress;

/// Why a stream ended early.
enum Broken {
    Download(Error),
    Output(io::Error),
}

impl Target {
    /// Writes the video of `task` to standard output as it arrives.
    pub(super) async fn stream(
        &self,
        client: &Client,
        task: &VideoTask,
        output: &Output,
    ) -> Result<Delivered, Failure> {
        let further = task.more_videos.len();
        if further > 0 {
            output.note(&format!(
                "The task has {} videos; only the first is written to standard output. Download all with: {}",
                further + 1,
                self.to_files(&task.id)
            ));
        }
        let mut video = client.download_stream(task, self.options());
        let mut progress = progress::fetching(output, &task.id, Path::new("-"));
        let mut written = 0;
        let writing = async {
            let mut out = tokio::io::stdout();
            while let Some(chunk) = video.next().await {
                let chunk = chunk.map_err(Broken::Download)?;
                out.write_all(&chunk).await.map_err(Broken::Output)?;
                written += chunk.len() as u64;
                progress.at(written, None);
            }
            out.flush().await.map_err(Broken::Output)
        };
        let result = tokio::select! {
            result = writing => Ok(result),
            interrupt = interrupted() => Err(interrupt),
        };
        drop(progress);
        let failure = match result {
            Ok(Ok(())) => return Ok(Delivered::Stream(written)),
            Ok(Err(Broken::Output(error))) => {
                io_failure(format!("cannot write the video to standard output: {error}")).about(&task.id)
            }
            Ok(Err(Broken::Download(error))) => return Err(self.failed(error, task, false)),
            Err(interrupt) => left(interrupt, &task.id, Some(&task.status)),
        };
        Err(self.resumable(failure, task, false))
    }
}
