//! The public API as applications use it, over real sockets.

use std::sync::Arc;

use videogen::download::DownloadOptions;
use videogen::task::ListQuery;
use videogen::{
    Client, Clients, Delivery, Error, ErrorKind, RetryPolicy, Role, Source, TaskId, TaskStatus, Vendor, VideoRequest,
    VideoTask,
};
use videogen_journal::SqliteJournal;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::cases::targets;

async fn fast() -> Simulator {
    Simulator::builder().speed(100.0).start().await.unwrap()
}

#[tokio::test]
async fn one_call_creates_a_file_and_errors_contain_the_task() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    for (vendor, model) in targets() {
        let client = sim.client(vendor).unwrap();
        let path = folder
            .path()
            .join(format!("{vendor}-{}.mp4", crate::cases::in_a_name(model)));
        let video = client
            .generate(VideoRequest::new(model, "a paper boat"), &path)
            .await
            .unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), video.file.bytes, "{model}");
        assert!(video.task.status.is_completed() && video.task.status.is_ended());

        // No file can be written there: nothing is submitted.
        let before = sim.stats().submissions;
        let missing = folder.path().join("missing").join("boat.mp4");
        let slash = folder.path().join("boat/");
        for path in [&path, &folder.path().to_owned(), &missing, &slash, &"".into()] {
            let stopped = client.generate(VideoRequest::new(model, "another"), path).await;
            let stopped = stopped.unwrap_err();
            assert_eq!(
                (stopped.kind(), stopped.delivery(), stopped.task()),
                (ErrorKind::Io, Some(Delivery::NotSent), None),
                "{stopped}"
            );
        }
        assert_eq!(sim.stats().submissions, before);

        let replace = DownloadOptions::default().overwrite(true);
        let again = client
            .generate(VideoRequest::new(model, "another"), &path)
            .download(replace.clone())
            .await
            .unwrap();
        assert!(again.file.bytes > 0);

        let failed = client
            .generate(VideoRequest::new(model, "sim:fail"), &path)
            .download(replace)
            .await
            .unwrap_err();
        assert_eq!(
            (failed.kind(), failed.task().is_some()),
            (ErrorKind::NoVideo, true),
            "{failed}"
        );
        assert!(failed.message().starts_with("the task is failed: "), "{failed}");
        let moderated = client
            .generate(
                VideoRequest::new(model, "sim:moderated"),
                folder.path().join("never.mp4"),
            )
            .await
            .unwrap_err();
        assert_eq!(
            (moderated.kind(), moderated.task().is_some(), moderated.is_retryable()),
            (ErrorKind::Moderated, true, false),
            "{moderated}"
        );
    }
}

/// Links to nothing and folders that cannot be written are found before anything is paid for.
#[cfg(unix)]
#[tokio::test]
async fn a_path_that_cannot_be_written_is_not_paid_for() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let client = sim.client(Vendor::ToApis).unwrap();
    let [link, locked] = ["link.mp4", "locked"].map(|name| folder.path().join(name));
    symlink("nowhere/boat.mp4", &link).unwrap();
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut paths = vec![link];
    // Permissions do not bind an administrator; a folder of the kernel does.
    if std::fs::write(locked.join("probe"), "").is_err() {
        paths.push(locked.join("boat.mp4"));
    }
    if cfg!(target_os = "linux") {
        paths.push("/proc/boat.mp4".into());
    }
    for path in &paths {
        let stopped = client.generate(VideoRequest::new("seedance-2", "a boat"), path).await;
        let stopped = stopped.unwrap_err();
        assert_eq!(
            (stopped.kind(), stopped.delivery(), stopped.task()),
            (ErrorKind::Io, Some(Delivery::NotSent), None),
            "{}: {stopped}",
            path.display()
        );
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(stopped.message().contains(name), "{stopped}");
    }
    assert_eq!((sim.stats().tasks, sim.stats().requests["toapis"]), (0, 0));
    assert!(!folder.path().join("nowhere").exists());
}

/// A key whose task exists pays for nothing, so its path is checked at the download, whose error names the task.
#[tokio::test]
async fn the_path_of_a_known_key_is_checked_at_the_download() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    for (number, (vendor, model)) in targets().enumerate() {
        let client = sim
            .client_builder(vendor)
            .journal(Arc::clone(&journal))
            .build()
            .unwrap();
        let path = folder
            .path()
            .join(format!("{vendor}-{}.mp4", crate::cases::in_a_name(model)));
        let key = format!("{vendor}-{model}");
        let generate = || client.generate(VideoRequest::new(model, "a boat"), &path).key(&key);
        // The first time it is checked before the submission.
        std::fs::write(&path, "mine").unwrap();
        let stopped = generate().await.unwrap_err();
        assert_eq!(
            (stopped.kind(), stopped.delivery()),
            (ErrorKind::Io, Some(Delivery::NotSent)),
            "{stopped}"
        );
        std::fs::remove_file(&path).unwrap();
        let first = generate().await.unwrap();
        let stopped = generate().await.unwrap_err();
        assert_eq!(
            (stopped.kind(), stopped.delivery(), stopped.task()),
            (ErrorKind::Io, None, Some(&first.task.id)),
            "{stopped}"
        );
        let again = generate()
            .download(DownloadOptions::default().overwrite(true))
            .await
            .unwrap();
        assert!(again.task.already_submitted && again.task.id == first.task.id);
        assert_eq!(sim.stats().tasks, number + 1);
    }
}

#[tokio::test]
async fn a_video_can_be_downloaded_without_a_file() {
    let (sim, folder) = (fast().await, tempfile::tempdir().unwrap());
    for vendor in Vendor::ALL {
        let client = sim.client(*vendor).unwrap();
        let task = client
            .submit(VideoRequest::new(vendor.default_model(), "a boat"))
            .await
            .unwrap();
        let task = client.wait(&task).await.unwrap();
        let file = client
            .download(&task.id, folder.path().join(vendor.as_str()))
            .await
            .unwrap();
        let saved = std::fs::read(&file.path).unwrap();

        assert_eq!(client.download_bytes(&task, u64::MAX).await.unwrap(), saved);
        let error = client.download_bytes(&task, 100).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");

        let mut stream = client.download_stream(task.id.clone(), DownloadOptions::default());
        let mut streamed = Vec::new();
        while let Some(chunk) = stream.next().await {
            streamed.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(streamed, saved);

        // What `submit` returned is out of date, and is looked up.
        let earlier = client
            .submit(VideoRequest::new(vendor.default_model(), "a boat"))
            .await
            .unwrap();
        client.wait(&earlier).await.unwrap();
        assert!(!earlier.status.is_ended());
        let path = folder.path().join(format!("{vendor}-earlier"));
        assert!(client.download(&earlier, path).await.unwrap().bytes > 0);
        assert!(!client.download_bytes(&earlier, u64::MAX).await.unwrap().is_empty());
        let first = client
            .download_stream(&earlier, DownloadOptions::default())
            .next()
            .await;
        assert!(!first.unwrap().unwrap().is_empty());

        let queued = client
            .submit(VideoRequest::new(vendor.default_model(), "sim:slow"))
            .await
            .unwrap();
        let mut stream = client.download_stream(&queued, DownloadOptions::default());
        assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::NotReady);
        assert!(stream.next().await.is_none());
    }
}

/// The connection breaks in the middle of the file, twice: the rest is requested, and no byte comes twice.
#[tokio::test]
async fn a_stream_resumes_after_broken_connections() {
    let sim = fast().await;
    for vendor in Vendor::ALL {
        let simulated = crate::cases::simulated(*vendor);
        let client = sim.client(*vendor).unwrap();
        let task = client
            .submit(VideoRequest::new(vendor.default_model(), "a boat"))
            .await
            .unwrap();
        let task = client.wait(&task).await.unwrap();
        let whole = client.download_bytes(&task, u64::MAX).await.unwrap();
        let once = sim.client_builder(*vendor).retry(RetryPolicy::never()).build().unwrap();
        // OpenRouter sends files through its API.
        let operation = match vendor {
            Vendor::OpenRouter => Operation::Content,
            _ => Operation::File,
        };
        let cut = |times| sim.inject(Fault::new(simulated, operation, FaultKind::Truncated).times(times));

        cut(1);
        let (part, error) = streamed(&once, &task).await;
        let error = error.unwrap();
        assert_eq!(
            (error.kind(), error.task()),
            (ErrorKind::Transport, Some(&task.id)),
            "{error}"
        );
        assert!(!part.is_empty() && part.len() < whole.len() && whole.starts_with(&part));

        cut(2);
        let (all, error) = streamed(&client, &task).await;
        assert!(error.is_none() && all == whole, "{error:?}: {} bytes", all.len());
        // Both faults were used up.
        let (all, error) = streamed(&once, &task).await;
        assert!(error.is_none() && all == whole, "{error:?}");
    }
}

/// The bytes of a stream, and the error at its end.
async fn streamed(client: &Client, task: &VideoTask) -> (Vec<u8>, Option<Error>) {
    let mut video = client.download_stream(task, DownloadOptions::default());
    let mut bytes = Vec::new();
    while let Some(chunk) = video.next().await {
        match chunk {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(error) => {
                assert!(video.next().await.is_none());
                return (bytes, Some(error));
            }
        }
    }
    (bytes, None)
}

#[tokio::test]
async fn all_pages_are_one_stream() {
    let sim = fast().await;
    for vendor in [Vendor::Token360, Vendor::AllToken, Vendor::Ark] {
        let client = sim.client(vendor).unwrap();
        let mut submitted = Vec::new();
        for _ in 0..7 {
            let request = VideoRequest::new(vendor.default_model(), "a boat");
            submitted.push(client.submit(&request).await.unwrap().id);
        }
        let query = ListQuery {
            limit: Some(if vendor == Vendor::AllToken { 100 } else { 3 }),
            ..ListQuery::default()
        };
        let mut tasks = client.list_all(query);
        let mut listed: Vec<TaskId> = Vec::new();
        while let Some(task) = tasks.next().await {
            listed.push(task.unwrap().id);
        }
        submitted.sort_by_key(ToString::to_string);
        listed.sort_by_key(ToString::to_string);
        assert_eq!(listed, submitted, "{vendor}");
    }
    let unsupported = sim.client(Vendor::ToApis).unwrap();
    let error = unsupported
        .list_all(ListQuery::default())
        .next()
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn clients_are_chosen_by_model_and_by_task() {
    let sim = fast().await;
    let clients = Clients::new(Vendor::ALL.iter().map(|vendor| sim.client(*vendor).unwrap()));
    for (model, vendor) in [
        ("seedance-2", Some(Vendor::ToApis)),
        ("seedance-2.5", Some(Vendor::AllToken)),
    ] {
        assert_eq!(clients.for_model(model).ok().map(Client::vendor), vendor, "{model}");
        let task = clients.submit(VideoRequest::new(model, "a boat")).await.unwrap();
        assert!(clients.wait(&task).await.unwrap().status.is_completed());
    }
    // Two vendors offer it, or none.
    for (model, words) in [
        ("seedance-2.0", "several clients serve"),
        ("no-such-model", "no client serves"),
    ] {
        let error = clients.submit(VideoRequest::new(model, "a boat")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(words), "{error}");
    }
    let only = Clients::new([sim.client(Vendor::Token360).unwrap()]);
    assert_eq!(only.for_model("no-such-model").unwrap().vendor(), Vendor::Token360);
    let id: TaskId = "toapis:seedance-2:x".parse().unwrap();
    assert_eq!(only.wait(&id).await.unwrap_err().kind(), ErrorKind::Config);
}

#[test]
fn media_are_accepted_in_several_types() {
    let picture = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    std::fs::write(picture.path(), b"\x89PNG\r\n\x1a\n").unwrap();
    let request = VideoRequest::new("seedance-2.0", "x")
        .first_frame(picture.path())
        .last_frame("https://media.example/last.png")
        .reference_image("asset://img-1".to_owned())
        .reference_video(Source::Asset("vid-1".to_owned()));
    let kinds: Vec<_> = request.inputs.iter().map(|input| input.source.to_string()).collect();
    assert_eq!(
        kinds,
        [
            picture.path().to_str().unwrap(),
            "https://media.example/[masked]",
            "asset://img-1",
            "asset://vid-1"
        ]
    );
    // Unreadable inputs are reported with the other violations.
    for given in ["no-such-file.png", "asset://", "ftp://media.example/x", ""] {
        let request = VideoRequest::new("seedance-2.0", "x")
            .input(Role::FirstFrame, given)
            .duration(99);
        let fields: Vec<_> = videogen::submit::validate(Vendor::Token360, &request)
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(fields, ["duration", "first_frame"], "{given}");
    }
}

#[test]
fn errors_convert_and_are_json() {
    fn parse(id: &str) -> Result<TaskId, Error> {
        Ok(id.parse::<TaskId>()?)
    }
    let error = parse("nonsense").unwrap_err();
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(
        (json["kind"].as_str(), json["retryable"].as_bool()),
        (Some("invalid_request"), Some(false))
    );
    assert_eq!(json["message"], error.message());
    let io = std::io::Error::from(error);
    assert!(io.get_ref().unwrap().is::<Error>());
    let journal = Error::from(videogen::journal::JournalError::new("locked"));
    assert_eq!(journal.kind(), ErrorKind::Journal);

    let task = VideoTask::builder("toapis:seedance-2:t".parse().unwrap())
        .error("policy", "sensitive content")
        .build();
    assert_eq!(task.status, TaskStatus::Failed);
    assert_eq!(task.error.unwrap().kind, ErrorKind::Moderated);
}
