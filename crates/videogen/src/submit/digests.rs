//! Digests that identify a request in the journal.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::model::mask::hex;
use crate::model::{Capabilities, Error, ErrorKind, Input, Role, Source, Vendor, VideoRequest};
use crate::rules::spelling::spelled;
use crate::transport::content::{Content, blocking, unreadable};
use crate::upload::Contents;

impl Client {
    /// The digests of a request, made on a blocking thread if there are files to read.
    pub(super) async fn fingerprints(
        &self,
        given: &VideoRequest,
        request: &VideoRequest,
        contents: &Contents,
    ) -> Result<Vec<String>, Error> {
        if contents.is_empty() {
            return digests(self.0.vendor, given, request, contents);
        }
        let vendor = self.0.vendor;
        let (given, request, contents) = (given.clone(), request.clone(), contents.clone());
        blocking(move || digests(vendor, &given, &request, &contents)).await
    }
}

/// Digests by which a repeated request is recognised: the one that is recorded, and those that earlier versions recorded.
///
/// Several ids may name one endpoint, and a value may be spelled in several ways: what is sent counts.
///
/// A local file counts with its content, in the form of a data URL: the same in all versions, and whatever its path and the
/// reference of its upload.
///
/// # Errors
/// `io` when a file cannot be read, or has changed.
fn digests(
    vendor: Vendor,
    original: &VideoRequest,
    request: &VideoRequest,
    contents: &Contents,
) -> Result<Vec<String>, Error> {
    // Not part of the request's identity: the callback URL may have a different token each time, and a permission to break
    // unverified rules does not change what is sent. The first version had the URL, and the request after its adjustments.
    let without = ["callback_url", "allow_unverified"];
    let sent = as_sent(vendor, original);
    let mut digests = vec![digest(&sent, &without, contents)?];
    if let Cow::Owned(_) = sent {
        digests.push(digest(original, &without, contents)?);
    }
    digests.push(digest(request, &["allow_unverified"], contents)?);
    Ok(digests)
}

/// The request with the model of its endpoint, and its values as the vendor spells them.
fn as_sent(vendor: Vendor, request: &VideoRequest) -> Cow<'_, VideoRequest> {
    let spelled = spelled(vendor, request);
    let endpoint = spelled.endpoint(Capabilities::of(vendor, &spelled.model).model);
    if endpoint == spelled.model {
        return spelled;
    }
    let model = endpoint.to_owned();
    let mut sent = spelled.into_owned();
    sent.model = model;
    Cow::Owned(sent)
}

fn digest(request: &VideoRequest, without: &[&str], contents: &Contents) -> Result<String, Error> {
    let failure = Cell::new(None);
    let inputs: Vec<InputText<'_>> = request
        .inputs
        .iter()
        .map(|input| InputText::new(input, contents, &failure))
        .collect();
    let mut request = request.clone();
    // In place of the inputs, so that their content is in memory in parts only.
    let has_inputs = !std::mem::take(&mut request.inputs).is_empty();
    let mut members = match json!(request) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.retain(|member, _| !without.contains(&member.as_str()));
    if has_inputs {
        members.insert("inputs".to_owned(), Value::Null);
    }
    let mut digest = Digest(Context::new(&SHA256));
    let members = Members(&members, &inputs);
    match (serde_json::to_writer(&mut digest, &members), failure.take()) {
        (Ok(()), None) => Ok(hex(digest.0.finish().as_ref())),
        (_, Some(reason)) => Err(Error::new(ErrorKind::Io, reason)),
        (Err(error), None) => Err(Error::new(ErrorKind::Io, error.to_string())),
    }
}

/// A writer into a digest.
struct Digest(Context);

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The members of a request, in the order of their names.
struct Members<'a>(&'a Map<String, Value>, &'a [InputText<'a>]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| match name.as_str() {
            "inputs" => (name, Member::Inputs(self.1)),
            _ => (name, Member::Value(value)),
        }))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Value(&'a Value),
    Inputs(&'a [InputText<'a>]),
}

/// An input in the order of the names of its members.
#[derive(Serialize)]
struct InputText<'a> {
    role: Role,
    source: SourceText<'a>,
}

impl<'a> InputText<'a> {
    fn new(input: &'a Input, contents: &'a Contents, failure: &'a Cell<Option<String>>) -> Self {
        let content = match &input.source {
            Source::File(file) => contents.find(file).map(|content| &**content),
            _ => None,
        };
        Self {
            role: input.role,
            source: match content {
                Some(content) => SourceText::Content(content, failure),
                None => SourceText::Source(&input.source),
            },
        }
    }
}

enum SourceText<'a> {
    Source(&'a Source),
    /// A file, and where the reason is left when it cannot be read.
    Content(&'a Content, &'a Cell<Option<String>>),
}

impl Serialize for SourceText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Source(source) => source.serialize(serializer),
            Self::Content(..) => serializer.collect_str(self),
        }
    }
}

/// The data URL of a file, written in parts.
impl fmt::Display for SourceText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Content(content, failure) = self else {
            return Ok(());
        };
        write!(f, "data:{};base64,", content.probe.media_type)?;
        let written = content.each(|chunk| f.write_str(&STANDARD.encode(chunk)).map_err(io::Error::other));
        if let Err(reason) = written {
            // Not as an error, which the serializer takes for one of its writer's.
            failure.set(Some(unreadable(&content.file, &reason).message().to_owned()));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::LocalFile;
    use crate::model::mask::sha256;
    use crate::rules::media::Files;

    async fn recorded(request: &VideoRequest) -> Result<String, Error> {
        let contents = Contents::of(request, &Files::of(request)).await?;
        digests(Vendor::ALL[0], request, request, &contents).map(|digests| digests[0].clone())
    }

    fn picture(length: usize) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.resize(length, 7);
        bytes
    }

    /// As the released versions made it: local images were data URLs in memory.
    fn released(request: &VideoRequest) -> String {
        let mut request = json!(request);
        request.as_object_mut().unwrap().remove("callback_url");
        sha256(request.to_string().as_bytes())
    }

    #[tokio::test]
    async fn a_file_counts_with_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let named = |name: &str| LocalFile::from(folder.path().join(name));
        for length in [8, 9, 400_000, 400_001, 400_002] {
            std::fs::write(folder.path().join("a.png"), picture(length)).unwrap();
            std::fs::write(folder.path().join("b"), picture(length)).unwrap();
            let new = || VideoRequest::new("m", "a \"quoted\" prompt").duration(5).seed(0);
            let inline = Source::Data {
                media_type: "image/png".to_owned(),
                bytes: picture(length),
            };
            let expected = released(&new().first_frame(inline).reference_image("asset://x"));
            for file in [named("a.png"), named("b"), picture(length).into()] {
                let request = new()
                    .first_frame(file)
                    .reference_image("asset://x")
                    .callback_url("https://h.example/cb");
                assert_eq!(recorded(&request).await.unwrap(), expected, "{length}");
            }
            let other = new()
                .first_frame(LocalFile::from(picture(length + 1)))
                .reference_image("asset://x");
            assert_ne!(recorded(&other).await.unwrap(), expected);
        }
        assert_eq!(
            recorded(&VideoRequest::new("m", "p")).await.unwrap(),
            released(&VideoRequest::new("m", "p"))
        );
    }

    #[tokio::test]
    async fn a_file_that_changes_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, picture(100)).unwrap();
        let request = VideoRequest::new("m", "p").first_frame(path.as_path());
        let contents = Contents::of(&request, &Files::of(&request)).await.unwrap();
        std::fs::write(&path, picture(101)).unwrap();
        let error = digests(Vendor::ALL[0], &request, &request, &contents).unwrap_err();
        assert!(
            error.kind() == ErrorKind::Io && error.message().contains("changed"),
            "{error}"
        );
    }
}
