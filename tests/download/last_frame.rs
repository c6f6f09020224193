//! The last frame as an image.

use std::time::Duration;

use serde_json::json;
use videogen::download::DownloadOptions;
use videogen::{Client, ErrorKind, Vendor, VideoRequest, VideoTask};
use videogen_sim::Simulator;

use super::{File, FileServer, KIB, Reply, Run, client, local, video};

fn with_frame(task: &VideoTask, url: &str) -> VideoTask {
    let mut task = serde_json::to_value(task).unwrap();
    task["last_frame"] = json!(url);
    serde_json::from_value(task).unwrap()
}

#[tokio::test]
async fn the_image_may_be_available_later() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for vendor in [Vendor::Token360, Vendor::AllToken, Vendor::Ark] {
        let client = Client::builder(vendor)
            .key("sk-test".to_owned())
            .base_url(simulator.base_url(crate::cases::simulated(vendor)))
            .build()
            .unwrap();
        let mut request = VideoRequest::new(crate::cases::newest(vendor).1, "x").duration(4);
        request.return_last_frame = Some(true);
        let submitted = client.submit(&request).await.unwrap();
        simulator.advance(Duration::from_secs(20));
        let task = client.get(&submitted.id).await.unwrap();
        let mut found = Vec::new();
        for (name, options) in [
            ("now", DownloadOptions::default()),
            ("now", DownloadOptions::default().overwrite(true)),
            ("late", DownloadOptions::default()),
        ] {
            let path = folder.path().join(format!("{vendor}-{name}.png"));
            let file = client.download_last_frame(&task, &path, options).await.unwrap();
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(file.bytes, bytes.len() as u64);
            assert_eq!(&bytes[..4], b"\x89PNG");
            found.push(bytes);
            simulator.advance(Duration::from_secs(2 * 3600));
        }
        assert!(found[0] == found[1] && found[1] == found[2]);
        let path = folder.path().join(format!("{vendor}-now.png"));
        let again = client
            .download_last_frame(&task, &path, DownloadOptions::default())
            .await;
        assert_eq!(again.unwrap_err().kind(), ErrorKind::Io);
    }
}

#[tokio::test]
async fn invalid_images_are_rejected() {
    let client = local();
    let (jpeg, webp) = (
        &b"\xff\xd8\xff\xe0 and so on\xff\xd9"[..],
        &b"RIFF\x10\0\0\0WEBPVP8 and so on"[..],
    );
    let gif = &b"GIF89a and so on\0;\r\n"[..];
    let mp4 = video(1024, 40);
    for (body, kind, arrives) in [
        (jpeg, "image/jpeg", Ok(())),
        (webp, "application/octet-stream", Ok(())),
        (&mp4, "application/octet-stream", Err(ErrorKind::Decode)),
        (
            &b"RIFF\x10\0\0\0WAVE and so on"[..],
            "image/webp",
            Err(ErrorKind::Decode),
        ),
        (&mp4, "video/mp4", Err(ErrorKind::Decode)),
        (jpeg, "text/plain", Ok(())),
        (gif, "video/mp4", Ok(())),
        (b"<html>", "text/html", Err(ErrorKind::Transport)),
    ] {
        let bytes = body.to_vec();
        let server = FileServer::new(move |_, _| Reply::new(200, &[&format!("Content-Type: {kind}")], &bytes)).await;
        let run = Run::on(&client, &server);
        let task = with_frame(&run.task, &server.url("/last"));
        let path = run.folder.path().join("last");
        let result = run
            .client
            .download_last_frame(&task, &path, DownloadOptions::default())
            .await;
        assert_eq!(result.map(|_| ()).map_err(|error| error.kind()), arrives, "{kind}");
        assert_eq!(path.exists(), arrives.is_ok());
    }
}

/// A host without a length closes early: the image itself shows that its end is missing.
#[tokio::test]
async fn a_truncated_image_is_requested_again() {
    let client = local();
    let noise = [7; 64 * KIB];
    let size = u32::try_from(noise.len() + 4).unwrap().to_le_bytes();
    for whole in [
        [&b"\x89PNG\r\n\x1a\n"[..], &noise, b"\0\0\0\0IEND\xae\x42\x60\x82"].concat(),
        [&b"\xff\xd8\xff\xe0"[..], &noise, b"\xff\xd9"].concat(),
        [&b"RIFF"[..], &size, b"WEBP", &noise].concat(),
    ] {
        for cut in [9 * KIB, whole.len() - 1] {
            let file = File::new(whole.clone());
            let server = FileServer::new(move |n, request| {
                let reply = file.answer(request).with("Content-Length", "").with("Content-Type", "");
                if n == 0 { reply.cut(cut) } else { reply }
            })
            .await;
            let run = Run::on(&client, &server);
            let task = with_frame(&run.task, &server.url("/last"));
            let path = run.folder.path().join("last");
            let options = DownloadOptions::default();
            run.client.download_last_frame(&task, &path, options).await.unwrap();
            assert!(std::fs::read(&path).unwrap() == whole, "what arrived is another file");
            assert_eq!(server.seen().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_task_without_one() {
    let server = FileServer::new(|_, _| panic!("nothing is asked")).await;
    for vendor in Vendor::ALL {
        let task = super::task(*vendor, &server.url("/v.mp4"));
        let client = client(*vendor, &server.url(""));
        let result = client
            .download_last_frame(&task, "never.png", DownloadOptions::default())
            .await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoVideo);
        assert!(error.to_string().contains("the last frame"), "{error}");
    }
}
