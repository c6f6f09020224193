//! Types for the facts in a spec's extensions: endpoint families, fields, models, rate limits.
//!
//! The tables are generated into the raw crates from `x-models` and other extensions; `specs/README.md` explains
//! each member.

mod conditions;
mod length;
mod price;
mod request;
mod webhook;

pub use self::conditions::{Condition, Doubt, FieldState, FieldTest};
pub use self::length::{Auto, Duration, Frames, Zero};
pub use self::price::{Billing, Price, PriceUnit, Rate, Size, Tokens};
pub use self::request::{Extra, Field, Form, Item, Member, Place, Request, Word};
pub use self::webhook::{Encoding, Scheme, Signature, SigningKey, Webhook};

/// All facts of one vendor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vendor {
    /// Display name.
    pub name: &'static str,
    /// Environment variable of the API key.
    pub key_env: &'static str,
    /// Page for keys and balance, or the nearest known address.
    pub keys_page: Option<&'static str>,
    /// Environment variable that replaces the base URL.
    pub base_url_env: &'static str,
    /// Public base URL.
    pub base_url: &'static str,
    /// Models that the vendor serves at another base URL: the beginning of their ids, and that URL.
    pub model_base_urls: &'static [(&'static str, &'static str)],
    /// Operations on another host: `operationId` and base URL.
    pub servers: &'static [(&'static str, &'static str)],
    /// How requests carry the key.
    pub auth: Auth,
    /// When to poll.
    pub poll: Poll,
    /// Lifetime of a result URL.
    pub result_url: ResultUrl,
    /// How webhooks are delivered.
    pub webhook: Webhook,
    /// Rate limits of an account.
    pub rate_limits: RateLimits,
    /// Documentation pages.
    pub pages: &'static [Page],
    /// Where its answers carry the members of a task that are read alike for all vendors.
    pub task_fields: &'static [TaskField],
    /// Status words, cancellation and lifetime of its tasks.
    pub tasks: Tasks,
    /// Its error codes whose meaning the status of a response does not show.
    pub errors: &'static [ErrorCode],
    /// Query parameters of its list of tasks; empty if it has none.
    pub list: &'static [ListParameter],
    /// Where its own list of models states what each takes, if it does.
    pub listing: Option<Listing>,
    /// Endpoint families, former ones included.
    pub families: &'static [Family],
    /// Models; the first match by id decides, the last entry matches any id.
    pub models: &'static [Model],
    /// Ways in which a local file becomes a source of inputs, in order of preference.
    pub uploads: &'static [Upload],
    /// Words at the end of a prompt that the vendor reads as a field, such as `--rs`: the word, and the normalised field that
    /// the word after it sets.
    pub prompt_flags: &'static [(&'static str, &'static str)],
    /// List prices. A model that none is for has an unknown price.
    pub prices: &'static [Price],
    /// Which tasks are billed.
    pub billing: Billing,
}

/// An error code of the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    /// The code.
    pub code: &'static str,
    /// Normalised kind of the error, such as `conflict`.
    pub kind: &'static str,
    /// What it means, where the vendor's answers have no text.
    pub message: Option<&'static str>,
}

/// How requests carry the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Auth {
    /// Name of the header, in lower case.
    pub header: &'static str,
    /// What precedes the key in it, such as `Bearer `.
    pub prefix: &'static str,
}

/// A documentation page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Short name used in the spec.
    pub name: &'static str,
    /// Address.
    pub url: &'static str,
    /// Date it was read, `YYYY-MM-DD`.
    pub read: &'static str,
    /// What the address is, if it is only the nearest known one.
    pub note: Option<&'static str>,
}

/// A member of a task and the places in an answer where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskField {
    /// Name of the member.
    pub name: &'static str,
    /// JSON pointers; the first with a readable value counts.
    pub places: &'static [&'static str],
    /// The places whose values the vendor spells otherwise: the pointer, and the words there.
    pub words: &'static [(&'static str, &'static [Word])],
}

/// What holds of the tasks of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tasks {
    /// The vendor's status words, each with the normalised status. A word that is not here has the usual meaning.
    pub statuses: &'static [(&'static str, &'static str)],
    /// The member of an answer that has the id of a task, if it is neither `id` nor another usual name.
    pub id: Option<&'static str>,
    /// Status of a new task, where the answer to the submission shows none.
    pub created: Option<&'static str>,
    /// Statuses in which the cancel operation cancels, where it does something else in others; empty if it does not.
    pub cancel_when: &'static [&'static str],
    /// Seconds after its creation for which a task can be polled and listed, if limited.
    pub kept: Option<u64>,
}

/// A query parameter of a list of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListParameter {
    /// What it carries: an option of a list query; `page`, the number of a page; `cursor`, the place of a page; or `next_url`, the URL of the next page in
    /// the answer.
    pub name: &'static str,
    /// Name of the parameter, or of the member of the answer.
    pub wire: &'static str,
    /// Largest value, if limited.
    pub maximum: Option<i64>,
    /// Allowed values, when they are a closed set.
    pub values: &'static [&'static str],
}

/// What a vendor's own list of models states of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// `operationId` of the operation that returns the list.
    pub operation: &'static str,
    /// JSON pointer of the list in the answer.
    pub models: &'static str,
    /// JSON pointer of the id in an entry.
    pub id: &'static str,
    /// The stated limits, with their JSON pointers in an entry: `durations`, `duration_min`, `duration_max`, `resolutions`,
    /// `aspect_ratios`, `frames`, `generate_audio`, `seed`, `prices_usd`.
    pub members: &'static [(&'static str, &'static str)],
}

/// Polling advice, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poll {
    /// Wait before the first poll.
    pub first: u64,
    /// Shortest and longest advised wait between polls.
    pub every: (u64, u64),
    /// Advised timeout, if any.
    pub give_up: Option<u64>,
}

/// Lifetime of a result URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultUrl {
    /// Seconds, if it expires.
    pub ttl: Option<u64>,
    /// Whether polling again returns a new one.
    pub refreshable: bool,
    /// Whether one on the vendor's own origin, below the base URL, needs the key.
    pub key_on_own_origin: bool,
}

/// Documented limits of one account; a list is empty if none is documented, and all of a list apply at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Of submissions.
    pub submit: &'static [RateLimit],
    /// Of queries.
    pub query: &'static [RateLimit],
}

/// Rate limit: a number of requests in a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests.
    pub limit: u32,
    /// Seconds.
    pub per: u64,
}

/// An endpoint family: a part of task ids. It stays known when the operations that created its tasks are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// Its name in task ids.
    pub name: &'static str,
    /// `operationId` of the operation that polls its tasks.
    pub poll: &'static str,
    /// Whether that operation also takes the caller's own id of a task.
    pub by_reference: bool,
    /// Whether no operation creates such tasks any more.
    pub former: bool,
}

/// Supported fields and values of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    /// Model id, or a prefix that ends in `*`.
    pub id: &'static str,
    /// The ids to which its requests go, where that depends on their inputs.
    pub endpoints: Option<Endpoints>,
    /// Endpoint family that creates its tasks.
    pub family: &'static str,
    /// Body of a request for it.
    pub request: Request,
    /// Whether the limits below are documented for this id. Otherwise only the request's schema holds: the empty lists of
    /// resolutions and aspect ratios stand for every value of the schema.
    pub limits_known: bool,
    /// Durations.
    pub duration: Duration,
    /// Frame counts, if the model supports them.
    pub frames: Option<Frames>,
    /// Resolution tiers; empty if not selectable.
    pub resolutions: &'static [&'static str],
    /// Default tier.
    pub default_resolution: Option<&'static str>,
    /// Aspect ratios; empty if not selectable.
    pub aspect_ratios: &'static [&'static str],
    /// Default ratio.
    pub default_aspect_ratio: Option<&'static str>,
    /// Whether audio is generated by default, where that is known.
    pub default_generate_audio: Option<bool>,
    /// Supported input media.
    pub inputs: &'static [Input],
    /// Groups of roles that may not be mixed with each other.
    pub exclusive: &'static [&'static [&'static str]],
    /// Rules between fields, such as "an edit needs the adaptive ratio".
    pub conditions: &'static [Condition],
    /// Normalised fields of the request that this model does not support.
    pub without: &'static [&'static str],
    /// Values that are accepted with a note, because the vendor may refuse them.
    pub doubtful: &'static [Doubt],
    /// Members that are only seen in clients: names, with dots for nested ones.
    pub unverified: &'static [&'static str],
    /// Page the entry comes from.
    pub page: &'static str,
}

impl Model {
    /// Whether this entry describes the model called `id`.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        match self.id.strip_suffix('*') {
            Some(prefix) => id.starts_with(prefix),
            None => self.id == id,
        }
    }

    /// Whether no page documents the member at `path`, such as `duration` or `inputs.reference_video.max`.
    #[must_use]
    pub fn is_unverified(&self, path: &str) -> bool {
        self.unverified.iter().any(|mark| {
            let rest = path.strip_prefix(mark);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The note on `value` of `field`, if the vendor may refuse it.
    #[must_use]
    pub fn doubt(&self, field: &str, value: &str) -> Option<&'static Doubt> {
        self.doubtful
            .iter()
            .find(|doubt| doubt.field == field && doubt.value == value)
    }

    /// Whether the entry names one model rather than a pattern.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.id.ends_with('*')
    }
}

/// The ids of a model that has several, by the inputs of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoints {
    /// Without inputs.
    pub text: &'static str,
    /// With a first or last frame.
    pub frames: Option<&'static str>,
    /// With references.
    pub references: Option<&'static str>,
}

impl Endpoints {
    /// Returns the ids, each once.
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        let frames = self.frames.filter(|id| *id != self.text);
        let references = self.references.filter(|id| *id != self.text && self.frames != Some(id));
        std::iter::once(self.text).chain(frames).chain(references)
    }
}

/// A way in which a local file becomes a source of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    /// Name, unique within the vendor.
    pub name: &'static str,
    /// `operationId` of the first call that is specific to this way.
    pub operation: &'static str,
    /// Name of another way whose URL the operation takes instead of the file.
    pub via: Option<&'static str>,
    /// `operationId` of the operation that creates the group of assets that the operation needs.
    pub group: Option<&'static str>,
    /// Media: `image`, `video`, `audio`.
    pub media: &'static [&'static str],
    /// Media types, such as `image/png`.
    pub types: &'static [&'static str],
    /// Maximum size in bytes, if documented.
    pub max_bytes: Option<u64>,
    /// Size in bytes above which a file is uploaded even where a request may have its content.
    pub above: Option<u64>,
    /// Kind of source that a request then has: `url`, `asset` or `upload_id`.
    pub gives: &'static str,
    /// Whether several requests may have it.
    pub reusable: bool,
    /// Seconds until it expires, if documented.
    pub lives: Option<u64>,
    /// Ids of the models that accept it; empty if all do.
    pub models: &'static [&'static str],
    /// `operationId` of the operation to poll until it is active; usable at once if left out.
    pub poll: Option<&'static str>,
    /// Page the fact comes from, if documented.
    pub page: Option<&'static str>,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

impl Upload {
    /// Whether a request for the model called `id` may have such a source.
    #[must_use]
    pub fn serves(&self, id: &str) -> bool {
        self.models.is_empty() || self.models.contains(&id)
    }
}

/// Limits of a file of one medium. A bound that is left out is not documented.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Media {
    /// Name, unique within the vendor.
    pub name: &'static str,
    /// Media types, such as `image/png`.
    pub types: &'static [&'static str],
    /// Maximum size in bytes.
    pub max_bytes: Option<u64>,
    /// Shortest and longest side of an image or a video in pixels.
    pub side: Option<(u32, u32)>,
    /// Smallest and largest ratio of width to height.
    pub ratio: Option<(f64, f64)>,
    /// Shortest and longest length in seconds.
    pub seconds: Option<(f64, f64)>,
    /// Longest length in seconds of all files of the role together.
    pub total_seconds: Option<f64>,
    /// Smallest and largest frame rate of a video.
    pub fps: Option<(f64, f64)>,
    /// Maximum size in bytes of a request that contains the file as a data URL.
    pub max_request_bytes: Option<u64>,
    /// Page the fact comes from, if documented.
    pub page: Option<&'static str>,
    /// Not documented for these models; the closest known limits.
    pub unverified: bool,
}

/// Media of one role.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Normalised role.
    pub role: &'static str,
    /// The vendor's name of the role.
    pub wire_role: &'static str,
    /// Maximum number, where one is documented.
    pub max: Option<u32>,
    /// Allowed sources: `url`, `asset`, `data`, `upload_id`.
    pub sources: &'static [&'static str],
    /// Limits of each file, if any are known.
    pub media: Option<Media>,
    /// Roles of which a request with this input must have another input in one; empty if it may come without.
    pub needs: &'static [&'static str],
}
