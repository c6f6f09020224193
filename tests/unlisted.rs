//! Models that no table lists: nothing known of other models holds for them.

use proptest::prelude::*;
use serde_json::json;
use videogen::facts::Capabilities;
use videogen::submit::{plan, validate};
use videogen::{Client, Role, Vendor, VideoRequest};
use videogen_sim::Simulator;

use crate::cases::{simulated, url};
use crate::property::{on_every_vendor, runtime};

/// Number of requests for each vendor.
const CASES: u32 = 600;
/// Fixed seed.
const SEED: &[u8; 32] = b"no limits of others hold in here";

/// Ids that no table lists, among them near misses of those that are listed.
fn ids(vendor: Vendor) -> BoxedStrategy<String> {
    let listed: Vec<&str> = Capabilities::all(vendor).map(|entry| entry.model.id).collect();
    let known = listed.clone();
    let near = (prop::sample::select(listed), "[a-z0-9.-]{1,6}").prop_map(|(id, more)| format!("{id}{more}"));
    let id = prop_oneof![
        near,
        "[a-zA-Z][a-zA-Z0-9._-]{0,24}",
        "(seedance|doubao-seedance|veo|kling)-[0-9][a-z0-9.-]{0,8}"
    ];
    let unlisted = id.prop_filter("listed", move |id| !known.contains(&id.as_str()));
    unlisted.boxed()
}

/// A request with what the vendor's format has, in any amount. Which members: a bit each.
fn request(vendor: Vendor, model: &str, members: u32, seconds: u32, count: usize) -> VideoRequest {
    let rules = Capabilities::of(vendor, model);
    let asks = |bit: u32, field: &str| members & (1 << bit) != 0 && rules.field(field).is_some();
    let any = |field: &str, other: &str| {
        let values = rules.values(field);
        let value = values.get(count % values.len().max(1)).copied();
        value.unwrap_or(other).to_owned()
    };
    let mut request = VideoRequest::new(model, "a kite");
    if asks(0, "duration") {
        request = request.duration(seconds);
    } else if asks(1, "frames") {
        request = request.frames(57).allow_unverified("frames");
    }
    if asks(2, "resolution") {
        request = request.resolution(any("resolution", "5K"));
    }
    if asks(3, "aspect_ratio") {
        request = request.aspect_ratio(any("aspect_ratio", "7:3"));
    }
    if asks(4, "generate_audio") {
        request = request.generate_audio(true);
    }
    if asks(5, "camera_fixed") {
        request = request.camera_fixed(true);
    }
    for (bit, role) in (6..).zip(Role::ALL) {
        let takes = rules.model.inputs.iter().any(|input| input.role == role.as_str());
        if takes && asks(bit, role.as_str()) {
            for number in 0..count {
                request = request.input(role, url(&format!("{role}-{number}")));
            }
        }
    }
    request
}

/// Nothing that fits the vendor's format is refused, and a simulator that enforces unverified rules takes it too.
#[test]
fn no_limit_of_a_listed_model_holds_for_an_unlisted_one() {
    let tallies = on_every_vendor((CASES, SEED), |vendor| {
        let runtime = runtime();
        let simulator = Simulator::builder().manual_clock().strict(true).any_asset(true);
        let simulator = runtime.block_on(simulator.start()).unwrap();
        let builder = Client::builder(vendor).key("sk-test".to_owned());
        let client = builder.base_url(simulator.base_url(simulated(vendor)));
        let client = client.retry(videogen::RetryPolicy::never()).build().unwrap();
        let family = Capabilities::of(vendor, "*").family.name;
        type Case = (String, u32, u32, usize);
        let check = move |(model, members, seconds, count): &Case, tally: &mut u32| {
            let _runs = &simulator;
            let request = request(vendor, model, *members, *seconds, *count);
            let found = validate(vendor, &request);
            if !found.is_empty() {
                return Err(format!("{}: {found:#?}", json!(request)));
            }
            let plan = plan(vendor, None, &request).map_err(|error| error.to_string())?;
            if plan.model_known || plan.family != family || crate::cases::sent_model(vendor, &plan) != *model {
                return Err(format!("{plan:?}"));
            }
            if request.frames.is_none() {
                *tally += 1;
                let submitted = runtime.block_on(client.submit(&request));
                submitted.map_err(|error| format!("{}: {error}", json!(request)))?;
            }
            Ok(())
        };
        let cases = (ids(vendor), any::<u32>(), 1..100_000_u32, 1..30_usize);
        (cases.boxed(), Box::new(check))
    });
    assert!(tallies.iter().all(|submitted| submitted * 2 > CASES), "{tallies:?}");
}

/// A submission says so, like a plan does.
#[tokio::test]
async fn a_submission_of_an_unlisted_model_says_so() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let client = simulator.client(vendor).unwrap();
        let listed = vendor.default_model();
        let near = format!("{listed}x");
        // After the version there is also another version that is as near.
        let typo = match vendor {
            Vendor::OpenRouter => ("bytedance/seedance-2.0-minix", Some("bytedance/seedance-2.0-mini")),
            Vendor::Fal => ("bytedance/seedance-2.0/fastx", Some("bytedance/seedance-2.0/fast")),
            _ => (near.as_str(), Some(listed)),
        };
        for (model, near) in [(listed, None), typo, ("lantern-v9", None)] {
            let request = VideoRequest::new(model, "a kite");
            let task = client.submit(&request).await.unwrap();
            let plan = client.plan(&request).unwrap();
            assert_eq!(task.unlisted_model.is_none(), plan.model_known, "{vendor} {model}");
            let unlisted = task.unlisted_model.clone();
            assert_eq!(unlisted.is_none(), model == listed, "{vendor} {model}");
            let meant = unlisted.as_ref().and_then(|unlisted| unlisted.did_you_mean.as_deref());
            assert_eq!((meant, plan.did_you_mean), (near, near), "{vendor} {model}");
            if let Some(unlisted) = unlisted {
                let text = format!("the model `{model}` is not listed, so its limits were not checked");
                let text = near.map_or_else(|| text.clone(), |near| format!("{text}; did you mean `{near}`?"));
                assert_eq!(unlisted.to_string(), text);
            }
            let path = folder
                .path()
                .join(format!("{vendor}-{}.mp4", crate::cases::in_a_name(model)));
            let video = client.generate(&request, path).await.unwrap();
            assert_eq!(video.task.unlisted_model, task.unlisted_model);
        }
    }
}

/// Values that the vendor may refuse are on the task of a submission, as they are on a plan.
#[tokio::test]
async fn a_submission_has_the_notes_of_its_plan() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let client = simulator.client(Vendor::ToApis).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (model, fields) in [
        ("seedance-2-5", &["resolution"][..]),
        ("seedance-2 ", &["model"]),
        ("seedance-2", &[]),
    ] {
        let request = VideoRequest::new(model, "a kite").duration(5).resolution("1080p");
        let plan = client.plan(&request).unwrap();
        let task = client.submit(&request).await.unwrap();
        let noted: Vec<_> = task.notes.iter().map(|note| note.field.as_str()).collect();
        assert_eq!((noted.as_slice(), &task.notes), (fields, &plan.notes), "{model}");
        let again: videogen::VideoTask = serde_json::from_value(json!(task)).unwrap();
        assert_eq!(again.notes, task.notes);
        let video = client
            .generate(&request, folder.path().join(format!("{model}.mp4")))
            .await;
        assert_eq!(video.unwrap().task.notes, task.notes);
        // A later look-up does not know them.
        assert!(client.get(&task.id).await.unwrap().notes.is_empty());
    }
}
