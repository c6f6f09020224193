//! Lists of tasks and of models.

use reqwest::Method;
use serde_json::{Value, json};
use videogen_sim::Vendor;

use super::support::{Api, KEY, WHOLE, create, request};

const T: Vendor = Vendor::Token360;
const A: Vendor = Vendor::AllToken;

fn ids(list: &Value, member: &str) -> Vec<String> {
    let items = list[member].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn token360_pages_by_cursor() {
    let api = Api::start().await;
    let mut made = Vec::new();
    for index in 0..5 {
        made.push(api.submit(T, &request(T, &format!("fox {index}"))).await);
    }
    // Tasks of other keys are not in the list.
    let other = api.http.post(api.url(T, create(T).0)).bearer_auth("sk-other");
    api.send(other.json(&request(T, "a fox"))).await;
    let list = async |query: &str| {
        api.get(T, &format!("{}{query}", create(T).0))
            .await
            .fits(T, "list_videos", 200)
            .body
    };
    let newest_first: Vec<_> = made.iter().rev().cloned().collect();

    let all = list("").await;
    assert_eq!(ids(&all, "data"), newest_first);
    assert_eq!((&all["has_more"], &all["first_id"]), (&json!(false), &json!(made[4])));
    assert_eq!(all["data"][0]["prompt"], "fox 4");

    let page = list("?limit=2").await;
    assert_eq!(ids(&page, "data"), newest_first[..2]);
    assert_eq!((&page["has_more"], &page["last_id"]), (&json!(true), &json!(made[3])));
    let page = list(&format!("?limit=2&after={}", made[3])).await;
    assert_eq!(ids(&page, "data"), newest_first[2..4]);
    let page = list(&format!("?limit=2&after={}", made[1])).await;
    assert_eq!(
        (ids(&page, "data"), &page["has_more"]),
        (newest_first[4..].to_vec(), &json!(false))
    );
    let page = list(&format!("?limit=1&before={}", made[2])).await;
    assert_eq!(
        (ids(&page, "data"), &page["has_more"]),
        (vec![made[3].clone()], &json!(true))
    );
    let page = list("?order=asc&limit=3").await;
    assert_eq!(ids(&page, "data"), made[..3]);
    let empty = list(&format!("?after={}", made[0])).await;
    assert_eq!((&empty["data"], &empty["first_id"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn the_query_of_a_list_is_checked() {
    let api = Api::start().await;
    for query in ["limit=0", "limit=101", "limit=many", "order=up", "after=video-none"] {
        let answer = api
            .get(T, &format!("{}?{query}", create(T).0))
            .await
            .fits(T, "list_videos", 400);
        let named = query.split('=').next().unwrap();
        assert_eq!(answer.body["error"]["param"], named);
    }
    for query in ["limit=0", "status=succeeded"] {
        let path = format!("{}?{query}", create(A).0);
        api.get(A, &path).await.fits(A, "list_generations", 400);
    }
}

#[tokio::test]
async fn alltoken_filters_and_counts() {
    let api = Api::start().await;
    let done = api.submit(A, &request(A, "a fox")).await;
    api.sim.advance(WHOLE);
    let first = api.submit(A, &request(A, "a fox")).await;
    let second = api.submit(A, &request(A, "a fox")).await;
    let list = async |query: &str| {
        let path = format!("{}{query}", create(A).0);
        api.get(A, &path).await.fits(A, "list_generations", 200).body
    };
    let all = list("").await;
    assert_eq!(
        (ids(&all, "items"), &all["total"]),
        (vec![second.clone(), first, done.clone()], &json!(3))
    );
    let page = list("?limit=1").await;
    assert_eq!((ids(&page, "items"), &page["total"]), (vec![second], &json!(3)));
    let page = list("?status=completed").await;
    assert_eq!((ids(&page, "items"), &page["total"]), (vec![done], &json!(1)));
    let other = api
        .send(api.http.get(api.url(A, create(A).0)).bearer_auth("sk-other"))
        .await;
    assert_eq!(other.fits(A, "list_generations", 200).body["total"], 0);
}

#[tokio::test]
async fn alltoken_lists_its_models() {
    let api = Api::start().await;
    let models = api.get(A, "/videos/models").await.fits(A, "list_models", 200).body;
    assert!(ids(&models, "data").contains(&"seedance-1.5-pro".to_owned()));
    assert!(!ids(&models, "data").contains(&"*".to_owned()));
    let of = |id: &str| {
        let mut entries = models["data"].as_array().unwrap().iter();
        &entries.find(|entry| entry["id"] == id).unwrap()["capabilities"]
    };
    let newest = of("seedance-2.5");
    let duration = json!({"type": "range", "min": 4, "max": 30, "step": 1, "default": 5, "supports_auto": true});
    assert_eq!((&newest["duration"], &newest["frames"]), (&duration, &Value::Null));
    assert_eq!(newest["resolutions"]["values"], json!(["480p", "720p"]));
    assert_eq!(newest["content"]["image_count"], json!({"min": 0, "max": 30}));
    assert_eq!(newest["features"]["camera_fixed"], false);
    let oldest = of("seedance-1.0-pro");
    assert_eq!(oldest["frames"], json!({"min": 29, "max": 289, "step": 4, "base": 25}));
    let features = &oldest["features"];
    assert_eq!(
        (&features["generate_audio"], &features["camera_fixed"]),
        (&json!(false), &json!(true))
    );
}

/// Without a key; models of other kinds are in it too.
#[tokio::test]
async fn token360_has_a_public_catalogue() {
    let api = Api::start().await;
    let page = async |query: &str| {
        let request = api.http.get(api.url(T, &format!("/public/models{query}")));
        api.send(request).await.fits(T, "list_models", 200).body["data"]["list"].clone()
    };
    let names = |page: &Value| -> Vec<String> {
        let entries = page.as_array().unwrap().iter();
        entries
            .map(|entry| entry["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = page("?size=200&current=1").await;
    let expected = [
        "seedance-2.0",
        "seedance-2.0-fast",
        "seedance-1.5-pro",
        "simulated-image-model",
    ];
    assert_eq!(names(&all), expected);
    assert_eq!(all[3]["modelType"], "IMAGE_GENERATION");
    assert_eq!(names(&page("?size=3&current=2").await), expected[3..]);
    assert_eq!(page("?current=9").await, json!([]));
    let url = api.url(T, "/public/models");
    assert_eq!(api.with_key("sk-sim-503", Method::GET, &url).await.status, 503);
    assert_eq!(api.with_key("pk-other", Method::GET, &url).await.status, 200);
}

#[tokio::test]
async fn token360_delivers_content_in_three_ways() {
    let api = Api::start().await;
    let id = api.submit(T, &request(T, "a fox")).await;
    let content = |query: &str| api.url(T, &format!("{}/{id}/content{query}", create(T).0));
    let operation = "get_video_content";
    let early = api.send(api.http.get(content("")).bearer_auth(KEY)).await;
    assert_eq!(
        early.fits(T, operation, 400).body["error"]["type"],
        "invalid_request_error"
    );
    api.sim.advance(WHOLE);

    let redirect = api.send(api.http.get(content("")).bearer_auth(KEY)).await;
    assert_eq!(redirect.status, 302);
    let location = redirect.header("location").to_owned();
    assert!(location.starts_with(&format!("http://{}/", api.sim.files_address())));
    let file = api.http.get(&location).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&file[4..8], b"ftyp");

    let url = api.send(api.http.get(content("?format=url")).bearer_auth(KEY)).await;
    let url = url.fits(T, operation, 200).body;
    assert_eq!((&url["video_id"], &url["expires_in"]), (&json!(id), &json!(3600)));

    let binary = api
        .http
        .get(content("?format=binary"))
        .bearer_auth(KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(binary.headers()["content-type"], "video/mp4");
    assert_eq!(binary.bytes().await.unwrap(), file);
    let wrong = api.send(api.http.get(content("?format=tape")).bearer_auth(KEY)).await;
    wrong.fits(T, operation, 400);
}
