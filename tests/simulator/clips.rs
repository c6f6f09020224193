//! The files, checked with an independent program.

use std::process::Command;

use serde_json::{Value, json};
use videogen_sim::Vendor;

use super::support::{Api, request_with, video_url};

/// The output of ffprobe for a file; `None`, with a note, without ffprobe.
fn probe(bytes: &[u8]) -> Option<Value> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    let run = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_frames",
            "-show_streams",
            "-show_format",
            "-of",
            "json",
        ])
        .arg(file.path())
        .output();
    let output = match run {
        Ok(output) => output,
        Err(error) => {
            println!("SKIPPED: ffprobe cannot be run ({error}), so the clip was not looked at");
            return None;
        }
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Creates a clip and compares it with the request.
async fn check(vendor: Vendor, body: Value, size: (u64, u64), frames: u64, seconds: f64) {
    let api = Api::start().await;
    let task = api.finished(vendor, &body).await;
    let response = api.http.get(video_url(vendor, &task)).send().await.unwrap();
    let Some(found) = probe(&response.bytes().await.unwrap()) else {
        return;
    };
    let stream = &found["streams"][0];
    assert_eq!(stream["codec_name"], "h264", "{body}");
    let number = |name: &str| stream[name].as_u64().unwrap();
    assert_eq!((number("width"), number("height")), size, "{body}");
    assert_eq!(stream["nb_read_frames"], json!(frames.to_string()), "{body}");
    for duration in [&stream["duration"], &found["format"]["duration"]] {
        let duration: f64 = duration.as_str().unwrap().parse().unwrap();
        assert!((duration - seconds).abs() < 0.01, "{body}: {duration}");
    }
}

#[tokio::test]
async fn a_clip_is_720p_wide_and_five_seconds_by_default() {
    let body = json!({"model": "seedance-2.0", "prompt": "a fox"});
    check(Vendor::Token360, body, (1280, 720), 120, 5.0).await;
}

#[tokio::test]
async fn size_ratio_and_duration_are_as_requested() {
    let token360 = |resolution: &str, ratio: &str, seconds: u32| {
        let mut body = request_with(Vendor::Token360, "resolution", json!(resolution));
        body["aspect_ratio"] = json!(ratio);
        body["duration"] = json!(seconds);
        body["model"] = json!("seedance-9");
        body
    };
    check(Vendor::Token360, token360("480p", "9:16", 4), (480, 854), 96, 4.0).await;
    check(Vendor::Token360, token360("360p", "9:21", 2), (360, 840), 48, 2.0).await;
    check(Vendor::Token360, token360("1080p", "21:9", 3), (2520, 1080), 72, 3.0).await;
    let square = request_with(Vendor::ToApis, "aspect_ratio", json!("1:1"));
    check(Vendor::ToApis, square, (720, 720), 120, 5.0).await;
}

#[tokio::test]
async fn large_clips_are_made_in_a_few_seconds() {
    let body = |resolution: &str, ratio: &str| {
        json!({"model": "seedance-9", "prompt": "a fox", "resolution": resolution,
            "aspect_ratio": ratio, "duration": 4})
    };
    check(Vendor::Token360, body("4K", "16:9"), (3840, 2160), 48, 4.0).await;
    // The only shape that is scaled down.
    check(Vendor::Token360, body("4K", "9:21"), (1646, 3840), 48, 4.0).await;
    check(Vendor::Token360, body("1K", "4:3"), (1366, 1024), 96, 4.0).await;
}

#[tokio::test]
async fn a_frame_count_is_kept_exactly() {
    let body = json!({"model": "seedance-1.0-pro", "prompt": "a fox", "frames": 57,
        "resolution": "480p", "ratio": "4:3"});
    check(Vendor::AllToken, body, (640, 480), 57, 57.0 / 24.0).await;
}

/// With sound, which both formats store alike.
#[tokio::test]
async fn a_quicktime_movie_is_delivered_where_the_model_follows_the_format() {
    for (model, format, expected) in [
        ("seedance-2.5", "mov", ("video/quicktime", "mov", "qt  ")),
        ("seedance-2.5", "mp4", ("video/mp4", "mp4", "isom")),
        // Nothing is known of others.
        ("seedance-9", "mov", ("video/quicktime", "mov", "qt  ")),
    ] {
        let body = json!({"model": model, "prompt": "a fox", "output_format": format, "resolution": "480p", "duration": 4,
            "generate_audio": true});
        check(Vendor::AllToken, body.clone(), (854, 480), 96, 4.0).await;
        let api = Api::start().await;
        let task = api.finished(Vendor::AllToken, &body).await;
        let url = video_url(Vendor::AllToken, &task);
        let response = api.http.get(&url).send().await.unwrap();
        let (content_type, ending, brand) = expected;
        assert_eq!(response.headers()["content-type"], content_type);
        assert!(url.split('?').next().unwrap().ends_with(&format!(".{ending}")));
        if let Some(found) = probe(&response.bytes().await.unwrap()) {
            assert_eq!(found["format"]["tags"]["major_brand"], brand, "{body}");
            assert_eq!(found["streams"][1]["codec_name"], "aac", "{body}");
        }
    }
}

#[tokio::test]
async fn a_clip_has_a_sound_track_if_audio_is_requested() {
    let api = Api::start().await;
    for (vendor, sound) in [
        (Vendor::Token360, true),
        (Vendor::AllToken, true),
        (Vendor::Token360, false),
    ] {
        let body = json!({"model": "seedance-2.0", "prompt": "a fox", "duration": 4, "resolution": "480p",
            "generate_audio": sound});
        let task = api.finished(vendor, &body).await;
        let response = api.http.get(video_url(vendor, &task)).send().await.unwrap();
        let Some(found) = probe(&response.bytes().await.unwrap()) else {
            return;
        };
        let streams = found["streams"].as_array().unwrap();
        assert_eq!(streams.len(), if sound { 2 } else { 1 }, "{vendor}");
        let Some(track) = streams.get(1) else { continue };
        let format = (
            &track["codec_name"],
            &track["profile"],
            &track["sample_rate"],
            &track["channels"],
        );
        assert_eq!(
            format,
            (&json!("aac"), &json!("LC"), &json!("48000"), &json!(1)),
            "{vendor}"
        );
        assert_eq!(track["nb_read_frames"], "187", "{vendor}");
        for duration in [
            &streams[0]["duration"],
            &track["duration"],
            &found["format"]["duration"],
        ] {
            let duration: f64 = duration.as_str().unwrap().parse().unwrap();
            assert!((duration - 4.0).abs() < 0.03, "{vendor}: {duration}");
        }
    }
}

/// Without `generate_audio`, the model decides, by the spec.
#[tokio::test]
async fn a_clip_has_the_sound_of_its_model_by_default() {
    let api = Api::start().await;
    for (vendor, model, sound) in [
        (Vendor::Token360, "seedance-2.0", true),
        (Vendor::Token360, "seedance-9", false),
        (Vendor::AllToken, "seedance-1.5-pro", true),
        (Vendor::AllToken, "seedance-1.0-pro", false),
    ] {
        let body = json!({"model": model, "prompt": "a fox", "duration": 4, "resolution": "480p"});
        let task = api.finished(vendor, &body).await;
        assert_eq!(task["generate_audio"], sound, "{vendor} {model}");
        let response = api.http.get(video_url(vendor, &task)).send().await.unwrap();
        let Some(found) = probe(&response.bytes().await.unwrap()) else {
            return;
        };
        let streams = found["streams"].as_array().unwrap().len();
        assert_eq!(streams, if sound { 2 } else { 1 }, "{vendor} {model}");
    }
}
