#![allow(clippy::unwrap_used)]

use futures_util::FutureExt as _;
use reqwest::header::{HeaderName, HeaderValue};

use super::*;

const TIME: i64 = 1_795_684_262;
const ID: (&str, &str) = ("x-id", "msg_1");

const TEXT: Signature = Signature {
    scheme: Scheme::HmacSha256 {
        key: SigningKey::Text,
        secret_env: "",
    },
    encoding: Encoding::Hex,
    message: "{timestamp},{body}",
    headers: &[("signature", "X-Signature")],
    form: "t={timestamp},v1={signature}",
    separator: Some(','),
};
const WHSEC: SigningKey = SigningKey::Base64 { prefix: "whsec_" };
/// The form of Standard Webhooks.
const STANDARD_WEBHOOKS: Signature = Signature {
    scheme: Scheme::HmacSha256 {
        key: WHSEC,
        secret_env: "",
    },
    encoding: Encoding::Base64,
    message: "{id}.{timestamp}.{body}",
    headers: &[("id", "x-id"), ("signature", "x-signature"), ("timestamp", "x-time")],
    form: "v1,{signature}",
    separator: Some(' '),
};
const PLAIN: Signature = Signature {
    message: "{id}\n{timestamp}\n{body}",
    headers: STANDARD_WEBHOOKS.headers,
    form: "{signature}",
    separator: None,
    ..TEXT
};
const KEY_24: &str = "whsec_c2ltdWxhdGVkLXNpZ25pbmcta2V5LTI0";
const KEY_OTHER: &str = "whsec_b3RoZXI=";

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        (
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        )
    });
    pairs.collect()
}

fn verify(
    rules: Signature,
    secrets: &[&str],
    pairs: &[(&str, &str)],
    body: &str,
    off: i64,
) -> Result<Option<String>, Refusal> {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
    let now = Timestamp::from_timestamp(TIME + off, 0).unwrap();
    let Scheme::HmacSha256 { key, .. } = rules.scheme else {
        panic!("no secret: {rules:?}")
    };
    let verifier = Verifier {
        rules,
        keys: Keys::Secret(keys(key, &secrets).unwrap()),
        tolerance: 300,
    };
    let headers = headers(pairs);
    let verified = verifier.verify(&headers, body.as_bytes(), now).now_or_never();
    verified.unwrap().map_err(|rejection| match rejection {
        Rejection::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

/// Of secret `whsec-demo` and body `{}`.
const HEX: &str = "551bd1b0787de6cf004b463383171809903cd22fe0c6759c52a4c5571ae67a2b";
/// Of secret [`KEY_24`] and body `{"id":"x"}`.
const BASE64: &str = "gcHzLgqo3vVxOe2K+b0WYR+lI69tWFyh8t636AaG57k=";

#[test]
fn time_and_signature_in_one_header() {
    let verify = |value: &str, off| verify(TEXT, &["whsec-old", "whsec-demo"], &[("x-signature", value)], "{}", off);
    let good = format!("t={TIME},v1={HEX}");
    for off in [-300, 0, 300] {
        assert_eq!(verify(&good, off), Ok(None));
    }
    for off in [-301, 301] {
        assert_eq!(verify(&good, off), Err(Refusal::Time));
    }
    let other = "0".repeat(64);
    for rotated in [
        format!("v1={other},t={TIME},v1={HEX}"),
        format!("t={TIME}, v1={HEX}, v2=new"),
    ] {
        assert_eq!(verify(&rotated, 0), Ok(None), "{rotated}");
    }
    for (bad, refusal) in [
        (format!("t={TIME},v1={}", HEX.to_uppercase()), Refusal::Signature),
        (format!("t={TIME},v1={other}"), Refusal::Signature),
        (format!("t={},v1={HEX}", TIME + 1), Refusal::Signature),
        (format!("t={TIME},v2={HEX}"), Refusal::Signature),
        (format!("t={TIME}"), Refusal::Signature),
        (format!("v1={HEX}"), Refusal::Header),
        (format!("t={TIME},t={TIME},v1={HEX}"), Refusal::Header),
        (format!("t=,v1={HEX}"), Refusal::Header),
    ] {
        assert_eq!(verify(&bad, 0), Err(refusal), "{bad}");
    }
}

#[test]
fn standard_webhooks_in_base64() {
    let (time, good, body) = (TIME.to_string(), format!("v1,{BASE64}"), r#"{"id":"x"}"#);
    let verify = |secrets: &[&str], value: &str, id: &str| {
        let pairs = [("x-id", id), ("x-time", time.as_str()), ("x-signature", value)];
        verify(STANDARD_WEBHOOKS, secrets, &pairs, body, 0)
    };
    let id = Ok(Some("msg_1".to_owned()));
    assert_eq!(verify(&[KEY_24], &good, "msg_1"), id);
    // Some consoles show the secret without its prefix.
    assert_eq!(verify(&[&KEY_24[6..]], &good, "msg_1"), id);
    assert_eq!(verify(&[KEY_OTHER, KEY_24], &good, "msg_1"), id);
    let several = format!("v1a,ed25519 v1,{} {good}", STANDARD.encode([0; 32]));
    assert_eq!(verify(&[KEY_24], &several, "msg_1"), id);
    for (secret, value, id) in [
        (KEY_OTHER, good.as_str(), "msg_1"),
        (KEY_24, &good, "msg_2"),
        (KEY_24, &good[..good.len() - 1], "msg_1"),
        (KEY_24, BASE64, "msg_1"),
    ] {
        assert_eq!(verify(&[secret], value, id), Err(Refusal::Signature), "{value}");
    }
}

#[test]
fn a_header_with_nothing_but_the_signature() {
    let time = TIME.to_string();
    // By `openssl dgst -sha256 -hmac`.
    let hex = "2d713ded2d534f403e4d15cdaa484981951d8b38ac52d6b603285bf52f487edc";
    let verify = |value: &str| {
        verify(
            PLAIN,
            &["key"],
            &[ID, ("x-time", &time), ("x-signature", value)],
            "[1]",
            0,
        )
    };
    assert_eq!(verify(hex), Ok(Some("msg_1".to_owned())));
    assert_eq!(verify(&format!("{hex},{hex}")), Err(Refusal::Signature));
}

#[test]
fn a_secret_that_is_no_key_is_refused_without_being_shown() {
    // The last are an empty key, with which anyone can sign.
    for secret in ["whsec_canary!", "whsec_", "", "notwhsec", "canary12"] {
        let error = keys(WHSEC, &[secret.into()]).err().unwrap();
        assert!(error.contains("no base64 after \"whsec_\""), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn a_digest_of_the_body_is_signed_in_its_place() {
    let rules = Signature {
        message: "{id}\n{timestamp}\n{body_sha256}",
        ..PLAIN
    };
    let time = TIME.to_string();
    // By `openssl dgst -sha256 -hmac`, of the digest in hex.
    let hex = "74340008c5cbe447e6beab53406b4a7cb359d328febd3125643036630decc371";
    let verify = |body: &str| verify(rules, &["key"], &[ID, ("x-time", &time), ("x-signature", hex)], body, 0);
    assert_eq!(verify("[1]"), Ok(Some("msg_1".to_owned())));
    assert_eq!(verify("[2]"), Err(Refusal::Signature));
}

#[test]
fn only_complete_lower_case_hex_is_a_signature() {
    let good = "0f".repeat(32);
    assert_eq!(from_hex(&good), Some(vec![15; 32]));
    for bad in [
        "0F".repeat(32),
        "0g".repeat(32),
        format!("{}f", &good[1..].replace('0', "é")),
        good[1..].to_owned(),
    ] {
        assert_eq!(from_hex(&bad), None, "{bad}");
    }
}
