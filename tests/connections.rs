//! Failed connections and missing responses: each error names host, port and cause.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use videogen::{Client, Delivery, Error, RetryPolicy, Vendor, VideoRequest};

use crate::canned::Canned;

async fn failure(vendor: Vendor, base_url: &str) -> Error {
    let client = Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .retry(RetryPolicy::never())
        .submit_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let request = VideoRequest::new(vendor.default_model(), "a kite");
    client.submit(&request).await.unwrap_err()
}

#[tokio::test]
async fn errors_name_host_port_and_cause() {
    for vendor in Vendor::ALL.iter().copied() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = failure(vendor, &format!("http://{closed}")).await;
        let wanted = format!("cannot connect to {closed}: connection refused");
        assert!(error.to_string().contains(&wanted), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent));

        let error = failure(vendor, "https://no-such-host.invalid/v1").await;
        let wanted = "cannot connect to no-such-host.invalid:443: DNS lookup failed";
        assert!(error.to_string().contains(wanted), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent));

        // It accepts connections and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = silent.local_addr().unwrap();
        let error = failure(vendor, &format!("http://{address}")).await;
        let wanted = format!("no response from {address}: timed out");
        assert!(error.to_string().contains(&wanted), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous));

        // It does not support TLS.
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = plain.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut socket, _) = plain.accept().await.unwrap();
            socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
            // Open until the client has read it.
            let _ = socket.read_to_end(&mut Vec::new()).await;
        });
        let error = failure(vendor, &format!("https://{place}")).await;
        let wanted = format!("cannot connect to {place}: TLS failed");
        assert!(error.to_string().contains(&wanted), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent));
    }
}

/// Errors about key and balance include the variable and the page, also when a paid task cannot be polled.
#[tokio::test(start_paused = true)]
async fn refusals_of_the_account_name_variable_and_page() {
    for vendor in Vendor::ALL.iter().copied() {
        let facts = vendor.facts();
        let page = format!("keys and balance: {}", facts.keys_page.unwrap());
        for (status, what) in [
            (401, "check the key in"),
            (402, "top up the account of the key in"),
            (403, "check the key in"),
        ] {
            let canned = Canned::new(status, "", "no").await;
            let request = VideoRequest::new(vendor.default_model(), "a kite");
            let client = canned.client(vendor);
            let error = client.submit(&request).await.unwrap_err();
            let wanted = format!("{what} {}; {page}", facts.key_env);
            assert!(error.to_string().contains(&wanted), "{error}");
            let task = crate::cases::task(vendor, "t-1");
            let error = client.get(&task).await.unwrap_err();
            assert!(error.to_string().contains(&wanted), "{error}");
            let error = client.wait(&task).await.unwrap_err();
            assert!(error.to_string().contains(&wanted), "{error}");
        }
        for status in [400, 404, 429, 500] {
            let canned = Canned::new(status, "", "no").await;
            let request = VideoRequest::new(vendor.default_model(), "a kite");
            let error = canned.client(vendor).submit(&request).await.unwrap_err();
            assert!(!error.to_string().contains(facts.key_env), "{error}");
        }
    }
}
