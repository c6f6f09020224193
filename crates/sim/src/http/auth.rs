//! API keys: which are valid, and which force an error or a fault.

use axum::http::{HeaderMap, header};

use crate::dialects::Refusal;
use crate::spec::Operation;
use crate::state::{FaultKind, Owner};

/// Returns the owner of a request's key.
///
/// Any key that begins with `sk-` is valid, except those that force an error: `sk-sim-401`,
/// `sk-sim-402` (submissions only), `sk-sim-403`, `sk-sim-429`, `sk-sim-500`, `sk-sim-503`.
pub(crate) fn owner(headers: &HeaderMap, operation: Operation) -> Result<Owner, Refusal> {
    match key(headers).ok_or(Refusal::NoKey)? {
        "sk-sim-401" => Err(Refusal::BadKey),
        "sk-sim-402" if operation == Operation::Submit => Err(Refusal::NoBalance),
        "sk-sim-403" => Err(Refusal::Forbidden),
        "sk-sim-429" => Err(Refusal::RateLimited),
        "sk-sim-500" => Err(Refusal::Internal),
        "sk-sim-503" => Err(Refusal::Unavailable),
        key if key.len() > 3 && key.starts_with("sk-") => Ok(Owner::of_key(key)),
        _ => Err(Refusal::BadKey),
    }
}

/// The fault that a request's key forces: `sk-sim-hang` or `sk-sim-stall`.
pub(crate) fn fault(headers: &HeaderMap) -> Option<FaultKind> {
    match key(headers)? {
        "sk-sim-hang" => Some(FaultKind::Hang),
        "sk-sim-stall" => Some(FaultKind::Stall),
        _ => None,
    }
}

fn key(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(value: &'static str, operation: Operation) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        owner(&headers, operation).map(|_| ())
    }

    #[test]
    fn keys() {
        assert_eq!(check("Bearer sk-anything", Operation::Get), Ok(()));
        assert_eq!(check("bearer sk-anything", Operation::Get), Ok(()));
        assert_eq!(check("Bearer pk-other", Operation::Get), Err(Refusal::BadKey));
        assert_eq!(check("Bearer sk-", Operation::Get), Err(Refusal::BadKey));
        assert_eq!(check("Basic sk-a", Operation::Get), Err(Refusal::NoKey));
        assert_eq!(
            owner(&HeaderMap::new(), Operation::Get).map(|_| ()),
            Err(Refusal::NoKey)
        );
        assert_eq!(check("Bearer sk-sim-402", Operation::Get), Ok(()));
        assert_eq!(check("Bearer sk-sim-402", Operation::Submit), Err(Refusal::NoBalance));
        assert_eq!(check("Bearer sk-sim-503", Operation::List), Err(Refusal::Unavailable));
    }
}
