//! Path parameters.

/// Encodes a path parameter that may have several segments: all but its slashes.
#[must_use]
pub fn encode_segments(text: &str) -> String {
    let segments: Vec<String> = text.split('/').map(progenitor_client::encode_path).collect();
    segments.join("/")
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_slashes_stay() {
        assert_eq!(super::encode_segments("a/b c?d#e%/f"), "a/b%20c%3Fd%23e%25/f");
    }
}
