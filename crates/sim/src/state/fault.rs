//! Faults on demand.

use std::sync::{Mutex, PoisonError};

use crate::spec::{Operation, Vendor};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// This answer, without the work being done.
    Status {
        /// HTTP status.
        code: u16,
        /// Body, sent as JSON unless a header says otherwise.
        body: String,
        /// Further headers.
        headers: Vec<(String, String)>,
    },
    /// An HTML page with this status, as a proxy makes it, without the work being done.
    Html(u16),
    /// The work is done, and the answer keeps its status but has an empty body.
    EmptyBody,
    /// The work is done, and the answer breaks off after half of the promised bytes.
    Truncated,
    /// The connection is closed before anything is done.
    DropBefore,
    /// The work is done (a task is made, counted and billed), and the connection is closed without
    /// an answer.
    DropAfter,
}

/// A fault, and which requests it befalls.
#[derive(Clone, Debug)]
pub struct Fault {
    vendor: Vendor,
    operation: Operation,
    kind: FaultKind,
    times: u32,
}

impl Fault {
    /// A fault for the next request of this kind.
    pub fn new(vendor: Vendor, operation: Operation, kind: FaultKind) -> Self {
        Self {
            vendor,
            operation,
            kind,
            times: 1,
        }
    }

    /// Lets the fault befall the next `times` such requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// A status with a JSON body and no further headers.
    pub fn status(vendor: Vendor, operation: Operation, code: u16, body: impl Into<String>) -> Self {
        let kind = FaultKind::Status {
            code,
            body: body.into(),
            headers: Vec::new(),
        };
        Self::new(vendor, operation, kind)
    }
}

/// The faults that are still to come, in the order of their injection.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault that befalls this request, if any; it counts as used.
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
    fn a_fault_befalls_only_its_kind_and_only_so_often() {
        let faults = Faults::default();
        faults.inject(Fault::new(Vendor::ToApis, Operation::Get, FaultKind::DropBefore).times(2));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Submit), None);
        assert_eq!(faults.take(Vendor::AllToken, Operation::Get), None);
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), Some(FaultKind::DropBefore));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), Some(FaultKind::DropBefore));
        assert_eq!(faults.take(Vendor::ToApis, Operation::Get), None);
    }
}
