//! Servers other than a vendor's own, as a base URL names them.

use url::{Host, Url};
use videogen::Vendor;

/// The note on a default model at another server: a base URL can lead to one with other models and prices, such as that of
/// another region. Simulators on this machine have the same ones.
pub(crate) fn note_on_default_model(vendor: Vendor, base_url: Option<&str>) -> Option<String> {
    let (url, own) = (Url::parse(base_url?).ok()?, Url::parse(vendor.facts().base_url).ok()?);
    let is_local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (!is_local && url.host() != own.host()).then(|| {
        format!(
            "{} is the default model at {}, and {} may have other models and prices; name one with --model.",
            vendor.default_model(),
            own.host_str().unwrap_or_default(),
            url.host_str().unwrap_or_default()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_servers_have_a_note() {
        for vendor in Vendor::ALL.iter().copied() {
            let own = vendor.facts().base_url;
            for base_url in [
                None,
                Some(own),
                Some("http://127.0.0.1:8787/x"),
                Some("http://localhost:1"),
                Some("http://[::1]:1"),
            ] {
                assert_eq!(note_on_default_model(vendor, base_url), None, "{base_url:?}");
            }
            let note = note_on_default_model(vendor, Some("https://user:pw@gateway.example/v1")).unwrap_or_default();
            assert!(
                note.contains("gateway.example may have") && !note.contains("pw"),
                "{note}"
            );
        }
    }
}
