//! Time limits of waits: none, and the longest.

use std::time::Duration;

use serde_json::json;
use videogen::poll::PollPolicy;
use videogen::wait::WaitOptions;
use videogen::{ErrorKind, TaskStatus, Vendor};

use crate::canned::Canned;
use crate::cases::task;

#[tokio::test]
async fn the_last_poll_is_made_at_the_timeout() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "failed"})).await;
        let options = WaitOptions::default().timeout(Duration::ZERO);
        let read = canned
            .client(*vendor)
            .wait_with(&task(*vendor, "t"), options, |_| {})
            .await
            .unwrap();
        assert_eq!(read.status, TaskStatus::Failed);

        let canned = Canned::new(503, "Retry-After: 18446744073709551615\r\n", "").await;
        let error = canned
            .client(*vendor)
            .wait_with(&task(*vendor, "t"), options, |_| {})
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let forever = WaitOptions::default()
            .timeout(Duration::MAX)
            .poll(PollPolicy::within(Duration::MAX, Duration::MAX).first(Duration::ZERO));
        let canned = Canned::json(200, &json!({"id": "t", "status": "failed"})).await;
        assert!(
            canned
                .client(*vendor)
                .wait_with(&task(*vendor, "t"), forever, |_| {})
                .await
                .is_ok()
        );
    }
}
