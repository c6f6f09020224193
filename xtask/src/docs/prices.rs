//! Prices in the tables of a page: rows and columns are models, conditions of requests, and amounts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::facts::{At, Price};
use super::limits::Known;
use super::line::Line;
use super::pattern::pattern;

/// What a column or a cell says of requests, by normalised field: values, `set` or `unset`.
type When = BTreeMap<String, Vec<String>>;

/// Reads the prices of known models, each once.
#[must_use]
pub fn read(lines: &[Line], known: &Known) -> Vec<Price> {
    let mut found: Vec<Price> = Vec::new();
    let (mut caption, mut table, mut last) = (String::new(), None, Vec::new());
    for line in lines {
        let Some(cells) = cells(&line.text) else {
            table = None;
            caption.clone_from(&line.text);
            continue;
        };
        // Two tables may follow each other without a line between them.
        match &mut table {
            Some(table) if is_rule(&cells) => *table = Table::new(last, &caption),
            Some(table) if !is_head(&cells, known) => found.extend(table.row(cells.clone(), line.number, known)),
            _ => table = Some(Table::new(cells.clone(), &caption)),
        }
        last = cells;
    }
    let mut once: Vec<Price> = Vec::new();
    for price in found {
        if !once
            .iter()
            .any(|other| (&other.model, &other.when) == (&price.model, &price.when))
        {
            once.push(price);
        }
    }
    once
}

fn cells(line: &str) -> Option<Vec<String>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    let plain = |cell: &str| cell.replace(['`', '*'], "").trim().to_owned();
    Some(row.split('|').map(plain).collect())
}

/// The line below the head of a table.
fn is_rule(cells: &[String]) -> bool {
    cells
        .iter()
        .all(|cell| cell.len() > 1 && cell.chars().all(|c| "-: ".contains(c)))
}

/// Whether a row names columns of money, and has no model and no amount.
fn is_head(cells: &[String], known: &Known) -> bool {
    cells.iter().any(|cell| MONEY.is_match(cell))
        && cells
            .iter()
            .all(|cell| amount(cell).is_none() && named(cell, known).is_none())
}

static MONEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[$¥€£]|\b(?:usd|cny|rmb|eur|dollars?|yuan|prices?|pricing|costs?|rates?)\b"));

struct Table {
    head: Vec<String>,
    /// The line above the table, for what its columns do not say.
    caption: String,
    /// The row above: a cell that spans several rows is only in the first of them.
    above: Vec<String>,
}

impl Table {
    fn new(head: Vec<String>, caption: &str) -> Self {
        Self {
            caption: caption.to_owned(),
            above: vec![String::new(); head.len()],
            head,
        }
    }

    fn row(&mut self, mut cells: Vec<String>, line: usize, known: &Known) -> Vec<Price> {
        if cells.len() > self.head.len() {
            return Vec::new();
        }
        let missing = self.head.len() - cells.len();
        cells.splice(0..0, self.above[..missing].iter().cloned());
        for (cell, above) in cells.iter_mut().zip(&self.above) {
            if cell.is_empty() {
                cell.clone_from(above);
            }
        }
        self.above.clone_from(&cells);
        let columns = || self.head.iter().zip(&cells);
        let models = columns().find_map(|(_, cell)| named(cell, known));
        let mut of_row = When::new();
        for (head, cell) in columns() {
            if amount(cell).is_none() {
                conditions(&answered(head, cell), &mut of_row);
            }
        }
        let mut found = Vec::new();
        for (head, cell) in columns().filter(|(head, cell)| self.is_price(head, cell)) {
            let Some(price) = amount(cell) else { continue };
            let mut when = of_row.clone();
            conditions(head, &mut when);
            let unit = [cell, head, &self.caption].into_iter().find_map(|text| unit(text));
            for model in models.iter().flatten() {
                found.push(Price {
                    model: model.clone(),
                    when: when.clone(),
                    price: price.clone(),
                    unit: unit.clone(),
                    at: At(line),
                });
            }
        }
        found
    }

    /// Whether a column has amounts of money: it says so or, if no column does, the line above the table.
    fn is_price(&self, head: &str, cell: &str) -> bool {
        static OTHER: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?i)\b(?:quota|limits?|rpm|tpm|concurren\w+|fps|length|duration)\b"));
        if OTHER.is_match(head) {
            return false;
        }
        MONEY.is_match(head)
            || MONEY.is_match(cell)
            || (!self.head.iter().any(|head| MONEY.is_match(head)) && MONEY.is_match(&self.caption))
    }
}

/// The amount in a cell that has little else: `$7.0`, `7.00 USD`, `0.05 / second`.
fn amount(cell: &str) -> Option<String> {
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)^(?:us)?[$¥€£]?\s*(\d{1,6}(?:\.\d{1,12})?)\s*(?:usd|cny|rmb|eur)?\s*(?:(?:/|per\b).*)?$")
    });
    Some(AMOUNT.captures(cell.trim())?[1].to_owned())
}

/// `1000000 token`, from `USD per million tokens`.
fn unit(text: &str) -> Option<(u64, String)> {
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)(?:/|\bper\b)\s*(\d[\d,]*)?\s*(million|thousand|m|k)?\s*(token|second|sec|clip|video|s)s?(?:[^a-z]|$)",
        )
    });
    let found = UNIT.captures(text)?;
    let number: u64 = match found.get(1) {
        Some(number) => number.as_str().replace(',', "").parse().ok()?,
        None => 1,
    };
    let times = match found.get(2).map(|word| word.as_str().to_lowercase()).as_deref() {
        Some("million" | "m") => 1_000_000,
        Some("thousand" | "k") => 1000,
        _ => 1,
    };
    let unit = match found[3].to_lowercase().as_str() {
        "token" => "token",
        "clip" | "video" => "clip",
        _ => "second",
    };
    Some((number.checked_mul(times)?, unit.to_owned()))
}

/// What a cell says, with the name of its column where the cell is only yes or no.
fn answered(head: &str, cell: &str) -> String {
    match cell.to_lowercase().as_str() {
        "yes" | "✓" | "✅" | "with" | "on" => format!("with {head}"),
        "no" | "✗" | "❌" | "without" | "off" | "-" => format!("without {head}"),
        _ => cell.to_owned(),
    }
}

fn conditions(text: &str, when: &mut When) {
    static TIER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:\d{3,4}p|[248]k)\b"));
    static INPUT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(without|no|exclud\w+|not (?:includ|contain)\w+|with|includ\w+|contain\w+) (?:an? |any )?(?:input |reference |source )?videos?\b",
        )
    });
    static AUDIO: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(without|no|with|includ\w+) (?:generated |generate )?(?:audio|sound)\b"));
    static FLEX: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:flex|offline|batch)\b"));
    let tiers: Vec<String> = TIER.find_iter(text).map(|tier| tier.as_str().to_lowercase()).collect();
    if !tiers.is_empty() {
        when.insert("resolution".to_owned(), tiers);
    }
    let is_not = |word: &str| {
        let word = word.to_lowercase();
        ["without", "no", "not", "excl"].iter().any(|no| word.starts_with(no))
    };
    if let Some(found) = INPUT.captures(text) {
        let word = if is_not(&found[1]) { "unset" } else { "set" };
        when.insert("reference_video".to_owned(), vec![word.to_owned()]);
    }
    if let Some(found) = AUDIO.captures(text) {
        when.insert("generate_audio".to_owned(), vec![(!is_not(&found[1])).to_string()]);
    }
    if FLEX.is_match(text) {
        when.insert("service_tier".to_owned(), vec!["flex".to_owned()]);
    }
}

/// The models that a cell names: by their ids, or by names that are like them without a date or the first word.
fn named(cell: &str, known: &Known) -> Option<Vec<String>> {
    let words = |text: &str| -> Vec<String> {
        let words = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let own = |id: &String| {
        let mut own = words(id);
        own.pop_if(|last| last.len() == 6 && last.chars().all(|c| c.is_ascii_digit()));
        own
    };
    let one = |part: &str| -> Vec<String> {
        let name = words(part);
        let whole = known.models.iter().filter(|id| name.len() > 1 && own(id) == name);
        let whole: Vec<String> = whole.cloned().collect();
        if known.models.contains(part) {
            vec![part.to_owned()]
        } else if whole.is_empty() {
            let rest = known
                .models
                .iter()
                .filter(|id| name.len() > 1 && own(id).get(1..) == Some(&name[..]));
            rest.cloned().collect()
        } else {
            whole
        }
    };
    let parts = cell.split([',', '/']).map(str::trim).filter(|part| !part.is_empty());
    let models: Vec<String> = match known.models.contains(cell) {
        true => vec![cell.to_owned()],
        false => parts.flat_map(one).collect(),
    };
    (!models.is_empty()).then_some(models)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_amounts_are_read_as_pages_write_them() {
        let of = |number: u64, unit: &str| Some((number, unit.to_owned()));
        for (text, wanted) in [
            ("USD per million tokens", of(1_000_000, "token")),
            ("Price ($/M tokens)", of(1_000_000, "token")),
            ("$0.014 / 1K tokens", of(1000, "token")),
            ("per 1,000,000 tokens", of(1_000_000, "token")),
            ("$0.05 per second", of(1, "second")),
            ("$0.05/s", of(1, "second")),
            ("per video", of(1, "clip")),
            ("Price", None),
            ("with / without sound", None),
        ] {
            assert_eq!(unit(text), wanted, "{text}");
        }
        for (cell, wanted) in [
            ("$7.0", Some("7.0")),
            ("7.00 USD", Some("7.00")),
            ("US$0.05 / second", Some("0.05")),
            ("1080p", None),
            ("Seedance 2.0", None),
            ("-", None),
        ] {
            assert_eq!(amount(cell).as_deref(), wanted, "{cell}");
        }
    }

    #[test]
    fn columns_are_requests_and_rows_below_each_other_share_a_cell() {
        let known = Known {
            models: ["acme-seedance-2-0-260128", "acme-seedance-2-0-fast-260128"]
                .map(str::to_owned)
                .into(),
            ..Known::default()
        };
        let rows = [
            "Video models, prices in USD per million tokens",
            "| Model | Output resolution | Input without video | Input with video | Concurrency limit |",
            "|---|---|---|---|---|",
            "| Acme Seedance 2.0 | 480p, 720p | 7.0 | 4.3 | 10 |",
            "| 1080p | 7.7 | 4.7 | 5 |",
            "| `acme-seedance-2-0-fast-260128` | - | $5.6 | not supported | 10 |",
            "| Acme Chat 4 | - | 1.2 | - | 100 |",
            "| Model | Offline inference (USD/M tokens) |",
            "|---|---|",
            "| Acme Seedance 2.0 | 3.5 |",
            "| Model | Audio | Price per million tokens |",
            "| acme-seedance-2-0-fast-260128 | no | $2.8 |",
        ];
        let line = |(index, text): (usize, &&str)| Line {
            number: index + 1,
            text: (*text).to_owned(),
            heading: false,
        };
        let lines: Vec<Line> = rows.iter().enumerate().map(line).collect();
        let found = read(&lines, &known);
        let shown: Vec<String> = found
            .iter()
            .map(|price| {
                let when: Vec<String> = price
                    .when
                    .iter()
                    .map(|(field, values)| format!("{field} {}", values.join(" ")))
                    .collect();
                assert_eq!(price.unit, Some((1_000_000, "token".to_owned())));
                format!(
                    "{}: {} {} line {}",
                    price.model,
                    when.join(", "),
                    price.price,
                    price.at.0
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "acme-seedance-2-0-260128: reference_video unset, resolution 480p 720p 7.0 line 4",
                "acme-seedance-2-0-260128: reference_video set, resolution 480p 720p 4.3 line 4",
                "acme-seedance-2-0-260128: reference_video unset, resolution 1080p 7.7 line 5",
                "acme-seedance-2-0-260128: reference_video set, resolution 1080p 4.7 line 5",
                "acme-seedance-2-0-fast-260128: reference_video unset 5.6 line 6",
                "acme-seedance-2-0-260128: service_tier flex 3.5 line 10",
                "acme-seedance-2-0-fast-260128: generate_audio false 2.8 line 12",
            ]
        );
    }

    #[test]
    fn conditions_are_read_from_heads_and_cells() {
        let of = |text: &str| {
            let mut when = When::new();
            conditions(text, &mut when);
            when.into_iter()
                .map(|(field, values)| format!("{field} {}", values.join(" ")))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("480p, 720p"), ["resolution 480p 720p"]);
        assert_eq!(of("Input without video"), ["reference_video unset"]);
        assert_eq!(
            of("Input including a reference video (4K)"),
            ["reference_video set", "resolution 4k"]
        );
        assert_eq!(of("Not including video"), ["reference_video unset"]);
        assert_eq!(of(&answered("Audio", "no")), ["generate_audio false"]);
        assert_eq!(of("Offline inference"), ["service_tier flex"]);
        assert_eq!(of("Video generation"), Vec::<String>::new());
    }
}
