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
