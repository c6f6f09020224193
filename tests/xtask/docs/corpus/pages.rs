//! Changes as a vendor makes them, in each of its pages: what the report shows of each.

use super::*;

/// File, what is replaced, by what, and a part of the report.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    (
        "videos-seedance-2-generation",
        "Maximum `9` `reference_image`",
        "Maximum `12` `reference_image`",
        "model * inputs.reference_image.max: limit: `9` became `12`",
    ),
    (
        "videos-seedance-2-generation",
        "cannot be used alone. At least one visual",
        "can be used alone. No visual",
        "can be used alone",
    ),
    (
        "videos-seedance-2-generation",
        "`480p`, `720p`, `1080p`, `4k`",
        "`480p`, `720p`, `1080p`",
        "resolution: value: `4k` is gone",
    ),
    (
        "videos-seedance-2-5-generation",
        "Up to 30 images may",
        "Up to 20 images may",
        "model * inputs.reference_image.max: limit: `20` is new",
    ),
    (
        "videos-seedance-2-5-generation",
        "`generate`, `edit`, or `extend`",
        "`generate`, `edit`, `loop`, or `extend`",
        "video_operation: value: `loop` is new",
    ),
    (
        "videos-seedance-2-5-generation",
        "Audio-only reference input is supported",
        "Audio-only reference input is not supported",
        "Audio-only reference input is not supported",
    ),
    (
        "videos-doubao-seedance-1-5-generation",
        "range: `4` ~ `12` seconds",
        "range: `4` ~ `15` seconds",
        "duration: maximum: `12` became `15`",
    ),
    (
        "videos-doubao-seedance-1-5-generation",
        "| Duration range | 2-12s | **4-12s** |",
        "| Duration range | 2-12s | **4-15s** |",
        "(it had: 2-12s 4-12s): | Duration range",
    ),
    (
        "videos-doubao-seedance-generation",
        "      - `reference` - Reference image",
        "      - `style` - Reference image",
        "image_with_roles.role: value: `style` is new",
    ),
    (
        "videos-doubao-seedance-generation",
        "**quality version only**",
        "**both versions**",
        "**both versions**",
    ),
    (
        "tasks-video-status",
        "| 404 | `task_not_found`",
        "| 410 | `task_not_found`",
        "errors: status: `410` is new",
    ),
    (
        "tasks-video-status",
        "Polling interval: 10 seconds",
        "Polling interval: 30 seconds",
        "(it had: 10): Polling interval: 30 seconds",
    ),
    (
        "uploads-images",
        "name=\"mime_type\"",
        "name=\"content_type\"",
        "`data.mime_type` became `data.content_type`",
    ),
    ("uploads-images", "  - GIF (.gif)\n", "", "is gone"),
    (
        "uploads-images",
        "body=\"file\" type=\"file\"",
        "body=\"image\" type=\"file\"",
        "request image: parameter: `listed` is new",
    ),
    (
        "uploads-videos",
        "Maximum file size: 50MB",
        "Maximum file size: 100MB",
        "(it had: 50MB): - Maximum file size: 100MB",
    ),
    (
        "uploads-videos",
        "Default: `generation`",
        "Default: `asset`",
        "purpose: default: `generation` became `asset`",
    ),
    (
        "videos-seedance-2-private-avatar",
        "private-avatar/assets`\n\nWhat",
        "private-avatar/files`\n\nWhat",
        "private-avatar/files: path",
    ),
    (
        "videos-seedance-2-private-avatar",
        "\"source_url\": \"https://files",
        "\"url\": \"https://files",
        "request url: example member: `string` is new",
    ),
    ("videos-seedance-2-private-avatar", "- `audio`\n", "", "is gone"),
    (
        "videos-seedance-2-real-avatar",
        "after `120` seconds",
        "after `60` seconds",
        "(it had: 120): - The returned H5 link",
    ),
    (
        "videos-seedance-2-real-avatar",
        "\"biz_id\": \"user-123\"",
        "\"user_id\": \"user-123\"",
        "request user_id: example member: `string` is new",
    ),
    (
        "webhooks-task-webhooks",
        "- `generation.failed`\n",
        "- `generation.failed`\n- `generation.started`\n",
        "is new: - `generation.started`",
    ),
    (
        "webhooks-task-webhooks",
        "more than five minutes",
        "more than three minutes",
        "more than three minutes",
    ),
    (
        "rate-limits-async-tasks",
        "| `default` | 300 | 5 | 50 |",
        "| `default` | 200 | 5 | 50 |",
        "| `default` | 200 | 5 |",
    ),
    (
        "rate-limits-async-tasks",
        "returns `503` with code",
        "returns `502` with code",
        "returns `502` with code",
    ),
    (
        "chat-list-models",
        "GET https://toapis.com/v1/models",
        "GET https://toapis.com/v2/models",
        "GET /v2/models",
    ),
    (
        "account-user-balance",
        "1 USD = 200 credits",
        "1 USD = 100 credits",
        "1 USD = 100 credits",
    ),
    (
        "account-user-balance",
        "name=\"remain_credits\"",
        "name=\"credits_left\"",
        "`remain_credits` became `credits_left`",
    ),
];

#[test]
fn each_change_of_a_vendors_page_is_shown() {
    let samples = samples();
    let mut files = std::collections::BTreeSet::new();
    let mut missed = Vec::new();
    for (file, old, new, part) in CHANGES {
        files.insert(*file);
        let name = format!("toapis/{file}.mdx");
        let sample = samples.iter().find(|sample| sample.file == name);
        let sample = sample.unwrap_or_else(|| panic!("{name} is in the corpus"));
        assert!(sample.text.contains(old), "{file}: {old}");
        let (_copy, desk) = shelf(sample);
        let report = judged(&desk, sample, &sample.text.replacen(old, new, 1));
        let shown = shown(&report, sample.vendor);
        let is_open = matches!(report.state, State::Differs | State::Changed);
        if !is_open || !shown.contains(part) {
            missed.push(format!("{file}: {old:?} → {new:?}, no {part:?} in {shown}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert_eq!(files.len(), sources::SOURCES.len(), "{files:?}");
}

/// A line in which nothing changed but what is reported is not listed as changed too.
#[test]
fn what_is_understood_is_not_listed_twice() {
    let samples = samples();
    for (file, edits, lines) in [
        // A row whose cell changed with the list above it, and one that changed in a sentence as well.
        (
            "videos-seedance-2-generation",
            &[
                ("  - `seedance-2-mini`: `4-15`", "  - `seedance-2-mini`: `4-12`"),
                (
                    "duration supported | `4-15` seconds |",
                    "duration supported | `4-12` seconds |",
                ),
            ][..],
            0,
        ),
        (
            "videos-seedance-2-generation",
            &[(
                "duration supported | `4-15` seconds |",
                "duration supported | `4-12` seconds, in steps |",
            )],
            1,
        ),
        (
            "videos-doubao-seedance-1-5-generation",
            &[("range: `4` ~ `12` seconds", "range: `4` ~ `15` seconds")],
            0,
        ),
        (
            "videos-doubao-seedance-1-5-generation",
            &[("range: `4` ~ `12` seconds", "range: `4` ~ `15` whole seconds")],
            1,
        ),
        (
            "videos-seedance-2-5-generation",
            &[("formats are `mp4` and `mov`", "formats are `mp4`, `webm` and `mov`")],
            0,
        ),
        (
            "videos-seedance-2-5-generation",
            &[("Up to 10 videos may", "Up to 12 videos may")],
            0,
        ),
        ("uploads-videos", &[("Default: `generation`", "Default: `asset`")], 0),
        // The same number elsewhere is something else.
        (
            "videos-doubao-seedance-1-5-generation",
            &[
                ("range: `4` ~ `12` seconds", "range: `4` ~ `15` seconds"),
                (
                    "Duration range | 2-12s | **4-12s**",
                    "Duration range | 2-12s | **4-15s**",
                ),
            ],
            1,
        ),
    ] {
        let name = format!("toapis/{file}.mdx");
        let sample = samples
            .iter()
            .find(|sample| sample.file == name)
            .expect("in the corpus");
        let (_copy, desk) = shelf(sample);
        let mut text = sample.text.clone();
        for (old, new) in edits {
            assert!(text.contains(old), "{file}: {old}");
            text = text.replacen(old, new, 1);
        }
        let report = judged(&desk, sample, &text);
        let rendered = shown(&report, sample.vendor);
        assert_eq!(
            (report.state, report.changed.len()),
            (State::Differs, lines),
            "{edits:?}: {rendered}"
        );
    }
}

/// A new page like a kept one, for a new model, is not the kept one with differences; with new names for its models, it is.
#[test]
fn a_page_whose_models_are_all_others_is_another_page_unless_it_is_named() {
    let samples = samples();
    let name = "toapis/videos-seedance-2-5-generation.mdx";
    let sample = samples
        .iter()
        .find(|sample| sample.file == name)
        .expect("in the corpus");
    let (_copy, desk) = shelf(sample);
    let text = sample.text.replace("seedance-2-5", "seedance-3");
    let report = report(&desk, &text);
    let rendered = shown(&report, "toapis");
    assert_eq!(report.state, State::NotUnderstood, "{rendered}");
    assert!(report.differences.is_empty(), "{rendered}");
    let says = "it has other models (seedance-3) than the kept page `videos_seedance_2_5_generation` (seedance-2-5)";
    assert!(rendered.contains(says), "{rendered}");
    let named = judged(&desk, sample, &text);
    assert_eq!(named.state, State::Differs, "{}", shown(&named, "toapis"));
}
