//! API keys: which are valid, and which force an error or a fault.

use axum::http::HeaderMap;

use crate::dialects::Refusal;
use crate::spec::{Auth, Operation};
use crate::state::{FaultKind, Owner};

/// Begins the simulator's own keys, which every vendor takes.
const OWN: &str = "sk-";

/// Returns the owner of a request's key.
///
/// A key is valid if it begins like the vendor's, or with `sk-`, except those that force an error: `sk-sim-401`,
/// `sk-sim-402` (submissions only), `sk-sim-403`, `sk-sim-429`, `sk-sim-500`, `sk-sim-503`.
pub(crate) fn owner(auth: &Auth, headers: &HeaderMap, operation: Operation) -> Result<Owner, Refusal> {
    match key(auth, headers).ok_or(Refusal::NoKey)? {
        "sk-sim-401" => Err(Refusal::BadKey),
        "sk-sim-402" if operation == Operation::Submit => Err(Refusal::NoBalance),
        "sk-sim-403" => Err(Refusal::Forbidden),
        "sk-sim-429" => Err(Refusal::RateLimited),
        "sk-sim-500" => Err(Refusal::Internal),
        "sk-sim-503" => Err(Refusal::Unavailable),
        key if is_key(key, OWN) || auth.key_prefixes.iter().any(|prefix| is_key(key, prefix)) => Ok(Owner::of_key(key)),
        _ => Err(Refusal::BadKey),
    }
}

/// The fault that a request's key forces: `sk-sim-hang` or `sk-sim-stall`.
pub(crate) fn fault(auth: &Auth, headers: &HeaderMap) -> Option<FaultKind> {
    match key(auth, headers)? {
        "sk-sim-hang" => Some(FaultKind::Hang),
        "sk-sim-stall" => Some(FaultKind::Stall),
        _ => None,
    }
}

fn is_key(key: &str, prefix: &str) -> bool {
    key.len() > prefix.len() && key.starts_with(prefix)
}

/// The key in the vendor's header, after the vendor's word.
fn key<'a>(auth: &Auth, headers: &'a HeaderMap) -> Option<&'a str> {
    let value = headers.get(&auth.header)?.to_str().ok()?;
    let Some(word) = &auth.word else {
        return Some(value.trim());
    };
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(word).then_some(key.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn bearer() -> Auth {
        Auth {
            header: "authorization".to_owned(),
            word: Some("Bearer".to_owned()),
            key_prefixes: vec!["rk_".to_owned()],
        }
    }

    fn check(value: &'static str, operation: Operation) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        owner(&bearer(), &headers, operation).map(|_| ())
    }

    #[test]
    fn the_key_is_where_the_vendor_reads_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", HeaderValue::from_static("id:secret"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Key id:secret"));
        let auth = |header: &str, word: Option<&str>| Auth {
            header: header.to_owned(),
            word: word.map(str::to_owned),
            key_prefixes: vec![String::new()],
        };
        let found = |auth: &Auth| owner(auth, &headers, Operation::Get).map(|_| ());
        assert_eq!(found(&auth("x-api-key", None)), Ok(()));
        assert_eq!(found(&auth("authorization", Some("Key"))), Ok(()));
        assert_eq!(found(&auth("authorization", Some("Bearer"))), Err(Refusal::NoKey));
        assert_eq!(found(&auth("x-other", None)), Err(Refusal::NoKey));
    }

    #[test]
    fn keys() {
        assert_eq!(check("Bearer sk-anything", Operation::Get), Ok(()));
        assert_eq!(check("bearer sk-anything", Operation::Get), Ok(()));
        assert_eq!(check("Bearer rk_other", Operation::Get), Ok(()));
        assert_eq!(check("Bearer rk_", Operation::Get), Err(Refusal::BadKey));
        assert_eq!(check("Bearer pk-other", Operation::Get), Err(Refusal::BadKey));
        assert_eq!(check("Bearer sk-", Operation::Get), Err(Refusal::BadKey));
        assert_eq!(check("Basic sk-a", Operation::Get), Err(Refusal::NoKey));
        assert_eq!(
            owner(&bearer(), &HeaderMap::new(), Operation::Get).map(|_| ()),
            Err(Refusal::NoKey)
        );
        assert_eq!(check("Bearer sk-sim-402", Operation::Get), Ok(()));
        assert_eq!(check("Bearer sk-sim-402", Operation::Submit), Err(Refusal::NoBalance));
        assert_eq!(check("Bearer sk-sim-503", Operation::List), Err(Refusal::Unavailable));
    }
}
