//! The HTTP client of the tests themselves, which speaks only plain HTTP to this machine.

pub(crate) fn builder() -> reqwest::ClientBuilder {
    // `reqwest` needs a provider of cryptography in any case.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

pub(crate) fn client() -> reqwest::Client {
    builder().build().unwrap()
}
