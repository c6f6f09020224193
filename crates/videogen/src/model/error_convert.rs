//! Errors as JSON, and errors from and to other types.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::model::{Error, ErrorKind, InvalidSource, ParseDurationError, ParseTaskIdError, ParseVendorError};

/// Serializes as an object: `kind`, `message` and `retryable` always; `vendor`, `status`, `code`, `request_id`,
/// `retry_after` (seconds), `task`, `submission`, `delivery`, `ambiguity`, `violations`, `cost_limit`, `cause` (such an
/// object) and `other_vendors` (such objects, of a [`Router`](crate::Router)) if known. It contains no secrets.
///
/// ```
/// let error = videogen::Error::from("acme:x:1".parse::<videogen::TaskId>().unwrap_err());
/// let json = serde_json::to_value(&error).expect("JSON");
/// assert_eq!(json["kind"], "invalid_request");
/// assert_eq!(json["retryable"], false);
/// ```
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut error = serializer.serialize_struct("Error", 16)?;
        error.serialize_field("kind", &self.kind())?;
        error.serialize_field("message", self.message())?;
        error.serialize_field("retryable", &self.is_retryable())?;
        macro_rules! known {
            ($($name:literal: $value:expr),* $(,)?) => {$(
                match $value {
                    Some(value) => error.serialize_field($name, &value)?,
                    None => error.skip_field($name)?,
                }
            )*};
        }
        let (violations, others) = (self.violations(), self.other_vendors());
        known! {
            "vendor": self.vendor(),
            "status": self.status(),
            "code": self.code(),
            "request_id": self.request_id(),
            "retry_after": self.retry_after().map(|wait| wait.as_secs()),
            "task": self.task(),
            "submission": self.submission(),
            "delivery": self.delivery(),
            "ambiguity": self.ambiguity(),
            "cost_limit": self.cost_limit(),
            "cause": self.cause(),
            "violations": (!violations.is_empty()).then_some(violations),
            "other_vendors": (!others.is_empty()).then_some(others),
        }
        error.end()
    }
}

macro_rules! from {
    ($($source:ty),*) => {$(
        impl From<$source> for Error {
            fn from(error: $source) -> Self {
                Self::new(ErrorKind::InvalidRequest, error.to_string())
            }
        }
    )*};
}

from!(ParseTaskIdError, ParseVendorError, ParseDurationError, InvalidSource);

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}
