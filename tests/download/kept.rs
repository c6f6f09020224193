//! Downloads that another process resumes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use videogen::download::DownloadOptions;
use videogen::{Client, ErrorKind, VideoTask};

use super::{File, FileServer, KIB, Reply, Run, local, names, task, video};

const SIZE: usize = 4 * 1024 * KIB;

/// A host that sends a part of the first response and then nothing, and whatever `later` has from then on.
async fn host(first: File, later: impl Fn(&super::Request) -> Reply + Send + Sync + 'static) -> FileServer {
    FileServer::new(move |n, request| match n {
        0 => first.answer(request).hang(3 * SIZE / 4),
        _ => later(request),
    })
    .await
}

/// A run whose downloads can be resumed.
fn kept(client: &Client, server: &FileServer) -> Run {
    let mut run = Run::on(client, server);
    run.options = DownloadOptions::default().resumable(true);
    run
}

/// The file in `folder` with this ending.
fn ending(folder: &Path, end: &str) -> PathBuf {
    let mut found = names(folder).into_iter().filter(|name| name.ends_with(end));
    let name = found
        .next()
        .unwrap_or_else(|| panic!("no {end} in {:?}", names(folder)));
    assert!(name.starts_with(".videogen-") && found.next().is_none(), "{name}");
    folder.join(name)
}

fn sidecar(run: &Run) -> Value {
    serde_json::from_slice(&fs::read(ending(run.folder.path(), ".part.json")).unwrap()).unwrap()
}

/// Drops a download as soon as the file has some bytes, as an interrupt does. Returns how many it has.
async fn interrupt(run: &Run) -> u64 {
    let (client, task, path) = (run.client.clone(), run.task.clone(), run.path());
    let options = run.options.clone();
    let downloading = tokio::spawn(async move { client.download_with(&task, path, options, |_, _| {}).await });
    let length = || {
        let all = fs::read_dir(run.folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut parts = all.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
        parts
            .next()
            .and_then(|part| part.metadata().ok())
            .map_or(0, |found| found.len())
    };
    while length() < 2 * 1024 * KIB as u64 {
        tokio::task::yield_now().await;
    }
    downloading.abort();
    assert!(downloading.await.unwrap_err().is_cancelled());
    // A write that was under way is completed, and the file is locked until then.
    let is_locked = || {
        let left = names(run.folder.path())
            .into_iter()
            .find(|name| name.ends_with(".part"));
        left.is_some_and(|name| {
            let file = fs::File::open(run.folder.path().join(name)).unwrap();
            file.try_lock_shared().is_err()
        })
    };
    while is_locked() {
        tokio::task::yield_now().await;
    }
    length()
}

/// The ranges of the requests after the first.
fn ranges(server: &FileServer) -> Vec<Option<u64>> {
    let seen = server.seen();
    seen.iter()
        .skip(1)
        .map(|request| request.from().map(|from| from as u64))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_download_is_resumed() {
    let bytes = video(SIZE, 60);
    let file = File::new(bytes.clone());
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let run = kept(&local(), &server);
    interrupt(&run).await;
    let (partial, note) = (ending(run.folder.path(), ".part"), sidecar(&run));
    let length = fs::metadata(&partial).unwrap().len();
    assert!(bytes.starts_with(&fs::read(&partial).unwrap()));
    assert_eq!(note["task"], json!(run.task.id));
    assert_eq!((&note["etag"], &note["total"]), (&json!("\"one\""), &json!(SIZE)));
    assert_eq!(note["kind"], "video");
    let text = note.to_string();
    assert!(!text.contains("http") && !text.contains("v.mp4"), "{text}");

    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [Some(length)]);
    assert_eq!(server.seen()[1].header("if-range"), Some("\"one\""));
}

/// On a slow line, the first bytes are worth minutes.
#[tokio::test(flavor = "multi_thread")]
async fn every_byte_that_arrived_before_an_interrupt_is_kept() {
    const ARRIVED: usize = 100 * KIB;
    let bytes = video(SIZE, 64);
    let (file, rest) = (File::new(bytes.clone()), File::new(bytes.clone()));
    let server = FileServer::new(move |n, request| match n {
        0 => file.answer(request).hang(ARRIVED),
        _ => rest.answer(request),
    })
    .await;
    let run = kept(&local(), &server);
    let (client, task, path) = (run.client.clone(), run.task.clone(), run.path());
    let options = run.options.clone();
    let (arrived, mut last) = tokio::sync::watch::channel(0);
    let downloading = tokio::spawn(async move {
        let progress = |bytes, _| {
            let _ = arrived.send(bytes);
        };
        client.download_with(&task, path, options, progress).await
    });
    last.wait_for(|bytes| *bytes >= ARRIVED as u64).await.unwrap();
    downloading.abort();
    assert!(downloading.await.unwrap_err().is_cancelled());
    let kept = fs::read(ending(run.folder.path(), ".part")).unwrap();
    assert!(kept == bytes[..ARRIVED], "{} bytes", kept.len());

    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [Some(ARRIVED as u64)]);
}

/// The link of the task is another one, and so is the host's connection.
#[tokio::test(flavor = "multi_thread")]
async fn the_version_decides_and_not_the_link() {
    let bytes = video(SIZE, 61);
    let file = File::new(bytes.clone());
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let mut run = kept(&local(), &server);
    run.task = task(run.client.vendor(), &server.url("/v.mp4?sig=canary-1"));
    let length = interrupt(&run).await;
    for name in names(run.folder.path()) {
        let content = fs::read(run.folder.path().join(name)).unwrap();
        assert!(!content.windows(8).any(|part| part == b"canary-1"));
    }
    run.task = task(run.client.vendor(), &server.url("/moved.mp4?sig=canary-2"));
    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [Some(length)]);
}

/// Also if the host ignores `If-Range`, or does not repeat the version or the length.
#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_downloaded_whole() {
    let client = local();
    let (old, new) = (video(SIZE, 62), video(SIZE, 63));
    let changed = File::new(new.clone()).validators(&[("ETag", "\"two\"")]);
    type Change = fn(Reply, usize) -> Reply;
    let changes: [(Change, usize); 4] = [
        (|reply, _| reply, 1),
        (|reply, _| reply.with("ETag", "\"two\""), 2),
        (|reply, _| reply.with("ETag", ""), 2),
        (
            |reply, from| reply.with("Content-Range", &format!("bytes {from}-{}/*", SIZE - 1)),
            2,
        ),
    ];
    for (change, requests) in changes {
        let (changed, careless) = (changed.clone(), File::new(new.clone()));
        let server = host(File::new(old.clone()), move |request| {
            match (requests, request.from()) {
                // An honest host, or one that ignores `If-Range`.
                (2, Some(from)) => change(careless.answer(request), from),
                _ => changed.answer(request),
            }
        })
        .await;
        let run = kept(&client, &server);
        interrupt(&run).await;
        run.arrives(&new).await;
        assert_eq!(ranges(&server).len(), requests);
    }
}

/// Bytes that no later request can identify are not kept.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_version_nothing_is_left() {
    for validators in [&[][..], &[("ETag", "W/\"one\"")]] {
        let file = File::new(video(SIZE, 64)).validators(validators);
        let server = host(file, |_| panic!("requested again")).await;
        let run = kept(&local(), &server);
        interrupt(&run).await;
        assert!(names(run.folder.path()).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_identifies_a_version_too() {
    let bytes = video(SIZE, 65);
    let file = File::new(bytes.clone()).validators(&[("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")]);
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let run = kept(&local(), &server);
    let length = interrupt(&run).await;
    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [Some(length)]);
}

/// Whatever the folder has under these names: the video is right, and no other file is changed.
#[tokio::test(flavor = "multi_thread")]
async fn other_files_are_neither_used_nor_changed() {
    let client = local();
    let bytes = video(SIZE, 66);
    let edit = |sidecar: &Path, member: &str, value: Value| {
        let mut note: Value = serde_json::from_slice(&fs::read(sidecar).unwrap()).unwrap();
        assert!(note.get(member).is_some(), "{note}");
        note[member] = value;
        fs::write(sidecar, note.to_string()).unwrap();
    };
    type Plant<'a> = &'a dyn Fn(&Path, &Path, &Path);
    let plants: &[Plant<'_>] = &[
        &|_, sidecar, _| fs::remove_file(sidecar).unwrap(),
        &|_, sidecar, _| fs::write(sidecar, "{").unwrap(),
        &|_, sidecar, _| edit(sidecar, "task", json!("alltoken:generations:t-2")),
        &|_, sidecar, _| edit(sidecar, "kind", json!("last_frame")),
        &|_, sidecar, _| edit(sidecar, "server", json!("another")),
        &|_, sidecar, _| edit(sidecar, "total", json!(1024)),
        &|_, sidecar, _| edit(sidecar, "etag", json!("W/\"one\"")),
        // What was not synced is gone after a power failure.
        &|_, sidecar, _| match cfg!(target_os = "linux") {
            true => edit(sidecar, "boot", json!("another")),
            false => fs::remove_file(sidecar).unwrap(),
        },
        &|partial, _, _| fs::hard_link(partial, partial.with_file_name("hard.mp4")).unwrap(),
        #[cfg(unix)]
        &|partial, _, mine| {
            fs::remove_file(partial).unwrap();
            std::os::unix::fs::symlink(mine, partial).unwrap();
        },
        #[cfg(unix)]
        &|partial, sidecar, mine| {
            fs::remove_file(partial).unwrap();
            fs::remove_file(sidecar).unwrap();
            std::os::unix::fs::symlink(mine.with_file_name("none"), partial).unwrap();
            std::os::unix::fs::symlink(mine, sidecar).unwrap();
        },
    ];
    for (number, plant) in plants.iter().enumerate() {
        let file = File::new(bytes.clone());
        let rest = file.clone();
        let server = host(file, move |request| rest.answer(request)).await;
        let run = kept(&client, &server);
        interrupt(&run).await;
        let elsewhere = tempfile::tempdir().unwrap();
        let mine = elsewhere.path().join("mine.txt");
        fs::write(&mine, "mine").unwrap();
        let partial = ending(run.folder.path(), ".part");
        let begun = fs::read(&partial).unwrap();
        plant(&partial, &ending(run.folder.path(), ".part.json"), &mine);
        let options = run.options.clone();
        run.client
            .download_with(&run.task, run.path(), options, |_, _| {})
            .await
            .unwrap();
        assert!(fs::read(run.path()).unwrap() == bytes, "{number}");
        assert_eq!(ranges(&server), [None], "{number}");
        assert_eq!(names(elsewhere.path()), ["mine.txt"], "{number}");
        assert_eq!(fs::read(&mine).unwrap(), b"mine", "{number}");
        let hard = run.folder.path().join("hard.mp4");
        if hard.exists() {
            assert!(fs::read(&hard).unwrap() == begun, "{number}");
            fs::remove_file(hard).unwrap();
        }
        assert_eq!(names(run.folder.path()), ["v.mp4"], "{number}");
    }
}

/// The second download of a file does not disturb the first one, and the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_share_no_partial_file() {
    let bytes = video(SIZE, 67);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request)).await;
    let run = kept(&local(), &server);
    let options = || run.options.clone().overwrite(true);
    let one = run.client.download_with(&run.task, run.path(), options(), |_, _| {});
    let two = run.client.download_with(&run.task, run.path(), options(), |_, _| {});
    let (one, two) = tokio::join!(one, two);
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert!(fs::read(run.path()).unwrap() == bytes);
    assert_eq!(names(run.folder.path()), ["v.mp4"]);
    assert_eq!(
        server.seen().iter().filter(|request| request.from().is_some()).count(),
        0
    );
}

/// Each target, video and task has its own.
#[tokio::test(flavor = "multi_thread")]
async fn other_targets_and_tasks_start_from_the_beginning() {
    let bytes = video(SIZE, 68);
    let file = File::new(bytes.clone());
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let run = kept(&local(), &server);
    let length = interrupt(&run).await;
    let id = run.task.id.to_string().replace("t-1", "t-2");
    let mut other: Value = serde_json::to_value(&run.task).unwrap();
    other["id"] = json!(id);
    let other: VideoTask = serde_json::from_value(other).unwrap();
    for (task, name) in [(&other, "v.mp4"), (&run.task, "w.mp4")] {
        let path = run.folder.path().join(name);
        let options = run.options.clone();
        run.client.download_with(task, &path, options, |_, _| {}).await.unwrap();
        assert!(fs::read(&path).unwrap() == bytes);
        fs::remove_file(path).unwrap();
    }
    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [None, None, Some(length)]);
}

/// Killed between the last byte and the rename: one byte is requested again, and the version with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_complete_partial_file_costs_one_byte() {
    let bytes = video(SIZE, 69);
    let file = File::new(bytes.clone());
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let run = kept(&local(), &server);
    interrupt(&run).await;
    fs::write(ending(run.folder.path(), ".part"), &bytes).unwrap();
    run.arrives(&bytes).await;
    assert_eq!(ranges(&server), [Some(SIZE as u64 - 1)]);
}

/// A failure that another try may not have keeps the bytes; any other removes them.
#[tokio::test(flavor = "multi_thread")]
async fn failures_that_repeat_leave_nothing() {
    let client = local();
    let bytes = video(SIZE, 70);
    for (failure, kind, is_kept) in [
        (Reply::new(503, &["Retry-After: 0"], b""), ErrorKind::Transport, true),
        (Reply::new(403, &[], b""), ErrorKind::NoVideo, false),
        (Reply::new(200, &[], &[0; 64]), ErrorKind::Transport, true),
    ] {
        let file = File::new(bytes.clone());
        let server = host(file, move |_| failure.clone()).await;
        let mut run = kept(&client, &server);
        run.options = run.options.idle_timeout(Duration::from_secs(5));
        // A vendor that cannot renew links.
        let vendor = *videogen::Vendor::ALL
            .iter()
            .find(|vendor| !vendor.facts().result_url.refreshable)
            .unwrap();
        run.client = super::client(vendor, "http://127.0.0.1:9");
        run.task = task(vendor, &server.url("/v.mp4"));
        run.task.video.as_mut().unwrap().expires_at = Some(chrono::Utc::now() - chrono::TimeDelta::hours(1));
        interrupt(&run).await;
        let options = run.options.clone();
        let result = run
            .client
            .download_with(&run.task, run.path(), options, |_, _| {})
            .await;
        assert_eq!(result.unwrap_err().kind(), kind);
        assert_eq!(names(run.folder.path()).len(), if is_kept { 2 } else { 0 });
    }
    // Too large.
    let file = File::new(bytes.clone());
    let rest = file.clone();
    let server = host(file, move |request| rest.answer(request)).await;
    let run = kept(&client, &server);
    interrupt(&run).await;
    let options = run.options.clone().max_bytes(1024);
    let result = run
        .client
        .download_with(&run.task, run.path(), options, |_, _| {})
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(names(run.folder.path()).is_empty());
}
