//! Which page of a vendor this is, and whether it is complete.

use std::collections::{BTreeMap, BTreeSet};

use super::expected::Expected;
use super::facts::{Facts, Place, shape};
use super::kept::Kept;
use super::lines;
use super::page::Page;
use super::priced;
use super::read::PRICES;

/// The least share of two pages' facts that must be the same for them to be the same page.
const SAME: f64 = 0.5;
/// The least share of a page's known facts that must be found in it again.
const ENOUGH: f64 = 0.6;

/// Finds the short name of a page: by the address in it, by its file's path, by its title, by its models, or by what it
/// says.
///
/// # Errors
/// Why this is none of the pages, or may be more than one.
pub fn identify(
    file: &str,
    page: &Page,
    facts: &Facts,
    expected: &Expected<'_>,
    kept: &BTreeMap<String, Kept>,
) -> Result<String, String> {
    if let Some(url) = &page.url {
        let found = expected.pages.iter().find(|(_, known)| bare(known) == bare(url));
        return match found {
            Some((name, _)) => Ok(name.clone()),
            None => Err(format!(
                "it was saved from {}, which is not in x-pages; name it with --page",
                bare(url)
            )),
        };
    }
    if page.document.is_some() {
        return match (expected.documents.as_slice(), by_path(file, expected)) {
            ([name], _) => Ok(name.clone()),
            (_, Some(name)) => Ok(name.to_owned()),
            _ => Err(
                "it is an OpenAPI document, and x-pages has not exactly one of kind `openapi`; name it with --page"
                    .to_owned(),
            ),
        };
    }
    if page.answer.is_some() {
        return match expected.lists.as_slice() {
            [name] => Ok(name.clone()),
            _ => Err(
                "it is a list of models, and x-pages has not exactly one of kind `models`; name it with --page"
                    .to_owned(),
            ),
        };
    }
    if page.source.is_some()
        && let Some(name) = by_path(file, expected)
    {
        return Ok(name.to_owned());
    }
    let title = slug(&page.title);
    let titled: Vec<&String> = expected
        .pages
        .iter()
        .filter(|(_, url)| last(url) == title)
        .map(|(name, _)| name)
        .collect();
    if let [name] = titled.as_slice() {
        return Ok((*name).clone());
    }
    if facts.layout == PRICES {
        return priced::page(facts, expected.spec);
    }
    // Two pages may have every fact in common, and still other sentences.
    let shares = kept.iter().map(|(name, kept)| (lines::share(&kept.lines, page), name));
    let mut shares: Vec<_> = shares.filter(|(share, _)| *share >= SAME).collect();
    shares.sort_by(|one, other| other.0.total_cmp(&one.0));
    let lists_all = |name: &str| kept[name].facts.models() == facts.models();
    match shares.as_slice() {
        [(share, name), rest @ ..]
            if lists_all(name) && rest.first().is_none_or(|(next, name)| next < share || !lists_all(name)) =>
        {
            return Ok((*name).clone());
        }
        _ => {}
    }
    if let Some(name) = by_models(facts, expected, kept) {
        return Ok(name.to_owned());
    }
    let own = marks(facts);
    let mut likely: Vec<(f64, &String)> = Vec::new();
    for (name, _) in &expected.pages {
        let known = kept
            .iter()
            .find(|(kept, _)| *kept == name)
            .map(|(_, kept)| marks(&kept.facts));
        let known = known.unwrap_or_else(|| stated(expected, name));
        let all = own.union(&known).count();
        if all > 0 {
            #[allow(clippy::cast_precision_loss, reason = "a page has no 2^52 facts")]
            likely.push((own.intersection(&known).count() as f64 / all as f64, name));
        }
    }
    likely.sort_by(|one, other| other.0.total_cmp(&one.0));
    match likely.as_slice() {
        [(share, name), rest @ ..] if *share >= SAME && rest.first().is_none_or(|(next, _)| next < share) => {
            Ok((*name).clone())
        }
        [(share, name), ..] if *share > 0.0 => Err(format!(
            "its title and address are in none of x-pages, and its facts have too little in common with any of them \
             ({name} is nearest, with {:.0} %); name it with --page",
            share * 100.0
        )),
        _ => Err("it has nothing in common with any page of x-pages".to_owned()),
    }
}

/// The page whose address ends as the path of a file does, if no other does.
#[must_use]
pub fn by_path<'a>(file: &str, expected: &'a Expected<'_>) -> Option<&'a str> {
    let path = file.rsplit_once('.').map_or(file, |(path, _)| path);
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let mut found = None;
    for start in (0..parts.len()).rev() {
        let tail = slug(&parts[start..].join("-"));
        let fits = |url: &str| slug(url) == tail || slug(url).ends_with(&format!("-{tail}"));
        let mut pages = expected.pages.iter().filter(|(_, url)| fits(&bare(url)));
        match (pages.next(), pages.next()) {
            (Some((name, _)), None) if tail.contains('-') => found = Some(name.as_str()),
            (Some(_), _) => {}
            // The folder of another language holds another page.
            (None, _) if parts[start].len() == 2 => return None,
            (None, _) => break,
        }
    }
    found
}

/// The page that all of the listed models are from.
fn by_models<'a>(facts: &Facts, expected: &'a Expected<'_>, kept: &BTreeMap<String, Kept>) -> Option<&'a str> {
    let listed = facts.models();
    let known = expected.models.iter().filter(|model| listed.contains(&model.id));
    let pages: BTreeSet<&str> = known.map(|model| model.source.as_str()).collect();
    let page = pages.first().filter(|_| pages.len() == 1)?;
    let before = kept.get(*page).map(|kept| kept.facts.models()).unwrap_or_default();
    if !before.is_empty() && !before.iter().any(|model| listed.contains(model)) {
        return None;
    }
    // It must be a page that such models are created by.
    let calls = expected
        .calls
        .iter()
        .filter(|call| facts.operations.iter().any(|known| known.is(&call.operation)));
    let creates = calls
        .flat_map(|call| expected.models_of(call))
        .any(|model| model.source == *page);
    creates.then_some(page)
}

/// Whether a page is whole, and is the page it is taken for; `is_named` where the caller says so.
///
/// # Errors
/// Why nothing may be concluded from facts that it lacks.
pub fn whole(
    page: &Page,
    (name, is_named): (&str, bool),
    facts: &Facts,
    cut: Option<&str>,
    expected: &Expected<'_>,
    kept: Option<&Facts>,
) -> Result<(), String> {
    if let Some(cut) = cut {
        return Err(format!("it is incomplete: {cut}"));
    }
    if facts.layout == PRICES {
        return priced::whole(facts, expected.spec, name);
    }
    if page.answer.is_some() {
        let is_listed = |id: &String| facts.limits.iter().any(|limit| limit.model == *id);
        return match expected.models.iter().any(|model| is_listed(&model.id)) {
            true => Ok(()),
            false => Err("it lists none of the spec's models; it is another product's list".to_owned()),
        };
    }
    let own = listed(facts);
    let (known, whose) = match kept {
        Some(kept) => (listed(kept), "the kept capture"),
        None => (stated(expected, name), "the spec"),
    };
    if let Some(kept) = kept
        && let (was, now) = (kept.named_models(), facts.named_models())
        && !was.is_empty()
        && !now.is_empty()
        && !was.iter().any(|model| now.contains(model))
        && !is_named
    {
        return Err(format!(
            "it has other models ({}) than the kept page `{name}` ({}). If it is a new page, enter it in x-pages; if the \
             models have new names, name the page with --page",
            now.join(", "),
            was.join(", ")
        ));
    }
    // A source is complete if its markup is, and cannot be a login page, so new content is accepted.
    if page.source.is_some() || page.document.is_some() {
        return models(facts, expected);
    }
    if known.is_empty() {
        return Err(format!(
            "{whose} has no parameter of the page `{name}`, so it cannot be identified"
        ));
    }
    let again = if kept.is_some() { own } else { marks(facts) };
    let found = known.intersection(&again).count();
    #[allow(clippy::cast_precision_loss, reason = "a page has no 2^52 facts")]
    if (found as f64) < known.len() as f64 * ENOUGH {
        return Err(format!(
            "only {found} of the {} facts that {whose} has are in it",
            known.len()
        ));
    }
    let (mine, theirs) = match kept {
        Some(kept) => (listed(facts), listed(kept)),
        None => (listed(facts), everything(expected)),
    };
    let strange = mine.difference(&theirs).count();
    // Without a known path, only a page whose other facts are all equal has moved.
    let is_known = |path: &str| {
        expected
            .calls
            .iter()
            .any(|call| shape(&call.operation.path) == shape(path))
    };
    let parts = match facts.operations.iter().any(|operation| is_known(&operation.path)) {
        true => 2,
        false => 5,
    };
    if strange * parts > mine.len() {
        return Err(format!(
            "{strange} of the {} facts in it are new; it is another page, or all of it changed",
            mine.len()
        ));
    }
    if let Some(kept) = kept {
        for place in [Place::Request, Place::Response, Place::Query] {
            let has = |facts: &Facts| facts.parameters.iter().any(|parameter| parameter.place == place);
            if has(kept) && !has(facts) {
                return Err(format!("it has no {place} section, which the kept capture has"));
            }
        }
        // A page with the kept page's last fact is complete. A capture without code cannot show an example.
        let bare = facts.examples.is_empty() && kept.last.ends_with("example");
        let has = |facts: &Facts, last: &str| facts.marks().any(|(mark, _)| mark == last);
        if !bare && !has(facts, &kept.last) && has(kept, &facts.last) {
            return Err(format!(
                "it seems to be cut off: nothing follows where `{}` was",
                kept.last
            ));
        }
        if let Some(first) = tail(facts, kept) {
            return Err(format!("it seems to be cut off: nothing follows where `{first}` was"));
        }
    }
    models(facts, expected)
}

/// The first of the parameters missing from the page's end, when nothing is in their place or after it.
fn tail<'a>(facts: &Facts, kept: &'a Facts) -> Option<&'a str> {
    let is_there = |index: &usize| facts.parameters.iter().any(|own| own.is(&kept.parameters[*index]));
    let start = (0..kept.parameters.len())
        .rev()
        .take_while(|index| !is_there(index))
        .last()?;
    let last = facts.parameters.iter().map(|parameter| parameter.at.0).max()?;
    let after = facts
        .examples
        .iter()
        .flat_map(|example| example.at.0.values())
        .any(|line| *line > last)
        || facts.operations.iter().any(|operation| operation.at.0 > last);
    let new = facts
        .parameters
        .last()
        .is_some_and(|last| !kept.parameters.iter().any(|known| known.is(last)));
    (!after && !new).then_some(kept.parameters[start].name.as_str())
}

/// A page that lists models, but none that is known, is another product's.
fn models(facts: &Facts, expected: &Expected<'_>) -> Result<(), String> {
    let mut listed = facts
        .parameters
        .iter()
        .filter(|known| known.place == Place::Request && known.name == "model");
    let Some(model) = listed.next().filter(|model| !model.values.is_empty()) else {
        return Ok(());
    };
    let known = |id: &String| expected.models.iter().any(|model| model.id == *id);
    match model.values.iter().any(known) {
        true => Ok(()),
        false => Err(format!(
            "it lists other models ({}); it is another product's page",
            model.values.join(", ")
        )),
    }
}

/// What distinguishes a page from others: its operations, and the names in its lists and examples.
fn marks(facts: &Facts) -> BTreeSet<String> {
    let mut marks = listed(facts);
    for example in &facts.examples {
        let top = example.members.keys().filter(|name| !name.contains('.'));
        marks.extend(top.map(|name| format!("{} {name}", example.place)));
    }
    let paths = facts
        .operations
        .iter()
        .map(|known| format!("path {}", shape(&known.path)));
    marks.extend(paths);
    marks
}

fn listed(facts: &Facts) -> BTreeSet<String> {
    facts
        .parameters
        .iter()
        .map(|known| format!("{} {}", known.place, known.name))
        .collect()
}

/// The marks that a page has by the spec.
fn stated(expected: &Expected<'_>, page: &str) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for call in &expected.calls {
        if call.is_from(page) && !call.unverified {
            marks.insert(format!("path {}", shape(&call.operation.path)));
        }
        for ((place, name), field) in &call.fields {
            if field.is_from(page) && !field.unverified && !name.contains('.') && *place != Place::Path {
                marks.insert(format!("{place} {name}"));
            }
        }
    }
    marks
}

/// The marks of a whole spec, from any page.
fn everything(expected: &Expected<'_>) -> BTreeSet<String> {
    let fields = expected.calls.iter().flat_map(|call| call.fields.keys());
    fields.map(|(place, name)| format!("{place} {name}")).collect()
}

/// An address without scheme, query and fragment.
fn bare(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    url.trim_end_matches('/').to_lowercase()
}

fn last(url: &str) -> String {
    slug(bare(url).rsplit('/').next().unwrap_or_default())
}

fn slug(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}
