//! Valid names in generated Rust.

use heck::ToUpperCamelCase as _;

/// Types and traits of Rust's prelude. A generated type of the same name would hide them in its own file.
const PRELUDE: &str = "AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Default DoubleEndedIterator Drop Eq Err \
                       ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Into IntoFuture IntoIterator \
                       Iterator None Ok Option Ord PartialEq PartialOrd Result Send Sized Some String Sync ToOwned ToString \
                       TryFrom TryInto Unpin Vec";

/// Names in every generated client other than its operations: constructors, fields, and methods of its traits. A method
/// of the same name would shadow them.
const CLIENT: [&str; 11] = [
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "fmt",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
];

/// Whether `text` can be an identifier: ASCII, so that no two look the same, and not a keyword.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    // `gen` is a keyword in the edition of the generated crates, but not for the parser.
    text.is_ascii() && text != "_" && text != "gen" && syn::parse_str::<syn::Ident>(text).is_ok()
}

/// Whether a type of this name would hide one of Rust's prelude.
#[must_use]
pub fn is_in_prelude(text: &str) -> bool {
    PRELUDE.split(' ').any(|name| name == text)
}

/// The name of the union of the request bodies of an operation.
#[must_use]
pub fn body_name(operation_id: &str) -> String {
    format!("{}Body", operation_id.to_upper_camel_case())
}

/// Whether every generated client uses this name.
#[must_use]
pub fn is_of_client(text: &str) -> bool {
    CLIENT.contains(&text)
}

/// The Rust name of an enum value: `in_progress` → `InProgress`, `16:9` → `V16x9`, `720p` → `V720p`. Empty for a value
/// without letters and digits; whether the name is an identifier is checked separately.
#[must_use]
pub fn variant(value: &str) -> String {
    let spelt = value.replace(':', "x");
    let name: String = spelt
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let name = name.trim();
    match name.chars().next() {
        None if value.is_empty() => "Empty".to_owned(),
        None => String::new(),
        Some(first) if first.is_ascii_digit() => format!("V{}", name.replace(' ', "")),
        Some(_) => name.to_upper_camel_case(),
    }
}

#[cfg(test)]
mod tests {
    use super::variant;

    #[test]
    fn variants_read_like_their_values() {
        for (value, name) in [
            ("in_progress", "InProgress"),
            ("16:9", "V16x9"),
            ("720p", "V720p"),
            ("4K", "V4K"),
            ("generation.completed", "GenerationCompleted"),
            ("", "Empty"),
            ("-1", "V1"),
            ("-", ""),
        ] {
            assert_eq!(variant(value), name, "{value}");
        }
    }
}
