//! Settings of TLS.
//!
//! With `ring`, because `aws-lc-rs`, reqwest's default, takes much longer to build.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::model::{Error, ErrorKind};

/// Settings that accept the certificates that the platform accepts; none where `certificates` is false. An application
/// that installed a provider of cryptography for its process gets that one.
///
/// # Errors
/// `config` when the platform's certificates cannot be read.
pub(crate) fn config(certificates: bool) -> Result<ClientConfig, Error> {
    let provider = CryptoProvider::get_default().map_or_else(|| Arc::new(ring::default_provider()), Arc::clone);
    let unusable = |error: rustls::Error| {
        Error::new(
            ErrorKind::Config,
            format!("the HTTP client cannot be set up: no usable TLS: {error}"),
        )
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder = match certificates {
        true => {
            let verifier = Verifier::new(provider).map_err(unusable)?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
        false => builder.with_root_certificates(RootCertStore::empty()),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
