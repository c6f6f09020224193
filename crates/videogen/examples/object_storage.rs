//! A finished video as a stream into an object store, without a file: one `PUT` to a presigned URL, as S3 and its kin take it.
//!
//! In the repository, `cargo run --example object_storage` runs it against the simulator and a local store: no key, no cost.

use std::error::Error;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::put;
use axum::{Router, serve};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use videogen::download::DownloadOptions;
use videogen::{Client, Vendor, VideoRequest};
use videogen_sim::Simulator;

/// Generates a clip, and uploads it to `url` while it is downloaded. Memory holds a few chunks, however long the clip is.
///
/// The store gets the body in chunks. One that needs its length beforehand, as S3 does for a single `PUT`, takes the parts of
/// a multipart upload instead, or `Client::download_bytes` for clips that fit into memory.
pub(crate) async fn run(client: &Client, request: &VideoRequest, url: &str) -> Result<(), Box<dyn Error>> {
    let task = client.submit(request).await?;
    let task = client.wait(&task).await?;
    let video = client.download_stream(&task, DownloadOptions::default().max_bytes(500_000_000));
    // An interrupted download resumes inside the stream. If it fails for good, so does the upload, and the store keeps nothing.
    // Once per process: reqwest has no TLS library of its own here, and takes the one of the facade.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::Client::new()
        .put(url)
        .header("content-type", "video/mp4")
        .body(reqwest::Body::wrap_stream(video))
        .send()
        .await?;
    response.error_for_status()?;
    Ok(())
}

/// A store on this machine: the objects that were put into it.
pub(crate) async fn store() -> Result<(String, mpsc::Receiver<(String, Bytes)>), Box<dyn Error>> {
    let (sender, objects) = mpsc::channel(8);
    let app = Router::new().route(
        "/{bucket}/{key}",
        put(
            |Path((_, key)): Path<(String, String)>, headers: HeaderMap, body: Bytes| async move {
                if headers.get("content-type").is_none_or(|kind| kind != "video/mp4") {
                    return StatusCode::UNSUPPORTED_MEDIA_TYPE;
                }
                match sender.send((key, body)).await {
                    Ok(()) => StatusCode::OK,
                    Err(_) => StatusCode::SERVICE_UNAVAILABLE,
                }
            },
        )
        .layer(axum::extract::DefaultBodyLimit::disable()),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/clips", listener.local_addr()?);
    tokio::spawn(async move { serve(listener, app).await });
    Ok((base, objects))
}

#[allow(dead_code, reason = "a test runs `run` by itself")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::builder().speed(100.0).start().await?;
    let client = simulator.client(Vendor::Token360)?;
    let (base, mut objects) = store().await?;
    let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(4);
    run(&client, &request, &format!("{base}/boat.mp4?X-Amz-Signature=…")).await?;
    let (key, object) = objects.recv().await.ok_or("the store has stopped")?;
    println!("{key}: {} bytes", object.len());
    Ok(())
}
