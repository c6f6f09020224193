//! Tasks and texts of a vendor made fit for display: secrets masked, control characters removed, length limited.

use std::borrow::Cow;

use secrecy::ExposeSecret;

use super::members::Member;
use super::outcome::Judge;
use crate::model::mask::{KEY, sha256, steers_a_terminal, without_urls};
use crate::model::{Asset, AssetGroup, AssetStatus, Raw, TaskError, TaskId, TaskStatus, VideoTask, Violation};
use crate::vendors::{details, words};

/// Maximum length of a vendor's message, in characters.
const MESSAGE_LIMIT: usize = 500;

impl Judge<'_> {
    /// Cleans a vendor's text for display: secrets masked, control characters removed, length limited.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.cleaned(text).into_owned()
    }

    /// The same; most texts are clean already.
    fn cleaned<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = self.hidden(text);
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.chars().any(steers_a_terminal) {
            let printable = |c| if steers_a_terminal(c) { ' ' } else { c };
            text = text.chars().map(printable).collect();
        }
        // No text has more characters than bytes.
        if text.len() > MESSAGE_LIMIT
            && let Some((end, _)) = text.char_indices().nth(MESSAGE_LIMIT)
        {
            text = format!("{}...", &text[..end]).into();
        }
        text
    }

    fn clean_in_place(&self, text: &mut String) {
        if let Cow::Owned(clean) = self.cleaned(text) {
            *text = clean;
        }
    }

    /// Masks the key, and reduces URLs to their hosts.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.hidden(text).into_owned()
    }

    fn hidden<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let text = without_urls(text);
        match self.key.expose_secret() {
            key if key.is_empty() || key.len() > text.len() || !text.contains(key) => text,
            key => text.replace(key, KEY).into(),
        }
    }

    /// An identifier; if it contains a secret, a hash of it.
    pub(crate) fn name(&self, name: &str) -> String {
        self.named(name).into_owned()
    }

    fn named<'t>(&self, name: &'t str) -> Cow<'t, str> {
        match self.hidden(name) {
            hidden if hidden == name => Cow::Borrowed(name),
            hidden => format!("{hidden}#{}", &sha256(name.as_bytes())[..32]).into(),
        }
    }

    fn name_task(&self, id: &mut TaskId) {
        if let Cow::Owned(name) = self.named(id.id())
            && let Some(named) = TaskId::new(self.vendor, id.family(), name)
        {
            *id = named;
        }
    }

    /// Adds the raw response to a task, and cleans its texts for display. Only the links to its
    /// files, which `Debug` masks, and the raw response are unchanged.
    pub(crate) fn finish(&self, task: &mut VideoTask, raw: Raw) {
        finish(task, raw);
        self.name_task(&mut task.id);
        if let Some(id) = &mut task.vendor_id {
            *id = self.name(id);
        }
        if let TaskStatus::Unknown(word) = &mut task.status {
            self.clean_in_place(word);
        }
        self.clean_in_place(&mut task.vendor_status);
        let parameters = &mut task.parameters;
        if let Some(draft) = &mut parameters.draft_task {
            self.name_task(draft);
        }
        let texts = [
            &mut task.model,
            &mut task.prompt,
            &mut task.client_reference,
            &mut task.request_id,
            &mut parameters.input_type,
            &mut parameters.resolution,
            &mut parameters.aspect_ratio,
            &mut parameters.service_tier,
            &mut parameters.safety_identifier,
        ];
        let of_error = task
            .error
            .iter_mut()
            .flat_map(|error| [&mut error.code, &mut error.message, &mut error.param]);
        let videos = task.video.iter_mut().chain(&mut task.more_videos);
        let of_videos = videos.flat_map(|video| [&mut video.format, &mut video.resolution, &mut video.aspect_ratio]);
        for text in texts.into_iter().chain(of_error).chain(of_videos).flatten() {
            self.clean_in_place(text);
        }
    }

    /// Masks the key in violations; the rules have no access to it.
    pub(crate) fn violations(&self, violations: Vec<Violation>) -> Vec<Violation> {
        let hide = |violation: Violation| Violation {
            field: self.hide(&violation.field),
            value: self.hide(&violation.value),
            rule: self.hide(&violation.rule),
            hint: self.hide(&violation.hint),
            ..violation
        };
        violations.into_iter().map(hide).collect()
    }

    /// An asset, cleaned for display. Only the link to its content is unchanged.
    pub(crate) fn asset(&self, mut asset: Asset) -> Asset {
        if let AssetStatus::Unknown(word) = &mut asset.status {
            self.clean_in_place(word);
        }
        asset.id = self.name(&asset.id);
        let texts = [&mut asset.name, &mut asset.media, &mut asset.group, &mut asset.reason];
        for text in texts.into_iter().flatten() {
            self.clean_in_place(text);
        }
        asset
    }

    /// A group of assets, cleaned for display.
    pub(crate) fn group(&self, mut group: AssetGroup) -> AssetGroup {
        group.id = self.name(&group.id);
        for text in [&mut group.name, &mut group.kind].into_iter().flatten() {
            self.clean_in_place(text);
        }
        group
    }
}

/// Adds the raw response to a task, and the members whose places differ between vendors.
fn finish(task: &mut VideoTask, raw: Raw) {
    let body = Member::of(raw.text());
    let has_message = task.error.as_ref().is_some_and(|error| error.message.is_some());
    if task.status.is_ended() && !has_message {
        let (code, message) = words::error(&body.at("/error").map(Member::value).unwrap_or_default());
        let code = task.error.take().and_then(|error| error.code).or(code);
        let message = match message {
            None if task.status == TaskStatus::Failed => words::reason(&body.value()),
            message => message,
        };
        task.error = TaskError::new(code, message);
    }
    details::read(task, &body);
    drop(body);
    task.raw = raw;
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::model::Vendor;

    #[test]
    fn messages_lose_keys_and_urls() {
        let key = SecretString::from("sk-canary".to_owned());
        let judge = Judge {
            vendor: Vendor::ALL[0],
            key: &key,
        };
        let cleaned =
            judge.clean("bad key sk-canary for \"https://h.example/p?token=canary\" (see https://d.example/x)");
        assert!(!cleaned.contains("canary"), "{cleaned}");
        assert!(cleaned.contains("h.example") && cleaned.contains("<key>"), "{cleaned}");
        for url in [
            "https://b.example/clip(1).mp4?sig=canary",
            r"https:\/\/b.example\/p?sig=canary",
            "HTTPS://b.example/p?sig=canary",
            "https%3A%2F%2Fb.example%2Fp%3Fsig%3Dcanary",
            "x='https://b.example/it's?sig=canary'",
            "https:x,https://b.example/p?sig=canary",
            "http://b.example/p?sig=canary,https://b.example/q?sig=canary",
            "https%3A%2F%2Fb.example%2Fp%3Fsig%3Dcanary,http://b.example/q",
        ] {
            let cleaned = judge.clean(&format!("cannot fetch {url}, sorry"));
            assert!(!cleaned.contains("canary") && cleaned.ends_with(" sorry"), "{cleaned}");
        }
        assert_eq!(judge.clean("a\u{1b}[2Jb"), "a [2Jb");
        assert!(judge.clean(&"é".repeat(2000)).chars().count() <= MESSAGE_LIMIT + 3);
    }
}
