//! Tables, which fit the terminal.

use comfy_table::{Table, presets};

use crate::terminal;
use crate::text;

/// A table without lines, with headings.
pub(crate) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heads.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| text::visible(cell)));
    }
    table
        .to_string()
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same. On a terminal that is less wide, the first cell of each row has a line above the others; where that is too wide too,
/// each cell has a line.
pub(crate) fn fitted(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    within(terminal::columns(), heads, rows)
}

fn within(columns: Option<u16>, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let whole = table(heads, rows.iter().cloned());
    let Some(columns) = columns.filter(|columns| !terminal::fits(&whole, *columns)) else {
        return whole;
    };
    let below = below(heads, &rows);
    if terminal::fits(&below, columns) {
        return below;
    }
    let width = heads.iter().map(|head| head.len()).max().unwrap_or_default();
    let mut blocks = Vec::new();
    for row in &rows {
        let cells = heads.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let lines: Vec<String> = cells
            .map(|(head, cell)| {
                let room = usize::from(columns).saturating_sub(width + 2);
                let lines = wrapped(&text::visible(cell), room);
                format!("{head:width$}  {}", lines.join(&format!("\n{:width$}  ", "")))
            })
            .collect();
        blocks.push(lines.join("\n"));
    }
    blocks.join("\n\n")
}

/// The rows with their first cells above them.
fn below(heads: &[&str], rows: &[Vec<String>]) -> String {
    let names = rows.iter().map(|row| text::visible(&row[0]));
    let rest = table(&heads[1..], rows.iter().map(|row| row[1..].to_vec()));
    let mut lines = rest.lines();
    let mut shown: Vec<String> = lines.next().map(str::to_owned).into_iter().collect();
    shown.extend(names.zip(lines).flat_map(|(name, line)| [name, line.to_owned()]));
    shown.join("\n")
}

/// The words of a text in lines of at most `width` columns, as far as the words allow it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_its_terminal() {
        let row = ["seedance-2.0", "0.4 USD", "second, at least 1/2"].map(str::to_owned);
        let rows = || [row.to_vec()];
        let heads = ["model", "price", "per"];
        let whole = " model         price    per\n seedance-2.0  0.4 USD  second, at least 1/2";
        assert_eq!(within(None, &heads, rows()), whole);
        assert_eq!(within(Some(60), &heads, rows()), whole);
        let below = " price    per\nseedance-2.0\n 0.4 USD  second, at least 1/2";
        assert_eq!(within(Some(32), &heads, rows()), below);
        let lines = "model  seedance-2.0\nprice  0.4 USD\nper    second, at\n       least 1/2";
        assert_eq!(within(Some(20), &heads, rows()), lines);
    }
}
