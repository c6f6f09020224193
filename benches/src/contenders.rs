//! The same call with three clients.

use std::time::Duration;

use reqwest::header::{ACCEPT, USER_AGENT};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use videogen::{Client, RetryPolicy, TaskId, Vendor, VideoRequest};
use videogen_raw_token360 as raw;

use crate::bodies;
use crate::result::Result;

const KEY: &str = "sk-bench-0123456789abcdef";
const PROMPT: &str = "A lighthouse keeper winds an old brass clock while rain runs down the window";

/// The call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Call {
    /// Get a task's status.
    Get,
    /// Submit a task.
    Submit,
}

/// The client.
#[derive(Clone)]
pub enum Contender {
    /// Careful handwritten code, with only `reqwest` and `serde`.
    Hand(Hand),
    /// The generated client: one for reads, one for submissions.
    Raw(raw::Client, raw::Client),
    /// The facade, as in applications.
    Facade(Client, TaskId),
}

/// A client for one vendor, written by hand.
#[derive(Clone)]
pub struct Hand {
    read: reqwest::Client,
    submit: reqwest::Client,
    base_url: String,
}

#[derive(Serialize)]
struct NewVideo<'a> {
    model: &'a str,
    prompt: &'a str,
    duration: u32,
    resolution: &'a str,
    aspect_ratio: &'a str,
    generate_audio: bool,
}

/// A task as documented.
#[derive(Debug, Deserialize)]
pub struct HandVideo {
    /// The task.
    pub id: String,
    /// Its status.
    pub status: String,
    /// The model.
    pub model: Option<String>,
    /// The prompt.
    pub prompt: Option<String>,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub updated_at: Option<i64>,
    /// The video's URL.
    pub url: Option<String>,
    /// The same under another name.
    pub video_url: Option<String>,
    /// Seconds.
    pub duration: Option<f64>,
    /// The parameters.
    pub parameters: Option<HandParameters>,
    /// Other results.
    pub content: Option<HandContent>,
    /// The failure.
    pub error: Option<HandError>,
}

/// The parameters.
#[derive(Debug, Deserialize)]
pub struct HandParameters {
    /// Size.
    pub resolution: Option<String>,
    /// Aspect ratio.
    pub aspect_ratio: Option<String>,
    /// Seconds.
    pub duration: Option<i64>,
}

/// Other results.
#[derive(Debug, Deserialize)]
pub struct HandContent {
    /// An image.
    pub last_frame_url: Option<String>,
}

/// Why a task failed.
#[derive(Debug, Deserialize)]
pub struct HandError {
    /// Code.
    pub code: Option<String>,
    /// Message.
    pub message: Option<String>,
}

/// A client for plain HTTP, which needs no certificates.
pub fn plain() -> reqwest::ClientBuilder {
    // `reqwest` needs a provider of cryptography in any case.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([])
}

/// A client that accepts the certificates that the platform accepts, as the facade does.
fn encrypted() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().http1_only()
}

/// The HTTP client of all contenders, for a base URL. Submissions use a new connection.
fn http(base_url: &str, pooled: bool) -> Result<reqwest::Client> {
    let builder = if base_url.starts_with("https:") {
        encrypted()
    } else {
        plain()
    };
    let builder = builder
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    let builder = if pooled {
        builder
    } else {
        builder.pool_max_idle_per_host(0)
    };
    Ok(builder.build()?)
}

impl Contender {
    /// By hand. `pooled`: submissions reuse connections, which the other two never do.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn hand(base_url: &str, pooled: bool) -> Result<Self> {
        Ok(Self::Hand(Hand {
            read: http(base_url, true)?,
            submit: http(base_url, pooled)?,
            base_url: base_url.to_owned(),
        }))
    }

    /// The generated client.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn raw(base_url: &str) -> Result<Self> {
        let session = videogen_wire::Session::new(&SecretString::from(KEY), &raw::facts::VENDOR.auth)?;
        let client = |http| raw::Client::new_with_client(base_url, http, session.call());
        Ok(Self::Raw(client(http(base_url, true)?), client(http(base_url, false)?)))
    }

    /// The facade.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn facade(base_url: &str) -> Result<Self> {
        Ok(Self::Facade(
            facade(Vendor::Token360, base_url)?,
            bodies::id(Vendor::Token360, 0)?,
        ))
    }

    /// Makes a call, and checks that the response was parsed.
    ///
    /// # Errors
    /// When it fails.
    pub async fn call(&self, call: Call) -> Result<()> {
        let status = match (self, call) {
            (Self::Hand(hand), Call::Get) => hand.get("t-0").await?.status,
            (Self::Hand(hand), Call::Submit) => hand.submit().await?.status,
            (Self::Raw(client, _), Call::Get) => status(client.get_video("t-0").await?.into_inner())?,
            (Self::Raw(_, client), Call::Submit) => status(client.create_video(&raw_request()).await?.into_inner())?,
            (Self::Facade(client, id), Call::Get) => client.get(id).await?.status.to_string(),
            (Self::Facade(client, _), Call::Submit) => client.submit(&request()).await?.status.to_string(),
        };
        let expected = if call == Call::Get { "completed" } else { "queued" };
        if status != expected {
            return Err(format!("{status}, not {expected}").into());
        }
        Ok(())
    }
}

/// A facade client for the benchmark server.
///
/// # Errors
/// When TLS cannot be set up.
pub fn facade(vendor: Vendor, base_url: &str) -> Result<Client> {
    let builder = Client::builder(vendor).key(KEY.to_owned()).base_url(base_url);
    Ok(builder.retry(RetryPolicy::never()).build()?)
}

/// The request that all of them send.
#[must_use]
pub fn request() -> VideoRequest {
    VideoRequest::new("seedance-2.0", PROMPT)
        .duration(6)
        .resolution("720p")
        .aspect_ratio("16:9")
        .generate_audio(true)
}

fn raw_request() -> raw::types::CreateVideoRequest {
    raw::types::CreateVideoRequest {
        model: "seedance-2.0".to_owned(),
        prompt: PROMPT.to_owned(),
        duration: Some(6),
        resolution: Some("720p".into()),
        aspect_ratio: Some("16:9".into()),
        generate_audio: Some(true),
        ..Default::default()
    }
}

fn status(video: raw::types::Video) -> Result<String> {
    let status = video.status.and_then(|status| status.0);
    Ok(status.ok_or("an answer without a status")?.to_string())
}

impl Hand {
    async fn get(&self, id: &str) -> Result<HandVideo> {
        let url = format!("{}/v1/videos/{id}", self.base_url);
        Self::send(self.read.get(url)).await
    }

    async fn submit(&self) -> Result<HandVideo> {
        let url = format!("{}/v1/videos", self.base_url);
        let body = NewVideo {
            model: "seedance-2.0",
            prompt: PROMPT,
            duration: 6,
            resolution: "720p",
            aspect_ratio: "16:9",
            generate_audio: true,
        };
        Self::send(self.submit.post(url).json(&body)).await
    }

    async fn send(request: reqwest::RequestBuilder) -> Result<HandVideo> {
        let response = request
            .bearer_auth(KEY)
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "by-hand/1.0")
            .send()
            .await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}
