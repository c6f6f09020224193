//! The field tables in `docs/fields.md`, the validator and the simulator agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use videogen::facts::{Capabilities, Condition, FieldState, Model, Place};
use videogen::submit::{Plan, plan, validate};
use videogen::{Client, Role, Source, TaskId, Vendor, VideoRequest};
use videogen_sim::Simulator;

use crate::cases::{simulated, url, with_needed_inputs};
use crate::specs::{parameters, root};

/// Begins the line with the members that have no field.
const WITHOUT_FIELD: &str = "Members without a field, sent with `--extra`: ";

/// One cell: a model (or a pattern of ids), a field, and the text.
struct Cell {
    vendor: Vendor,
    model: String,
    field: String,
    text: String,
}

impl Cell {
    fn is_taken(&self) -> bool {
        self.text.starts_with('✓')
    }

    /// The vendor's properties in the cell.
    fn places(&self) -> Vec<&str> {
        let before_bounds = self.text.split(", ").next().unwrap();
        before_bounds.split('`').skip(1).step_by(2).collect()
    }

    /// A model id of the column.
    fn model_id(&self) -> String {
        self.model.replace('*', "not-known-yet")
    }
}

fn cells() -> Vec<Cell> {
    let page = std::fs::read_to_string(root().join("docs/fields.md")).unwrap();
    let table = page
        .split("<!-- fields: begin")
        .nth(1)
        .unwrap()
        .split("**Members of a task**")
        .next()
        .unwrap();
    let (mut vendor, mut columns, mut found) = (None, Vec::new(), Vec::new());
    for line in table.lines() {
        if let Some(name) = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")) {
            vendor = Vendor::ALL.iter().copied().find(|vendor| vendor.name() == name);
        } else if line.starts_with("| |") {
            columns = line.trim_matches('|').split('|').skip(1).map(str::to_owned).collect();
        } else if line.starts_with("| `") {
            let mut row = line.trim_matches('|').split('|').map(str::trim);
            let field = row.next().unwrap().trim_matches('`').to_owned();
            for (text, column) in row.zip(&columns) {
                for model in column.split(',') {
                    found.push(Cell {
                        vendor: vendor.unwrap(),
                        model: model.trim().trim_matches('`').to_owned(),
                        field: field.clone(),
                        text: text.to_owned(),
                    });
                }
            }
        } else if let Some(missing) = line.strip_prefix("Not supported: ") {
            for field in missing.split('`').skip(1).step_by(2) {
                for model in columns.iter().flat_map(|column| column.split(',')) {
                    found.push(Cell {
                        vendor: vendor.unwrap(),
                        model: model.trim().trim_matches('`').to_owned(),
                        field: field.to_owned(),
                        text: "–".to_owned(),
                    });
                }
            }
        }
    }
    assert!(found.len() > 300, "only {} cells were found", found.len());
    found
}

/// `request` with what the model requires besides `field`.
fn meeting_conditions(rules: &Model, field: &str, mut request: VideoRequest) -> VideoRequest {
    // The first value of an operation is the one without conditions.
    if field == "video_operation" {
        return request;
    }
    let mut inputs = rules.inputs.iter().filter(|input| input.role == field);
    let needs = inputs.next().and_then(|input| input.needs.first());
    let is_said = |name: &str| name == field || needs.is_some_and(|needed| name == *needed);
    let about = |condition: &&Condition| condition.when.iter().any(|test| is_said(test.field));
    for test in rules
        .conditions
        .iter()
        .filter(about)
        .flat_map(|condition| condition.requires)
    {
        match (test.field, test.is) {
            ("aspect_ratio", FieldState::OneOf(values)) => request = request.aspect_ratio(values[0]),
            ("resolution", FieldState::OneOf(values)) => request = request.resolution(values[0]),
            ("duration", FieldState::OneOf(["auto"])) => request = request.duration_auto(),
            // Needed inputs are added in the end.
            (_, FieldState::Set | FieldState::Unset) => {}
            (_, FieldState::OneOf(values)) if values.contains(&"unset") => {}
            other => panic!("{} {field}: {other:?}", rules.id),
        }
    }
    request
}

/// A minimal request with `field`.
fn saying(vendor: Vendor, model: &str, field: &str) -> VideoRequest {
    with_needed_inputs(&Capabilities::of(vendor, model), with_field(vendor, model, field))
}

/// A request with `field` and what goes with it.
fn with_field(vendor: Vendor, model: &str, field: &str) -> VideoRequest {
    let capabilities = Capabilities::of(vendor, model);
    let rules = capabilities.model;
    let new = meeting_conditions(rules, field, VideoRequest::new(model, "a kite"));
    let first = |values: &[&str], other: &str| values.first().copied().unwrap_or(other).to_owned();
    match field {
        "model" | "prompt" => new,
        "duration" => new.duration(rules.duration.min),
        "frames" => new.frames(57),
        "resolution" => new.resolution(first(capabilities.values("resolution"), "720p")),
        "aspect_ratio" => new.aspect_ratio(first(capabilities.values("aspect_ratio"), "16:9")),
        "generate_audio" => new.generate_audio(true),
        "seed" => new.seed(7),
        "watermark" => new.watermark(true),
        "camera_fixed" => new.camera_fixed(true),
        "return_last_frame" => new.return_last_frame(true),
        "service_tier" => new.service_tier("flex"),
        "expires_after" => new.expires_after(7200),
        "safety_identifier" => new.safety_identifier("customer-77"),
        "callback_url" => new.callback_url("http://127.0.0.1:9/hook"),
        "client_reference" => new.client_reference("order-1"),
        "draft" => new.draft(true),
        "draft_task" => new.draft_task(TaskId::new(vendor, vendor.families().next().unwrap(), "d").unwrap()),
        "tools" => new.tool("web_search"),
        "video_operation" => {
            // The first is the one without conditions.
            let rules = Capabilities::of(vendor, model);
            new.video_operation(first(rules.field(field).map_or(&[][..], |field| field.values), "edit"))
        }
        "output_format" => new.output_format("mov"),
        "metadata" => {
            let mut request = new;
            request.metadata = json!({"campaign": "autumn"}).as_object().unwrap().clone();
            request
        }
        role => {
            let role = Role::ALL.into_iter().find(|known| known.as_str() == role).unwrap();
            let request = new.input(role, url("medium"));
            match role {
                Role::LastFrame => request.input(Role::FirstFrame, url("first.png")),
                Role::ReferenceAudio => request.input(Role::ReferenceImage, url("ref.png")),
                _ => request,
            }
        }
    }
}

/// Whether a dotted path is in a request body, a header or query parameter of this name is sent, or the path has the model.
fn sends(plan: &Plan, place: &str) -> bool {
    let in_query = plan.url.contains(&format!("?{place}="));
    let in_path = place == "model" && plan.url.contains(&plan.model);
    holds(&plan.body, place) || plan.headers.contains_key(&place.to_lowercase()) || in_query || in_path
}

/// Whether a dotted path is in a request body.
fn holds(body: &Value, place: &str) -> bool {
    body.pointer(&format!("/{}", place.replace('.', "/"))).is_some()
}

#[test]
fn the_table_and_the_validator_agree() {
    for cell in cells() {
        let (vendor, model) = (cell.vendor, cell.model_id());
        let place = format!("{vendor} {model} {}: {}", cell.field, cell.text);
        let request = saying(vendor, &model, &cell.field);
        let refused = validate(vendor, &request)
            .iter()
            .any(|violation| violation.field == cell.field);
        assert_eq!(refused, !cell.is_taken(), "{place}");
        if !cell.is_taken() {
            continue;
        }
        let mut plans = vec![plan(vendor, None, &request).unwrap()];
        let inputs = Capabilities::of(vendor, &model).model.inputs;
        let last_frame = inputs.iter().any(|input| input.role == "last_frame");
        if cell.field == "first_frame" && last_frame && request.inputs.len() == 1 {
            // Its property depends on the other inputs.
            let with_last_frame = request.clone().input(Role::LastFrame, url("last.png"));
            plans.push(plan(vendor, None, &with_last_frame).unwrap());
        }
        let used = |named: &&str| plans.iter().any(|plan| sends(plan, named));
        // A property for a last frame is not used by models without one.
        let fine = match cell.field == "first_frame" && !last_frame {
            true => cell.places().iter().any(used),
            false => cell.places().iter().all(used),
        };
        assert!(fine, "{place}: {plans:?}");
        // The validator has the same bounds as the cell.
        let rules = Capabilities::of(vendor, &model);
        match cell.field.as_str() {
            "resolution" | "aspect_ratio" => {
                let values = match rules.values(&cell.field) {
                    [] => &["any"],
                    values => values,
                };
                let doubtful = rules.model.doubtful.iter().filter(|doubt| doubt.field == cell.field);
                let doubtful: BTreeSet<&str> = doubtful.map(|doubt| doubt.value).collect();
                let documented = cell.text.rsplit(", ").next().unwrap().split(' ');
                let (noted, plain): (BTreeSet<_>, BTreeSet<_>) = documented.partition(|value| value.starts_with('('));
                let noted: BTreeSet<&str> = noted.iter().map(|value| value.trim_matches(['(', ')'])).collect();
                assert_eq!(noted, doubtful, "{place}");
                assert_eq!(plain, &values.iter().copied().collect() - &doubtful, "{place}");
                for value in doubtful {
                    let request = match cell.field.as_str() {
                        "resolution" => request.clone().resolution(value),
                        _ => request.clone().aspect_ratio(value),
                    };
                    let plan = plan(vendor, None, &request).unwrap();
                    assert_eq!(plan.notes[0].value, value, "{place}");
                    assert_eq!(plan.body[cell.places()[0]], value, "{place}");
                }
            }
            "duration" => {
                let rule = rules.model.duration;
                let documented = match (rule.values, rule.max) {
                    ([_, .., last], _) => format!(", {last} s"),
                    (_, Some(max)) => format!("…{max} s"),
                    (_, None) => format!("from {} s", rule.min),
                };
                assert!(cell.text.contains(&documented), "{place}");
                assert_eq!(
                    cell.text.contains("auto"),
                    validate(vendor, &request.duration_auto()).is_empty(),
                    "{place}"
                );
            }
            role if Role::ALL.iter().any(|known| known.as_str() == role) => {
                let rule = rules.model.inputs.iter().find(|input| input.role == role).unwrap();
                let number = rule.max.map_or("any number".to_owned(), |max| format!("up to {max}"));
                let documented = format!("{number}, {}", rule.sources.join("/"));
                assert!(cell.text.contains(&documented), "{place}");
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_table_and_the_simulator_agree() {
    let simulator = Simulator::builder()
        .manual_clock()
        .any_asset(true)
        .start()
        .await
        .unwrap();
    let clients: BTreeMap<Vendor, Client> = Vendor::ALL
        .iter()
        .map(|vendor| {
            let builder = Client::builder(*vendor)
                .retry(videogen::RetryPolicy::never())
                .key("sk-x".to_owned());
            (
                *vendor,
                builder
                    .base_url(simulator.base_url(simulated(*vendor)))
                    .build()
                    .unwrap(),
            )
        })
        .collect();
    for cell in cells().into_iter().filter(Cell::is_taken) {
        let mut request = saying(cell.vendor, &cell.model_id(), &cell.field);
        let client = &clients[&cell.vendor];
        if request.draft_task.is_some() {
            let draft = saying(cell.vendor, &cell.model_id(), "draft");
            request.draft_task = Some(client.submit(&draft).await.unwrap().id);
        }
        let result = client.submit(&request).await;
        assert!(
            result.is_ok(),
            "{} {} {}: {result:?}",
            cell.vendor,
            cell.model,
            cell.field
        );
    }
}

/// The simulator rejects inputs that the table marks as unsupported, by role or by the model's limits.
#[tokio::test]
async fn the_simulator_rejects_fields_that_the_table_marks_as_unsupported() {
    let simulator = Simulator::builder()
        .manual_clock()
        .any_asset(true)
        .start()
        .await
        .unwrap();
    let http = crate::http::client();
    let mut refused = 0;
    for cell in cells().into_iter().filter(|cell| !cell.is_taken()) {
        let rules = Capabilities::of(cell.vendor, &cell.model_id());
        // Unknown members are ignored; only known ones can be rejected.
        if rules.model.request.fields.iter().all(|field| field.name != cell.field) {
            continue;
        }
        // Another model with the same body that supports the field shows its form.
        let Some(other) = Capabilities::all(cell.vendor).find(|other| {
            other.model.request.name == rules.model.request.name
                && validate(cell.vendor, &saying(cell.vendor, other.model.id, &cell.field)).is_empty()
        }) else {
            continue;
        };
        let request = saying(cell.vendor, other.model.id, &cell.field);
        let plan = plan(cell.vendor, None, &request).unwrap();
        let places = rules
            .model
            .request
            .fields
            .iter()
            .filter(|field| field.name == cell.field);
        let said = places.map(|field| field.wire).any(|place| holds(&plan.body, place));
        assert!(said, "{} is not in {}", cell.field, plan.body);
        let (vendor, mut body) = (cell.vendor, plan.body);
        let model = rules.field("model").unwrap();
        let mut url = plan
            .url
            .replace(vendor.facts().base_url, &simulator.base_url(simulated(vendor)));
        match model.place {
            Place::Path => url = url.replace(request.endpoint(other.model), &cell.model_id()),
            _ => body[model.wire] = cell.model_id().into(),
        }
        let auth = vendor.facts().auth;
        let answer = http.post(url).header(auth.header, format!("{}sk-x", auth.prefix));
        let answer = answer.json(&body).send().await.unwrap();
        let violations = validate(cell.vendor, &saying(cell.vendor, &cell.model_id(), &cell.field));
        let unverified = violations.iter().all(|violation| violation.unverified);
        // The vendor may accept what only clients have seen rejected.
        let reported = answer.headers().contains_key("x-videogen-unverified-rules");
        assert_eq!(
            reported, unverified,
            "{} {} {}: {body}",
            cell.vendor, cell.model, cell.field
        );
        assert_eq!(
            !answer.status().is_client_error(),
            unverified,
            "{} {} {}: {body}",
            cell.vendor,
            cell.model,
            cell.field
        );
        refused += 1;
    }
    assert!(refused >= 10, "only {refused} were tried");
}

/// Every parameter of the vendors' create pages is in the table, directly or by its content, or below it.
#[test]
fn every_parameter_of_the_pages_is_on_the_page() {
    let cells = cells();
    let page = std::fs::read_to_string(root().join("docs/fields.md")).unwrap();
    for (vendor, _, parameters) in parameters() {
        let section = page.split(&format!("**{}**", vendor.name())).nth(1).unwrap();
        let rest = section
            .lines()
            .find_map(|line| line.strip_prefix(WITHOUT_FIELD))
            .unwrap_or_default();
        for parameter in parameters {
            let inside = format!("{parameter}.");
            let here = |place: &&str| *place == parameter || place.starts_with(&inside);
            let shown = cells
                .iter()
                .any(|cell| cell.vendor == vendor && cell.places().iter().any(here));
            let below = rest.contains(&format!("`{parameter}` (")) || rest.contains(&format!("`{inside}"));
            assert!(shown || below, "{vendor} {parameter}");
        }
    }
}

#[test]
fn sources_are_listed_by_kind() {
    for vendor in Vendor::ALL {
        for entry in Capabilities::all(*vendor) {
            for input in entry.model.inputs {
                let role = Role::ALL.into_iter().find(|role| role.as_str() == input.role).unwrap();
                for (kind, source) in [
                    ("url", "https://media.example.com/x"),
                    ("asset", "asset://x"),
                    ("data", "data:image/png;base64,iVBORw=="),
                ] {
                    let request = VideoRequest::new(entry.model.id, "x").input(role, source.parse::<Source>().unwrap());
                    let refused = validate(*vendor, &request)
                        .iter()
                        .any(|violation| violation.rule.contains("as a source"));
                    assert_eq!(
                        refused,
                        !input.sources.contains(&kind),
                        "{vendor} {} {role} {kind}",
                        entry.model.id
                    );
                }
            }
        }
    }
}

/// Every documented limit of a prompt holds, in characters.
#[test]
fn a_prompt_may_be_as_long_as_the_vendor_documents() {
    let mut limits = Vec::new();
    for vendor in Vendor::ALL.iter().copied() {
        for rules in Capabilities::all(vendor) {
            let found = |length: usize| {
                let request = VideoRequest::new(rules.model.id, "\u{e9}".repeat(length));
                let mut found = validate(vendor, &request).into_iter();
                found.find(|found| found.field == "prompt" && found.rule.contains("characters"))
            };
            let most = rules.field("prompt").and_then(|field| field.max_length);
            assert_eq!(found(most.unwrap_or(50_000)), None, "{vendor} {}", rules.model.id);
            let Some(most) = most else { continue };
            let refused = found(most + 2).unwrap();
            assert_eq!(
                (refused.rule, refused.hint),
                (
                    format!("has {} characters; the limit is {most}", most + 2),
                    "shorten it by 2".to_owned()
                )
            );
            limits.push((vendor.as_str(), rules.model.id, most));
        }
    }
    assert_eq!(limits, [("replicate", "kwaivgi/kling-v3-video", 2500)]);
}
