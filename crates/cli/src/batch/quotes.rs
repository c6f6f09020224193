//! Quotes of CSV files. The parser of the file accepts all of them, and a missing one would make several jobs one cell.

use crate::error::JobProblem;

/// What is wrong with the quotes of a table: after it, nothing of the table is certain.
pub(super) fn fault(text: &str, delimiter: u8) -> Option<JobProblem> {
    let mut signs = text.chars().peekable();
    let delimiter = char::from(delimiter);
    let mut line = 1;
    let mut is_start = true;
    while let Some(sign) = signs.next() {
        match sign {
            '"' if is_start => {
                let opened = line;
                loop {
                    match signs.next() {
                        None => {
                            let text =
                                "a cell begins with a double quote that is never closed; add the other one at its end";
                            return Some(JobProblem::new(opened, text));
                        }
                        Some('\n') => line += 1,
                        // Two are one sign of the text.
                        Some('"') if signs.next_if_eq(&'"').is_none() => break,
                        Some(_) => {}
                    }
                }
                while signs
                    .next_if(|sign| *sign == ' ' || (*sign == '\t' && delimiter != '\t'))
                    .is_some()
                {}
                if signs
                    .peek()
                    .is_some_and(|next| *next != delimiter && !matches!(next, '\r' | '\n'))
                {
                    let place = match opened == line {
                        true => String::new(),
                        false => format!(" that it has opened in line {opened}"),
                    };
                    let text = format!(
                        "a cell goes on after the double quote{place}; close each quote at the end of its cell, and write a \
                         quote in the text as two"
                    );
                    return Some(JobProblem::new(line, text));
                }
                is_start = false;
            }
            '\n' => {
                line += 1;
                is_start = true;
            }
            // Blanks around a cell are no part of it.
            ' ' if is_start => {}
            _ => is_start = sign == delimiter || sign == '\r',
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_closed_where_its_cell_ends() {
        let shown = |text| fault(text, b',').map(|problem| (problem.line, problem.message));
        for fine in [
            "id,prompt\na,b\n",
            "id,prompt\na,\"b, c\"\n\"d\" , \"two\nlines\"\r\n",
            "id,prompt\na,\"say \"\"hi\"\"\"\n",
            "id,prompt\na,say \"hi\"\nb,5\" nails\n",
            "id,prompt\na,\"\"",
        ] {
            assert_eq!(shown(fine), None, "{fine}");
        }
        for (broken, line, words) in [
            ("id,prompt\na,\"b\nc,d\ne,f\n", 2, "never closed"),
            ("id,prompt,duration\na,\"b,5\nc,\"d\",5\n", 3, "opened in line 2"),
            ("id,prompt\n\"st\"orm,x\n", 2, "goes on after the double quote;"),
            ("id,prompt\na, \"b\"c\n", 2, "goes on after"),
        ] {
            let (found, text) = shown(broken).unwrap_or_default();
            assert_eq!(found, line, "{broken}");
            assert!(text.contains(words), "{text}");
        }
    }
}
