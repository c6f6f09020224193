//! Changes that vendors made, and false findings that there were.

use super::*;

fn said(report: &Report) -> Vec<String> {
    report
        .differences
        .iter()
        .map(|one| format!("{}: {}", one.at, one.what))
        .collect()
}

fn changed_spec(vendor: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let copy = copy_of_specs();
    let file = copy.path().join(format!("specs/{vendor}.yaml"));
    let spec = fs::read_to_string(&file).expect("frozen");
    let changed = change(spec.clone());
    assert_ne!(spec, changed);
    fs::write(file, changed).expect("writable");
    copy
}

/// The operation moved onto the path of another family: the page is still compared with its own operation.
#[test]
fn a_page_is_judged_by_its_own_operation() {
    let desk = desk("toapis");
    let file = "videos-seedance-2-generation.mdx";
    let page = text(&format!("toapis/{file}"));
    let report = desk.report(file, page.as_bytes(), None).expect("nothing is written");
    let rendered = shown(&report, "toapis");
    assert_eq!(report.page.as_deref(), Some("seedance_2"), "{rendered}");
    assert!(
        rendered.contains("POST /v1/video/generations: path: the page has `POST /v1/videos/generations`"),
        "{rendered}"
    );
    assert!(
        rendered.contains("request ratio: renamed: the page has `aspect_ratio`, the spec `ratio`"),
        "{rendered}"
    );
    assert!(
        report.differences.iter().all(|one| !one.pointer.contains("Seedance1")),
        "{rendered}"
    );
    for found in [
        "POST /v1/video/generations request prompt: required",
        "POST /v1/video/generations request duration: default",
        "POST /v1/video/generations request seed: parameter",
        "model seedance-2: resolutions",
    ] {
        assert!(said(&report).iter().any(|one| one == found), "{found}: {rendered}");
    }
}

/// Several pages describe one operation, each with its own body: each is compared with that body.
#[test]
fn a_page_is_compared_with_its_own_body_of_an_operation() {
    let copy = changed_spec("toapis", |spec| {
        let one = "            schema: {$ref: '#/components/schemas/CreateSeedance1Request'}\n";
        let both = "            schema:\n              anyOf:\n                - {$ref: '#/components/schemas/CreateSeedance1Request'}\n                - {$ref: '#/components/schemas/CreateSeedance2Request'}\n";
        let spec = spec.replacen(one, both, 1);
        let old = spec.find("\n  /v1/video/generations:\n").expect("a path");
        let new = spec.find("\n  /v1/video/generations/{task_id}:\n").expect("a path");
        format!("{}{}", &spec[..old], &spec[new..])
    });
    let desk = Desk::open(copy.path(), "toapis").expect("valid");
    for (file, own, other) in [
        ("videos-seedance-2-generation.mdx", "Seedance2", "Seedance1"),
        ("videos-doubao-seedance-1-5-generation.mdx", "Seedance1", "Seedance2"),
    ] {
        let page = text(&format!("toapis/{file}"));
        let report = desk.report(file, page.as_bytes(), None).expect("nothing is written");
        let rendered = shown(&report, "toapis");
        let place = |part: &str| {
            report
                .differences
                .iter()
                .filter(|one| one.pointer.contains(part))
                .count()
        };
        assert!(place(own) > 0 && place(other) == 0, "{rendered}");
    }
    let page = text("toapis/videos-seedance-2-generation.mdx");
    let report = desk
        .report("page", page.as_bytes(), Some("seedance_2"))
        .expect("nothing is written");
    let rendered = shown(&report, "toapis");
    assert!(
        rendered.contains("POST /v1/videos/generations request ratio: renamed: the page has `aspect_ratio`"),
        "{rendered}"
    );
}

/// Two pages, each about some of the models that share one body: what only the others take is not missed on a page, and
/// what a page says is compared with its own models.
#[test]
fn a_page_is_judged_by_the_models_that_it_names() {
    let copy = changed_spec("toapis", |spec| {
        let (before, models) = spec
            .split_once("  - id: doubao-seedance-1-0-pro-fast\n")
            .expect("a model");
        let (models, after) = models.split_once("  - id: doubao-seedance-*\n").expect("a pattern");
        let models = models.replace("source: seedance_1\n", "source: seedance_1_0\n");
        let models = models.replace("without: [generate_audio]", "without: [generate_audio, camera_fixed]");
        let role = |role: &str| format!("{role}: {{max: 1, sources: [url, asset]}}\n      ");
        let reference = "reference_image: {max: 1, sources: [url, asset], role: reference}";
        let (fast, quality) = models.split_once(reference).expect("a role");
        let quality = quality.replacen(
            reference,
            &format!("{}{}{reference}", role("first_frame"), role("last_frame")),
            1,
        );
        let models = format!("{fast}{}{reference}{quality}", role("first_frame"));
        let before = before.replacen("reference_image: {max: 4, sources: [url, asset]}\n", "", 1);
        let (schemas, body) = after.split_once("    CreateSeedance1Request:\n").expect("a body");
        let body = body.replace("x-source: seedance_1\n", "x-source: [seedance_1, seedance_1_0]\n");
        format!(
            "{before}  - id: doubao-seedance-1-0-pro-fast\n{models}  - id: doubao-seedance-*\n{schemas}    \
             CreateSeedance1Request:\n{body}"
        )
        .replacen(
            "\nx-pages:\n",
            "\nx-pages:\n  seedance_1_0: {url: 'https://docs.example.com/one', read: '2026-11-21'}\n",
            1,
        )
    });
    let desk = Desk::open(copy.path(), "toapis").expect("valid");
    let rendered = |file: &str, page: &str, edit: (&str, &str)| {
        let source = text(&format!("toapis/{file}"));
        assert!(source.contains(edit.0), "{edit:?}");
        let text = source.replace(edit.0, edit.1);
        shown(
            &desk.report("page", text.as_bytes(), Some(page)).expect("a page"),
            "toapis",
        )
    };
    let (new, old) = (
        "videos-doubao-seedance-1-5-generation.mdx",
        "videos-doubao-seedance-generation.mdx",
    );
    // The body has one default for the model, all roles, and switches that the 1.0 models lack.
    for (file, page) in [(new, "seedance_1"), (old, "seedance_1_0")] {
        let rendered = rendered(file, page, ("", ""));
        for absent in [
            "request model: default",
            "role: value",
            "metadata.audio: parameter: the spec",
            "duration: m",
        ] {
            assert!(!rendered.contains(absent), "{absent}: {rendered}");
        }
    }
    for (file, page, edit, finding) in [
        (
            new,
            "seedance_1",
            ("- `last_frame`", "- `reference`"),
            "image_with_roles.role: value: the page has `reference`, the spec lacks it",
        ),
        (
            new,
            "seedance_1",
            ("- `last_frame`", "- `reference`"),
            "image_with_roles.role: value: the spec has `last_frame`, the page does not show it",
        ),
        (
            old,
            "seedance_1_0",
            ("body=\"seed\" type=\"integer\"", "body=\"audio\" type=\"boolean\""),
            "model doubao-seedance-1-0-pro-quality: supports: the page has `generate_audio supported`",
        ),
        (
            new,
            "seedance_1",
            ("`4`", "`3`"),
            "model doubao-seedance-1-5-pro: duration: the page has `3-12`, the spec `4-12`",
        ),
    ] {
        let rendered = rendered(file, page, edit);
        assert!(rendered.contains(finding), "{finding}: {rendered}");
    }
}

/// Limits that only prose and tables state.
#[test]
fn what_sentences_and_tables_say_of_models_is_compared() {
    let file = "videos-doubao-seedance-1-5-generation.mdx";
    let page = text(&format!("toapis/{file}"));
    let report = desk("toapis")
        .report(file, page.as_bytes(), None)
        .expect("nothing is written");
    let rendered = shown(&report, "toapis");
    for line in [
        "model doubao-seedance-1-5-pro: supports: the page has `reference_image not supported`, the spec `reference_image supported`",
        "model doubao-seedance-1-5-pro: resolutions: the page has `1080p, 480p, 720p`, the spec `480p, 720p`",
    ] {
        assert!(rendered.contains(line), "{rendered}");
    }
    // Nothing of the seed: its bound is a power of two.
    assert!(
        said(&report).iter().all(|one| !one.contains("metadata.seed")),
        "{rendered}"
    );
}

/// Each statement on a model, changed alone; where the page says it elsewhere too, the new one contradicts it.
#[test]
fn a_changed_limit_of_a_model_is_found() {
    let copy = copy_of_specs();
    let source = text("toapis/videos-seedance-2-generation.mdx");
    keep(copy.path(), "toapis", "seedance_2", source.as_bytes());
    let desk = Desk::open(copy.path(), "toapis").expect("valid");
    for (old, new, rendered) in [
        (
            "- `seedance-2-fast`: `4-15`",
            "- `seedance-2-fast`: `4-12`",
            "model seedance-2-fast duration: limit: `4-12` is new",
        ),
        (
            "- `seedance-2-mini`: `480p`, `720p`",
            "- `seedance-2-mini`: `480p`",
            "model seedance-2-mini resolutions: limit: `480p` is new",
        ),
        (
            "| Reference image limit | `9` |",
            "| Reference image limit | `4` |",
            "model seedance-2 inputs.reference_image.max: limit: `9` became `4`",
        ),
        (
            "Maximum `9` `reference_image`",
            "Maximum `6` `reference_image`",
            "model * inputs.reference_image.max: limit: `9` became `6`",
        ),
        (
            "- Frame mode and reference mode cannot be mixed",
            "- Frames and references may be mixed",
            "model * exclusive: limit: `frames, references` is gone",
        ),
        (
            "up to `9` images, `3` videos",
            "up to `9` images, `5` videos",
            "model seedance-2-mini inputs.reference_video.max: limit: `5` is new",
        ),
    ] {
        assert!(source.contains(old), "{old}");
        let report = desk
            .report("page", source.replacen(old, new, 1).as_bytes(), Some("seedance_2"))
            .expect("nothing is written");
        let shown = shown(&report, "toapis");
        assert!(shown.contains(rendered), "{rendered}: {shown}");
    }
    // A line that has nothing but the limit is not shown again; whatever else is on it may be new.
    let line = "- `seedance-2-mini`: `480p`, `720p`";
    for (new, shows) in [
        ("- `seedance-2-mini`: `480p`", 0),
        ("- `seedance-2-mini`: `480p` if muted", 1),
        ("- `seedance-2-mini`: `480p`, `twice`", 1),
    ] {
        let report = desk
            .report("page", source.replacen(line, new, 1).as_bytes(), Some("seedance_2"))
            .expect("nothing is written");
        let text = shown(&report, "toapis");
        assert_eq!(report.changed.len(), shows, "{text}");
    }
    // What no reader understands is shown, and is no agreement.
    let changed = source.replace("make sure the asset has reached `active` status", "wait an hour");
    let report = desk
        .report("page", changed.as_bytes(), Some("seedance_2"))
        .expect("nothing is written");
    assert_eq!(report.changed.len(), 1, "{}", shown(&report, "toapis"));
    assert!(report.since.expect("kept").moves.is_empty());
}

/// Two pages with the same members: each is kept, and recognised by its own text.
#[test]
fn pages_that_share_every_member_are_told_apart() {
    let entry = "\nx-pages:\n  twin: {url: 'https://docs.example.com/twin', read: '2026-11-21'}\n";
    let copy = changed_spec("toapis", |spec| spec.replacen("\nx-pages:\n", entry, 1));
    let one = text("toapis/videos-seedance-2-generation.mdx");
    let two = one
        .replace("seedance-2 Video Generation", "Another")
        .replace("Typical supported", "Usual")
        .replace("Use Uploaded Assets", "Assets");
    keep(copy.path(), "toapis", "seedance_2", one.as_bytes());
    keep(copy.path(), "toapis", "twin", two.as_bytes());
    let desk = Desk::open(copy.path(), "toapis").expect("valid");
    for (text, page) in [(&one, "seedance_2"), (&two, "twin")] {
        let report = report(&desk, text);
        assert_eq!(report.page.as_deref(), Some(page), "{}", shown(&report, "toapis"));
        assert!(
            report.since.expect("kept").moves.is_empty() && report.changed.is_empty(),
            "{page}"
        );
    }
}

/// A form has members like any other body.
#[test]
fn the_members_of_a_form_are_compared() {
    let operation = "\npaths:\n  /v1/uploads/images:\n    post:\n      operationId: upload_image\n      x-source: upload\n      \
                     requestBody:\n        content:\n          multipart/form-data:\n            schema: {$ref: \
                     '#/components/schemas/UploadForm'}\n      responses: {}\n";
    let form = "\n  schemas:\n    UploadForm:\n      type: object\n      x-source: upload\n      required: [file]\n      \
                properties:\n        file: {type: string, format: binary}\n        purpose: {type: string, default: generation}\n";
    let page = "\nx-pages:\n  upload: {url: 'https://docs.example.com/uploads/images', read: '2026-11-21'}\n";
    let copy = changed_spec("toapis", |spec| {
        let spec = spec.replacen("\nx-pages:\n", page, 1);
        spec.replacen("\npaths:\n", operation, 1)
            .replacen("\n  schemas:\n", form, 1)
    });
    let desk = Desk::open(copy.path(), "toapis").expect("valid");
    let source = text("toapis/uploads-images.mdx");
    let rendered = |source: &str| {
        let report = desk
            .report("page", source.as_bytes(), Some("upload"))
            .expect("nothing is written");
        let found = report.differences.iter().filter(|one| one.at.contains(" request "));
        found.map(|one| format!("{}: {}", one.at, one.what)).collect::<Vec<_>>()
    };
    assert_eq!(rendered(&source), [""; 0]);
    let changed = source
        .replace("body=\"purpose\"", "body=\"usage\"")
        .replace("type=\"file\" required", "type=\"file\"");
    assert_eq!(
        rendered(&changed),
        [
            "POST /v1/uploads/images request file: required",
            "POST /v1/uploads/images request purpose: renamed",
        ]
    );
}

/// A fact of several pages is missed on each of them.
#[test]
fn a_fact_of_several_pages_is_looked_for_on_each() {
    let gone = text("glued.txt").replace("safety_identifier", "guest");
    let listed = |source: &str| {
        let copy = changed_spec("token360", |spec| {
            let schema = spec.find("\n    CreateVideoRequest:\n").expect("a schema");
            let at = spec[schema..].find("\n        safety_identifier:").expect("a property") + schema;
            let line = spec[at..].find("description:").expect("a description") + at;
            let indent = spec[..line].rfind('\n').expect("a line") + 1;
            format!("{}          x-source: {source}\n{}", &spec[..indent], &spec[indent..])
        });
        let desk = Desk::open(copy.path(), "token360").expect("valid");
        let report = desk
            .report("page", gone.as_bytes(), Some("create"))
            .expect("nothing is written");
        let lacks = report
            .differences
            .iter()
            .any(|one| one.spec.is_some() && one.at.ends_with("request safety_identifier"));
        (lacks, shown(&report, "token360"))
    };
    let (lacks, rendered) = listed("[poll, create]");
    assert!(lacks, "{rendered}");
    let (lacks, rendered) = listed("[poll, list]");
    assert!(!lacks, "{rendered}");
}

/// What only clients are known to call is not looked for on a page.
#[test]
fn an_unverified_operation_is_on_no_page() {
    let page = text("made-list.txt");
    let rendered = |copy: &Path| {
        let desk = Desk::open(copy, "token360").expect("valid");
        let report = desk.report(
            "page",
            page.replace("GET/v1/videos", "GET/v1/jobs").as_bytes(),
            Some("list"),
        );
        said(&report.expect("nothing is written"))
    };
    let copy = copy_of_specs();
    assert!(rendered(copy.path()).contains(&"GET /v1/videos: path".to_owned()));
    let copy = changed_spec("token360", |spec| {
        spec.replace(
            "      operationId: list_videos\n",
            "      operationId: list_videos\n      x-unverified: true\n",
        )
    });
    assert!(!rendered(copy.path()).contains(&"GET /v1/videos: path".to_owned()));
}

/// A default runs into the type before it and the words after it.
#[test]
fn a_default_that_is_glued_to_its_type_is_no_difference() {
    let report = desk("token360")
        .report("page", text("made-list.txt").as_bytes(), Some("list"))
        .expect("nothing is written");
    let rendered = shown(&report, "token360");
    assert_eq!(said(&report), Vec::<String>::new(), "{rendered}");
    let changed = text("made-list.txt").replace("default:20", "default:25");
    let report = desk("token360")
        .report("page", changed.as_bytes(), Some("list"))
        .expect("nothing is written");
    assert_eq!(
        said(&report),
        ["GET /v1/videos query limit: default"],
        "{}",
        shown(&report, "token360")
    );
}

/// A copy without the names of its parameters: the last word of a sentence is no name.
#[test]
fn words_above_a_type_are_no_parameters() {
    let page = "List videos\nGET /v1/videos\nQuery Parameters\nLimit\ninteger\ndefault:20\nNewest\nstring\nWhere to start. Cursor\nstring\nResponse\nobject\nstring\nThe word list.\n";
    let facts = desk("token360").facts(page.as_bytes());
    let names: Vec<String> = facts
        .map(|facts| facts.parameters.into_iter().map(|one| one.name).collect())
        .unwrap_or_default();
    assert_eq!(names, ["object"]);
}

/// Wherever a copy that was never kept ends, nothing is said to be gone.
#[test]
fn a_cut_copy_that_was_never_kept_says_nothing_of_the_rest() {
    let page = text("made-list.txt");
    let desk = desk("token360");
    for end in (40..page.len()).filter(|end| page.is_char_boundary(*end)) {
        let report = desk
            .report("page", &page.as_bytes()[..end], Some("list"))
            .expect("nothing is written");
        assert!(
            report.state == State::NotUnderstood || report.state == State::Agreement,
            "cut at {end}: {}",
            shown(&report, "token360")
        );
    }
}
