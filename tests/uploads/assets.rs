//! The assets of an account, and verification of real persons.

use videogen::facts::Operation;
use videogen::upload::{AssetQuery, AssetStatus, UploadOptions};
use videogen::{ErrorKind, Vendor};

use super::server::{Mood, Server};
use super::{keepers_of_assets, png};

fn unsupported<T: std::fmt::Debug>(
    vendor: Vendor,
    operation: Operation,
    result: Result<T, videogen::Error>,
) -> Option<T> {
    match vendor.supports(operation) {
        true => Some(result.unwrap_or_else(|error| panic!("{vendor} {operation}: {error}"))),
        false => {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{vendor} {operation}: {error}");
            assert!(error.to_string().contains(vendor.name()), "{error}");
            None
        }
    }
}

#[tokio::test]
async fn assets_are_uploaded_listed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("face.png");
    std::fs::write(&path, png(600, 800, 9)).unwrap();
    for vendor in keepers_of_assets() {
        let server = Server::new(Mood {
            polls: 2,
            ..Mood::default()
        })
        .await;
        let assets = server.client(vendor, None).assets();
        let uploaded = assets.upload(path.as_path(), UploadOptions::default()).await.unwrap();
        let asset = uploaded.asset.unwrap();
        assert_eq!(asset.status, AssetStatus::Active, "{vendor}");
        assert_eq!(uploaded.source.to_wire(), format!("asset://{}", asset.id));
        assert_eq!(
            assets.get(&uploaded.source.to_wire()).await.unwrap().status,
            AssetStatus::Active
        );
        // One group, for all uploads.
        std::fs::write(folder.path().join("other.png"), png(600, 801, 9)).unwrap();
        assets
            .upload(folder.path().join("other.png"), UploadOptions::default())
            .await
            .unwrap();
        let created = server.seen().into_iter().filter(|seen| {
            let body = String::from_utf8_lossy(&seen.body).into_owned();
            seen.method == "POST"
                && (seen.path.contains("group") || body.contains("GroupType\":\"AIGC\",\"Name"))
                && !seen.path.contains("List")
        });
        assert_eq!(
            created.filter(|seen| !seen.path.contains("assets")).count(),
            1,
            "{vendor}"
        );
        let query = AssetQuery::default();
        if let Some(groups) = unsupported(vendor, Operation::Groups, assets.groups(&query).await) {
            assert_eq!(groups.items.len(), 1, "{vendor}");
        }
        if let Some(page) = unsupported(vendor, Operation::Assets, assets.list(&query).await) {
            assert_eq!((page.items.len(), page.total), (2, Some(2)), "{vendor}");
        }
        unsupported(vendor, Operation::DeleteAsset, assets.delete(&asset.id).await);
        let missing = assets.get("no-such-asset").await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound, "{vendor} {missing}");
        if vendor.supports(Operation::DeleteAsset) {
            let error = assets.delete("no-such-asset").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{vendor} {error}");
        }
        for id in ["", "..", "a/b", "asset://"] {
            assert_eq!(assets.get(id).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
        }
    }
}

#[tokio::test]
async fn a_person_is_verified_by_a_link() {
    let server = Server::new(Mood::default()).await;
    let callback = "https://app.example/verified".into();
    for vendor in keepers_of_assets() {
        let assets = server.client(vendor, None).assets();
        // The hand-made server has the sessions of one vendor.
        if vendor.supports(Operation::Assets) {
            let session = assets.verify("ada", Some(&callback)).await.unwrap();
            assert_eq!(
                session.link.as_ref().unwrap().expose(),
                "https://verify.example/h5?t=canary"
            );
            assert!(!format!("{session:?}").contains("canary"), "{session:?}");
            assert_eq!(
                assets.verified(&session).await.unwrap().as_deref(),
                Some("group-person")
            );
            let error = assets.verify("ada", None).await.unwrap_err();
            assert!(error.to_string().contains("callback URL"), "{error}");
        }
    }
}
