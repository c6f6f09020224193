//! Tasks with several videos.

use serde_json::{Value, json};
use videogen::download::DownloadOptions;
use videogen::journal::further_video;
use videogen::{ErrorKind, Vendor, VideoTask};

use super::{File, FileServer, KIB, Reply, Request, client, local, names, task, video};
use crate::canned::Canned;

/// A task whose further videos are at these URLs.
fn with_more(task: &VideoTask, urls: &[String]) -> VideoTask {
    let mut task = serde_json::to_value(task).unwrap();
    task["more_videos"] = urls.iter().map(|url| json!({"url": url})).collect();
    serde_json::from_value(task).unwrap()
}

fn urls(task: &VideoTask) -> Vec<String> {
    task.videos().map(|video| video.url.expose().to_owned()).collect()
}

async fn read(vendor: Vendor, answer: &Value) -> VideoTask {
    let server = Canned::json(200, answer).await;
    let id = format!("{vendor}:{}:t-1", vendor.families().next().unwrap());
    let id: videogen::TaskId = id.parse().unwrap();
    server.client(vendor).get(&id).await.unwrap()
}

#[tokio::test]
async fn every_video_of_an_answer_is_read() {
    let items = json!([{"url": "https://files.example.com/a.mp4", "format": "mp4"}, {"format": "mp4"},
        {"url": "https://files.example.com/b.mov", "format": "mov", "thumbnail": "https://files.example.com/b.jpg"},
        {"url": "https://files.example.com/c.mp4"}]);
    let answer = json!({"id": "t-1", "status": "completed", "result": {"type": "video", "data": items}});
    let task = read(Vendor::ToApis, &answer).await;
    let [a, b, c] = ["a.mp4", "b.mov", "c.mp4"].map(|name| format!("https://files.example.com/{name}"));
    assert_eq!(urls(&task), [a.as_str(), &b, &c]);
    assert_eq!(task.video.as_ref().unwrap().format.as_deref(), Some("mp4"));
    assert_eq!(task.more_videos[0].format.as_deref(), Some("mov"));
    assert!(task.more_videos[0].thumbnail.is_some());
    // The same after a round trip.
    let again: VideoTask = serde_json::from_value(json!(task)).unwrap();
    assert_eq!(again, task);

    for member in ["unsigned_urls", "urls"] {
        let mut answer = json!({"id": "t-1", "status": "completed", "polling_url": "/x"});
        answer[member] = json!([a, c]);
        assert_eq!(
            urls(&read(Vendor::OpenRouter, &answer).await),
            [a.as_str(), &c],
            "{member}"
        );
    }
    // One stays one.
    let answer = json!({"id": "t-1", "status": "completed", "result": {"data": [{"url": a}]}});
    let task = read(Vendor::ToApis, &answer).await;
    assert!(task.more_videos.is_empty() && json!(task).get("more_videos").is_none());
}

#[tokio::test]
async fn all_files_are_downloaded_next_to_the_first() {
    let all = [video(KIB, 1), video(2 * KIB, 2), video(3 * KIB, 3)];
    let files = all.clone().map(File::new);
    let server = FileServer::new(move |_, request: &Request| {
        let index: usize = request.path.trim_matches('/').parse().unwrap();
        files[index].answer(request)
    })
    .await;
    let client = local();
    let task = task(Vendor::ALL[0], &server.url("/0"));
    let task = with_more(&task, &[server.url("/1"), server.url("/2")]);
    let folder = tempfile::tempdir().unwrap();
    let options = DownloadOptions::default();
    let path = folder.path().join("v.mp4");
    let found = client
        .download_all(&task, &path, options.clone(), |_, _| {})
        .await
        .unwrap();
    let paths = [path.clone(), further_video(&path, 2), further_video(&path, 3)];
    assert_eq!(found.iter().map(|file| file.path.clone()).collect::<Vec<_>>(), paths);
    for (path, bytes) in paths.iter().zip(&all) {
        assert!(std::fs::read(path).unwrap() == *bytes, "{}", path.display());
    }
    let mut left = names(folder.path());
    left.sort();
    assert_eq!(left, ["v-2.mp4", "v-3.mp4", "v.mp4"]);

    // One of them, into any destination.
    let third = options.clone().video(3);
    let one = folder.path().join("one.mp4");
    client
        .download_with(&task, &one, third.clone(), |_, _| {})
        .await
        .unwrap();
    assert!(std::fs::read(&one).unwrap() == all[2]);
    let mut stream = client.download_stream(&task, third);
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk.unwrap());
    }
    assert!(bytes == all[2]);
    assert!(client.download_bytes(&task, 1 << 20).await.unwrap() == all[0]);
    let error = client
        .download_with(&task, folder.path().join("4.mp4"), options.video(4), |_, _| {})
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoVideo);
    assert!(error.to_string().contains("video 4"), "{error}");
}

/// The link of each video is renewed by its place.
#[tokio::test]
async fn an_expired_link_of_a_further_video_is_renewed() {
    let vendor = Vendor::OpenRouter;
    assert!(vendor.facts().result_url.refreshable);
    let bytes = video(KIB, 7);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request: &Request| {
        let host = request.header("host").unwrap();
        match request.path.as_str() {
            "/new-2" => file.answer(request),
            "/old-2" => Reply::new(403, &[], b"expired"),
            "/v.mp4" | "/new-1" => panic!("the first video is not requested"),
            _ => Reply::json(&json!({"id": "t-1", "status": "completed", "unsigned_urls": [
                format!("http://{host}/new-1"), format!("http://{host}/new-2")]})),
        }
    })
    .await;
    let task = with_more(&task(vendor, &server.url("/v.mp4")), &[server.url("/old-2")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v-2.mp4");
    let options = DownloadOptions::default().video(2);
    let client = client(vendor, &server.url(""));
    client.download_with(&task, &path, options, |_, _| {}).await.unwrap();
    assert!(std::fs::read(&path).unwrap() == bytes);
}
