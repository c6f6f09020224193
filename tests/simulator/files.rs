//! Presigned URLs and what they serve.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::json;
use videogen_sim::{Spec, Vendor};

use super::support::{Api, VENDORS, id_in, request, request_with, video_url};

async fn fetch(api: &Api, method: Method, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = api.http.request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_need_no_key_and_come_from_another_port() {
    let api = Api::start().await;
    // OpenRouter sends files through its API.
    for vendor in VENDORS.into_iter().filter(|vendor| *vendor != Vendor::OpenRouter) {
        let task = api.finished(vendor, &request(vendor, "a fox")).await;
        let url = video_url(vendor, &task);
        assert!(url.starts_with(&format!("http://{}/", api.sim.files_address())));
        let response = fetch(&api, Method::GET, &url, &[]).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), "video/mp4");
        assert_eq!(&response.bytes().await.unwrap()[4..8], b"ftyp");
    }
}

#[tokio::test]
async fn ranges_can_be_fetched() {
    let api = Api::start().await;
    let task = api
        .finished(Vendor::Token360, &request(Vendor::Token360, "a fox"))
        .await;
    let url = video_url(Vendor::Token360, &task);

    let head = fetch(&api, Method::HEAD, &url, &[]).await;
    let (length, tag) = (header(&head, "content-length"), header(&head, "etag"));
    assert_eq!(
        (head.status().as_u16(), header(&head, "accept-ranges")),
        (200, "bytes".to_owned())
    );
    assert!(head.bytes().await.unwrap().is_empty());
    let whole = fetch(&api, Method::GET, &url, &[]).await.bytes().await.unwrap();
    assert_eq!(whole.len().to_string(), length);

    let part = fetch(&api, Method::GET, &url, &[("range", "bytes=10-19")]).await;
    assert_eq!(part.status(), 206);
    assert_eq!(header(&part, "content-range"), format!("bytes 10-19/{length}"));
    assert_eq!(part.bytes().await.unwrap(), whole[10..20]);
    let rest = fetch(&api, Method::GET, &url, &[("range", "bytes=100-"), ("if-range", &tag)]).await;
    assert_eq!(rest.status(), 206);
    assert_eq!(rest.bytes().await.unwrap(), whole[100..]);
    let stale = [("range", "bytes=100-"), ("if-range", "\"other\"")];
    let again = fetch(&api, Method::GET, &url, &stale).await;
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap()), (200, whole));
    let beyond = [("range", "bytes=99999999-")];
    let beyond = fetch(&api, Method::GET, &url, &beyond).await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(header(&beyond, "content-range"), format!("bytes */{length}"));
}

#[tokio::test]
async fn a_link_that_was_tampered_with_does_not_work() {
    let api = Api::start().await;
    let task = api
        .finished(Vendor::AllToken, &request(Vendor::AllToken, "a fox"))
        .await;
    let url = video_url(Vendor::AllToken, &task);
    let (path, query) = url.split_once('?').unwrap();
    for tampered in [
        path.to_owned(),
        format!("{path}?{}", query.replace("expires=1", "expires=2")),
        format!("{path}?{query}0"),
        url.replace("alltoken", "token360"),
    ] {
        let response = fetch(&api, Method::GET, &tampered, &[]).await;
        assert_eq!(response.status(), 403);
        assert_eq!(header(&response, "content-type"), "application/xml");
        let text = response.text().await.unwrap();
        assert!(text.contains("<Code>SignatureDoesNotMatch</Code>"), "{text}");
    }
}

#[tokio::test]
async fn links_expire_and_polling_renews_them_where_it_should() {
    let api = Api::start().await;
    let status = async |url: &str| fetch(&api, Method::HEAD, url, &[]).await.status().as_u16();
    // OpenRouter sends files through its API, which takes no HEAD.
    let expire = |vendor: &Vendor| {
        *vendor != Vendor::OpenRouter && Spec::of(*vendor).unwrap().document()["x-result-url"]["ttl"].is_number()
    };
    for vendor in VENDORS.into_iter().filter(expire) {
        let task = api.finished(vendor, &request(vendor, "a fox")).await;
        let id = id_in(vendor, &task);
        let url = video_url(vendor, &task);
        let is_for_a_day = matches!(vendor, Vendor::ToApis | Vendor::Ark);
        let hours = if is_for_a_day { 24 } else { 1 };
        api.sim.advance(Duration::from_secs(hours * 3600 - 1));
        assert_eq!(status(&url).await, 200, "{vendor}");
        api.sim.advance(Duration::from_secs(1));
        assert_eq!(status(&url).await, 403, "{vendor}");
        // With the link, the record of the result is gone.
        if vendor == Vendor::Replicate {
            assert_eq!(api.poll(vendor, id).await["data_removed"], true);
            continue;
        }
        let again = video_url(vendor, &api.poll(vendor, id).await);
        if is_for_a_day {
            assert_eq!(again, url);
        } else {
            assert_eq!(status(&again).await, 200, "{vendor}");
        }
    }
}

#[tokio::test]
async fn the_last_frame_is_a_picture() {
    let api = Api::start().await;
    for vendor in [Vendor::Token360, Vendor::AllToken, Vendor::Ark] {
        let body = request_with(vendor, "return_last_frame", json!(true));
        let task = api.finished(vendor, &body).await;
        let url = match vendor {
            Vendor::Token360 | Vendor::Ark => &task["content"]["last_frame_url"],
            _ => &task["last_frame_url"],
        };
        let response = fetch(&api, Method::GET, url.as_str().unwrap(), &[]).await;
        assert_eq!(header(&response, "content-type"), "image/png");
        assert_eq!(&response.bytes().await.unwrap()[..4], b"\x89PNG");
        let without = api.finished(vendor, &request(vendor, "a fox")).await;
        assert!(without["content"].get("last_frame_url").is_none() && without.get("last_frame_url").is_none());
    }
}

#[tokio::test]
async fn the_files_are_in_every_place_that_clients_read() {
    let api = Api::start().await;
    let mut task = api
        .finished(Vendor::Token360, &request(Vendor::Token360, "a fox"))
        .await;
    assert_eq!(task["video_url"], task["url"]);
    assert!(task["url"].take().is_string());

    task = api.finished(Vendor::ToApis, &request(Vendor::ToApis, "a fox")).await;
    let item = &task["result"]["data"][0];
    assert!(item["url"].is_string() && item.get("last_frame_url").is_none());
    assert_eq!((&task["url"], &task["video_url"]), (&item["url"], &item["url"]));
    assert_eq!(task["thumbnail"], item["thumbnail"]);
    let picture = api.http.get(task["thumbnail"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(&picture.bytes().await.unwrap()[..4], b"\x89PNG");
}
