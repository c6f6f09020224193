//! Comma-separated values (RFC 4180). Depends on nothing else in this crate.

/// A row, without the end of its line.
pub(crate) fn row(cells: impl IntoIterator<Item = String>) -> String {
    cells.into_iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// A cell as RFC 4180 has it.
fn quoted(cell: String) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_csv_are_quoted_if_they_must_be() {
        assert_eq!(quoted("a b".to_owned()), "a b");
        assert_eq!(quoted("a,\"b\"".to_owned()), "\"a,\"\"b\"\"\"");
    }
}
