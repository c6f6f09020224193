//! Error bodies in every form: the error has the vendor's message and the right kind.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::lost::{ReconcileOptions, Reconciled};
use videogen::{Delivery, Error, ErrorKind, Vendor, VideoRequest};

use crate::canned::Canned;

/// What is expected of an error.
struct Case {
    vendor: Vendor,
    status: u16,
    body: Value,
    kind: ErrorKind,
    words: &'static str,
    code: Option<&'static str>,
    request_id: Option<&'static str>,
}

fn case(vendor: Vendor, status: u16, kind: ErrorKind, words: &'static str, body: Value) -> Case {
    Case {
        vendor,
        status,
        body,
        kind,
        words,
        code: None,
        request_id: None,
    }
}

impl Case {
    fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn request(mut self, id: &'static str) -> Self {
        self.request_id = Some(id);
        self
    }

    fn check(&self, error: &Error, call: &str) {
        let Self {
            vendor, status, body, ..
        } = self;
        let place = format!("{vendor} {call} {status} {body}: {error}");
        assert_eq!((error.kind(), error.status()), (self.kind, Some(*status)), "{place}");
        assert!(error.message().contains(self.words), "{place}");
        assert!(error.to_string().contains(self.words), "{place}");
        assert_eq!(
            (error.code(), error.request_id()),
            (self.code, self.request_id),
            "{place}"
        );
    }
}

/// The forms that the vendors document or that clients show, as responses to a poll.
#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    use ErrorKind::{Auth, Balance, Conflict, Decode, InvalidRequest, Moderated, NotFound, RateLimited};
    use Vendor::{AllToken, ToApis, Token360};

    let error = |code: Value, class: &str| json!({"error": {"code": code, "message": "our words", "type": class}});
    let mut cases =
        vec![
        // ToAPIs: an integer code, the limiter without a type, plain envelopes.
        case(ToApis, 404, NotFound, "our words", error(json!(404), "not_found_error")).code("not_found_error"),
        case(ToApis, 401, Auth, "our words", error(json!(401), "authentication_error")).code("authentication_error"),
        case(ToApis, 400, InvalidRequest, "our words", error(json!(400), "invalid_request_error"))
            .code("invalid_request_error"),
        case(
            ToApis,
            429,
            RateLimited,
            "slow down",
            json!({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}),
        )
        .code("rate_limit_exceeded"),
        case(
            ToApis,
            503,
            RateLimited,
            "later",
            json!({"error": {"code": "rate_limit_unavailable", "message": "later"}}),
        )
        .code("rate_limit_unavailable"),
        case(ToApis, 400, InvalidRequest, "too large", json!({"success": false, "message": "too large"})),
        case(ToApis, 200, Decode, "no such group", json!({"success": false, "message": "no such group"})),
        case(ToApis, 400, NotFound, "task_not_exist", json!({"message": "task_not_exist"})),
        case(
            ToApis,
            400,
            NotFound,
            "task_not_exist",
            json!({"code": "task_not_exist", "message": "task_not_exist", "data": null}),
        )
        .code("task_not_exist"),
        case(ToApis, 200, NotFound, "Task not found", json!({"success": false, "message": "Task not found"})),
        case(
            ToApis,
            400,
            Moderated,
            "may contain real person",
            json!({"error": {
                "code": "InputImageSensitiveContentDetected.PrivacyInformation", "param": "", "type": "BadRequest",
                "message": "the input image 'content[3]' may contain real person",
            }}),
        )
        .code("InputImageSensitiveContentDetected.PrivacyInformation"),
        case(ToApis, 400, InvalidRequest, "deep", json!({"error": {"message": {"message": "deep"}}})),
        case(ToApis, 402, Balance, "no balance", json!({"error": "no balance"})),
        case(ToApis, 401, Auth, "\u{65e0}\u{6548}\u{7684}\u{4ee4}\u{724c}", json!({"error": {
            "message": "\u{65e0}\u{6548}\u{7684}\u{4ee4}\u{724c}", "type": "new_api_error", "code": ""}}))
        .code("new_api_error"),
        // Token360: the OpenAI style, and the envelope of its asset endpoints.
        case(
            Token360,
            400,
            InvalidRequest,
            "duration: not allowed",
            json!({"error": {"message": "not allowed", "type": "invalid_request_error", "param": "duration",
                "code": "InvalidParameter"}}),
        )
        .code("InvalidParameter"),
        case(
            Token360,
            409,
            Conflict,
            "Asset group is not active",
            json!({"code": 409, "data": null, "msg": "Asset group is not active", "serviceCode": "GROUP_NOT_ACTIVE"}),
        )
        .code("GROUP_NOT_ACTIVE"),
        case(
            Token360,
            200,
            Decode,
            "asset validation failed",
            json!({"code": 17, "data": null, "msg": "asset validation failed", "serviceCode": "ASSET"}),
        )
        .code("ASSET"),
        // AllToken: the request id inside or next to the error; a code that is a string, a number or missing.
        case(
            AllToken,
            400,
            InvalidRequest,
            "duration: out of range",
            json!({"error": {"code": "invalid_request", "message": "out of range", "param": "duration",
                "type": "invalid_request_error", "request_id": "req-1"}}),
        )
        .code("invalid_request")
        .request("req-1"),
        case(
            AllToken,
            404,
            NotFound,
            "no such task",
            json!({"error": {"message": "no such task", "type": "not_found"}, "request_id": "req-2"}),
        )
        .request("req-2"),
        case(AllToken, 401, Auth, "our words", error(json!(401), "auth")),
        // Its portrait API, which fails with a 200.
        case(
            AllToken,
            200,
            Decode,
            "the group is gone",
            json!({"ResponseMetadata": {"RequestId": "req-3", "Action": "GetAsset",
                "Error": {"Code": "NotFound", "Message": "the group is gone"}}}),
        )
        .code("NotFound")
        .request("req-3"),
    ];
    // Gateways before a vendor, and services behind it.
    for vendor in Vendor::ALL.iter().copied() {
        let mut missing = case(
            vendor,
            422,
            InvalidRequest,
            "body.content.0: field required; x",
            json!({"detail": [{"loc": ["body", "content", 0], "msg": "field required", "type": "missing"}, {"msg": "x"}]}),
        );
        // One vendor's own errors have this form.
        missing.code = (vendor == Vendor::Fal).then_some("missing");
        // Where the member is the id of a task, a refusal with it may be none.
        if vendor.facts().tasks.id != Some("request_id") {
            let body = json!({"message": "not your task", "request_id": "req-4"});
            cases.push(case(vendor, 403, Auth, "not your task", body).request("req-4"));
        }
        cases.extend([
            missing,
            case(
                vendor,
                400,
                InvalidRequest,
                "a; seed: b",
                json!({"errors": ["a", {"field": "seed", "message": "b"}]}),
            ),
            case(
                vendor,
                400,
                NotFound,
                "task does not exist",
                json!({"detail": "task does not exist"}),
            ),
        ]);
    }
    cases
}

#[tokio::test]
async fn every_form_of_an_error_body() {
    for case in cases() {
        let vendor = case.vendor;
        let canned = Canned::json(case.status, &case.body).await;
        let id = crate::cases::task(vendor, "t-1");
        let error = canned.client(vendor).get(&id).await.unwrap_err();
        case.check(&error, "get");
        assert_eq!(error.task(), Some(&id));
        // The same as the response to a submission; except for a missing task.
        if case.status >= 400 && case.kind != ErrorKind::NotFound && case.kind != ErrorKind::Conflict {
            let request = VideoRequest::new(vendor.default_model(), "x");
            let error = canned.client(vendor).submit(&request).await.unwrap_err();
            case.check(&error, "submit");
            assert_eq!(error.delivery(), Some(Delivery::Rejected));
        }
    }
}

#[tokio::test]
async fn bodies_that_are_not_json() {
    for vendor in Vendor::ALL.iter().copied() {
        for (body, words) in [
            ("upstream connect error\r\nreset", "upstream connect error reset"),
            ("<html><title>502</title><p>Bad gateway</p></html>", "502 Bad gateway"),
            ("", "without a message"),
            ("{}", "the vendor returned HTTP "),
            (r#"{"error": {"mess"#, "without a message"),
        ] {
            for status in [400, 403, 502] {
                let canned = Canned::new(status, "", body).await;
                let id = crate::cases::task(vendor, "t-1");
                let error = canned.client(vendor).get(&id).await.unwrap_err();
                assert!(error.to_string().contains(words), "{vendor} {status} {body}: {error}");
            }
        }
    }
}

/// The reason of a failed task, in any place.
#[tokio::test]
async fn every_form_of_a_failed_task() {
    for vendor in Vendor::ALL.iter().copied() {
        for (members, code, words) in [
            (json!({"error": {"code": "E1", "message": "no"}}), Some("E1"), "no"),
            (
                json!({"error": {"code": "E1", "message": {"message": "no"}}}),
                Some("E1"),
                "no",
            ),
            (json!({"error": "no"}), None, "no"),
            (json!({"error": null, "fail_reason": "no"}), None, "no"),
            (
                json!({"error": null, "errors": [{"field": "seed", "message": "no"}]}),
                None,
                "seed: no",
            ),
            (json!({"message": "no"}), None, "no"),
            (json!({"detail": [{"loc": ["body"], "msg": "no"}]}), None, "body: no"),
        ] {
            let mut task = json!({"id": "t-1", "status": "failed"});
            task.as_object_mut()
                .unwrap()
                .extend(members.as_object().unwrap().clone());
            let canned = Canned::json(200, &task).await;
            let id = crate::cases::task(vendor, "t-1");
            let error = canned.client(vendor).get(&id).await.unwrap().error.unwrap();
            assert_eq!(
                (error.code.as_deref(), error.message.as_deref()),
                (code, Some(words)),
                "{vendor} {task}"
            );
        }
    }
}

/// A lookup by reference that is refused with 400 means "not found yet": the search continues until the task is found.
#[tokio::test(start_paused = true)]
async fn a_search_continues_while_the_task_does_not_exist() {
    let canned = Canned::submitted_and_read((502, ""), (400, r#"{"message":"task_not_exist"}"#)).await;
    let client = canned.client(Vendor::ToApis);
    let request = VideoRequest::new("seedance-2", "x").client_reference("order-1");
    let error = client.submit(&request).await.unwrap_err();
    let ambiguity = error.ambiguity().unwrap();
    assert_eq!(client.reconcile(ambiguity).await.unwrap(), Reconciled::NotFound);
    let before = canned.seen().len();
    let options = ReconcileOptions::default().within(Duration::from_secs(20));
    let found = client.reconcile_with(ambiguity, options).await.unwrap();
    assert_eq!(found, Reconciled::NotFound);
    assert!(canned.seen().len() >= before + 4, "{:?}", canned.seen());
}

/// Every kind of body with every kind of status: what it is, once, and what to do.
#[tokio::test]
async fn every_unreadable_answer() {
    const PAGE: &str = "<html><title>zebra</title></html>";
    for vendor in Vendor::ALL.iter().copied() {
        for (body, what) in [
            ("", "is empty"),
            (r#"["zebra", {"a": 1}]"#, "is a JSON array, not an object"),
            (r#""zebra""#, "is a JSON string, not an object"),
            ("17", "is a JSON number, not an object"),
            ("null", "is null, not an object"),
            (
                PAGE,
                "is a web page, not JSON; a proxy or another server may have answered: check the base URL",
            ),
            (r#"{"id": "#, "the JSON ends early"),
            ("zebra", "is not JSON"),
        ] {
            for status in [200, 202, 204, 301, 307, 418, 502] {
                if status == 204 && !body.is_empty() {
                    continue;
                }
                let canned = Canned::new(status, "Location: https://elsewhere.example/x?sig=canary\r\n", body).await;
                let client = canned.client(vendor);
                let id = crate::cases::task(vendor, "t-1");
                let request = VideoRequest::new(vendor.default_model(), "x");
                for (name, error) in [
                    ("get", client.get(&id).await.unwrap_err()),
                    ("submit", client.submit(&request).await.unwrap_err()),
                ] {
                    let text = error.to_string();
                    let case = format!("{vendor} {name} {status} {body}: {text}");
                    assert_eq!(text.matches(&format!("HTTP {status}")).count(), 1, "{case}");
                    assert!(text.matches("zebra").count() <= 1 && !text.contains("canary"), "{case}");
                    match status {
                        200..300 => assert!(text.contains(what), "{case}"),
                        300..400 => assert!(
                            text.contains("was redirected to elsewhere.example (HTTP")
                                && text.contains("check the base URL"),
                            "{case}"
                        ),
                        _ => {}
                    }
                    let is_read = name == "get";
                    assert_eq!(text.contains("try again later"), is_read && status < 300, "{case}");
                    assert_eq!(error.delivery(), (!is_read).then_some(Delivery::Ambiguous), "{case}");
                }
            }
        }
    }
}
