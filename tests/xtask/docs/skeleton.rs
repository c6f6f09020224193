//! `cargo xtask docs --skeleton`: the part of a spec that a page describes.

use serde_json::{Value, json};

use crate::commands::{frozen, root, xtask};

/// The skeleton of a ToAPIs page, as text and as a document.
fn skeleton(file: &str, page: &str, body: &str) -> (String, Value) {
    let file = root().join("tests/xtask/docs/toapis").join(file).display().to_string();
    let (code, out, err) = xtask(
        &["docs", "toapis", &file, "--page", page, "--skeleton", body],
        &frozen(),
    );
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let document = serde_saphyr::from_str(&out).unwrap();
    (out, document)
}

#[test]
fn a_new_page_gives_its_entry_its_model_and_its_body() {
    let (text, new) = skeleton(
        "videos-seedance-2-5-generation.mdx",
        "seedance_2_5",
        "CreateSeedance25Request",
    );
    assert!(new["x-pages"]["seedance_2_5"]["read"].is_string());
    let row = &new["x-models"][0];
    assert_eq!(row["id"], "seedance-2-5");
    assert_eq!(row["request"], "CreateSeedance25Request");
    assert_eq!(row["duration"], json!({"min": 4, "max": 30}));
    assert_eq!(row["resolutions"], json!(["480p", "720p"]));
    assert_eq!(
        row["inputs"]["reference_image"],
        json!({"max": 30, "sources": ["url", "asset"]})
    );
    assert_eq!(row["inputs"]["reference_audio"]["max"], 10);
    let schemas = &new["components"]["schemas"];
    let body = &schemas["CreateSeedance25Request"];
    assert_eq!(body["x-source"], "seedance_2_5");
    assert_eq!(body["required"], json!(["model"]));
    // A member that the spec knows keeps its words and its field; values are the page's.
    assert_eq!(
        body["properties"]["output_format"],
        json!({
            "allOf": [{"$ref": "#/components/schemas/CreateSeedance25OutputFormat"}],
            "description": "TO DO: describe it.",
            "default": "mp4",
            "x-field": "output_format",
        })
    );
    assert_eq!(schemas["CreateSeedance25OutputFormat"]["enum"], json!(["mp4", "mov"]));
    assert_eq!(body["properties"]["callback_url"]["x-field"], "callback_url");
    assert_eq!(body["properties"]["duration"]["maximum"], 30);
    assert_eq!(
        body["properties"]["trace_id"],
        json!({"type": "string", "description": "TO DO: describe it."})
    );
    let order = |name: &str| text.find(&format!("\n        {name}:\n")).unwrap();
    assert!(order("prompt") < order("video_operation") && order("output_format") < order("trace_id"));
    // The frozen spec has no `tools`, and the page shows its items in a sentence only.
    let tools = &body["properties"]["tools"];
    assert_eq!(tools["items"]["$ref"], "#/components/schemas/TO DO");
    assert!(
        tools["description"].as_str().unwrap().contains("members of its items"),
        "{text}"
    );
    // The path has another body, so that there are two of them now.
    let lines = "request of create_seedance_1, and an example in `examples`:\n#   anyOf:\n\
                 #     - $ref: '#/components/schemas/CreateSeedance1Request'\n\
                 #     - $ref: '#/components/schemas/CreateSeedance25Request'\n";
    assert!(text.contains(lines), "{text}");
}

/// The members of a list that no body has are in a component.
#[test]
fn a_new_list_has_the_items_that_the_page_lists() {
    let page = "---\ntitle: \"Reel\"\napi: \"POST https://toapis.com/v1/videos/generations\"\n---\n\n## Body\n\n\
                <ParamField body=\"model\" type=\"string\" default=\"reel-1\" required>\n  Model.\n</ParamField>\n\n\
                <ParamField body=\"cuts\" type=\"array\">\n  Parts.\n\n  <Expandable title=\"Members\">\n    \
                <ParamField body=\"start\" type=\"integer\" required>\n      First second.\n    </ParamField>\n  \
                </Expandable>\n</ParamField>\n\n\
                <ParamField body=\"marks\" type=\"integer[]\">\n  Seconds.\n</ParamField>\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("reel.mdx");
    std::fs::write(&file, page).unwrap();
    let file = file.display().to_string();
    let (code, out, err) = xtask(
        &[
            "docs",
            "toapis",
            &file,
            "--page",
            "reel",
            "--skeleton",
            "CreateReelRequest",
        ],
        &frozen(),
    );
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let new: Value = serde_saphyr::from_str(&out).unwrap();
    let schemas = &new["components"]["schemas"];
    let properties = &schemas["CreateReelRequest"]["properties"];
    assert_eq!(
        properties["cuts"]["items"]["$ref"],
        "#/components/schemas/CreateReelCutsItem"
    );
    assert_eq!(properties["marks"]["items"], json!({"type": "integer"}));
    let item = &schemas["CreateReelCutsItem"];
    assert_eq!(item["properties"]["start"]["type"], "integer", "{out}");
    assert_eq!(item["required"], json!(["start"]));
}

#[test]
fn a_changed_page_keeps_what_the_spec_has_and_takes_what_it_says() {
    let (text, new) = skeleton(
        "videos-seedance-2-generation.mdx",
        "seedance_2",
        "CreateSeedance2Request",
    );
    assert!(new.get("x-pages").is_none(), "{text}");
    let properties = &new["components"]["schemas"]["CreateSeedance2Request"]["properties"];
    // `ratio` was renamed.
    assert!(
        properties.get("ratio").is_none() && !text.contains("no longer shows"),
        "{text}"
    );
    assert_eq!(properties["aspect_ratio"]["x-field"], "aspect_ratio");
    assert!(
        properties["aspect_ratio"]["description"]
            .as_str()
            .unwrap()
            .contains("recommends")
    );
    assert_eq!(properties["duration"]["default"], 0);
    assert_eq!(
        properties["image_with_roles"]["items"]["$ref"],
        "#/components/schemas/ImageWithRole2"
    );
    let rows = new["x-models"].as_array().unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["seedance-2", "seedance-2-fast", "seedance-2-mini"]);
    assert_eq!(rows[0]["resolutions"], json!(["480p", "720p", "1080p", "4k"]));
    assert_eq!(
        rows[1],
        json!({"id": "seedance-2-fast", "like": "seedance-2", "resolutions": ["480p", "720p"]})
    );
}

#[test]
fn nested_members_have_a_component_of_their_own() {
    let (text, new) = skeleton(
        "videos-doubao-seedance-1-5-generation.mdx",
        "seedance_1",
        "CreateSeedance1Request",
    );
    let schemas = &new["components"]["schemas"];
    let metadata = json!({"$ref": "#/components/schemas/Seedance1Metadata"});
    assert_eq!(schemas["CreateSeedance1Request"]["properties"]["metadata"], metadata);
    // It was called `camera_fixed`, which no page named.
    let camera = &schemas["Seedance1Metadata"]["properties"]["camerafixed"];
    assert_eq!(camera["x-field"], "camera_fixed");
    assert_eq!(camera["default"], false);
    assert!(camera.get("x-unverified").is_none(), "{text}");
    let row = &new["x-models"][0];
    assert_eq!(row["resolutions"], json!(["480p", "720p", "1080p"]));
    assert!(row["inputs"].get("reference_image").is_none(), "{text}");
    assert_eq!(row["inputs"].as_object().unwrap().len(), 2);
}

#[test]
fn a_page_without_a_request_and_a_skeleton_without_a_name_are_refused() {
    let file = root()
        .join("tests/xtask/docs/toapis/rate-limits-async-tasks.mdx")
        .display()
        .to_string();
    let (code, out, err) = xtask(&["docs", "toapis", &file, "--page", "x", "--skeleton", "X"], &frozen());
    assert_eq!((code, out.as_str()), (100, ""), "{err}");
    let (code, _, err) = xtask(&["docs", "toapis", &file, "--skeleton", "X"], &frozen());
    assert!(code == 2 && err.contains("--page"), "{err}");
}
