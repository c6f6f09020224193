#![allow(clippy::unwrap_used)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;
use crate::model::Vendor;

/// A host that publishes keys. Each request gets the response that is set then.
struct Host {
    base_url: String,
    response: Arc<Mutex<(u16, String)>>,
    requests: Arc<AtomicUsize>,
}

impl Host {
    fn start(jwks: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}/acme", listener.local_addr().unwrap());
        let response = Arc::new(Mutex::new((200, jwks.to_string())));
        let requests = Arc::new(AtomicUsize::new(0));
        let (given, count) = (Arc::clone(&response), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, mut head) = (stream.unwrap(), Vec::new());
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read(&mut byte).unwrap_or(0) == 0 {
                        break;
                    }
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap().to_lowercase();
                assert!(head.starts_with("get /acme/keys.json http/1.1\r\n"), "{head}");
                assert!(!head.contains("authorization") && !head.contains("canary"), "{head}");
                count.fetch_add(1, Ordering::SeqCst);
                let (status, body) = given.lock().unwrap().clone();
                // A redirect would lead to another host.
                let more = "location: https://elsewhere.example.com/keys.json\r\nconnection: close\r\n";
                let answer = format!(
                    "HTTP/1.1 {status} X\r\n{more}content-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self {
            base_url,
            response,
            requests,
        }
    }

    fn set(&self, status: u16, body: impl ToString) {
        *self.response.lock().unwrap() = (status, body.to_string());
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn keys(&self) -> PublicKeys {
        let client = Client::builder(Vendor::ALL[0]).key("canary").base_url(&self.base_url);
        PublicKeys::new(client.build().unwrap(), "https://keys.example.com/keys.json").unwrap()
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn jwk(public: &[u8]) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public)})
}

fn jwks(seeds: &[u8]) -> Value {
    let keys: Vec<Value> = seeds
        .iter()
        .map(|seed| jwk(pair(*seed).public_key().as_ref()))
        .collect();
    json!({ "keys": keys })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_795_684_262 + seconds, 0).unwrap()
}

/// The result for a message that `seed` signed: whether it is accepted, or the reason.
async fn check(keys: &PublicKeys, seed: u8, signed: i64, now: i64) -> Result<(), String> {
    let signature = pair(seed).sign(b"message").as_ref().to_vec();
    let result = keys.verify(b"message", &[signature], at(signed), at(now)).await;
    result.map_err(|rejection| {
        assert_eq!(
            rejection.status(),
            if matches!(rejection, Rejection::Unverified(_)) {
                503
            } else {
                404
            }
        );
        rejection.to_string()
    })
}

fn is_wrong(result: Result<(), String>) -> bool {
    result.is_err_and(|reason| reason.contains("matches no key"))
}

fn is_unknown(result: Result<(), String>, reason: &str) -> bool {
    result.is_err_and(|text| text.contains("cannot be checked now") && text.contains(reason))
}

/// RFC 8032, section 7.1, tests 1 to 3; the first key as RFC 8037 writes it.
#[tokio::test]
async fn the_vectors_of_the_standards() {
    let from_hex = |text: &str| -> Vec<u8> {
        let digits = text.as_bytes().chunks(2);
        digits
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    let vectors = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    let mut published: Vec<Value> = vectors.iter().map(|(key, ..)| jwk(&from_hex(key))).collect();
    assert_eq!(published[0]["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    // With padding, as some write it.
    published[0]["x"] = json!("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    let host = Host::start(&json!({ "keys": published }));
    let keys = host.keys();
    for (_, message, signature) in vectors {
        let (message, signature) = (from_hex(message), from_hex(signature));
        let verify = |message: Vec<u8>, signatures: Vec<Vec<u8>>| {
            let keys = keys.clone();
            async move { keys.verify(&message, &signatures, at(0), at(0)).await.is_ok() }
        };
        assert!(verify(message.clone(), vec![signature.clone()]).await);
        assert!(verify(message.clone(), vec![vec![7; 64], signature.clone()]).await);
        let longer = [&message[..], b"x"].concat();
        assert!(!verify(longer, vec![signature.clone()]).await);
        for bit in 0..512 {
            let mut signature = signature.clone();
            signature[bit / 8] ^= 1 << (bit % 8);
            assert!(!verify(message.clone(), vec![signature]).await, "bit {bit}");
        }
    }
    // All others had the fetched keys, or had to wait.
    assert_eq!(host.requests(), 1);
}

#[tokio::test]
async fn keys_are_kept_for_a_day_and_fetched_again_for_a_new_one() {
    let host = Host::start(&jwks(&[1, 2]));
    let keys = host.keys();
    // One request for deliveries at the same time.
    let many = (0..8).map(|number| {
        let keys = keys.clone();
        async move { check(&keys, 1 + number % 2, 0, 0).await }
    });
    assert!(futures_util::future::join_all(many).await.iter().all(Result::is_ok));
    assert_eq!(host.requests(), 1);
    // The vendor publishes another, and drops one.
    host.set(200, jwks(&[2, 3]));
    // What these keys had to include is refused; of what was signed later, nothing is known yet.
    assert!(is_wrong(check(&keys, 3, 0, 10).await));
    assert!(is_unknown(check(&keys, 3, 10, 179).await, "less than 3 min ago"));
    assert_eq!(host.requests(), 1);
    assert_eq!(check(&keys, 3, 180, 180).await, Ok(()));
    assert_eq!(check(&keys, 2, 180, 180).await, Ok(()));
    assert!(is_wrong(check(&keys, 1, 180, 180).await));
    assert_eq!(host.requests(), 2);
    // A forged delivery every second causes a request every three minutes.
    for second in 181..=900 {
        assert!(check(&keys, 9, second, second).await.is_err());
    }
    assert_eq!(host.requests(), 6);
    let day = 900 + 24 * 3600;
    assert_eq!(check(&keys, 2, day - 1, day - 1).await, Ok(()));
    assert_eq!(host.requests(), 6);
    // After a day they are fetched, even though one of them fits; so they are when the clock is a day off.
    assert_eq!(check(&keys, 2, day, day).await, Ok(()));
    assert_eq!(host.requests(), 7);
    assert_eq!(check(&keys, 2, -3600, -3600).await, Ok(()));
    assert_eq!(host.requests(), 8);
}

#[tokio::test]
async fn without_keys_nothing_is_accepted_or_called_forged() {
    let host = Host::start(&json!({}));
    let large = json!({"keys": [jwk(pair(1).public_key().as_ref())], "padding": "x".repeat(LIMIT)});
    for (number, (status, body, reason)) in [
        (503, jwks(&[1]).to_string(), "HTTP 503"),
        (302, jwks(&[1]).to_string(), "HTTP 302"),
        (200, large.to_string(), "larger than 65536 bytes"),
        (200, String::new(), "no Ed25519 key"),
        (200, "<html>".to_owned(), "no Ed25519 key"),
        (200, "[[[".repeat(1000), "no Ed25519 key"),
        (200, json!({"keys": []}).to_string(), "no Ed25519 key"),
        (200, json!({"keys": {"x": 1}}).to_string(), "no Ed25519 key"),
        (200, json!([1, "a", null]).to_string(), "no Ed25519 key"),
    ]
    .into_iter()
    .enumerate()
    {
        host.set(status, body);
        let keys = host.keys();
        for second in [0, 1] {
            let result = check(&keys, 1, second, second).await;
            assert!(is_unknown(result.clone(), reason), "{reason}: {result:?}");
            assert!(is_unknown(result, "from 127.0.0.1"), "{reason}");
        }
        assert_eq!(host.requests(), 2 * number + 1);
        host.set(200, jwks(&[1]));
        assert_eq!(check(&keys, 1, 180, 180).await, Ok(()));
        // Known keys serve their time even if there are no new ones.
        host.set(500, "");
        assert!(is_unknown(check(&keys, 2, 360, 360).await, "HTTP 500"));
        assert_eq!(check(&keys, 1, 360, 360).await, Ok(()));
        host.requests.store(2 * number + 2, Ordering::SeqCst);
    }
    // No server listens.
    let keys = Host {
        base_url: "http://127.0.0.1:9".to_owned(),
        ..host
    }
    .keys();
    assert!(is_unknown(check(&keys, 1, 0, 0).await, "cannot connect to"));
}

/// A sender that hangs up does not keep others from being verified.
#[tokio::test]
async fn a_request_for_keys_outlives_the_delivery() {
    let host = Host::start(&jwks(&[1]));
    let keys = host.keys();
    // Polled once, which begins the request, and dropped.
    assert!(check(&keys, 1, 0, 0).now_or_never().is_none());
    assert_eq!(check(&keys, 1, 1, 1).await, Ok(()));
    assert_eq!(host.requests(), 1);
}

#[test]
fn keys_of_other_kinds_are_skipped() {
    let public = pair(1).public_key().as_ref().to_vec();
    let good = jwk(&public);
    let mut odd = Vec::new();
    for (member, value) in [
        ("kty", json!("EC")),
        ("crv", json!("X25519")),
        ("crv", json!(7)),
        ("use", json!("enc")),
        ("x", json!(URL_SAFE_NO_PAD.encode(&public[1..]))),
        ("x", json!("ä")),
        ("x", json!(null)),
    ] {
        let mut other = good.clone();
        other[member] = value;
        odd.push(other);
    }
    odd.extend([json!(null), json!("key"), json!([]), json!({})]);
    let mut signing = good.clone();
    signing["use"] = json!("sig");
    signing["kid"] = json!("2026");
    odd.extend([good, signing]);
    let body = json!({ "keys": odd }).to_string();
    assert_eq!(parse(body.as_bytes()), [&public[..], &public[..]]);
    // Damaged anywhere, it gives fewer keys or the same, and no panic.
    for cut in 0..body.len() {
        assert!(parse(&body.as_bytes()[..cut]).is_empty());
    }
}

/// Property: what is not 64 bytes is refused without a request, and 64 random bytes are no signature.
#[tokio::test]
async fn malformed_signatures() {
    let host = Host::start(&jwks(&[1, 2]));
    let keys = host.keys();
    let mut random = fastrand::Rng::with_seed(8032);
    let mut bytes = |length| -> Vec<u8> { std::iter::repeat_with(|| random.u8(..)).take(length).collect() };
    for length in (0..200).filter(|length| *length != 64) {
        let result = keys
            .verify(b"message", &[bytes(length), bytes(length)], at(0), at(0))
            .await;
        assert!(
            matches!(result, Err(Rejection::Refused(Refusal::Signature))),
            "{length}"
        );
    }
    assert!(keys.verify(b"message", &[], at(0), at(0)).await.is_err());
    assert_eq!(host.requests(), 0);
    for _ in 0..2000 {
        let result = keys.verify(b"message", &[bytes(64)], at(0), at(0)).await;
        assert!(matches!(result, Err(Rejection::Refused(Refusal::Signature))));
    }
    assert_eq!(host.requests(), 1);
}
