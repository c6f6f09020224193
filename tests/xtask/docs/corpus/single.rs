//! Single changes: what is found of each, and nothing else.

use super::*;

/// One change of one page.
struct Change {
    file: &'static str,
    page: &'static str,
    /// What is replaced, once each.
    edits: &'static [(&'static str, &'static str)],
    /// Everything that changed since the page was kept: `at: what: was → now`.
    since: &'static [&'static str],
    /// The new differences from the spec.
    spec: &'static [&'static str],
    /// How many changed lines are shown.
    lines: usize,
}

const SEEDANCE_2: &str = "toapis/videos-seedance-2-generation.mdx";
const SEEDANCE_1: &str = "toapis/videos-doubao-seedance-1-5-generation.mdx";
const POLL: &str = "toapis/tasks-video-status.mdx";
const WEBHOOK: &str = "toapis/webhooks-task-webhooks.mdx";

const CHANGES: &[Change] = &[
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "body=\"client_business_id\" type=\"string\"",
            "body=\"business_id\" type=\"string\"",
        )],
        since: &["POST /v1/videos/generations request client_business_id: renamed: client_business_id → business_id"],
        spec: &["POST /v1/video/generations request business_id: parameter: page string, spec none"],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "body=\"role\" type=\"string\" required",
            "body=\"kind\" type=\"string\" required",
        )],
        since: &[
            "POST /v1/videos/generations request image_with_roles.role: renamed: image_with_roles.role → image_with_roles.kind",
        ],
        spec: &["POST /v1/video/generations request image_with_roles.kind: parameter: page string, spec none"],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "body=\"image_urls\" type=\"string[]\"",
            "body=\"image_urls\" type=\"object[]\"",
        )],
        since: &["POST /v1/videos/generations request image_urls: type: array<string> → array<object>"],
        spec: &["POST /v1/video/generations request image_urls: type: page array<object>, spec array<string>"],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[("  - `4:3`\n", "")],
        since: &["POST /v1/videos/generations request aspect_ratio: value: 4:3 → none"],
        spec: &["POST /v1/video/generations request ratio: value: page none, spec 4:3"],
        lines: 1,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[("default={0}", "default={5}")],
        since: &["POST /v1/videos/generations request duration: default: 0 → 5"],
        spec: &[],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[("  - `seedance-2`: `4-15`", "  - `seedance-2`: `4-20`")],
        since: &["model seedance-2 duration: limit: none → 4-20"],
        spec: &["model seedance-2: duration: page 4-20, spec 4-15"],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[("| Duration | `4-15` seconds, auto", "| Duration | `4-20` seconds, auto")],
        since: &["model seedance-2 duration: limit: none → 4-20"],
        spec: &["model seedance-2: duration: page 4-20, spec 4-15"],
        lines: 0,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "| Frame mode | Supported | Supported | Supported |",
            "| Frame mode | Supported | Supported | Not supported |",
        )],
        since: &[],
        spec: &[],
        lines: 1,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "api: \"POST https://toapis.com/v1/",
            "api: \"POST https://toapis.com/v2/",
        )],
        since: &["POST /v1/videos/generations: path: POST /v1/videos/generations → POST /v2/videos/generations"],
        spec: &["POST /v2/videos/generations: path: page POST /v2/videos/generations, spec none"],
        lines: 1,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "  - `seedance-2-mini` - Lightweight",
            "  - `seedance-2-lite` - Lightweight",
        )],
        since: &[
            "POST /v1/videos/generations request model: value: seedance-2-mini → none",
            "POST /v1/videos/generations request model: value: none → seedance-2-lite",
        ],
        spec: &[
            "POST /v1/video/generations request model: model: page seedance-2-lite, spec none",
            "model seedance-2-mini: model: page inputs.reference_image.max 9, spec none",
            "model seedance-2-mini: model: page inputs.reference_video.max 3, spec none",
            "model seedance-2-mini: model: page inputs.reference_audio.max 3, spec none",
            "model seedance-2-mini: model: page duration 4-15, spec none",
            "model seedance-2-mini: model: page resolutions 480p, 720p, spec none",
        ],
        lines: 1,
    },
    Change {
        file: SEEDANCE_2,
        page: "seedance_2",
        edits: &[(
            "<ParamField body=\"trace_id\" type=\"string\">\n  Your tracking field. It does not depend on Webhook configuration.\n</ParamField>\n",
            "",
        )],
        since: &["POST /v1/videos/generations request trace_id: parameter: string → none"],
        spec: &[],
        lines: 1,
    },
    Change {
        file: SEEDANCE_1,
        page: "seedance_1",
        edits: &[(
            "api: \"POST https://toapis.com/v1/videos/generations\"",
            "api: \"POST https://toapis.com/v1/video/generations\"",
        )],
        since: &["POST /v1/videos/generations: path: POST /v1/videos/generations → POST /v1/video/generations"],
        spec: &["POST /v1/videos/generations: path: page POST /v1/video/generations, spec POST /v1/videos/generations"],
        lines: 1,
    },
    Change {
        file: SEEDANCE_1,
        page: "seedance_1",
        edits: &[(
            "<ParamField body=\"metadata\" type=\"object\">",
            "<ParamField body=\"extra\" type=\"object\">",
        )],
        since: &[
            "POST /v1/videos/generations request metadata: renamed: metadata → extra",
            "POST /v1/videos/generations request metadata.resolution: renamed: metadata.resolution → extra.resolution",
            "POST /v1/videos/generations request metadata.seed: renamed: metadata.seed → extra.seed",
            "POST /v1/videos/generations request metadata.audio: renamed: metadata.audio → extra.audio",
            "POST /v1/videos/generations request metadata.camerafixed: renamed: metadata.camerafixed → extra.camerafixed",
        ],
        spec: &[
            "POST /v1/videos/generations request extra: parameter: page object, spec none",
            "POST /v1/videos/generations request extra.resolution: parameter: page string, spec none",
            "POST /v1/videos/generations request extra.seed: parameter: page integer, spec none",
            "POST /v1/videos/generations request extra.audio: parameter: page boolean, spec none",
            "POST /v1/videos/generations request extra.camerafixed: parameter: page boolean, spec none",
        ],
        lines: 0,
    },
    Change {
        file: SEEDANCE_1,
        page: "seedance_1",
        edits: &[("`-1` ~ `2^32-1`", "`-1` ~ `2^31-1`")],
        since: &["POST /v1/videos/generations request metadata.seed: maximum: 4294967295 → 2147483647"],
        spec: &["POST /v1/videos/generations request metadata.seed: maximum: page 2147483647, spec 4294967295"],
        lines: 1,
    },
    Change {
        file: SEEDANCE_1,
        page: "seedance_1",
        edits: &[(
            "  - More than 2 images: only the first two are used\n",
            "  - More than 2 images: refused\n",
        )],
        since: &[],
        spec: &[],
        lines: 1,
    },
    Change {
        file: SEEDANCE_1,
        page: "seedance_1",
        edits: &[("| 1080p | 16:9, 4:3, 1:1, 3:4, 9:16, 21:9 | All supported |\n", "")],
        since: &["model * resolution: limit: 1080p → none"],
        spec: &[],
        lines: 1,
    },
    Change {
        file: POLL,
        page: "poll",
        edits: &[(
            "api: \"GET https://toapis.com/v1/videos/generations/{task_id}\"",
            "api: \"GET https://toapis.com/v1/tasks/{task_id}\"",
        )],
        since: &[
            "GET /v1/videos/generations/{task_id}: path: GET /v1/videos/generations/{task_id} → GET /v1/tasks/{task_id}",
        ],
        spec: &[
            "GET /v1/videos/generations/{task_id}: path: page GET /v1/tasks/{task_id}, spec GET /v1/videos/generations/{task_id}",
        ],
        lines: 1,
    },
    Change {
        file: POLL,
        page: "poll",
        edits: &[("name=\"completed_at\"", "name=\"finished_at\"")],
        since: &["GET /v1/videos/generations/{task_id} response completed_at: renamed: completed_at → finished_at"],
        spec: &["GET /v1/videos/generations/{task_id} response finished_at: parameter: page integer, spec none"],
        lines: 0,
    },
    Change {
        file: POLL,
        page: "poll",
        edits: &[(
            "name=\"expires_at\" type=\"integer\"",
            "name=\"expires_at\" type=\"string\"",
        )],
        since: &["GET /v1/videos/generations/{task_id} response expires_at: type: integer → string"],
        spec: &["GET /v1/videos/generations/{task_id} response expires_at: type: page string, spec integer"],
        lines: 0,
    },
    Change {
        file: POLL,
        page: "poll",
        edits: &[("| 402 | `insufficient_quota` | Insufficient balance |\n", "")],
        since: &["errors: status: 402 → none"],
        spec: &[],
        lines: 1,
    },
    Change {
        file: POLL,
        page: "poll",
        edits: &[("valid for **24 hours**", "valid for **12 hours**")],
        since: &[],
        spec: &[],
        lines: 1,
    },
    Change {
        file: WEBHOOK,
        page: "webhook",
        edits: &[("times out after 10 seconds", "times out after 5 seconds")],
        since: &[],
        spec: &[],
        lines: 1,
    },
    Change {
        file: WEBHOOK,
        page: "webhook",
        edits: &[("\"task_id\": \"tsk_01abcdef\"", "\"id\": \"tsk_01abcdef\"")],
        since: &["response data.id: example member: none → string"],
        spec: &["callback response data.id: example member: page string, spec none"],
        lines: 1,
    },
    Change {
        file: "glued.txt",
        page: "create",
        edits: &[("durationinteger\n", "secondsinteger\n")],
        since: &["POST /v1/videos request duration: renamed: duration → seconds"],
        spec: &["POST /v1/videos request seconds: parameter: page integer, spec none"],
        lines: 0,
    },
    Change {
        file: "glued.txt",
        page: "create",
        edits: &[("POST/v1/videos\n", "POST/v2/videos\n")],
        since: &["POST /v1/videos: path: POST /v1/videos → POST /v2/videos"],
        spec: &["POST /v1/videos: path: page POST /v2/videos, spec POST /v1/videos"],
        lines: 0,
    },
    Change {
        file: "glued.txt",
        page: "create",
        edits: &[("created_atinteger", "created_atstring")],
        since: &["POST /v1/videos response created_at: type: integer → string"],
        spec: &["POST /v1/videos response created_at: type: page string, spec integer"],
        lines: 0,
    },
];

fn or_none(value: Option<&str>) -> &str {
    value.unwrap_or("none")
}

fn since(report: &Report) -> Vec<String> {
    let moves = report.since.iter().flat_map(|since| &since.moves);
    let rendered = moves.map(|one| {
        let (was, now) = (or_none(one.was.as_deref()), or_none(one.now.as_deref()));
        format!("{}: {}: {was} → {now}", one.at, one.what)
    });
    rendered.collect()
}

fn spec(report: &Report) -> Vec<String> {
    let rendered = report.differences.iter().map(|one| {
        let (page, spec) = (or_none(one.page.as_deref()), or_none(one.spec.as_deref()));
        format!("{}: {}: page {page}, spec {spec}", one.at, one.what)
    });
    rendered.collect()
}

#[test]
fn each_change_gives_its_own_findings_and_no_other() {
    let samples = samples();
    for Change {
        file,
        page,
        edits,
        since: moves,
        spec: new,
        lines,
    } in CHANGES
    {
        let sample = samples
            .iter()
            .find(|sample| sample.file == *file && sample.page == *page);
        let sample = sample.unwrap_or_else(|| panic!("{file} is in the corpus"));
        let (_copy, desk) = shelf(sample);
        let before = spec(&judged(&desk, sample, &sample.text));
        let mut changed = sample.text.clone();
        for (old, now) in *edits {
            assert!(changed.contains(old), "{file}: {old}");
            changed = changed.replacen(old, now, 1);
        }
        let report = judged(&desk, sample, &changed);
        let shown = format!("{edits:?}\n{}", shown(&report, sample.vendor));
        assert_eq!(since(&report), *moves, "{shown}");
        let differences: Vec<String> = spec(&report).into_iter().filter(|one| !before.contains(one)).collect();
        assert_eq!(differences, *new, "{shown}");
        assert_eq!(report.changed.len(), *lines, "{shown}");
        assert!(
            report.state != State::Agreement && report.state != State::NotUnderstood,
            "{shown}"
        );
    }
}
