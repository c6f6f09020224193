//! The sidecar of a video: a JSON file next to it with what it was made with, from which `generate --request` repeats it.
//! It has no link with a query, no callback URL and no key.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::Utc;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use videogen::journal::{Entry, hide_urls};
use videogen::price::{Reserved, TaskCost};
use videogen::task::{TaskParameters, Usage};
use videogen::{Error, ErrorKind, TaskId, TaskStatus, Timestamp, Vendor, VideoRequest, VideoTask};

use crate::system;

/// Content of a sidecar.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Sidecar")]
pub(crate) struct Sidecar<'a> {
    /// The request as the user wrote it, without what `missing` lists: a document of the schema `request`. Absent if the task
    /// was submitted elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Map<String, Value>>,
    /// Parts of the request that are not stored.
    #[serde(skip_serializing_if = "<[Missing]>::is_empty")]
    missing: &'a [Missing],
    /// The vendor.
    vendor: Vendor,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    /// Vendors that were tried before, and did not take the request.
    #[serde(skip_serializing_if = "<[Refusal]>::is_empty")]
    refused_by: &'a [Refusal],
    /// The task.
    task: Task<'a>,
    /// Number of the video, if the vendor made several.
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<u16>,
    /// Time of the submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<Timestamp>,
    /// Time of completion, if the vendor reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    /// Time at which the file was found complete.
    downloaded_at: Timestamp,
    /// Tokens and searches used.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a Usage>,
    /// What it was expected to cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<&'a Reserved>,
    /// What it cost, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<TaskCost>,
    /// Whether the built-in simulator made it, at no cost.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    simulated: bool,
    /// Name of the file.
    file: String,
    /// Size of the file.
    bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    sha256: String,
}

/// The task of a video.
#[derive(Serialize, JsonSchema)]
struct Task<'a> {
    /// Its id: `vendor:family:id`.
    id: &'a TaskId,
    /// Its status.
    status: &'a TaskStatus,
    /// What it was made with, as far as the vendor returns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a TaskParameters>,
}

/// A part of a request that is not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Missing {
    /// Its member, or the role of the input.
    pub(crate) field: String,
    /// Why.
    pub(crate) reason: String,
}

impl Missing {
    fn new(field: &str, reason: &str) -> Self {
        Self {
            field: field.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// Why a vendor did not take a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Refusal {
    /// The vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<Vendor>,
    /// Kind of the error.
    kind: ErrorKind,
    /// Message for people.
    message: String,
}

/// A request as it is stored in a sidecar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    refused_by: Vec<Refusal>,
    request: Option<Map<String, Value>>,
    missing: Vec<Missing>,
    submitted_at: Option<Timestamp>,
    simulated: bool,
}

const CALLBACK: &str = "callback URLs are not stored";
const LINK: &str = "links with a query are not stored";

impl Origin {
    /// Of a request that is about to be submitted.
    pub(crate) fn of_request(request: &VideoRequest, simulated: bool) -> Self {
        Self {
            submitted_at: Some(Utc::now()),
            simulated,
            ..Self::read(json!(request))
        }
    }

    /// Of a task that an earlier run submitted, as far as the journal has it.
    pub(crate) fn of_entry(entry: &Entry) -> Self {
        Self {
            submitted_at: Some(entry.intent.at),
            ..Self::read(entry.intent.request.clone())
        }
    }

    /// Adds why other vendors did not take the request.
    pub(crate) fn refused_by(mut self, refused: &[Error]) -> Self {
        let refusal = |error: &Error| Refusal {
            vendor: error.vendor(),
            kind: error.kind(),
            message: error.message().to_owned(),
        };
        self.refused_by = refused.iter().map(refusal).collect();
        self
    }

    fn read(request: Value) -> Self {
        let Value::Object(mut request) = request else {
            return Self::default();
        };
        let mut missing = Vec::new();
        // Its path may be a secret too.
        if request.remove("callback_url").is_some() {
            missing.push(Missing::new("callback_url", CALLBACK));
        }
        if let Some(Value::Array(inputs)) = request.remove("inputs") {
            let stored: Vec<Value> = inputs
                .into_iter()
                .filter_map(|mut input| match stored(input["source"].as_str().unwrap_or_default()) {
                    Ok(source) => {
                        input["source"] = source.into();
                        Some(input)
                    }
                    Err(reason) => {
                        missing.push(Missing::new(input["role"].as_str().unwrap_or("inputs"), reason));
                        None
                    }
                })
                .collect();
            request.insert("inputs".to_owned(), stored.into());
        }
        for (name, value) in request.iter_mut().filter(|(name, _)| *name != "inputs") {
            clean(name, value, &mut missing);
        }
        Self {
            request: Some(request),
            missing,
            ..Self::default()
        }
    }
}

/// The source of an input as it is stored: paths from anywhere, links without anything secret.
fn stored(source: &str) -> Result<String, &'static str> {
    let (scheme, rest) = source.split_once(':').unwrap_or_default();
    match scheme {
        "file" | "data" if rest.contains(";sha256,") => Err("the journal has its digest only"),
        "file" => {
            let path = std::path::absolute(rest).map(|path| path.to_string_lossy().to_string());
            Ok(path.map_or_else(|_| source.to_owned(), |path| format!("file:{path}")))
        }
        "http" | "https" if !is_plain(source) => Err(LINK),
        _ => Ok(source.to_owned()),
    }
}

/// Whether a text has no URL that may be a credential.
fn is_plain(text: &str) -> bool {
    let is_secret = |word: &str| word.contains("://") && word.contains(['?', '@', '#']);
    !text.contains("[masked]") && !text.contains("<key>") && !text.split_whitespace().any(is_secret)
}

/// Masks the texts in `value`, the member `name` of a request.
fn clean(name: &str, value: &mut Value, missing: &mut Vec<Missing>) {
    match value {
        Value::String(text) if !is_plain(text) => {
            missing.push(Missing::new(name, LINK));
            *text = hide_urls(text);
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                clean(&format!("{name}[{index}]"), item, missing);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                clean(&format!("{name}.{member}"), value, missing);
            }
        }
        _ => {}
    }
}

/// Path of the sidecar of a video.
pub(crate) fn path_of(video: &Path) -> PathBuf {
    let mut path = OsString::from(video);
    path.push(".json");
    path.into()
}

/// Whether a sidecar can be written to `path` without replacing anything but an earlier one of the same task.
pub(crate) fn is_free(path: &Path, task: Option<&TaskId>) -> bool {
    if path.symlink_metadata().is_err() {
        return true;
    }
    let read = || -> io::Result<Value> { Ok(serde_json::from_reader(io::BufReader::new(File::open(path)?))?) };
    let document = read().unwrap_or_default();
    task.is_some_and(|task| document["task"]["id"] == task.to_string())
}

/// Writes the sidecar of the video at `video`, which is complete. `entry`: its task in the journal. `number`: of a task with
/// several videos.
///
/// # Errors
/// When the video cannot be read, or the sidecar cannot be written. Then there is no part of it.
pub(crate) fn write(
    origin: &Origin,
    entry: Option<&Entry>,
    task: &VideoTask,
    video: &Path,
    number: Option<u16>,
) -> io::Result<()> {
    let (bytes, sha256) = digest(video)?;
    let request = origin.request.as_ref();
    let model = request.and_then(|request| request.get("model").and_then(Value::as_str));
    let sidecar = Sidecar {
        request,
        missing: &origin.missing,
        vendor: task.id.vendor(),
        model: model.or(task.model.as_deref()),
        refused_by: &origin.refused_by,
        task: Task {
            id: &task.id,
            status: &task.status,
            parameters: Some(&task.parameters).filter(|found| **found != TaskParameters::default()),
        },
        video: number,
        // An earlier run may have submitted the same request.
        submitted_at: entry
            .map(|entry| entry.intent.at)
            .or(origin.submitted_at)
            .or(task.created_at),
        completed_at: task.completed_at,
        downloaded_at: Utc::now(),
        usage: task.usage.as_ref(),
        estimate: task.estimate.as_ref(),
        cost: task.cost(),
        simulated: origin.simulated,
        file: video.file_name().unwrap_or_default().to_string_lossy().to_string(),
        bytes,
        sha256,
    };
    let path = path_of(video);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".videogen-").suffix(".json");
    // The video next to it has it too.
    system::usual_mode(&mut builder);
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    serde_json::to_writer_pretty(&mut file, &sidecar)?;
    file.write_all(b"\n")?;
    file.persist(path)?;
    Ok(())
}

/// Size and SHA-256 of a file.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => {
                digest.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
    let digits = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((bytes, digits))
}
