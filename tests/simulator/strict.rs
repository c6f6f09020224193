//! Requests that a service might take, and read as something else.

use std::sync::{Arc, Mutex};

use reqwest::{Method, header};
use serde_json::{Value, json};
use videogen_sim::{Simulator, Vendor};

use super::support::{Api, KEY, VENDORS, WHOLE, create, invalid, keyed, message, request, request_with, task_path};

const HEADER: &str = "x-videogen-unknown-members";

/// The paths of members of a model's input.
fn within(vendor: Vendor, names: &[&str]) -> Vec<String> {
    let inside = if vendor == Vendor::Replicate { "input." } else { "" };
    names.iter().map(|name| format!("{inside}{name}")).collect()
}

/// Sets a member of a model's input.
fn insert(vendor: Vendor, body: &mut Value, name: &str, value: Value) {
    match vendor {
        Vendor::Replicate => body["input"][name] = value,
        _ => body[name] = value,
    }
}

/// What a simulator says of the unknown members `seconds` and `zzz`.
fn hints(vendor: Vendor) -> String {
    let [seconds, duration, odd] = within(vendor, &["seconds", "duration", "zzz"]).try_into().unwrap();
    format!("unknown members: {seconds} (did you mean {duration}?), {odd}")
}

#[tokio::test]
async fn unknown_members_are_reported_in_a_header_the_log_and_the_tasks() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = log.clone();
    let builder = Simulator::builder().manual_clock();
    let api = Api::with(builder.log(move |line| sink.lock().unwrap().push(line.to_owned()))).await;
    for vendor in VENDORS {
        let (path, operation, created) = create(vendor);
        let mut body = request_with(vendor, "seconds", json!(10));
        insert(vendor, &mut body, "zzz", json!({"a": 1}));
        let answer = api.post(vendor, path, &body).await.fits(vendor, operation, created);
        assert_eq!(
            answer.header(HEADER),
            within(vendor, &["seconds", "zzz"]).join(", "),
            "{vendor}"
        );
        let lines = std::mem::take(&mut *log.lock().unwrap());
        let [line] = lines.as_slice() else {
            panic!("{vendor}: {lines:?}");
        };
        let id = answer.header("x-request-id");
        let hints = hints(vendor);
        assert_eq!(
            *line,
            format!("{vendor} {operation} {id}: {hints}; answered with {created}")
        );
        assert_eq!(
            api.sim.tasks().last().unwrap().unknown_members,
            within(vendor, &["seconds", "zzz"])
        );

        let answer = api.post(vendor, path, &request(vendor, "a fox")).await;
        assert!(answer.headers.get(HEADER).is_none(), "{vendor}");
        assert!(log.lock().unwrap().is_empty());
        // A refusal for another reason reports them too.
        insert(vendor, &mut body, "duration", json!("ten"));
        let answer = api
            .post(vendor, path, &body)
            .await
            .fits(vendor, operation, invalid(vendor));
        assert_eq!(
            answer.header(HEADER),
            within(vendor, &["seconds", "zzz"]).join(", "),
            "{vendor}"
        );
        assert_eq!(std::mem::take(&mut *log.lock().unwrap()).len(), 1);
    }
}

#[tokio::test]
async fn a_strict_simulator_refuses_unknown_members_and_names_the_documented_one() {
    let api = Api::with(Simulator::builder().manual_clock().strict(true)).await;
    for vendor in VENDORS {
        let (path, operation, created) = create(vendor);
        let mut body = request_with(vendor, "seconds", json!(10));
        insert(vendor, &mut body, "zzz", json!(1));
        let answer = api
            .post(vendor, path, &body)
            .await
            .fits(vendor, operation, invalid(vendor));
        let message = message(vendor, &answer.body);
        assert_eq!(message, hints(vendor), "{vendor}");
        assert_eq!(
            answer.header(HEADER),
            within(vendor, &["seconds", "zzz"]).join(", "),
            "{vendor}"
        );
        let body = request(vendor, "a fox");
        api.post(vendor, path, &body).await.fits(vendor, operation, created);
    }
    assert_eq!(api.sim.stats().tasks, VENDORS.len());
    // The schema leaves this object open.
    let body = request_with(Vendor::Token360, "metadata", json!({"seconds": 3}));
    api.submit(Vendor::Token360, &body).await;
}

/// Unverified rules: what clients have shown, or other models. (The vendor, the member, its value, the reported path.)
fn unverified() -> Vec<(Vendor, serde_json::Value, &'static str)> {
    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
    let body = |vendor, member: &str, value| request_with(vendor, member, value);
    let mut unlisted = body(Vendor::AllToken, "frames", json!(57));
    unlisted["model"] = json!("seedance-9");
    let mut mixed = body(Vendor::Token360, "input_references", json!([image]));
    mixed["frame_images"] =
        json!([{"type": "image_url", "frame_type": "first_frame", "image_url": image["image_url"]}]);
    vec![
        (
            Vendor::Token360,
            body(Vendor::Token360, "duration", json!(20)),
            "duration",
        ),
        (
            Vendor::Token360,
            body(Vendor::Token360, "input_references", json!(vec![&image; 16])),
            "input_references, input_references[9]",
        ),
        (Vendor::Token360, mixed, "input_references[0]"),
        (Vendor::AllToken, unlisted, "frames"),
        (
            Vendor::AllToken,
            json!({"model": "seedance-2.0-fast", "prompt": "a fox", "resolution": "1080p"}),
            "resolution",
        ),
        (
            Vendor::ToApis,
            json!({"model": "seedance-2-5", "prompt": "a fox", "resolution": "1080p"}),
            "resolution",
        ),
        (Vendor::ToApis, json!({"model": "seedance-2"}), "prompt"),
        (
            Vendor::ToApis,
            json!({"model": "seedance-2-5", "prompt": "a fox", "duration": 8, "aspect_ratio": "adaptive",
                "image_urls": ["https://example.com/a.png"]}),
            "duration",
        ),
    ]
}

#[tokio::test]
async fn unverified_rules_are_reported_and_refused_only_by_a_strict_simulator() {
    const HEADER: &str = "x-videogen-unverified-rules";
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = log.clone();
    let builder = Simulator::builder().manual_clock();
    let api = Api::with(builder.log(move |line| sink.lock().unwrap().push(line.to_owned()))).await;
    let strict = Api::with(Simulator::builder().manual_clock().strict(true)).await;
    for (vendor, body, fields) in unverified() {
        let (path, operation, created) = create(vendor);
        let answer = api.post(vendor, path, &body).await.fits(vendor, operation, created);
        assert_eq!(answer.header(HEADER), fields, "{body}");
        let rules = api.sim.tasks().last().unwrap().unverified_rules.join("; ");
        let id = answer.header("x-request-id");
        let line = format!("{vendor} {operation} {id}: unverified rules: {rules}; answered with {created}");
        assert_eq!(std::mem::take(&mut *log.lock().unwrap()), [line]);
        assert!(rules.starts_with(fields.split(", ").next().unwrap()), "{rules}");

        let answer = strict
            .post(vendor, path, &body)
            .await
            .fits(vendor, operation, invalid(vendor));
        let message = message(vendor, &answer.body);
        assert!(rules.contains(message), "{message}: {rules}");
    }
    assert_eq!(strict.sim.stats().tasks, 0);
    // A verified rule refuses the request, whatever else it breaks.
    let mut body = request_with(Vendor::Token360, "duration", json!(20));
    body["resolution"] = json!("9K");
    let (path, operation, _) = create(Vendor::Token360);
    let answer = api.post(Vendor::Token360, path, &body).await;
    let answer = answer.fits(Vendor::Token360, operation, 400);
    assert!(answer.headers.get(HEADER).is_none() && log.lock().unwrap().is_empty());
}

/// A 0 is a length at no vendor. Some take it for "auto", some for "not set", and the others refuse it.
#[tokio::test]
async fn a_duration_of_zero_means_what_the_model_takes_it_for() {
    let api = Api::with(Simulator::builder().manual_clock().strict(true)).await;
    for (vendor, model, taken) in [
        (Vendor::ToApis, "seedance-2", true),
        (Vendor::ToApis, "seedance-2-fast", true),
        (Vendor::ToApis, "seedance-2-mini", false),
        (Vendor::ToApis, "seedance-2-5", false),
        (Vendor::AllToken, "seedance-2.0", true),
        (Vendor::AllToken, "seedance-1.0-pro", true),
        (Vendor::AllToken, "happyhorse-1.0-t2v", true),
        (Vendor::Token360, "seedance-2.0", false),
    ] {
        let body = json!({"model": model, "prompt": "a fox", "duration": 0});
        let (path, operation, created) = create(vendor);
        let status = if taken { created } else { 400 };
        let answer = api.post(vendor, path, &body).await.fits(vendor, operation, status);
        if !taken {
            let message = answer.body["error"]["message"].as_str().unwrap();
            assert!(message.starts_with("duration: the model supports 4 to "), "{message}");
            continue;
        }
        let id = answer.body["id"].as_str().unwrap().to_owned();
        api.sim.advance(WHOLE);
        let task = api.poll(vendor, &id).await;
        assert_eq!(task["status"], "completed", "{task}");
        // Chosen by the model, or the documented default.
        let made = api.sim.tasks().pop().unwrap();
        assert_eq!(made.frames, made.fps * 5, "{vendor} {model}");
    }
    // As the value of a condition, it is what it is taken for.
    let edit = json!({"model": "seedance-2.5", "prompt": "a fox", "duration": 0, "ratio": "adaptive",
        "omni_reference_task_type": "edit"});
    let (path, operation, _) = create(Vendor::AllToken);
    let answer = api.post(Vendor::AllToken, path, &edit).await;
    let answer = answer.fits(Vendor::AllToken, operation, 400);
    let message = answer.body["error"]["message"].as_str().unwrap();
    assert_eq!(message, "duration: must be auto with this video_operation");
}

/// The vendor's own sample sends `size` next to `aspect_ratio`, and its page a second place for the caller's id.
#[tokio::test]
async fn a_strict_simulator_takes_what_the_vendor_itself_sends() {
    let api = Api::with(Simulator::builder().manual_clock().strict(true)).await;
    let body = json!({"model": "seedance-2", "prompt": "a fox", "duration": 5, "aspect_ratio": "16:9", "size": "16:9",
        "resolution": "480p", "generate_audio": false, "metadata": {"client_business_id": "order-7"}});
    let (path, operation, created) = create(Vendor::ToApis);
    let answer = api.post(Vendor::ToApis, path, &body).await;
    let answer = answer.fits(Vendor::ToApis, operation, created);
    assert!(answer.headers.get(HEADER).is_none());
    let task = api.poll(Vendor::ToApis, "order-7").await;
    assert_eq!(
        (&task["id"], &task["client_business_id"]),
        (&answer.body["id"], &json!("order-7"))
    );
}

#[tokio::test]
async fn an_integer_beyond_64_bits_is_refused_with_its_field() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, _) = create(vendor);
        let text = request_with(vendor, "seed", json!(7)).to_string();
        let text = text.replace("\"seed\":7", "\"seed\":99999999999999999999");
        assert!(text.contains("\"seed\":99999999999999999999"), "{text}");
        let post = keyed(api.http.post(api.url(vendor, path)), vendor, KEY);
        let post = post.header(header::CONTENT_TYPE, "application/json").body(text);
        let answer = api.send(post).await.fits(vendor, operation, invalid(vendor));
        let message = message(vendor, &answer.body);
        let [seed] = within(vendor, &["seed"]).try_into().unwrap();
        assert_eq!(message, format!("{seed}: must fit in a 64-bit integer"), "{vendor}");
    }
    assert_eq!(api.sim.stats().tasks, 0);
}

#[tokio::test]
async fn a_method_that_is_not_allowed_is_answered_with_the_allowed_ones() {
    let api = Api::start().await;
    let allowed = async |method: Method, url: String| -> String {
        let answer = api.with_key(KEY, method, &url).await;
        assert_eq!(answer.status, 405, "{url}");
        answer.header("allow").to_owned()
    };
    for vendor in VENDORS {
        let path = create(vendor).0;
        let create = allowed(Method::PUT, api.url(vendor, path)).await;
        let has_list = videogen::Vendor::from(vendor).supports(videogen::facts::Operation::List);
        let wanted = if has_list { "GET, POST" } else { "POST" };
        assert_eq!(create, wanted, "{vendor}");
        let poll = api.url(vendor, &task_path(vendor, "some-id"));
        let wanted = match vendor {
            // Only ModelArk cancels with this method.
            Vendor::Ark => "GET, DELETE",
            // Any path may be that of a model.
            Vendor::Fal => "GET, POST",
            _ => "GET",
        };
        assert_eq!(allowed(Method::PUT, poll).await, wanted, "{vendor}");
    }
    let file = format!("http://{}/some-file", api.sim.files_address());
    assert_eq!(allowed(Method::DELETE, file).await, "GET, HEAD");
}

#[tokio::test]
async fn a_model_is_not_found_on_demand() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, _) = create(vendor);
        let answer = api.post(vendor, path, &request(vendor, "a fox sim:no-model")).await;
        let answer = answer.fits(vendor, operation, 404);
        let error = match vendor {
            Vendor::Replicate | Vendor::Fal => &answer.body,
            _ => &answer.body["error"],
        };
        let (member, code) = match vendor {
            Vendor::Token360 => ("type", "model_not_found"),
            Vendor::ToApis => ("code", "model_not_found"),
            Vendor::AllToken => ("code", "upstream_model_not_found"),
            Vendor::Ark => ("code", "InvalidEndpointOrModel.NotFound"),
            Vendor::OpenRouter => ("code", "404"),
            Vendor::Replicate => ("title", "Not found"),
            Vendor::Fal => ("detail", "model: not found"),
        };
        assert_eq!(error[member].to_string().trim_matches('"'), code, "{error}");
    }
    assert_eq!(api.sim.stats().tasks, 0);
}

#[tokio::test]
async fn a_form_is_answered_with_the_type_that_the_vendor_takes() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, _) = create(vendor);
        // As OpenAI's clients send it.
        let form = "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nsora-2\r\n--b--\r\n";
        let post = keyed(api.http.post(api.url(vendor, path)), vendor, KEY);
        let post = post.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        let answer = api.send(post.body(form)).await.fits(vendor, operation, invalid(vendor));
        let message = message(vendor, &answer.body);
        let wanted = format!("{vendor} takes JSON, not multipart/form-data");
        assert!(message.contains(&wanted), "{message}");
    }
}

#[tokio::test]
async fn statistics_without_a_task_have_a_price_of_zero() {
    let api = Api::start().await;
    let url = format!("http://{}/_sim/stats", api.sim.address());
    let text = api.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(text.contains(r#""cost":{},"cost_by_own_tariff":"0""#), "{text}");
}
