//! Documentation sources in MDX.

use super::*;

/// The vendor's own pages (see their LICENSE), each with what its markup lists: operations, parameters, bodies.
pub(super) const SOURCES: [(&str, usize, usize, usize); 13] = [
    ("account-user-balance.mdx", 1, 9, 2),
    ("chat-list-models.mdx", 1, 10, 1),
    ("rate-limits-async-tasks.mdx", 0, 0, 1),
    ("tasks-video-status.mdx", 1, 20, 2),
    ("uploads-images.mdx", 2, 9, 2),
    ("uploads-videos.mdx", 1, 9, 2),
    ("videos-doubao-seedance-1-5-generation.mdx", 1, 21, 2),
    ("videos-doubao-seedance-generation.mdx", 1, 19, 2),
    ("videos-seedance-2-5-generation.mdx", 2, 25, 2),
    ("videos-seedance-2-generation.mdx", 2, 30, 2),
    ("videos-seedance-2-private-avatar.mdx", 4, 1, 2),
    ("videos-seedance-2-real-avatar.mdx", 6, 1, 1),
    ("webhooks-task-webhooks.mdx", 0, 0, 1),
];

#[test]
fn every_component_of_the_vendors_sources_is_read() {
    for (file, operations, parameters, bodies) in SOURCES {
        let source = text(&format!("toapis/{file}"));
        let facts = desk("toapis")
            .facts(source.as_bytes())
            .unwrap_or_else(|reason| panic!("{file}: {reason}"));
        let components = source.matches("<ParamField").count() + source.matches("<ResponseField").count();
        assert_eq!(facts.parameters.len(), components, "{file}");
        assert_eq!(
            (facts.operations.len(), facts.parameters.len(), facts.examples.len()),
            (operations, parameters, bodies),
            "{file}"
        );
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let report = desk("toapis")
        .report(
            "page",
            text("toapis/videos-seedance-2-private-avatar.mdx").as_bytes(),
            None,
        )
        .expect("nothing is written");
    assert_eq!(report.state, State::NotUnderstood);
    let shown = shown(&report, "toapis");
    assert!(
        shown.contains("not understood: line 110: the example is no JSON: trailing comma"),
        "{shown}"
    );
    assert!(shown.contains("read as: components; 4 operations"), "{shown}");
}
