//! The options that describe a video.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, OsStringValueParser, PathBufValueParser, TypedValueParser as _};
use clap::{Args, value_parser};
use serde_json::{Map, Value};
use videogen::{Adjust, ErrorKind, Role, Source, TaskId, Tool, Vendor, VideoDuration, VideoRequest};

use crate::exit::{Failure, INVALID};
use crate::input::{self, StandardInput};
use crate::late::{Valid, late, late_or};
use crate::output::{Output, file as shown};
use crate::request_file::{self, RequestFile};
use crate::several::MOST;
use crate::words;

/// Options with which a request may do without a prompt, if the model does.
const PROMPTLESS: [&str; 8] = [
    "request",
    "draft_task",
    "first_frame",
    "last_frame",
    "reference_image",
    "reference_video",
    "reference_audio",
    "allow_unverified",
];

/// The prompts of several requests.
#[derive(Args)]
#[command(next_help_heading = "Video")]
pub(crate) struct PromptsArgs {
    /// Description of a video; @FILE reads it from a file, - from standard input.
    #[arg(value_name = "PROMPT", required_unless_present_any = PROMPTLESS)]
    pub(crate) prompts: Vec<String>,
    /// Make N videos of each prompt; each is a paid submission.
    #[arg(
        short = 'n', long, value_name = "N", default_value_t = 1, allow_negative_numbers = true,
        value_parser = late_or(value_parser!(u16).range(1..=i64::from(MOST)), 1)
    )]
    pub(crate) count: u16,
}

#[derive(Args)]
#[command(next_help_heading = "Video")]
pub(crate) struct RequestArgs {
    /// Read fields from a JSON file, a sidecar or - (stdin); options override them.
    #[arg(long, value_name = "FILE", value_parser = PathBufValueParser::new().map(file_to_read))]
    request: Option<PathBuf>,
    /// Model [default: the vendor's first].
    #[arg(short, long, value_name = "MODEL", value_parser = late(NonEmptyStringValueParser::new()))]
    model: Option<Valid<String>>,
    /// Length in whole seconds, or `auto`.
    #[arg(
        short, long, value_name = "SECONDS|auto", allow_negative_numbers = true,
        value_parser = late(str::parse::<VideoDuration>)
    )]
    duration: Option<Valid<VideoDuration>>,
    /// Length in frames, for models that support it.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = late(value_parser!(u32)))]
    frames: Option<Valid<u32>>,
    /// Resolution tier, such as 720p.
    #[arg(short, long, value_name = "TIER")]
    resolution: Option<String>,
    /// Aspect ratio, such as 16:9, or adaptive.
    #[arg(short, long, value_name = "W:H")]
    aspect_ratio: Option<String>,
    /// First frame: https URL, asset://ID, upload:ID or a local file.
    #[arg(short = 'i', long, value_name = "SRC", value_parser = OsStringValueParser::new().map(source))]
    first_frame: Option<Source>,
    /// Last frame.
    #[arg(long, value_name = "SRC", value_parser = OsStringValueParser::new().map(source))]
    last_frame: Option<Source>,
    /// Reference image (repeatable).
    #[arg(long, value_name = "SRC", value_parser = OsStringValueParser::new().map(source))]
    reference_image: Vec<Source>,
    /// Reference video (repeatable).
    #[arg(long, value_name = "SRC", value_parser = OsStringValueParser::new().map(source))]
    reference_video: Vec<Source>,
    /// Reference audio (repeatable).
    #[arg(long, value_name = "SRC", value_parser = OsStringValueParser::new().map(source))]
    reference_audio: Vec<Source>,
    /// Random seed.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = late(value_parser!(i64)))]
    seed: Option<Valid<i64>>,
    /// Generate audio.
    #[arg(long, conflicts_with = "no_audio")]
    audio: bool,
    /// Disable audio.
    #[arg(long)]
    no_audio: bool,
    /// Add a watermark.
    #[arg(long, conflicts_with = "no_watermark")]
    watermark: bool,
    /// Disable the watermark.
    #[arg(long)]
    no_watermark: bool,
    /// Lock the camera.
    #[arg(long, conflicts_with = "no_camera_fixed")]
    camera_fixed: bool,
    /// Allow camera movement.
    #[arg(long)]
    no_camera_fixed: bool,
    /// Also return the last frame as an image.
    #[arg(long)]
    return_last_frame: bool,
    /// Service tier, such as flex.
    #[arg(long, value_name = "TIER")]
    service_tier: Option<String>,
    /// Provider-side timeout of the task.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = late(value_parser!(u32)))]
    expires_after: Option<Valid<u32>>,
    /// Stable id of the end user, for the provider's safety systems.
    #[arg(long, value_name = "ID")]
    safety_identifier: Option<String>,
    /// URL that the vendor calls when the task ends.
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    /// Your own id for the request.
    #[arg(long, value_name = "ID")]
    client_reference: Option<String>,
    /// Render a low-cost draft; --draft-task makes the final video of it.
    #[arg(long)]
    draft: bool,
    /// Render the final video from the draft TASK, which has the prompt.
    #[arg(long, value_name = "TASK", value_parser = late(str::parse::<TaskId>))]
    draft_task: Option<Valid<TaskId>>,
    /// Tool that the model may use, such as web_search (repeatable).
    #[arg(long, value_name = "KIND")]
    tool: Vec<String>,
    #[arg(long, value_name = "OPERATION", help = operations())]
    video_operation: Option<String>,
    /// File format of the video, such as mov.
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<String>,
    /// Value to store with the task (repeatable).
    #[arg(long, value_name = "KEY=VALUE", value_parser = late(pair))]
    metadata: Vec<Valid<(String, String)>>,
    /// Member to add to the vendor's request; dots for nested ones (repeatable).
    #[arg(long, value_name = "MEMBER=VALUE|JSON", value_parser = late(extra))]
    extra: Vec<Valid<Map<String, Value>>>,
    /// Leave out FIELD if it is not supported, instead of failing (repeatable).
    #[arg(long, value_name = "FIELD")]
    allow_drop: Vec<String>,
    /// Send the nearest duration, frames or resolution (of two, the lower) instead.
    #[arg(long, value_name = "FIELD")]
    allow_round: Vec<String>,
    /// Send FIELD even if it breaks an undocumented rule (repeatable)
    #[arg(long, value_name = "FIELD")]
    allow_unverified: Vec<String>,
    /// Whether the command sets the callback URL.
    #[arg(skip)]
    pub(crate) has_listener: bool,
}

/// The help of `--video-operation`: the values that the specs have, and the vendors of those that not all have.
fn operations() -> String {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for vendor in Vendor::ALL {
        let models = vendor.facts().models.iter();
        let fields = models.flat_map(|model| model.request.fields);
        for field in fields.filter(|field| field.name == "video_operation") {
            for value in field.values.iter().filter(|value| !value.is_empty()) {
                values.entry(value).or_default().insert(vendor.as_str());
            }
        }
    }
    let all: BTreeSet<&str> = values.values().flatten().copied().collect();
    let (common, others): (Vec<_>, Vec<_>) = values.iter().partition(|(_, vendors)| **vendors == all);
    let common = common.into_iter().map(|(value, _)| (*value).to_owned());
    let others = others.into_iter().map(|(value, vendors)| {
        let vendors: Vec<&str> = vendors.iter().copied().collect();
        format!("{value} ({})", vendors.join(", "))
    });
    common.chain(others).collect::<Vec<_>>().join(", ")
}

/// The requests of a command line.
pub(crate) struct Requests {
    /// One at least. Their model is empty if none is given.
    pub(crate) requests: Vec<VideoRequest>,
    /// The vendor of the sidecar that they are from.
    pub(crate) vendor: Option<Vendor>,
    /// Everything that is wrong with the file and the options. The requests are without it, and are only to be checked.
    pub(crate) fault: Option<Failure>,
    /// Whether the rules of the vendors can be checked.
    pub(crate) is_checkable: bool,
}

impl RequestArgs {
    /// The model that an option names.
    pub(crate) fn model(&self) -> Option<&str> {
        self.model.as_ref()?.as_deref()
    }

    /// A request for each prompt, or one with that of the file, as far as they can be read.
    pub(crate) fn read(self, prompts: Vec<String>, output: &Output) -> Requests {
        let mut stdin = StandardInput::new(output);
        let RequestFile {
            mut request,
            vendor,
            fault,
            is_checkable,
            lacks_prompt,
        } = match &self.request {
            Some(path) => request_file::read(path, &mut stdin, &|field| self.given(field, !prompts.is_empty())),
            None => RequestFile {
                is_checkable: true,
                ..RequestFile::default()
            },
        };
        let lacks_prompt = lacks_prompt && prompts.is_empty();
        let (mut texts, mut faults) = (Vec::new(), Vec::from_iter(fault));
        let several = prompts.len() > 1;
        for prompt in prompts {
            // `--camera-fixed true` would otherwise be paid twice.
            if several && matches!(prompt.as_str(), "true" | "false") {
                faults.push(invalid(format!(
                    "`{prompt}` would be a prompt, and a paid submission; a flag such as --camera-fixed has no value, so remove it, \
                     or read such a prompt from a file with @FILE"
                )));
                continue;
            }
            match input::prompt(prompt, &mut stdin) {
                Ok(text) => texts.push(text),
                Err(failure) => faults.push(failure),
            }
        }
        let file = self.request.clone().filter(|_| self.allow_unverified.is_empty());
        // Options override the file's members.
        macro_rules! set {
            ($($field:ident: $value:expr),* $(,)?) => {$(
                if let Some(value) = $value {
                    request.$field = value;
                }
            )*};
        }
        set! {
            model: self.model.flatten(),
            duration: self.duration.flatten().map(Some),
            frames: self.frames.flatten().map(Some),
            resolution: self.resolution.map(Some),
            aspect_ratio: self.aspect_ratio.map(Some),
            generate_audio: switch(self.audio, self.no_audio).map(Some),
            seed: self.seed.flatten().map(Some),
            watermark: switch(self.watermark, self.no_watermark).map(Some),
            camera_fixed: switch(self.camera_fixed, self.no_camera_fixed).map(Some),
            return_last_frame: self.return_last_frame.then_some(Some(true)),
            service_tier: self.service_tier.map(Some),
            expires_after: self.expires_after.flatten().map(Some),
            safety_identifier: self.safety_identifier.map(Some),
            callback_url: self.callback_url.map(|url| Some(url.into())),
            client_reference: self.client_reference.map(Some),
            draft: self.draft.then_some(Some(true)),
            draft_task: self.draft_task.flatten().map(Some),
            video_operation: self.video_operation.map(Some),
            output_format: self.output_format.map(Some),
        }
        if !self.tool.is_empty() {
            let tool = |kind| Tool {
                kind,
                settings: Map::new(),
            };
            request.tools = self.tool.into_iter().map(tool).collect();
        }
        for (fields, how) in [(self.allow_drop, Adjust::Drop), (self.allow_round, Adjust::Round)] {
            for field in fields {
                request = request.adjust(field.replace('-', "_"), how);
            }
        }
        for field in self.allow_unverified {
            request = request.allow_unverified(field.replace('-', "_"));
        }
        let mut keys = BTreeSet::new();
        for (key, value) in self.metadata.into_iter().flatten() {
            if !keys.insert(key.clone()) {
                faults.push(invalid(format!("--metadata {key}: given twice")));
            }
            request.metadata.insert(key, value.into());
        }
        if !self.extra.is_empty() {
            request.extra = Map::new();
        }
        for members in self.extra.into_iter().flatten() {
            let added = add(&mut request.extra, members, "");
            faults.extend(added.err().map(|reason| invalid(format!("--extra: {reason}"))));
        }
        let roles = [
            (Role::FirstFrame, Vec::from_iter(self.first_frame)),
            (Role::LastFrame, Vec::from_iter(self.last_frame)),
            (Role::ReferenceImage, self.reference_image),
            (Role::ReferenceVideo, self.reference_video),
            (Role::ReferenceAudio, self.reference_audio),
        ];
        for (role, sources) in roles {
            if !sources.is_empty() {
                request.inputs.retain(|input| input.role != role);
            }
            for source in sources {
                request = request.input(role, source);
            }
        }
        let may_lack_it = !request.inputs.is_empty() || request.draft_task.is_some();
        // Without an input, the rules of the vendors refuse it.
        if several && may_lack_it && texts.iter().any(String::is_empty) {
            faults.push(invalid(
                "a prompt is empty, and it would be a paid submission; describe the video in it, or remove it"
                    .to_owned(),
            ));
        }
        if let Some(file) = file.filter(|_| lacks_prompt && !may_lack_it) {
            let place = match file.as_os_str() == "-" {
                true => "standard input".to_owned(),
                false => shown(&file),
            };
            let message = format!("the request in {place} has no prompt; pass it as PROMPT, or add it to the request");
            faults.push(invalid(message));
        }
        if !faults.is_empty() && request.prompt.is_empty() && texts.is_empty() {
            // It may be what is wrong. It is never sent.
            "x".clone_into(&mut request.prompt);
        }
        let with = |prompt| {
            let mut request = request.clone();
            request.prompt = prompt;
            request
        };
        let requests = match texts.is_empty() {
            true => vec![request],
            false => texts.into_iter().map(with).collect(),
        };
        Requests {
            requests,
            vendor,
            fault: Failure::all(faults),
            is_checkable,
        }
    }

    /// How many values the options have for a part of a request that a sidecar lacks.
    fn given(&self, field: &str, has_prompt: bool) -> usize {
        let is_set = match field.split_once('.') {
            Some(("metadata", key)) => self.metadata.iter().flatten().any(|(given, _)| given == key),
            Some(("extra", _)) => !self.extra.is_empty(),
            Some(_) => false,
            None => match field {
                "prompt" => has_prompt,
                "model" => self.model.is_some(),
                "callback_url" => self.callback_url.is_some() || self.has_listener,
                "client_reference" => self.client_reference.is_some(),
                "safety_identifier" => self.safety_identifier.is_some(),
                "first_frame" => self.first_frame.is_some(),
                "last_frame" => self.last_frame.is_some(),
                "reference_image" => return self.reference_image.len(),
                "reference_video" => return self.reference_video.len(),
                "reference_audio" => return self.reference_audio.len(),
                _ => false,
            },
        };
        is_set.into()
    }
}

/// A path need not be UTF-8. What is invalid is reported with the other faults of the request.
fn source(given: OsString) -> Source {
    let source = match given.into_string() {
        Ok(text) => Source::try_from(text),
        Err(path) => Source::try_from(PathBuf::from(path)),
    };
    source.unwrap_or_else(Source::Invalid)
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("must be KEY=VALUE")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

/// The members of a JSON object, or one as `MEMBER=VALUE`, where the value is JSON or else text.
fn extra(text: &str) -> Result<Map<String, Value>, String> {
    let members = match text.split_once('=') {
        Some((path, value)) if !text.trim_start().starts_with(['{', '[', '"']) => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
            let nest = |value, name: &str| Value::Object(Map::from_iter([(name.to_owned(), value)]));
            path.rsplit('.').fold(value, nest)
        }
        _ => serde_json::from_str(text)
            .map_err(|error| format!("is neither MEMBER=VALUE nor JSON: {}", words::syntax(&error)))?,
    };
    match members {
        Value::Object(members) if has_empty_name(&members) => Err("the name of a member is empty".to_owned()),
        Value::Object(members) => Ok(members),
        _ => Err("must be MEMBER=VALUE or a JSON object".to_owned()),
    }
}

fn has_empty_name(members: &Map<String, Value>) -> bool {
    let nested = |value: &Value| value.as_object().is_some_and(has_empty_name);
    members.iter().any(|(name, value)| name.is_empty() || nested(value))
}

/// Adds members to `all`; those of an object that is there go into it.
fn add(all: &mut Map<String, Value>, members: Map<String, Value>, around: &str) -> Result<(), String> {
    for (name, value) in members {
        let path = format!("{around}{name}");
        match (all.get_mut(&name), value) {
            (None, value) => drop(all.insert(name, value)),
            (Some(Value::Object(there)), Value::Object(members)) => add(there, members, &format!("{path}."))?,
            (Some(_), _) => return Err(format!("{path} is given twice")),
        }
    }
    Ok(())
}

/// `@FILE` names a file too, as in a prompt.
fn file_to_read(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|path| path.strip_prefix('@')) {
        Some(named) if !named.is_empty() => named.into(),
        _ => path,
    }
}

fn switch(on: bool, off: bool) -> Option<bool> {
    if on {
        Some(true)
    } else if off {
        Some(false)
    } else {
        None
    }
}

fn invalid(message: String) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}
