//! Verification of real persons, and their pictures, at the simulator.

use std::time::Duration;

use videogen::upload::{AssetQuery, AssetStatus, UploadOptions, Verification};
use videogen::{Client, ErrorKind, SecretUrl, Vendor};
use videogen_sim::Simulator;

use super::{Role, keepers_of_assets, png, request};

async fn simulator() -> Simulator {
    Simulator::builder().speed(20.0).start().await.unwrap()
}

fn client(simulator: &Simulator, vendor: Vendor, key: &str) -> Client {
    simulator.client_builder(vendor).key(key.to_owned()).build().unwrap()
}

fn callback(vendor: Vendor) -> Option<SecretUrl> {
    (vendor != Vendor::Token360).then(|| "https://app.example/verified".into())
}

/// What the person's browser does with the link: the address that it is sent to in the end.
async fn open(link: &SecretUrl) -> Option<String> {
    let browser = crate::http::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let page = browser.get(link.expose()).send().await.unwrap();
    assert!(page.status().as_u16() < 400, "{}", page.status());
    let location = page.headers().get("location")?;
    Some(location.to_str().unwrap().to_owned())
}

/// From the link to a video of the person, in three processes: one begins the session, one ends it, one uses it.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_verified_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let face = folder.path().join("face.png");
    std::fs::write(&face, png(600, 800, 9)).unwrap();
    for vendor in keepers_of_assets() {
        let simulator = simulator().await;
        let begins = client(&simulator, vendor, "sk-own").assets();
        if vendor != Vendor::Token360 {
            let error = begins.verify("Ada Byron", None).await.unwrap_err();
            assert!(error.to_string().contains("callback URL"), "{error}");
        }
        let session = begins.verify("Ada Byron", callback(vendor).as_ref()).await.unwrap();
        let link = session.link.clone().unwrap();
        assert_eq!(
            begins.verified(&session).await.unwrap(),
            None,
            "{vendor}: the link was not opened"
        );
        // The link and the token are secrets.
        let shown = format!("{session:?}");
        let path = link.expose().rsplit('/').next().unwrap();
        assert!(!shown.contains(path) || session.id.as_deref() == Some(path), "{shown}");
        assert!(
            session.token.as_ref().is_none_or(|token| !shown.contains(token)),
            "{shown}"
        );
        assert_eq!(session.token.is_some(), vendor != Vendor::Token360);
        // A group of a person takes nothing before.
        if let Some(group) = &session.group {
            let options = UploadOptions::default().person(group);
            let error = begins.upload(face.as_path(), options).await.unwrap_err();
            assert!(error.to_string().contains("not active"), "{vendor}: {error}");
        }

        let kept = serde_json::to_string(&session).unwrap();
        let ends = client(&simulator, vendor, "sk-own").assets();
        let resumed: Verification = serde_json::from_str(&kept).unwrap();
        assert_eq!(resumed, session);
        let back = open(resumed.link.as_ref().unwrap()).await;
        let token = session.token.as_deref();
        assert_eq!(back.is_some(), token.is_some(), "{vendor}");
        if let (Some(back), Some(token)) = (back, token) {
            assert!(
                back.starts_with("https://app.example/verified?") && back.contains(token),
                "{back}"
            );
        }
        let group = ends.verified(&resumed).await.unwrap().unwrap();
        assert_eq!(
            ends.verified(&resumed).await.unwrap().as_ref(),
            Some(&group),
            "one group"
        );
        // Of another account it is no session.
        let other = client(&simulator, vendor, "sk-other").assets().verified(&resumed).await;
        assert!(!matches!(other, Ok(Some(_))), "{vendor}: {other:?}");

        let client = client(&simulator, vendor, "sk-own");
        let assets = client.assets();
        let options = || UploadOptions::default().person(&group);
        let uploaded = assets.upload(face.as_path(), options()).await.unwrap();
        let asset = uploaded.asset.unwrap();
        assert_eq!(
            (asset.status, asset.group.as_ref()),
            (AssetStatus::Active, Some(&group)),
            "{vendor}"
        );
        // The asset of a person is found again, and not sent twice.
        let again = assets.upload(face.as_path(), options()).await.unwrap();
        assert!(again.reused && again.source == uploaded.source, "{vendor}");
        assert_eq!(assets.get(&asset.id).await.unwrap().group.as_ref(), Some(&group));
        if vendor == Vendor::ToApis {
            // Persons and avatars have different operations.
            let avatar = UploadOptions::default().group(&group).again(true);
            let error = assets.upload(face.as_path(), avatar).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        }
        if vendor.supports(videogen::facts::Operation::Assets) {
            let listed = |persons| {
                let (assets, query) = (assets.clone(), AssetQuery::default().persons(persons));
                async move { assets.list(&query).await.unwrap().items.len() }
            };
            assert_eq!((listed(true).await, listed(false).await), (1, 0), "{vendor}");
        }
        if vendor.supports(videogen::facts::Operation::Groups) {
            let persons = assets.groups(&AssetQuery::default().persons(true)).await.unwrap();
            assert_eq!(persons.items.len(), 1, "{vendor}");
            assert_eq!(persons.items[0].id, group);
        }
        let model = match vendor {
            Vendor::ToApis => "seedance-2",
            _ => "seedance-2.0",
        };
        let mut shows = request(vendor, model, Role::ReferenceImage, &face);
        let input = shows.inputs.iter_mut().find(|input| input.role == Role::ReferenceImage);
        input.unwrap().source = uploaded.source;
        let finished = client
            .generate(&shows, folder.path().join(format!("{vendor}.mp4")))
            .await
            .unwrap();
        assert!(finished.task.status.is_completed());
        let tasks = simulator.tasks();
        let used: Vec<_> = tasks
            .iter()
            .flat_map(|task| &task.assets)
            .map(|used| &used.id)
            .collect();
        assert_eq!(used, [&asset.id], "{vendor}");
    }
}

/// The link is not opened in time.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_verifies_no_person() {
    for vendor in keepers_of_assets() {
        let simulator = simulator().await;
        let assets = client(&simulator, vendor, "sk-own").assets();
        let session = assets.verify("Ada Byron", callback(vendor).as_ref()).await.unwrap();
        simulator.advance(Duration::from_secs(121));
        let page = crate::http::client()
            .get(session.link.as_ref().unwrap().expose())
            .send()
            .await
            .unwrap();
        assert_eq!(page.status().as_u16(), 403, "{vendor}");
        assert_eq!(assets.verified(&session).await.unwrap(), None, "{vendor}");
    }
}

/// A group that is on a later page of a long list.
#[tokio::test(flavor = "multi_thread")]
async fn a_verified_person_is_found_among_many() {
    let simulator = simulator().await;
    let assets = client(&simulator, Vendor::Token360, "sk-own").assets();
    let first = assets.verify("Ada", None).await.unwrap();
    for number in 0..101 {
        assets.verify(&format!("person {number}"), None).await.unwrap();
    }
    simulator.advance(Duration::ZERO);
    open(first.link.as_ref().unwrap()).await;
    assert_eq!(assets.verified(&first).await.unwrap(), first.group);
}
