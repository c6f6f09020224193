//! Injected faults.

use std::sync::{Mutex, PoisonError};

use crate::spec::{Operation, Vendor};

/// Kind of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// Sends this answer instead of processing the request.
    Status {
        /// HTTP status.
        code: u16,
        /// Body, sent as JSON unless a header says otherwise.
        body: String,
        /// Additional headers.
        headers: Vec<(String, String)>,
    },
    /// Sends an HTML page with this status, like a proxy, instead of processing the request.
    Html(u16),
    /// Processes the request, and sends the answer with an empty body.
    EmptyBody,
    /// Processes the request, and closes the connection after half of the answer's body.
    Truncated,
    /// Closes the connection without processing the request.
    DropBefore,
    /// Processes the request (a task is created, counted and billed), and closes the connection without
    /// an answer.
    DropAfter,
    /// Processes the request like [`DropAfter`](Self::DropAfter), and sends nothing: the connection stays open until the
    /// client closes it.
    Hang,
    /// Processes the request, and stops after half of the answer's body: the connection stays open until the client
    /// closes it.
    Stall,
}

/// A fault, and the requests that it applies to.
#[derive(Clone, Debug)]
pub struct Fault {
    vendor: Vendor,
    operation: Operation,
    kind: FaultKind,
    times: u32,
}

impl Fault {
    /// Creates a fault for the next request of this kind.
    pub fn new(vendor: impl Into<Vendor>, operation: Operation, kind: FaultKind) -> Self {
        Self {
            vendor: vendor.into(),
            operation,
            kind,
            times: 1,
        }
    }

    /// Applies the fault to the next `times` such requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Creates a fault that answers the next request with a status and a JSON body.
    pub fn status(vendor: impl Into<Vendor>, operation: Operation, code: u16, body: impl Into<String>) -> Self {
        let kind = FaultKind::Status {
            code,
            body: body.into(),
            headers: Vec::new(),
        };
        Self::new(vendor, operation, kind)
    }
}

/// The faults not applied yet, in the order of their injection.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes the fault for this request, if there is one.
    pub(crate) fn take(&self, vendor: Vendor, operation: Operation) -> Option<FaultKind> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.retain(|fault| fault.times > 0);
        let fault = faults
            .iter_mut()
            .find(|fault| fault.vendor == vendor && fault.operation == operation)?;
        fault.times -= 1;
        Some(fault.kind.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_to_its_kind_and_as_often_as_set() {
        let faults = Faults::default();
        faults.inject(Fault::new(Vendor::ToApis, Operation::Get, FaultKind::DropBefore).times(2));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Submit), None);
        assert_eq!(faults.take(Vendor::AllToken, Operation::Get), None);
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), Some(FaultKind::DropBefore));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), Some(FaultKind::DropBefore));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), None);
    }
}
