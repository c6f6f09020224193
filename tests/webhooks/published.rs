//! Deliveries of vendors that sign with a key pair: verified with the keys that they publish.

use std::sync::atomic::{AtomicI64, Ordering};

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use sha2::Digest as _;
use videogen::facts::Scheme;
use videogen::{Client, ErrorKind, RetryPolicy, TaskStatus};

use super::*;
use crate::canned::Canned;

const VENDOR: Vendor = Vendor::Fal;
const REQUEST: &str = "6f0c1c52-3a55-4b1e-9d0e-2f6a4f1b7c11";
/// Request id, user id, time, signature.
const NAMES: [&str; 4] = [
    "x-fal-webhook-request-id",
    "x-fal-webhook-user-id",
    "x-fal-webhook-timestamp",
    "x-fal-webhook-signature",
];

fn pair(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// A JWKS with the public keys of these seeds.
fn jwks(seeds: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let base64 = |bytes: &[u8]| -> String {
        let bits: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
            .collect();
        let digit = |bits: &[u8]| (0..6).fold(0, |sum, at| sum << 1 | bits.get(at).copied().unwrap_or(0));
        bits.chunks(6)
            .map(|bits| char::from(DIGITS[usize::from(digit(bits))]))
            .collect()
    };
    let key = |seed: &u8| json!({"kty": "OKP", "crv": "Ed25519", "x": base64(pair(*seed).verifying_key().as_bytes())});
    let keys: Vec<Value> = seeds.iter().map(key).collect();
    json!({ "keys": keys }).to_string()
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// The vendor: its keys, which can change, and a task that has ended.
struct Host {
    canned: Canned,
    keys: Arc<Mutex<(u16, String)>>,
    now: Arc<AtomicI64>,
}

impl Host {
    async fn start(seeds: &[u8]) -> Self {
        let keys = Arc::new(Mutex::new((200, jwks(seeds))));
        let given = Arc::clone(&keys);
        let canned = Canned::answering(move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            if path == "/.well-known/jwks.json" {
                assert!(!request.to_lowercase().contains("authorization"), "{request}");
                let (status, body) = given.lock().unwrap().clone();
                return answer(status, &body);
            }
            answer(
                200,
                &match path.ends_with("/status") {
                    true => json!({"status": "COMPLETED", "request_id": REQUEST}).to_string(),
                    false => json!({"video": {"url": "https://files.example.com/polled.mp4"}}).to_string(),
                },
            )
        })
        .await;
        Self {
            canned,
            keys,
            now: Arc::new(AtomicI64::new(NOW)),
        }
    }

    fn set(&self, status: u16, body: impl Into<String>) {
        *self.keys.lock().unwrap() = (status, body.into());
    }

    fn receiver(&self) -> Receiver {
        let now = Arc::clone(&self.now);
        let builder = Receiver::builder(self.canned.client(VENDOR)).clock(move || at(now.load(Ordering::SeqCst)));
        builder.build().unwrap()
    }

    fn later(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// The paths that were requested, of keys and of others.
    fn requested(&self) -> (usize, usize) {
        let seen = self.canned.seen();
        let keys = seen.iter().filter(|request| request.contains("jwks.json")).count();
        (keys, seen.len() - keys)
    }
}

fn event(id: &str) -> Vec<u8> {
    let file = json!({"url": "https://files.example.com/fal/v.mp4", "content_type": "video/mp4", "file_name": "v.mp4", "file_size": 4120331});
    let event =
        json!({"request_id": id, "gateway_request_id": id, "status": "OK", "payload": {"video": file, "seed": 11}});
    event.to_string().into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The headers of a delivery, as the vendor's page describes them.
fn given(seed: u8, id: &str, second: i64, body: &[u8]) -> HeaderMap {
    let digest = hex(&sha2::Sha256::digest(body));
    let signed = pair(seed).sign(format!("{id}\nuser-1\n{second}\n{digest}").as_bytes());
    let values = [
        id.to_owned(),
        "user-1".to_owned(),
        second.to_string(),
        hex(&signed.to_bytes()),
    ];
    let pairs = std::iter::zip(NAMES, values);
    pairs
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::try_from(value).unwrap()))
        .collect()
}

/// Binds a task that was submitted, and returns its token.
async fn bound(receiver: &Receiver) -> (String, TaskId) {
    let callback = receiver.callback("https://videos.example.com/hooks").unwrap();
    let id = task(VENDOR, "requests", &format!("bytedance/seedance-2.0/{REQUEST}"));
    receiver.bind(callback.hash(), &id).await.unwrap();
    (token(&callback), id)
}

#[tokio::test]
async fn a_signed_event_is_the_task_without_a_secret_and_without_a_poll() {
    let host = Host::start(&[7, 1]).await;
    let receiver = host.receiver();
    let (token, id) = bound(&receiver).await;
    let body = event(REQUEST);
    let headers = given(1, REQUEST, NOW, &body);
    let received = new(receiver.receive(Some(&token), &headers, &body).await);
    assert_eq!(received.id.as_deref(), Some(REQUEST));
    let ended = received.task.unwrap();
    assert_eq!((ended.id, ended.status), (id, TaskStatus::Completed));
    assert_eq!(ended.video.unwrap().url.expose(), "https://files.example.com/fal/v.mp4");
    // A repeat, signed again by another key.
    host.later(20);
    let again = given(7, REQUEST, host.now(), &body);
    assert_eq!(
        receiver.receive(Some(&token), &again, &body).await.unwrap(),
        Received::Duplicate
    );
    assert_eq!(host.requested(), (1, 0));
}

#[tokio::test]
async fn every_flipped_bit_is_refused() {
    let host = Host::start(&[1]).await;
    let receiver = host.receiver();
    let (token, _) = bound(&receiver).await;
    let body = event(REQUEST);
    let good = given(1, REQUEST, NOW, &body);
    for name in NAMES {
        let value = good[name].as_bytes().to_vec();
        for bit in 0..value.len() * 8 {
            let mut value = value.clone();
            value[bit / 8] ^= 1 << (bit % 8);
            let Ok(value) = HeaderValue::from_bytes(&value) else {
                continue;
            };
            let mut headers = good.clone();
            headers.insert(name, value);
            let result = receiver.receive(Some(&token), &headers, &body).await;
            // Of a time that is later than the keys, nothing is known.
            assert!(
                matches!(result, Err(Rejection::Refused(_) | Rejection::Unverified(_))),
                "{name} {bit}: {result:?}"
            );
        }
    }
    for bit in 0..body.len() * 8 {
        let mut body = body.clone();
        body[bit / 8] ^= 1 << (bit % 8);
        let refusal = refused(receiver.receive(Some(&token), &good, &body).await);
        assert_eq!(refusal, Refusal::Signature, "bit {bit} of the body");
    }
    new(receiver.receive(Some(&token), &good, &body).await);
    assert_eq!(host.requested(), (1, 0));
}

#[tokio::test]
async fn five_minutes_either_way_and_only_whole_headers() {
    let host = Host::start(&[1]).await;
    let receiver = host.receiver();
    let (token, _) = bound(&receiver).await;
    let body = event(REQUEST);
    for (off, is_near) in [(-301, false), (301, false), (-300, true), (300, true)] {
        let headers = given(1, REQUEST, NOW + off, &body);
        let result = receiver.receive(Some(&token), &headers, &body).await;
        match is_near {
            true => assert!(result.is_ok(), "{off}: {result:?}"),
            false => assert_eq!(refused(result), Refusal::Time, "{off}"),
        }
    }
    let good = given(1, REQUEST, NOW, &body);
    for name in NAMES {
        let mut missing = good.clone();
        missing.remove(name);
        assert_eq!(
            refused(receiver.receive(Some(&token), &missing, &body).await),
            Refusal::Header
        );
        let mut twice = good.clone();
        twice.append(name, good[name].clone());
        assert_eq!(
            refused(receiver.receive(Some(&token), &twice, &body).await),
            Refusal::Header
        );
    }
    // A token is no substitute for a signature.
    let result = receiver.receive(Some(&token), &HeaderMap::new(), &body).await;
    assert_eq!(refused(result), Refusal::Header);
}

#[tokio::test]
async fn until_the_keys_are_known_the_vendor_repeats() {
    let host = Host::start(&[1]).await;
    host.set(503, "");
    let receiver = host.receiver();
    let server = Server::start(&receiver).await;
    let (token, _) = bound(&receiver).await;
    let body = event(REQUEST);
    let post = async |headers: HeaderMap| {
        let request = crate::http::client().post(format!("{}/{token}", server.base));
        request
            .headers(headers)
            .body(body.clone())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    let genuine = |host: &Host| given(1, REQUEST, host.now(), &body);
    let forged = |host: &Host| given(9, REQUEST, host.now(), &body);
    assert_eq!(post(genuine(&host)).await, 503);
    let rejection = receiver
        .receive(Some(&token), &genuine(&host), &body)
        .await
        .unwrap_err();
    let Rejection::Unverified(error) = &rejection else {
        panic!("{rejection:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Vendor);
    assert_eq!(
        rejection.to_string(),
        "the webhook's signature cannot be checked now: cannot get fal's current public keys from 127.0.0.1: HTTP 503"
    );
    for junk in [
        "",
        "{}",
        "<html>",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
    ] {
        host.set(200, junk);
        host.later(180);
        assert_eq!(post(genuine(&host)).await, 503, "{junk}");
    }
    assert_eq!(host.requested(), (5, 0));
    // The vendor is back. Forged and genuine deliveries are distinguished again.
    host.set(200, jwks(&[1]));
    host.later(180);
    assert_eq!(post(forged(&host)).await, 404);
    assert_eq!(post(genuine(&host)).await, 204);
    assert_eq!(host.requested(), (6, 0));
    // New keys are found when they are needed, old ones not used for longer than a day.
    host.set(200, jwks(&[2]));
    host.later(180);
    let other = given(2, "other", host.now(), &event("other"));
    let result = receiver.receive(Some(&token), &other, &event("other")).await;
    assert_eq!(new(result).id.as_deref(), Some("other"));
    assert_eq!(post(genuine(&host)).await, 404);
    host.set(500, "");
    host.later(24 * 3600);
    assert_eq!(post(given(2, "third", host.now(), &body)).await, 503);
    assert_eq!(host.requested(), (8, 0));
}

/// The vendor signs for all accounts: a valid signature does not make a task one's own.
#[tokio::test]
async fn tasks_of_other_accounts_are_refused() {
    let host = Host::start(&[1]).await;
    let receiver = host.receiver();
    let body = event("somebody-elses");
    let headers = given(1, "somebody-elses", NOW, &body);
    for token in [None, Some("guessed")] {
        assert_eq!(refused(receiver.receive(token, &headers, &body).await), Refusal::Task);
    }
    assert_eq!(host.requested(), (1, 0));
    // One's own that arrives before the submission returned is kept.
    let callback = receiver.callback("https://videos.example.com/hooks").unwrap();
    let body = event(REQUEST);
    let headers = given(1, REQUEST, NOW, &body);
    let early = receiver.receive(Some(&token(&callback)), &headers, &body).await;
    assert!(matches!(early, Err(Rejection::Unbound)), "{early:?}");
    let id = task(VENDOR, "requests", &format!("bytedance/seedance-2.0/{REQUEST}"));
    let event = receiver.bind(callback.hash(), &id).await.unwrap().unwrap();
    assert_eq!(
        event.task.unwrap().video.unwrap().url.expose(),
        "https://files.example.com/polled.mp4"
    );
    // Without a token, by the vendor's id.
    host.later(1);
    let headers = given(1, REQUEST, host.now(), &body);
    assert_eq!(new(receiver.receive(None, &headers, &body).await).task.unwrap().id, id);
}

#[tokio::test]
async fn a_secret_is_refused_where_the_vendor_has_none() {
    let of_pairs = Vendor::ALL.iter().filter(|vendor| {
        let signature = vendor.facts().webhook.signature;
        matches!(
            signature.map(|signature| signature.scheme),
            Some(Scheme::Ed25519 { .. })
        )
    });
    let mut tried = 0;
    for vendor in of_pairs {
        let client = Client::builder(*vendor)
            .key("sk-test")
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        assert!(Receiver::builder(client.clone()).build().is_ok());
        let error = Receiver::builder(client).secret(SECRET.to_owned()).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("public keys"), "{error}");
        tried += 1;
    }
    assert!(tried > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever the signature header holds, it is refused, and what cannot be a signature causes no request for keys.
    #[test]
    fn no_malformed_signature_is_accepted(text in "[ -~]{0,160}", digits in "[0-9a-f]{128}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let host = Host::start(&[1]).await;
            let receiver = host.receiver();
            let body = event(REQUEST);
            let mut headers = given(1, REQUEST, NOW, &body);
            for (value, is_possible) in [(text, false), (digits[1..].to_owned(), false), (digits.to_uppercase() + "F", false), (digits, true)] {
                headers.insert(NAMES[3], HeaderValue::try_from(value).unwrap());
                let refusal = refused(receiver.receive(None, &headers, &body).await);
                assert!(matches!(refusal, Refusal::Signature | Refusal::Header), "{refusal:?}");
                assert_eq!(host.requested(), (usize::from(is_possible), 0));
            }
        });
    }
}
