//! Real TLS, in front of the simulator.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// Forwards encrypted connections to `plain`; returns its own port and its certificate.
async fn encrypted(plain: u16) -> (u16, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust the certificate ends the handshake.
                let Ok(mut secure) = acceptor.accept(socket).await else {
                    return;
                };
                let mut inner = TcpStream::connect(("127.0.0.1", plain)).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut secure, &mut inner).await;
            });
        }
    });
    (port, cert.pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_trusted_certificate_is_accepted() {
    let simulator = Simulator::builder().speed(50.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vendor = Vendor::Token360;
    let address = simulator.base_url(videogen_sim::Vendor::Token360);
    let plain = address.trim_start_matches("http://").split(['/', ':']).nth(1).unwrap();
    let (port, certificate) = encrypted(plain.parse().unwrap()).await;
    let base_url = address.replacen(
        &format!("http://127.0.0.1:{plain}"),
        &format!("https://localhost:{port}"),
        1,
    );
    let generate = |certificates: &str| {
        let mut command = videogen(folder.path(), &["generate", "a kite", "--duration", "4", "--json"]);
        account(&mut command, vendor, &base_url);
        std::fs::write(folder.path().join("trusted.pem"), certificates).unwrap();
        command.env("SSL_CERT_FILE", folder.path().join("trusted.pem"));
        command.output().unwrap()
    };

    let (_, other) = encrypted(1).await;
    let output = generate(&other);
    let error = &document(&output)["error"];
    assert_eq!(
        (&error["kind"], &error["delivery"]),
        (&json!("transport"), &json!("not_sent")),
        "{error}"
    );
    let wanted = format!("cannot connect to localhost:{port}: TLS certificate not trusted");
    assert!(error["message"].as_str().unwrap().contains(&wanted), "{error}");
    assert_eq!(simulator.stats().submissions.values().sum::<u64>(), 0);

    let output = generate(&certificate);
    let result = document(&output);
    assert_eq!(result["task"]["status"], "completed", "{result}");
    assert_eq!(simulator.stats().submissions.values().sum::<u64>(), 1);
}
