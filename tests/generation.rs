//! `cargo xtask generate`: nothing is stale, drift is reported, and an invalid spec is reported with its place.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use videogen::Vendor;
use xtask::exit::CANNOT;
use xtask::generate::STALE;
use xtask::spec::Spec;
use xtask::spec::raw::{raw_crate, raw_crate_of, surface};
use xtask::{cli, spec};

use crate::specs::root;

#[test]
fn generated_code_is_up_to_date() {
    let (code, out, err) = xtask(&root(), &["generate", "--check"]);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn output_is_the_same_every_time() {
    for vendor in Vendor::ALL {
        let first = raw_crate(&root(), vendor.as_str()).unwrap();
        assert_eq!(first, raw_crate(&root(), vendor.as_str()).unwrap());
    }
}

/// An enum value, a path and a field name, each changed in a copy of the frozen specs.
#[test]
fn a_changed_spec_is_stale_until_regenerated() {
    for (vendor, old, new, shown) in [
        ("token360", "enum: [360p, 480p,", "enum: [240p, 480p,", "V240p"),
        (
            "alltoken",
            "  /videos/generations/{id}/cancel:",
            "  /videos/generations/{id}/abort:",
            "/abort",
        ),
        (
            "toapis",
            "        client_business_id:",
            "        business_id:",
            "business_id",
        ),
        (
            "token360",
            "duration: {min: 4, max: 15, auto: absent}",
            "duration: {min: 4, max: 20, auto: absent}",
            "max: Some(20)",
        ),
    ] {
        let copy = copy_of_repository();
        let file = copy.path().join(format!("specs/{vendor}.yaml"));
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{vendor}: {old}");
        fs::write(&file, text.replace(old, new)).unwrap();

        let (code, out, _) = xtask(copy.path(), &["generate", "--check"]);
        assert_eq!(code, STALE, "{new}");
        assert!(out.contains(&format!("stale: crates/raw/{vendor}/src/")), "{out}");
        assert!(
            out.contains(shown) && out.contains("Run: cargo xtask generate"),
            "{out}"
        );

        let before = surface::surface(&raw_crate(&frozen(), vendor).unwrap()).unwrap();
        let (code, out, _) = xtask(copy.path(), &["generate", vendor]);
        assert_eq!(code, 0, "{out}");
        assert_eq!(xtask(copy.path(), &["generate", "--check"]).0, 0);
        let after = surface::surface(&raw_crate(copy.path(), vendor).unwrap()).unwrap();
        // A model's limits have a separate snapshot.
        assert_eq!(before != after, shown != "max: Some(20)", "{new}");
    }
}

#[test]
fn missing_and_left_over_files_are_named() {
    let copy = copy_of_repository();
    fs::remove_file(copy.path().join("crates/raw/toapis/src/enums.rs")).unwrap();
    fs::write(copy.path().join("crates/raw/toapis/src/old.rs"), "").unwrap();
    let (code, out, _) = xtask(copy.path(), &["generate", "--check", "toapis"]);
    assert_eq!(code, STALE);
    assert!(out.contains("missing: crates/raw/toapis/src/enums.rs"), "{out}");
    assert!(out.contains("left over: crates/raw/toapis/src/old.rs"), "{out}");
    fs::remove_file(copy.path().join("specs/alltoken.yaml")).unwrap();
    let (code, out, _) = xtask(copy.path(), &["generate", "--check"]);
    assert_eq!(code, STALE);
    assert!(
        out.contains("left over: crates/raw/alltoken has no specs/alltoken.yaml"),
        "{out}"
    );
}

/// Changes that would make the generator fail, panic or silently lose something.
#[test]
fn a_spec_that_cannot_be_generated_is_reported_with_its_place() {
    let text = fs::read_to_string(frozen().join("specs/token360.yaml")).unwrap();
    for (old, new, pointer) in [
        ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi"),
        ("      operationId: create_video\n", "", "/paths/~1v1~1videos/post"),
        (
            "operationId: list_videos",
            "operationId: create_video",
            "/paths/~1v1~1videos/post/operationId",
        ),
        (
            "operationId: get_video\n",
            "operationId: getVideo\n",
            "/paths/~1v1~1videos~1{video_id}/get/operationId",
        ),
        (
            "#/components/schemas/VideoContent'}",
            "#/components/schemas/Gone'}",
            "/components/schemas/Video/properties/content/$ref",
        ),
        ("  title: Token360", "  tittle: Token360", "/info"),
        (
            "          summary: Task finished",
            "          sumary: Task finished",
            "/paths/~1v1~1videos/post/callbacks",
        ),
        ("create: create_video", "create: make_video", "/x-models/0/create"),
        (
            "    source: create\n    duration",
            "    source: nowhere\n    duration",
            "/x-models/0/source",
        ),
        ("min: 4, max: 15", "min: 40, max: 15", "/x-models/0/duration"),
        ("resolutions: [360p,", "resolutons: [360p,", "/x-models/0"),
        (
            "x-field: seed",
            "x-field: sead",
            "/components/schemas/CreateVideoRequest/properties/seed/x-field",
        ),
        (
            "    ContentUrl:\n",
            "    contentUrl:\n",
            "/paths/~1v1~1videos~1{video_id}~1content/get/responses/200/content/application~1json/schema/$ref",
        ),
        (
            "enum: [queued, in_progress, completed, failed]",
            "enum: [queued, Queued, completed]",
            "/components/schemas/VideoStatus/enum/1",
        ),
        (
            "enum: [first_frame, last_frame]",
            "enum: [1, 2]",
            "/components/schemas/FrameType/enum/0",
        ),
        (
            "        seed: {type: integer, format: int64, description: Random seed.}",
            "        extra: {type: integer}",
            "/components/schemas/Parameters/properties/extra",
        ),
        (
            "        seed: {type: integer, format: int64, description: Random seed.}",
            "        seed: {type: integer}\n        Seed: {type: integer}",
            "/components/schemas/Parameters/properties/",
        ),
        (
            "  /v1/videos/{video_id}:",
            "  /v1/videos/{other}:",
            "/paths/~1v1~1videos~1{other}/get",
        ),
        (
            "        - name: before",
            "        - name: after",
            "/paths/~1v1~1videos/get",
        ),
        (
            "          in: query\n          description: Page size.",
            "          in: cookie\n          description: Page size.",
            "/paths/~1v1~1videos/get",
        ),
        (
            "items: {$ref: '#/components/schemas/InputReference'}",
            "x-none: 1",
            "/components/schemas/CreateVideoRequest/properties/input_references",
        ),
        (
            "has_more: {type: boolean,",
            "has_more: {type: bool,",
            "/components/schemas/VideoList/properties/has_more",
        ),
        (
            "param: {type: string, nullable: true, description: The invalid parameter.}",
            "param: {$ref: '#/components/schemas/ErrorBody'}",
            "/components/schemas/Error",
        ),
        (
            "required: [url, video_id, expires_in]",
            "required: [url, link]",
            "/components/schemas/ContentUrl/required/1",
        ),
    ] {
        assert!(text.contains(old), "{old}");
        let changed = text.replacen(old, new, 1);
        let error = Spec::parse("token360", &changed)
            .and_then(|spec| raw_crate_of(&spec))
            .err();
        let error = error.unwrap_or_else(|| panic!("{new}: accepted"));
        assert_eq!(error.file, "specs/token360.yaml");
        assert!(error.pointer.starts_with(pointer), "{new}: {error}");
        assert!(!error.reason.is_empty());
        // The lint finds everything that the generator rejects.
        let found = spec::lint::lint("specs/token360.yaml", &changed).unwrap();
        assert!(
            found.iter().any(|finding| finding.pointer == error.pointer),
            "{new}: {error}: {found:?}"
        );
    }
    let error = Spec::parse("x", "a: [1").unwrap_err();
    assert!(
        error.to_string().starts_with("specs/x.yaml: /: not readable as YAML"),
        "{error}"
    );
    let error = Spec::parse("x", "a: 1\na: 2\n").unwrap_err();
    assert!(error.reason.contains("uplicate"), "{error}");
}

#[test]
fn an_unknown_vendor_and_a_bad_spec_exit_with_100() {
    let (code, _, err) = xtask(&root(), &["generate", "nobody"]);
    assert_eq!(code, CANNOT);
    assert!(err.contains("nobody.yaml") && err.contains("token360"), "{err}");
    let copy = copy_of_repository();
    fs::write(copy.path().join("specs/toapis.yaml"), "openapi: 2").unwrap();
    let (code, _, err) = xtask(copy.path(), &["generate", "--check"]);
    assert_eq!(code, CANNOT);
    assert!(err.contains("specs/toapis.yaml: /openapi"), "{err}");
}

/// A spec's file name becomes a package, whose manifest cargo must be able to read.
#[test]
fn a_spec_file_with_an_invalid_name_is_rejected_before_anything_is_written() {
    for name in ["we ird", "we\"ird", "Weird", "9lives", "we-ird", "größe"] {
        let copy = copy_of_repository();
        let spec = fs::read_to_string(frozen().join("specs/toapis.yaml")).unwrap();
        fs::write(copy.path().join(format!("specs/{name}.yaml")), spec).unwrap();
        for args in [
            &["generate"][..],
            &["generate", name],
            &["generate", "--check"],
            &["lint"],
            &["lint", name],
        ] {
            let (code, _, err) = xtask(copy.path(), args);
            assert_eq!(code, CANNOT, "{args:?}: {err}");
            assert!(
                err.contains("cannot be a vendor's spec") && err.contains("rename it"),
                "{err}"
            );
        }
        assert!(!copy.path().join("crates/raw").join(name).exists());
    }
}

/// A vendor's display name is in the manifest of its crate, which cargo must be able to read.
#[test]
fn a_vendors_name_does_not_break_its_manifest() {
    let text = fs::read_to_string(frozen().join("specs/toapis.yaml")).unwrap();
    for (name, is_accepted) in [
        ("O'Brien & Sons", true),
        ("可灵", true),
        ("To\"APIs", false),
        ("To\\APIs", false),
    ] {
        let changed = text.replacen(
            "  name: ToAPIs\n",
            &format!("  name: {}\n", serde_json::Value::from(name)),
            1,
        );
        assert!(changed != text);
        match raw_crate_of(&Spec::parse("toapis", &changed).unwrap()) {
            Ok(tree) => {
                let line = format!("description = \"Generated client for {name}'s video API. ");
                let manifest = &tree[Path::new("Cargo.toml")];
                assert!(is_accepted && manifest.contains(&line), "{manifest}");
            }
            Err(error) => assert!(!is_accepted && error.pointer == "/x-vendor/name", "{error}"),
        }
    }
}

fn xtask(root: &Path, args: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once(&"xtask").chain(args);
    let code = cli::run(args, root, &mut out, &mut err);
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// Specs that stay as they are, whatever vendors change.
fn frozen() -> PathBuf {
    root().join("tests/xtask/frozen")
}

/// The frozen specs, and what is generated from them, in a temporary folder.
fn copy_of_repository() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["docs", "specs"] {
        fs::create_dir_all(copy.path().join(folder)).unwrap();
    }
    fs::copy(root().join("docs/fields.md"), copy.path().join("docs/fields.md")).unwrap();
    for vendor in spec::vendors(&frozen(), &[]).unwrap() {
        let spec = format!("specs/{vendor}.yaml");
        fs::copy(frozen().join(&spec), copy.path().join(&spec)).unwrap();
    }
    let (code, out, err) = xtask(copy.path(), &["generate"]);
    assert_eq!(code, 0, "{out}{err}");
    copy
}

/// `cargo xtask diff` maps vendors' status names like the facade, but may not use it.
#[test]
fn the_diff_maps_statuses_like_the_facade() {
    let mut words: Vec<String> =
        "queued submitted pending not_start in_progress processing running completed succeeded \
        success failed failure error cancelled canceled expired paused Completed"
            .split_whitespace()
            .map(str::to_owned)
            .collect();
    let mut of_spec = Vec::new();
    for vendor in Vendor::ALL {
        let spec = Spec::load(&root(), vendor.as_str()).unwrap();
        let own = spec
            .doc
            .pointer("/x-tasks/statuses")
            .and_then(|own| own.as_object())
            .into_iter()
            .flatten();
        of_spec.extend(own.map(|(word, status)| {
            let status = videogen::TaskStatus::from_vendor(status.as_str().unwrap());
            (spec.doc.clone(), word.clone(), format!("TaskStatus::{status:?}"))
        }));
        let statuses = spec.schemas().filter(|(name, _)| name.ends_with("Status"));
        let values = statuses.filter_map(|(_, schema)| schema["enum"].as_array());
        words.extend(values.flatten().map(|value| value.as_str().unwrap().to_owned()));
    }
    for word in words {
        let read = format!("TaskStatus::{:?}", videogen::TaskStatus::from_vendor(&word));
        assert_eq!(xtask::spec::changes::names::task_status(&Value::Null, &word), read);
    }
    assert!(!of_spec.is_empty());
    for (spec, word, read) in of_spec {
        assert_eq!(xtask::spec::changes::names::task_status(&spec, &word), read);
    }
}
