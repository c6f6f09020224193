//! What sentences, lists and tables say of single models: limits, and what goes with what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::documented::Documented;
use super::facts::{At, Limit, Parameter};
use super::layouts::Words;
use super::layouts::details::item;
use super::line::Line;
use super::listed::Places;
use super::pattern::pattern;

/// What the readers know beforehand.
#[derive(Debug, Default, Clone)]
pub struct Known {
    /// Names and values of all specs.
    pub words: Words,
    /// Ids of this vendor's models.
    pub models: BTreeSet<String>,
    /// Last part of a wire name → the normalised field that it carries.
    pub fields: BTreeMap<String, String>,
    /// Which operations of an OpenAPI document concern the spec.
    pub stems: BTreeSet<String>,
    /// The operations that the spec has from such a document.
    pub documented: Vec<Documented>,
    /// Where the vendor's own list of models has what.
    pub places: Option<Places>,
}

/// The longest sentence that is read as one.
const SENTENCE: usize = 300;

/// Of all the models on a page.
pub const ALL: &str = "*";

struct Reader<'a> {
    models: BTreeSet<&'a str>,
    fields: &'a BTreeMap<String, String>,
    found: Vec<Limit>,
    line: usize,
}

/// Reads what a page says of its models, each statement once.
#[must_use]
pub fn read(lines: &[Line], parameters: &[Parameter], known: &Known) -> Vec<Limit> {
    let mut found: Vec<Limit> = Vec::new();
    for limit in all(lines, parameters, known) {
        if !found.contains(&limit) {
            found.push(limit);
        }
    }
    found
}

/// The same, once for each line that says it.
#[must_use]
pub fn all(lines: &[Line], parameters: &[Parameter], known: &Known) -> Vec<Limit> {
    let mut models: BTreeSet<&str> = known.models.iter().map(String::as_str).collect();
    let listed = parameters.iter().filter(|parameter| parameter.name == "model");
    models.extend(listed.flat_map(|model| &model.values).map(String::as_str));
    let mut reader = Reader {
        models,
        fields: &known.fields,
        found: Vec::new(),
        line: 0,
    };
    let mut columns: Option<Vec<String>> = None;
    for line in lines {
        reader.line = line.number;
        let text = line.text.replace(['`', '*'], "");
        let about = parameters.iter().rfind(|parameter| parameter.at.0 < line.number);
        let about = about.and_then(|parameter| {
            let last = parameter.name.rsplit('.').next().unwrap_or_default();
            known.fields.get(last).map(String::as_str)
        });
        if let Some(row) = text.strip_prefix('|').and_then(|row| row.strip_suffix('|')) {
            let cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
            match &columns {
                None => columns = Some(cells),
                Some(columns) => reader.row(columns, &cells),
            }
            continue;
        }
        columns = None;
        if let Some(item) = item(&text)
            && let Some((key, rest)) = item.split_once(": ")
            && let Some(models) = reader.ids(key)
        {
            for model in models {
                reader.says(&model, about, rest);
            }
            continue;
        }
        reader.sentence(&text);
    }
    reader.found
}

impl Reader<'_> {
    fn add(&mut self, model: &str, what: &str, says: &str) {
        self.found.push(Limit {
            model: model.to_owned(),
            what: what.to_owned(),
            says: says.to_owned(),
            at: At(self.line),
        });
    }

    /// A list of nothing but ids of models.
    fn ids(&self, text: &str) -> Option<Vec<String>> {
        let parts = text.split(['/', ',']).flat_map(|part| part.split(" and "));
        let parts: Vec<&str> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
        let all = !parts.is_empty() && parts.iter().all(|part| self.models.contains(part));
        all.then(|| parts.into_iter().map(str::to_owned).collect())
    }

    /// The ids of models anywhere in a text.
    fn named(&self, text: &str) -> Vec<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)));
        let words = words.map(|word| word.trim_end_matches(['.', '-']));
        words
            .filter(|word| self.models.contains(word))
            .map(str::to_owned)
            .collect()
    }

    /// Whether a text names what may be a model that is not known: what is said there is not said of all.
    fn names_another(&self, text: &str) -> bool {
        let family = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c)));
        let mut words =
            words.filter(|word| word.contains('-') && !self.models.contains(word.trim_end_matches(['.', '-'])));
        words.any(|word| self.models.iter().any(|id| family(id) == family(word)))
    }

    /// What is said of a model, in a list below a parameter or in a cell.
    fn says(&mut self, model: &str, about: Option<&str>, text: &str) {
        match about {
            Some("duration") => {
                if let Some((from, to)) = range(text) {
                    self.add(model, "duration", &format!("{from}-{to}"));
                }
            }
            Some("resolution") => self.values(model, "resolutions", text),
            Some("aspect_ratio") => self.values(model, "aspect_ratios", text),
            _ => {}
        }
        self.counts(model, text);
    }

    fn values(&mut self, model: &str, what: &str, text: &str) {
        static VALUE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:\d+p|\d+[kK]|\d+:\d+|adaptive)$"));
        let parts = text
            .split([',', '/'])
            .flat_map(|part| part.split(" and "))
            .flat_map(|part| part.split(" or "));
        let parts = parts.map(|part| {
            part.trim()
                .trim_start_matches("and ")
                .trim_start_matches("or ")
                .trim_end_matches('.')
        });
        let mut values: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        if !values.is_empty() && values.iter().all(|value| VALUE.is_match(value)) {
            values.sort_unstable();
            self.add(model, what, &values.join(", "));
        }
    }

    /// `up to 9 images, 3 videos, and 3 audios`, `Maximum 9 reference_image`.
    fn counts(&mut self, model: &str, text: &str) {
        static LEAD: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?i)\b(?:up to|at most|maximum|max\.?|limited to)\s+\d"));
        static COUNT: LazyLock<Regex> = LazyLock::new(|| {
            pattern(r"(?i)\b(\d+)\s+(first_frame|last_frame|(?:reference[ _])?(image|video|audio)s?)\b")
        });
        let Some(start) = LEAD.find(text) else { return };
        let rest = text[start.start()..].split([';', '.']).next().unwrap_or_default();
        let counts: Vec<(String, String)> = COUNT
            .captures_iter(rest)
            .map(|found| {
                let role = match found.get(3) {
                    Some(kind) => format!("reference_{}", kind.as_str().to_lowercase()),
                    None => found[2].to_lowercase(),
                };
                (role, found[1].to_owned())
            })
            .collect();
        for (role, count) in counts {
            self.add(model, &format!("inputs.{role}.max"), &count);
        }
    }

    /// A row of a table: models are the columns, or the first cell; or resolutions are.
    fn row(&mut self, columns: &[String], cells: &[String]) {
        let (Some(first), Some(head)) = (cells.first(), columns.first()) else {
            return;
        };
        if cells.iter().all(|cell| cell.chars().all(|c| "-: ".contains(c))) {
            return;
        }
        if let Some(models) = self.ids(first) {
            for (label, cell) in columns.iter().zip(cells).skip(1) {
                for model in &models {
                    self.cell(model, label, cell);
                }
            }
            return;
        }
        let heads: Vec<Option<Vec<String>>> = columns.iter().map(|column| self.ids(column)).collect();
        for (models, cell) in heads.iter().zip(cells).skip(1) {
            for model in models.iter().flatten() {
                self.cell(model, first, cell);
            }
        }
        if head.eq_ignore_ascii_case("resolution") && heads.iter().all(Option::is_none) {
            self.values(ALL, "resolution", first);
            for (label, cell) in columns.iter().zip(cells).skip(1) {
                if label.to_lowercase().contains("ratio") {
                    self.values(ALL, "aspect_ratios", cell);
                }
            }
        }
    }

    fn cell(&mut self, model: &str, label: &str, cell: &str) {
        let label = label.to_lowercase();
        let has = |word: &str| label.contains(word);
        let kind = ["image", "video", "audio"].into_iter().find(|kind| has(kind));
        let is_limit = has("limit") || has("max") || has("number") || has("references");
        match kind {
            _ if has("default") => {}
            _ if has("duration") => self.says(model, Some("duration"), cell),
            _ if has("resolution") => self.says(model, Some("resolution"), cell),
            _ if has("ratio") => self.says(model, Some("aspect_ratio"), cell),
            Some(kind) if is_limit && cell.chars().all(|c| c.is_ascii_digit()) && !cell.is_empty() => {
                self.add(model, &format!("inputs.reference_{kind}.max"), cell);
            }
            _ => {
                let says = match cell.to_lowercase().as_str() {
                    "supported" | "yes" | "✅" | "✓" => "yes",
                    "not supported" | "unsupported" | "no" | "❌" | "✗" => "no",
                    _ => return,
                };
                for field in self.mentioned(&label) {
                    self.add(model, &format!("supports.{field}"), says);
                }
            }
        }
    }

    fn sentence(&mut self, text: &str) {
        static NOT: LazyLock<Regex> = LazyLock::new(|| {
            pattern(r"(?i)\b(?:does not|do not|doesn't|don't|cannot|no longer) (?:support|accept|take)s?\b")
        });
        static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
            pattern(r"(?i)\b(?:is|are) (?:not|no longer) (?:supported|available|accepted) (?:by|for|on|with|in)\b")
        });
        static ONLY: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"(?i)\b(?:is|are) only (?:supported|available|accepted) (?:by|for|on|with|in)\b|\bsupported only (?:by|for|on)\b",
            )
        });
        static APART: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"(?i)(?:cannot|can't|can not|must not|may not|do not) (?:be )?(?:used?|mix(?:ed)?|combined?)|mutually exclusive|exclude each other",
            )
        });
        for part in text.split(['.', ';']).flat_map(|part| part.split(", use ")) {
            let part = if part.matches('`').count() % 2 == 1 { "" } else { part };
            // A full stop may be within an id.
            let part = match self.named(text).iter().any(|id| id.contains('.')) {
                true => text,
                false => part,
            };
            if let Some(found) = ONLY.find(part) {
                let whom = part[found.end()..].split(", ").next().unwrap_or_default();
                self.only(&part[..found.start()], whom);
                continue;
            }
            let (at, passive) = match (NOT.find(part), PASSIVE.find(part)) {
                (Some(found), _) => (found, false),
                (None, Some(found)) => (found, true),
                (None, None) => {
                    if APART.is_match(part) {
                        self.apart(part);
                    } else {
                        let named = self.named(part);
                        let all = vec![ALL.to_owned()];
                        let whom = if named.is_empty() && !self.names_another(part) {
                            all
                        } else {
                            named
                        };
                        for model in whom {
                            self.counts(&model, part);
                        }
                    }
                    continue;
                }
            };
            let (before, after) = (&part[..at.start()], &part[at.end()..]);
            let (subject, object) = if passive { (after, before) } else { (before, after) };
            let object = object.split(", ").next().unwrap_or_default();
            let named = self.named(subject);
            // `… version does not support …` is of a model that only people can tell.
            let is_open = subject.trim_matches([' ', '•', '-']).is_empty();
            let models = if named.is_empty() && is_open {
                vec![ALL.to_owned()]
            } else {
                named
            };
            for field in self.mentioned(object) {
                for model in &models {
                    self.add(model, &format!("supports.{field}"), "no");
                }
            }
        }
    }

    /// `last_frame is only supported by a`: by no other model on the page.
    fn only(&mut self, what: &str, whom: &str) {
        let models = self.named(whom);
        if models.is_empty() {
            return;
        }
        for field in self.mentioned(what) {
            self.add(
                ALL,
                &format!("supports.{field}"),
                &format!("only {}", models.join(", ")),
            );
        }
    }

    /// What must not be in one request.
    fn apart(&mut self, text: &str) {
        // Where the spaces are lost, a whole page is one sentence.
        if text.len() > SENTENCE {
            return;
        }
        let text = text.to_lowercase();
        let mode = |word: &str| text.contains(&format!("{word} mode")) || text.contains(&format!("{word}-image mode"));
        let frames = mode("frame") || text.contains("last-frame mode");
        if frames && mode("reference") {
            self.add(ALL, "exclusive", "frames, references");
            return;
        }
        let mut names: Vec<&str> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| word.contains('_'))
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > 1 {
            self.add(ALL, "exclusive", &names.join(", "));
        }
    }

    /// The fields and roles that a text names, as people or as code spell them.
    fn mentioned(&self, text: &str) -> Vec<String> {
        const PLAIN: [(&str, &str); 8] = [
            ("first frame", "first_frame"),
            ("last frame", "last_frame"),
            ("reference image", "reference_image"),
            ("reference video", "reference_video"),
            ("reference audio", "reference_audio"),
            ("audio generation", "generate_audio"),
            ("generating audio", "generate_audio"),
            ("fixed camera", "camera_fixed"),
        ];
        let text = text.to_lowercase();
        let mut found: BTreeSet<String> = BTreeSet::new();
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for word in words.filter(|word| word.contains('_')) {
            match self.fields.get(word) {
                Some(field) => found.insert(field.clone()),
                None if PLAIN.iter().any(|(_, field)| *field == word) => found.insert(word.to_owned()),
                None => false,
            };
        }
        let spaced = text.replace('-', " ");
        let plain = PLAIN.iter().filter(|(words, _)| spaced.contains(words));
        found.extend(plain.map(|(_, field)| (*field).to_owned()));
        found.into_iter().collect()
    }
}

/// A range of whole numbers at the beginning of a text.
#[must_use]
pub fn range(text: &str) -> Option<(i64, i64)> {
    static RANGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d+)\s*(?:-|–|—|~|to|…|\.\.+)\s*(\d+)(?:\D|$)"));
    let found = RANGE.captures(text.trim())?;
    Some((found[1].parse().ok()?, found[2].parse().ok()?))
}
