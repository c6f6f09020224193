//! Words at the end of a prompt that a vendor reads as fields of the request, by `x-prompt-flags` of its spec.

use crate::model::Vendor;

/// A flag in a prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PromptFlag<'a> {
    /// The normalised field that it sets.
    pub(super) field: &'static str,
    pub(super) flag: &'a str,
    pub(super) value: &'a str,
}

/// Returns the flags at the end of a prompt that the vendor reads, in their order. Flags that it does not document are
/// skipped.
pub(super) fn prompt_flags(vendor: Vendor, prompt: &str) -> Vec<PromptFlag<'_>> {
    let known = vendor.facts().prompt_flags;
    if known.is_empty() || !prompt.contains("--") {
        return Vec::new();
    }
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let (mut rest, mut found) = (words.as_slice(), Vec::new());
    while let [before @ .., flag, value] = rest
        && flag.starts_with("--")
    {
        if let Some((_, field)) = known.iter().find(|(name, _)| name == flag) {
            found.push(PromptFlag { field, flag, value });
        }
        rest = before;
    }
    found.reverse();
    found
}

// The cases are from a real vendor.
#[cfg(all(test, feature = "ark", feature = "token360"))]
mod tests {
    use super::*;

    fn flags(vendor: Vendor, prompt: &str) -> Vec<String> {
        let flags = prompt_flags(vendor, prompt);
        let text = |found: &PromptFlag<'_>| format!("{} {} = {}", found.flag, found.value, found.field);
        flags.iter().map(text).collect()
    }

    #[test]
    fn flags_are_read_at_the_end_only() {
        let boat = "a boat  --style oil --rs 1080p\n--dur 12";
        assert_eq!(
            flags(Vendor::Ark, boat),
            ["--rs 1080p = resolution", "--dur 12 = duration"]
        );
        for prompt in [
            "",
            "--rs",
            "a --rs 1080p boat",
            "the --dur",
            "a boat --style oil",
            "--rs 480p --dur",
        ] {
            assert!(flags(Vendor::Ark, prompt).is_empty(), "{prompt}");
        }
        assert!(flags(Vendor::Token360, boat).is_empty());
    }
}
