//! Groups of assets, and the verification of the persons in them. Every answer is judged by the vendor's spec.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use videogen_sim::Vendor;

use super::assets::{AVATARS, OTHER, PROCESSED, asset, png, start, text};
use super::support::KEY;

const PERSONS: &str = "/v1/videos/doubao-seedance-2-0/real-avatar";

#[tokio::test]
async fn token360_has_groups_of_people_and_of_persons() {
    let api = start().await;
    let vendor = Vendor::Token360;
    let person = api
        .post(
            vendor,
            "/v1/asset-groups",
            &json!({"name": "actor", "groupKind": "REAL_FACE"}),
        )
        .await;
    let person = person.fits(vendor, "create_asset_group", 200).body;
    let group = text(&person, "/data/assetGroupId");
    let upload = async |group: &str, file: Vec<u8>, model: &str| {
        let texts = [("groupId", group), ("model", model)];
        api.form(KEY, vendor, "/v1/assets", "a.png", file, &texts).await
    };
    let waiting = upload(&group, png(), "seedance-2.0")
        .await
        .fits(vendor, "upload_asset", 409);
    assert_eq!(text(&waiting.body, "/error/message"), "Asset group is not active");
    let page = api.http.get(text(&person, "/data/h5Link")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    upload(&group, png(), "seedance-2.0")
        .await
        .fits(vendor, "upload_asset", 200);
    upload("ag_unknown", png(), "seedance-2.0")
        .await
        .fits(vendor, "upload_asset", 404);
    upload(&group, b"no picture".to_vec(), "seedance-2.0")
        .await
        .fits(vendor, "upload_asset", 400);
    upload(&group, png(), "seedance-1.5-pro")
        .await
        .fits(vendor, "upload_asset", 400);
    let listed = api.get(vendor, "/v1/asset-groups?groupKind=REAL_FACE&size=10").await;
    let listed = listed.fits(vendor, "list_asset_groups", 200).body;
    assert_eq!(
        (&listed["data"]["total"], &listed["data"]["records"][0]["groupId"]),
        (&json!(1), &json!(group))
    );
    let others = api
        .with_key(OTHER, Method::GET, &api.url(vendor, "/v1/asset-groups"))
        .await;
    assert_eq!(others.fits(vendor, "list_asset_groups", 200).body["data"]["total"], 0);

    // The link of another person lapses.
    let late = api
        .post(
            vendor,
            "/v1/asset-groups",
            &json!({"name": "late", "groupKind": "REAL_FACE"}),
        )
        .await
        .body;
    api.sim.advance(Duration::from_secs(120));
    let page = api.http.get(text(&late, "/data/h5Link")).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::FORBIDDEN);

    // A group takes its assets with it.
    let id = asset(&api, vendor, "front").await;
    let of = api.get(vendor, &format!("/v1/assets/{id}")).await.body;
    let path = format!("/v1/asset-groups/{}", text(&of, "/data/assetGroupId"));
    let foreign = api.with_key(OTHER, Method::DELETE, &api.url(vendor, &path)).await;
    foreign.fits(vendor, "delete_asset_group", 404);
    let patch = api.http.patch(api.url(vendor, &path)).bearer_auth(KEY);
    // Only the visible status changes.
    let patch = patch.json(&json!({"status": "archived"}));
    api.send(patch).await.fits(vendor, "update_asset_group", 200);
    let archived = api.get(vendor, "/v1/asset-groups?status=archived").await;
    let archived = archived.fits(vendor, "list_asset_groups", 200).body;
    assert_eq!(archived["data"]["total"], 1);
    assert_eq!(archived["data"]["records"][0]["groupId"], of["data"]["assetGroupId"]);
    let gone = api.with_key(KEY, Method::DELETE, &api.url(vendor, &path)).await;
    gone.fits(vendor, "delete_asset_group", 200);
    api.get(vendor, &format!("/v1/assets/{id}"))
        .await
        .fits(vendor, "get_asset", 404);
    api.post(vendor, "/v1/asset-groups", &json!({"name": "x", "groupKind": "OTHER"}))
        .await
        .fits(vendor, "create_asset_group", 400);
}

#[tokio::test]
async fn toapis_verifies_persons() {
    let api = start().await;
    let vendor = Vendor::ToApis;
    let body = json!({"callback_url": "https://hooks.example.com/verified", "locale": "en"});
    let session = api.post(vendor, &format!("{PERSONS}/verify-tasks"), &body).await;
    let id = text(&session.fits(vendor, "create_verification", 200).body, "/data/task_id");
    let shown = api
        .get(vendor, &format!("{PERSONS}/verify-tasks/{id}"))
        .await
        .fits(vendor, "get_verification", 200)
        .body;
    let result = async || {
        let path = format!("{PERSONS}/verify-results?task_id={id}&result_code=10000");
        api.get(vendor, &path)
            .await
            .fits(vendor, "get_verification_result", 200)
            .body
    };
    assert_eq!(result().await["data"], json!({"verify_status": "pending"}));
    let back = api.http.get(text(&shown, "/data/h5_link")).send().await.unwrap();
    let token = text(&shown, "/data/byted_token");
    let wanted = format!("https://hooks.example.com/verified?resultCode=10000&bytedToken={token}");
    assert_eq!(
        (back.status(), &back.headers()["location"]),
        (StatusCode::FOUND, &wanted.parse().unwrap())
    );
    let group = text(&result().await, "/data/group_id");
    assert_eq!(
        text(&result().await, "/data/group_id"),
        group,
        "the person has one group"
    );
    let body = json!({"group_id": group, "asset_type": "image", "source_url": "https://media.example.com/actor.png"});
    // Groups of persons and of avatars have their own operations.
    api.post(vendor, &format!("{AVATARS}/assets"), &body)
        .await
        .fits(vendor, "create_avatar_asset", 404);
    let made = api
        .post(vendor, &format!("{PERSONS}/assets"), &body)
        .await
        .fits(vendor, "create_person_asset", 200)
        .body;
    let path = format!("{PERSONS}/assets/{}", text(&made, "/data/asset_id"));
    api.sim.advance(PROCESSED);
    assert_eq!(
        text(
            &api.get(vendor, &path).await.fits(vendor, "get_person_asset", 200).body,
            "/data/status"
        ),
        "active"
    );
    api.with_key(OTHER, Method::GET, &api.url(vendor, &path))
        .await
        .fits(vendor, "get_person_asset", 404);
    let local = json!({"group_id": group, "asset_type": "image", "source_url": "file:///a.png"});
    api.post(vendor, &format!("{PERSONS}/assets"), &local)
        .await
        .fits(vendor, "create_person_asset", 400);
}

#[tokio::test]
async fn alltoken_portraits_fail_with_status_200() {
    let api = start().await;
    let error = |answer: &Value| text(answer, "/ResponseMetadata/Error/Code");
    assert_eq!(error(&api.portrait("GetAsset", json!({})).await), "MissingParameter.Id");
    assert_eq!(
        error(&api.portrait("GetAsset", json!({"Id": "asset-x"})).await),
        "NotFound"
    );
    let person = json!({"GroupType": "LivenessFace", "Name": "x"});
    assert_eq!(
        error(&api.portrait("CreateAssetGroup", person).await),
        "InvalidParameter"
    );
    let id = asset(&api, Vendor::AllToken, "tailor").await;
    api.sim.advance(PROCESSED);
    let filter = json!({"Filter": {"GroupType": "AIGC", "Statuses": ["Active"]}});
    let listed = api.portrait("ListAssets", filter.clone()).await;
    assert_eq!(
        (&listed["Result"]["TotalCount"], &listed["Result"]["Items"][0]["Id"]),
        (&json!(1), &json!(id))
    );
    let group = text(&listed, "/Result/Items/0/GroupId");
    let renamed = api
        .portrait("UpdateAssetGroup", json!({"Id": group, "Name": "tailors"}))
        .await;
    assert!(renamed["ResponseMetadata"]["Error"].is_null());
    let shown = api.portrait("GetAssetGroup", json!({"Id": group})).await;
    assert_eq!(text(&shown, "/Result/Name"), "tailors");
    let groups = api
        .portrait(
            "ListAssetGroups",
            json!({"Filter": {"GroupType": "AIGC", "Name": "tail"}}),
        )
        .await;
    assert_eq!(groups["Result"]["TotalCount"], 1);
    let renamed = api
        .portrait("UpdateAsset", json!({"Id": id, "Name": "master tailor"}))
        .await;
    assert!(renamed["ResponseMetadata"]["Error"].is_null());
    let shown = api.portrait("GetAsset", json!({"Id": id})).await;
    assert_eq!(
        (text(&shown, "/Result/Name"), text(&shown, "/Result/Status")),
        ("master tailor".to_owned(), "Active".to_owned())
    );
    let unknown = api
        .portrait("UpdateAsset", json!({"Id": "asset-none", "Name": "x"}))
        .await;
    assert_eq!(error(&unknown), "NotFound");
    api.portrait("DeleteAsset", json!({"Id": id})).await;
    assert_eq!(error(&api.portrait("GetAsset", json!({"Id": id})).await), "NotFound");
    let session = api
        .portrait(
            "CreateVisualValidateSession",
            json!({"CallbackURL": "https://hooks.example.com/v"}),
        )
        .await;
    let token = json!({"BytedToken": text(&session, "/Result/BytedToken")});
    assert_eq!(
        error(&api.portrait("GetVisualValidateResult", token.clone()).await),
        "ValidatePending"
    );
    api.http.get(text(&session, "/Result/H5Link")).send().await.unwrap();
    assert!(text(&api.portrait("GetVisualValidateResult", token).await, "/Result/GroupId").starts_with("group-"));
    let body = json!({"GroupId": group, "URL": "https://media.example.com/a.png", "AssetType": "Image"});
    assert!(text(&api.portrait("CreateAsset", body).await, "/Result/Id").starts_with("asset-"));
    api.portrait("DeleteAssetGroup", json!({"Id": group})).await;
    assert_eq!(
        api.portrait("ListAssets", json!({"Filter": {"GroupType": "AIGC"}}))
            .await["Result"]["TotalCount"],
        0
    );
}
