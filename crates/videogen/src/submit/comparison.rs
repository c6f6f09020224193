//! Comparison of a lost submission with the tasks that a vendor lists. It makes no requests.

use chrono::TimeDelta;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::model::{Ambiguity, Candidate, Capabilities, Evidence, Grade, Timestamp, VideoTask};

/// Clocks differ, and a service may store a task only after its provider has answered.
const EARLY: TimeDelta = TimeDelta::minutes(2);
/// The same where a response's `Date`, which has whole seconds, showed the difference.
const EARLY_MEASURED: TimeDelta = TimeDelta::seconds(10);
const LATE: TimeDelta = TimeDelta::minutes(10);
/// Assumed clock difference if no response's `Date` showed it at submission.
const UNMEASURED: TimeDelta = TimeDelta::hours(1);
/// A truncated prompt shorter than this may match many prompts.
const TELLING: usize = 16;

/// Result of a comparison.
#[derive(Debug, PartialEq)]
pub(crate) enum Match {
    /// A possible match.
    Candidate(Grade, Vec<Evidence>),
    /// It does not match, but shows no prompt that would exclude it.
    Unclear,
    /// Another task.
    None,
}

/// A lost submission, ready to be compared.
pub(crate) struct Comparison<'a> {
    ambiguity: &'a Ambiguity,
    /// Masks secrets in a text; recorded prompts are masked too.
    hide: &'a (dyn Fn(&str) -> String + Sync),
    prompt: String,
    /// By how much the vendor's clock may be ahead of the submission's.
    skews: Vec<TimeDelta>,
    /// Whether a response showed that, at submission or now.
    is_measured: bool,
}

impl<'a> Comparison<'a> {
    /// `skew`: by how much the vendor's clock is ahead now, if a response showed it.
    pub(crate) fn new(
        ambiguity: &'a Ambiguity,
        skew: Option<TimeDelta>,
        hide: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Self {
        let recorded = ambiguity.clock_skew.and_then(TimeDelta::try_seconds);
        Self {
            prompt: fold(&hide(&ambiguity.prompt)),
            skews: [Some(TimeDelta::zero()), recorded, skew]
                .into_iter()
                .flatten()
                .collect(),
            is_measured: recorded.or(skew).is_some(),
            ambiguity,
            hide,
        }
    }

    /// Compares a task.
    pub(crate) fn compare(&self, task: &VideoTask) -> Match {
        use Evidence::{
            ModelNotShown, OtherModel, OtherParameters, OtherPrompt, OtherTime, PromptNotShown, SameModel,
            SameParameters, SamePrompt, SameTime, TimeNotShown, TruncatedPrompt, UnknownModel,
        };
        let prompt = self.prompt(task);
        let model = model(self.ambiguity, task.model.as_deref().map(self.hide).as_deref());
        let time = match task.created_at {
            None => TimeNotShown,
            Some(_) if self.is_about(task, TimeDelta::zero()) => SameTime,
            Some(_) if self.ambiguity.clock_skew.is_none() && self.is_about(task, UNMEASURED) => OtherTime,
            Some(_) => return Match::None,
        };
        let parameters = self.ambiguity.agrees(task);
        let is_off = model == OtherModel || time == OtherTime;
        match prompt {
            OtherPrompt => return Match::None,
            PromptNotShown if is_off => return Match::Unclear,
            SamePrompt | TruncatedPrompt => {}
            _ if is_off => return Match::None,
            _ => {}
        }
        let is_strong = time == SameTime
            && parameters != Some(false)
            && match prompt {
                SamePrompt => matches!(model, SameModel | ModelNotShown | UnknownModel),
                TruncatedPrompt => model == SameModel,
                _ => false,
            };
        let parameters = parameters.map(|same| if same { SameParameters } else { OtherParameters });
        let reasons = [prompt, model, time].into_iter().chain(parameters).collect();
        Match::Candidate(if is_strong { Grade::Strong } else { Grade::Weak }, reasons)
    }

    /// Whether a task with the submission's client reference is its task: nothing that it shows differs. Its prompt
    /// is ignored, because services rewrite prompts.
    pub(crate) fn agrees(&self, task: &VideoTask) -> bool {
        let is_of_model =
            model(self.ambiguity, task.model.as_deref().map(self.hide).as_deref()) != Evidence::OtherModel;
        is_of_model && self.is_about(task, TimeDelta::zero())
    }

    /// Whether a task shows that it is of another submission.
    pub(crate) fn is_contradicted_by(&self, task: &VideoTask) -> bool {
        let model = model(self.ambiguity, task.model.as_deref().map(self.hide).as_deref());
        model == Evidence::OtherModel || self.prompt(task) == Evidence::OtherPrompt
    }

    /// What a task shows that the submission does not have: a model, a prompt or a time.
    pub(crate) fn differences(&self, task: &VideoTask) -> Vec<String> {
        let shown = task.model.as_deref().map(self.hide);
        let model = (model(self.ambiguity, shown.as_deref()) == Evidence::OtherModel).then(|| {
            let own = (self.hide)(&self.ambiguity.model);
            format!("its model is {}, not {own}", shown.unwrap_or_default())
        });
        let prompt = (self.prompt(task) == Evidence::OtherPrompt).then(|| "it shows another prompt".to_owned());
        let time = task
            .created_at
            .filter(|_| !self.is_about(task, TimeDelta::zero()))
            .map(|at| {
                let second = |at: Timestamp| at.format("%FT%TZ");
                format!(
                    "it was created at {}, and the submission was sent at {}",
                    second(at),
                    second(self.ambiguity.sent_at)
                )
            });
        [model, prompt, time].into_iter().flatten().collect()
    }

    /// How much the clocks may differ beyond what is known.
    fn slack(&self) -> TimeDelta {
        match self.ambiguity.clock_skew {
            Some(_) => TimeDelta::zero(),
            None => UNMEASURED,
        }
    }

    /// By how much a task may seem to be older than its submission.
    fn early(&self) -> TimeDelta {
        match self.is_measured {
            true => EARLY_MEASURED,
            false => EARLY,
        }
    }

    /// Whether a polled task shows as much of the prompt as it did in a list.
    pub(crate) fn shows_more(&self, task: &VideoTask, listed: &Candidate) -> bool {
        self.prompt(task) != Evidence::PromptNotShown || listed.reasons.contains(&Evidence::PromptNotShown)
    }

    /// Compares a task that other evidence already supports.
    pub(crate) fn candidate(&self, task: VideoTask, evidence: Evidence) -> Candidate {
        let (grade, mut reasons) = match self.compare(&task) {
            Match::Candidate(grade, reasons) => (grade, reasons),
            Match::Unclear | Match::None => (Grade::Weak, vec![self.prompt(&task)]),
        };
        // Without a prompt, nothing contradicts the response.
        let is_named = evidence == Evidence::NamedInResponse && reasons.contains(&Evidence::PromptNotShown);
        reasons.insert(0, evidence);
        Candidate {
            task,
            grade: if is_named { Grade::Strong } else { grade },
            reasons,
        }
    }

    /// Whether a task, and so all older ones, was created before the submission.
    pub(crate) fn is_before(&self, task: &VideoTask) -> bool {
        let slack = self.slack();
        task.created_at.is_some_and(|at| {
            let sent = self.ambiguity.sent_at;
            self.skews.iter().all(|skew| sent + *skew - at > self.early() + slack)
        })
    }

    fn is_about(&self, task: &VideoTask, slack: TimeDelta) -> bool {
        task.created_at.is_some_and(|at| {
            self.skews.iter().any(|skew| {
                let after = at - (self.ambiguity.sent_at + *skew);
                after >= -(self.early() + slack) && after <= LATE + slack
            })
        })
    }

    fn prompt(&self, task: &VideoTask) -> Evidence {
        let raw = task.raw.json();
        let shown = ["", "/input", "/request", "/parameters"]
            .iter()
            .find_map(|place| raw.pointer(&format!("{place}/prompt"))?.as_str())
            .unwrap_or_default();
        // Entities first: one right after a URL would be read as a part of it.
        let shown = fold(&(self.hide)(&unescape(shown)));
        let is_cut = shown.ends_with('…') || shown.ends_with("...");
        let start = shown.trim_end_matches(['…', '.']).trim_end();
        let is_start = self.prompt.starts_with(start) && !start.is_empty();
        let (ours, theirs) = (letters(&self.prompt), letters(&shown));
        if shown.is_empty() {
            Evidence::PromptNotShown
        } else if shown == self.prompt {
            Evidence::SamePrompt
        } else if is_start && start.chars().count() >= TELLING {
            Evidence::TruncatedPrompt
        } else if (is_cut && is_start)
            || (!theirs.is_empty() && (ours.starts_with(&theirs) || (!ours.is_empty() && theirs.starts_with(&ours))))
        {
            Evidence::SimilarPrompt
        } else {
            Evidence::OtherPrompt
        }
    }
}

/// Normalizes a text: Unicode NFC, entities resolved, whitespace folded.
fn fold(text: &str) -> String {
    // Some services return line breaks as escaped in JSON.
    let text = unescape(text)
        .replace("\\r", " ")
        .replace("\\n", " ")
        .replace("\\t", " ");
    let text = text.replace("\\\"", "\"");
    let words: Vec<&str> = text.split_whitespace().collect();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&words.join(" "))
        .into_owned()
}

/// Resolves HTML entities, also those that were escaped twice.
fn unescape(text: &str) -> String {
    let once = html_escape::decode_html_entities(text);
    html_escape::decode_html_entities(&once).into_owned()
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a task shows the submission's model: possibly in another case, with its maker's name as prefix, or a release
/// as suffix.
fn model(ambiguity: &Ambiguity, shown: Option<&str>) -> Evidence {
    let words = |model: &str| -> Vec<String> {
        let lower = model.trim().to_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default();
        name.split(|c: char| !c.is_alphanumeric())
            .map(str::to_owned)
            .filter(|word| !word.is_empty())
            .collect()
    };
    let Some(shown) = shown.map(str::trim).filter(|shown| !shown.is_empty()) else {
        return Evidence::ModelNotShown;
    };
    let (ours, theirs) = (words(&ambiguity.model), words(shown));
    let of = |model: &str| Capabilities::of(ambiguity.vendor, &model.trim().to_lowercase());
    let (known, other) = (of(&ambiguity.model), of(shown));
    // Two different models of the vendor's spec.
    let is_exact = |capabilities: &Capabilities, name: &str| {
        capabilities.is_known() && capabilities.model.id.eq_ignore_ascii_case(name.trim())
    };
    if ours == theirs {
        Evidence::SameModel
    } else if is_exact(&known, &ambiguity.model) && is_exact(&other, shown) {
        Evidence::OtherModel
    } else if contains(&theirs, &ours) || contains(&ours, &theirs) {
        Evidence::SameModel
    } else {
        Evidence::UnknownModel
    }
}

fn contains(all: &[String], part: &[String]) -> bool {
    !part.is_empty() && all.windows(part.len()).any(|window| window == part)
}
