use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn collect(folder: &Path, recursive: bool, results: &[&str]) -> Collection {
    let results: Vec<_> = results.iter().map(|name| folder.join(name)).collect();
    let places = Places {
        folder,
        recursive,
        results: &results,
        journal: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(Collection::of(&places));
    found.unwrap_or_else(|failure| panic!("{}", failure.message))
}

/// The clips in the data of the page.
fn data(page: &str) -> Vec<Value> {
    let (_, rest) = page
        .split_once(r#"<script type="application/json" id="data">"#)
        .unwrap();
    let (text, _) = rest.split_once("</script>").unwrap();
    let data: Value = serde_json::from_str(text).unwrap();
    data["clips"].as_array().unwrap().clone()
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn videos_are_found() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "b.mp4",
        "A.MOV",
        "c.webm",
        "boat.last-frame.png",
        "notes.txt",
        ".videogen-1.mp4.part",
        ".hidden.mp4",
        "in/d.mp4",
        ".videogen-reserved/e.mp4",
    ] {
        write(folder.path(), name, "x");
    }
    fs::create_dir(folder.path().join("folder.mp4")).unwrap();
    let names = |recursive| -> Vec<String> {
        let found = collect(folder.path(), recursive, &[]);
        assert!(found.notes.is_empty(), "{:?}", found.notes);
        let clips = data(&page("t", &found.clips, &folder.path().canonicalize().unwrap()));
        let names = clips.iter().map(|clip| clip["name"].as_str().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(names(false), ["A.MOV", "b.mp4", "c.webm"]);
    assert_eq!(names(true), ["A.MOV", "b.mp4", "c.webm", "in/d.mp4"]);
}

#[test]
fn a_sidecar_describes_its_clip() {
    let folder = tempfile::tempdir().unwrap();
    let sidecar = json!({
        "request": {"model": "seedance-2.0", "prompt": "a paper boat", "duration": 6, "seed": 0, "generate_audio": false,
            "inputs": [{"role": "first_frame", "source": "file:/home/ada/boat.png"},
                {"role": "reference_image", "source": "https://files.example.com/sail.png?sig=canary"}]},
        "vendor": "token360",
        "task": {"id": "token360:videos:v-1", "status": "completed", "prompt": "a paper b", "parameters": {"duration": 5},
            "video": {"url": "https://files.example.com/v.mp4?sig=canary", "resolution": "720p"}, "raw": {"k": "canary"}},
        "submitted_at": "2026-11-27T21:10:30Z",
        "cost": {"amount": "0.7560", "currency": "USD", "obtained": "computed"},
        "sha256": "00",
        "a later version": {"has": "more"},
    });
    write(folder.path(), "boat.mp4", "x");
    write(folder.path(), "boat.mp4.json", &sidecar.to_string());
    write(folder.path(), "kite.mp4", "x");
    write(
        folder.path(),
        "kite.json",
        r#"{"outcome": "done", "request": {"prompt": "a kite"}}"#,
    );
    // Anything else is no sidecar.
    for (name, content) in [("a", "[1]"), ("b", r#"{"name": "b"}"#), ("c", "null")] {
        write(folder.path(), &format!("{name}.mp4"), "x");
        write(folder.path(), &format!("{name}.json"), content);
    }
    write(folder.path(), "d.mp4", "x");
    write(folder.path(), "d.mp4.json", "{");
    let found = collect(folder.path(), false, &[]);
    assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    assert!(found.notes[0].contains("d.mp4.json"), "{:?}", found.notes);
    let page = page("t", &found.clips, &folder.path().canonicalize().unwrap());
    assert!(!page.contains("canary") && !page.contains("/home/ada"));
    let clips = data(&page);
    let clip = |name: &str| clips.iter().find(|clip| clip["name"] == name).unwrap();
    let boat = clip("boat.mp4");
    let shorts: Vec<_> = boat["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["short"])
        .collect();
    let expected = ["6 s", "no audio", "seed 0", "first frame", "reference image", "720p"];
    assert_eq!(shorts, expected.map(Value::from).iter().collect::<Vec<_>>());
    assert_eq!(boat["parameters"][3]["value"], "boat.png");
    for (member, value) in [
        ("src", json!("./boat.mp4")),
        ("prompt", json!("a paper boat")),
        ("model", json!("seedance-2.0")),
        ("vendor_name", json!("Token360")),
        ("outcome", json!("done")),
        ("status", json!("completed")),
        (
            "cost",
            json!({"amount": "0.756", "currency": "USD", "obtained": "computed"}),
        ),
        ("submitted", json!("2026-11-27T21:10:30Z")),
        ("sources", json!(["sidecar"])),
    ] {
        assert_eq!(boat[member], value, "{member}");
    }
    assert_eq!(clip("kite.mp4")["prompt"], "a kite");
    for name in ["a.mp4", "b.mp4", "c.mp4", "d.mp4"] {
        assert_eq!(
            (&clip(name)["sources"], &clip(name)["outcome"]),
            (&json!(null), &json!(null)),
            "{name}"
        );
    }
}

#[test]
fn results_describe_clips_and_items_without_one() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "1.mp4", "one");
    write(folder.path(), "1-2.mp4", "second");
    write(folder.path(), "moved.mp4", "moved");
    write(folder.path(), "replaced.mp4", "another file");
    write(folder.path(), "below/5.mp4", "five");
    let file = |path: &str, bytes: u64| json!({"path": path, "bytes": bytes});
    let lines = [
        json!({"item": "1", "outcome": "failed", "vendor": "ark", "error": {"message": "the first try"}}),
        json!({"item": "1", "outcome": "done", "vendor": "ark", "file": file("1.mp4", 3), "further_files": [file("1-2.mp4", 6)],
            "task": {"id": "ark:tasks:t-1", "status": "completed", "prompt": "one"}, "simulated": true,
            "notes": [{"field": "size", "value": "2K", "reason": "it is not documented"}]}),
        json!({"item": "2", "outcome": "rejected", "error": {"kind": "balance", "message": "no balance at https://h.example/?k=canary"}}),
        json!({"item": "3", "outcome": "done", "file": file("/elsewhere/out/moved.mp4", 5), "prompt": "three"}),
        json!({"item": "4", "outcome": "done", "file": file("replaced.mp4", 3), "prompt": "four"}),
        json!({"item": "5", "outcome": "done", "file": "below/5.mp4", "prompt": "five"}),
        json!({"item": "6", "outcome": "failed", "task": {"id": "ark:tasks:t-6", "status": "expired", "error": {"code": "slow"}}}),
        json!({"odd": true}),
        json!({"outcome": "done", "id": 7}),
    ];
    let mut text: String = lines.iter().map(|line| format!("{line}\n\n")).collect();
    text.push_str("{\"item\": \"8\", \"outc");
    write(folder.path(), "jobs.results.jsonl", &text);
    write(
        folder.path(),
        "in/other.jsonl",
        r#"{"item": "9", "outcome": "skipped"}"#,
    );
    let found = collect(folder.path(), false, &["in/other.jsonl"]);
    let notes = found.notes.join("\n");
    assert!(
        notes.contains("line 15 of") && notes.contains("line 19 of") && found.notes.len() == 2,
        "{notes}"
    );
    assert_eq!((found.files(), found.clips.len()), (5, 10));
    let page = page("t", &found.clips, &folder.path().canonicalize().unwrap());
    assert!(!page.contains("canary"));
    let clips = data(&page);
    let shown = |clip: &Value| {
        let members = ["src", "item", "outcome", "prompt", "missing"];
        members.map(|member| clip[member].clone())
    };
    let rows: Vec<Value> = clips.iter().map(|clip| shown(clip).to_vec().into()).collect();
    for row in [
        json!(["./1.mp4", "1", "done", "one", null]),
        json!(["./1-2.mp4", "1", "done", "one", null]),
        json!(["./moved.mp4", "3", "done", "three", null]),
        json!(["./replaced.mp4", null, null, null, null]),
        json!(["./below/5.mp4", "5", "done", "five", null]),
        json!([null, "2", "rejected", null, null]),
        json!([null, "4", "done", "four", true]),
        json!([null, "6", "failed", null, null]),
        json!([null, null, "done", null, null]),
        json!([null, "9", "skipped", null, null]),
    ] {
        assert_eq!(
            rows.iter().filter(|other| **other == row).count(),
            1,
            "{row} in {rows:#?}"
        );
    }
    let item = |id: &str| clips.iter().find(|clip| clip["item"] == id).unwrap();
    assert_eq!(item("1")["simulated"], true);
    let note = "size = 2K: the vendor may refuse it: it is not documented";
    assert_eq!(item("1")["notes"], json!([note]));
    assert_eq!(item("2")["error"], "no balance at https://h.example/[masked]");
    assert_eq!(
        (&item("6")["error"], &item("6")["vendor_name"]),
        (&json!("slow"), &json!("BytePlus ModelArk"))
    );
}

/// Whatever is in a prompt or a name, the page keeps its structure, and the script reads the same text.
#[test]
fn texts_stay_texts() {
    let folder = tempfile::tempdir().unwrap();
    let prompts = [
        "<script>alert(1)</script>",
        "</script><!-- <script>",
        "\"quoted\" 'twice' & <b>",
        "]]> --> {{script}} {{data}}",
        "שלום \u{202e}gpj.exe",
        "👩🏽‍🚀 é \u{2028} \u{0} \\u003c",
        "line one\nline two",
    ];
    for (index, prompt) in prompts.iter().enumerate() {
        write(folder.path(), &format!("{index}.mp4"), "x");
        let sidecar = json!({"request": {"prompt": prompt}});
        write(folder.path(), &format!("{index}.mp4.json"), &sidecar.to_string());
    }
    let found = collect(folder.path(), false, &[]);
    let plain = page("t", &[], &folder.path().canonicalize().unwrap());
    let title = "\"</title><script>x</script> {{data}}";
    let page = page(title, &found.clips, &folder.path().canonicalize().unwrap());
    for tag in ["<script", "</script", "</title", "<!--"] {
        assert_eq!(page.matches(tag).count(), plain.matches(tag).count(), "{tag}");
    }
    assert!(page.contains("&quot;&lt;/title&gt;&lt;script&gt;x&lt;/script&gt; {{data}}"));
    let read: Vec<_> = data(&page)
        .iter()
        .map(|clip| clip["prompt"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(read, prompts);
}

/// Names are encoded, so that a link leads to its file and nowhere else.
#[test]
fn links_lead_to_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "a b#c?d%41.mp4",
        "é👩.mp4",
        "javascript:alert(1).mp4",
        "\"onerror='x'<.mp4",
    ];
    // Not every file system has these names.
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| fs::write(folder.path().join(name), "x").is_ok())
        .collect();
    let real = folder.path().canonicalize().unwrap();
    let found = collect(folder.path(), false, &[]);
    for (at, start) in [(real.clone(), "./"), (real.join("pages"), "./../")] {
        let base = url::Url::from_directory_path(&at).unwrap();
        let clips = data(&page("t", &found.clips, &at));
        assert_eq!(clips.len(), names.len());
        for clip in clips {
            let source = clip["src"].as_str().unwrap();
            assert!(source.starts_with(start) && source.is_ascii(), "{source}");
            let path = base.join(source).unwrap().to_file_path().unwrap();
            let name = path.strip_prefix(&real).unwrap().to_str().unwrap();
            assert!(names.contains(&name), "{source}");
        }
    }
}

#[test]
fn only_a_gallery_is_one() {
    let page = page("t", &[], Path::new("/"));
    let head = &page.as_bytes()[..usize::try_from(HEAD).unwrap().min(page.len())];
    assert!(is_gallery(head));
    for other in [
        "",
        "<!doctype html><meta name=\"generator\" content=\"Hugo\">",
        "videogen gallery",
    ] {
        assert!(!is_gallery(other.as_bytes()), "{other}");
    }
}

/// Everything that the template names is filled in.
#[test]
fn the_page_is_complete_and_names_no_other_host() {
    let page = page("t", &[], Path::new("/"));
    assert!(!page.contains("{{"));
    assert!(
        !page.contains("http:") && !page.contains("https:") && !page.contains("//www"),
        "{page}"
    );
    for word in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
    ] {
        assert!(!page.contains(word), "{word}: use text nodes");
    }
}
