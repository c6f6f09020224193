//! The test of an application in the README and docs/simulator.md.

// shown: begin
use videogen::{Vendor, VideoRequest};
use videogen_sim::Simulator;

#[tokio::test]
async fn a_video_is_submitted_once() -> Result<(), Box<dyn std::error::Error>> {
    let sim = Simulator::builder().speed(100.0).start().await?;
    let client = sim.client(Vendor::ToApis)?;

    let task = client.submit(&VideoRequest::new("seedance-2", "a paper boat")).await?;
    let task = client.wait(&task.id).await?;

    assert!(task.video.is_some());
    assert_eq!(sim.stats().submissions["toapis"], 1);
    Ok(())
}
// shown: end

#[test]
fn the_documents_show_this_test() {
    let this = include_str!("readme.rs").split("// shown: begin\n").nth(1).unwrap();
    let shown = this.split("// shown: end").next().unwrap();
    for document in ["README.md", "docs/simulator.md"] {
        let text = std::fs::read_to_string(crate::specs::root().join(document)).unwrap();
        assert!(
            text.contains(&format!("```rust\n{shown}```\n")),
            "{document} must show the test in tests/readme.rs"
        );
    }
}

/// The environment variables of each vendor that `name` names, in the order of the vendors.
fn variables(name: impl Fn(Vendor) -> Option<String>) -> Vec<String> {
    Vendor::ALL.iter().filter_map(|vendor| name(*vendor)).collect()
}

#[test]
fn the_documents_name_the_environment_variables_of_every_vendor() {
    let read = |document: &str| std::fs::read_to_string(crate::specs::root().join(document)).unwrap();
    let keys = variables(|vendor| Some(vendor.facts().key_env.to_owned()));
    let base_urls = variables(|vendor| Some(vendor.facts().base_url_env.to_owned()));
    let secrets = variables(|vendor| crate::cases::webhook_secret_env(vendor).map(str::to_owned));
    let terminal = read("docs/terminal.md");
    for (names, meaning) in [
        (&keys, "API key of the vendor"),
        (&base_urls, "base URL instead of the vendor's own"),
        (&secrets, "secret that the vendor signs webhooks with"),
    ] {
        let row = format!("| `{}` | {meaning} |", names.join("`, `"));
        assert!(terminal.contains(&row), "docs/terminal.md must have this row: {row}");
    }
    let export = format!("export {}=sk-...          # or {}", keys[0], keys[1..].join(", "));
    assert!(read("README.md").contains(&export), "README.md must show: {export}");
    let simulator = read("docs/simulator.md");
    for name in &base_urls {
        let export = format!("export {name}=");
        assert!(simulator.contains(&export), "docs/simulator.md must show: {export}");
    }
}

/// What the documents say of billing and of inline files is what the specs have.
#[test]
fn the_documents_have_the_numbers_of_the_specs() {
    let read = |document: &str| {
        let text = std::fs::read_to_string(crate::specs::root().join(document)).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let free = Vendor::ALL
        .iter()
        .filter(|vendor| !vendor.facts().billing.free.is_empty());
    let free: Vec<String> = free
        .map(|vendor| format!("{}: {}", vendor.name(), vendor.facts().billing.free.join(", ")))
        .collect();
    let free = format!("documented not to bill ({}) costs nothing", free.join("; "));
    assert!(
        read("docs/simulator.md").contains(&free),
        "docs/simulator.md must have: {free}"
    );
    let guide = read("docs/guide.md");
    for vendor in Vendor::ALL.iter() {
        for above in vendor.facts().uploads.iter().filter_map(|way| way.above) {
            let (size, name) = (format!("{} KiB", above / 1024), vendor.name());
            for words in [
                format!("files of up to {size} at {name}"),
                format!("At {name}, files of up to {size} go inline"),
            ] {
                assert!(guide.contains(&words), "docs/guide.md must have: {words}");
            }
        }
    }
}
