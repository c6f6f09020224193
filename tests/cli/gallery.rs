//! `videogen gallery`, and its page in headless Chromium.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{document, run, stderr, stdout};

const HOSTILE: &str =
    "<img src=x onerror=\"document.title='pwned'\"></script><script>document.title='pwned'</script> \u{202e}txt";
const RIGHT_TO_LEFT: &str = "סירת נייר שטה במורד רחוב גשום 🚣🏽‍♀️";

/// A clip that the simulator made, recorded in the journal.
fn generate(folder: &Path, prompt: &str, name: &str, more: &[&str]) -> Value {
    let output = ["-o", name, "--json", "--journal", "journal.db"];
    let arguments = [
        &["generate", "--simulate", prompt, "--duration", "4"][..],
        &output,
        more,
    ]
    .concat();
    let made = run(folder, &arguments);
    assert!(made.status.success(), "{}", stderr(&made));
    document(&made)
}

/// A folder `clips` with clips of each kind: in the journal, with a sidecar, in results, without any record, and items
/// without a clip.
fn clips(folder: &Path) {
    let clips = folder.join("clips");
    fs::create_dir(&clips).unwrap();
    generate(
        folder,
        "a kite above the sea",
        "clips/kite.mp4",
        &["--vendor", "toapis", "--seed", "7"],
    );
    generate(
        folder,
        HOSTILE,
        "clips/hostile.mp4",
        &["--vendor", "token360", "--resolution", "720p"],
    );
    let copy = |name: &str| fs::copy(clips.join("kite.mp4"), clips.join(name)).unwrap();
    copy("no record #1?.mp4");
    copy("boat.mp4");
    let sidecar = json!({
        "request": {"model": "seedance-2.0", "prompt": RIGHT_TO_LEFT, "duration": 6, "aspect_ratio": "16:9"},
        "vendor": "ark",
        "task": {"id": "ark:tasks:t-1", "status": "completed", "completed_at": "2026-11-27T21:12:00Z"},
        "submitted_at": "2026-11-27T21:10:30Z",
        "cost": {"amount": "0.1", "currency": "USD", "obtained": "computed"},
    });
    fs::write(clips.join("boat.mp4.json"), sidecar.to_string()).unwrap();
    // A result as the command prints it.
    let failed = run(
        folder,
        &[
            "generate",
            "--simulate",
            "a storm sim:fail",
            "--vendor",
            "token360",
            "--json",
        ],
    );
    let mut storm = document(&failed);
    storm["item"] = "storm".into();
    let bytes = copy("harbour.mp4");
    let lines = [
        json!({"item": "harbour", "outcome": "done", "vendor": "alltoken", "file": {"path": "clips/harbour.mp4", "bytes": bytes},
            "cost": {"amount": "0.20", "currency": "USD", "obtained": "estimated"},
            "task": {"id": "alltoken:generations:v-2", "status": "completed", "model": "seedance-1.5-pro",
                "prompt": "a harbour at dawn", "created_at": "2026-11-26T08:00:00Z"}}),
        storm,
        json!({"item": "calm", "outcome": "rejected", "vendor": "ark", "error": {"kind": "balance", "message": "the balance is too low"}}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(clips.join("jobs.results.jsonl"), lines).unwrap();
}

fn gallery(folder: &Path, more: &[&str]) -> Value {
    let output = run(
        folder,
        &[&["gallery", "clips", "--json", "--journal", "journal.db"][..], more].concat(),
    );
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    document(&output)
}

#[test]
fn a_page_is_written_and_only_a_gallery_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    clips(folder.path());
    let clips = folder.path().join("clips");
    let written = gallery(folder.path(), &[]);
    let size = fs::metadata(clips.join("index.html")).unwrap().len();
    let file = json!({"path": "clips/index.html", "bytes": size});
    assert_eq!(
        written,
        json!({"file": file, "clips": 5, "without_file": 2, "notes": []})
    );
    let output = run(folder.path(), &["gallery", "clips", "--journal", "journal.db"]);
    assert_eq!(stdout(&output), "clips/index.html: 5 clips, 2 items without a file\n");
    let output = run(folder.path(), &["gallery", "clips", "-q"]);
    assert_eq!(stdout(&output), "clips/index.html\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        fs::write(folder.path().join("usual"), "").unwrap();
        assert_eq!(mode(&clips.join("index.html")), mode(&folder.path().join("usual")));
    }

    let page = folder.path().join("mine.html");
    fs::write(&page, "mine").unwrap();
    let output = run(folder.path(), &["gallery", "clips", "-o", "mine.html"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(
        stderr(&output).contains("mine.html exists") && stderr(&output).contains("--overwrite"),
        "{}",
        stderr(&output)
    );
    assert_eq!(fs::read_to_string(&page).unwrap(), "mine");
    gallery(folder.path(), &["-o", "mine.html", "--overwrite", "--title", "Boats"]);
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("<title>Boats</title>") && text.contains("\"./clips/kite.mp4\""));
    // Nothing that the page is made from is replaced by it.
    for taken in [
        "clips/kite.mp4",
        "clips/boat.mp4.json",
        "clips/jobs.results.jsonl",
        "journal.db",
    ] {
        let before = fs::read(folder.path().join(taken)).unwrap();
        let output = run(
            folder.path(),
            &[
                "gallery",
                "clips",
                "-o",
                taken,
                "--overwrite",
                "--journal",
                "journal.db",
            ],
        );
        assert_eq!(output.status.code(), Some(2), "{taken}: {}", stderr(&output));
        assert_eq!(fs::read(folder.path().join(taken)).unwrap(), before, "{taken}");
    }
    for (arguments, code, word) in [
        (&["gallery", "none"][..], 7, "cannot read none"),
        (&["gallery", "mine.html"], 7, "cannot read mine.html"),
        (
            &["gallery", "clips", "--results", "none.jsonl"],
            7,
            "cannot read none.jsonl",
        ),
        (&["gallery", "clips", "-o", "none/page.html"], 7, "none"),
        (&["gallery", "clips", "-o", "clips"], 7, "clips is a folder"),
        (
            &["gallery", "clips", "--journal", "none.db"],
            2,
            "there is no journal at none.db",
        ),
    ] {
        let output = run(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(word), "{arguments:?}: {}", stderr(&output));
    }
    assert!(!folder.path().join("none.db").exists());
}

/// What the journal knows of a file is shown, unless the file is another one by now.
#[test]
fn the_journal_describes_its_files() {
    let folder = tempfile::tempdir().unwrap();
    clips(folder.path());
    let data = |more: &[&str]| {
        gallery(folder.path(), more);
        let page = fs::read_to_string(folder.path().join("clips/index.html")).unwrap();
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        let clips = data["clips"].as_array().unwrap().clone();
        move |name: &str| clips.iter().find(|clip| clip["name"] == name).unwrap().clone()
    };
    let clip = data(&[]);
    let kite = clip("kite.mp4");
    assert_eq!(kite["prompt"], "a kite above the sea");
    assert_eq!(
        (&kite["vendor"], &kite["sources"]),
        (&json!("toapis"), &json!(["journal"]))
    );
    assert_eq!(
        (&kite["outcome"], &kite["status"]),
        (&json!("done"), &json!("completed"))
    );
    let seed = json!({"name": "Seed", "value": "7", "short": "seed 7"});
    assert!(kite["parameters"].as_array().unwrap().contains(&seed), "{kite}");
    assert_eq!(clip("hostile.mp4")["prompt"], HOSTILE);
    assert_eq!(clip("no record #1?.mp4")["sources"], json!(null));
    fs::write(folder.path().join("clips/kite.mp4"), "another file").unwrap();
    assert_eq!(data(&[])("kite.mp4")["prompt"], json!(null));
}

/// Lowest contrast of text against the surface behind it.
const CONTRAST: &str = "(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const pixel = (colors) => {
        canvas.fillStyle = '#fff';
        for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let worst = [99, ''];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.matches('script, style, option, :disabled')) continue;
        const behind = [];
        for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
        const [a, b] = [pixel(behind), pixel([...behind, getComputedStyle(element).color])].map(luminance);
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < worst[0]) worst = [contrast, `${element.tagName}.${element.className} ${element.textContent}`];
    }
    return worst;
})()";

#[track_caller]
fn has_contrast(browser: &mut Browser) {
    let worst = browser.value(CONTRAST);
    assert!(worst[0].as_f64().unwrap() >= 4.5, "{worst}");
}

/// Whether the first frames of all clips in the window are shown.
const LOADED: &str = "[...document.querySelectorAll('#clips video')].filter((video) => {
    const { top, bottom } = video.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
}).every((video) => video.readyState >= 2)";
const SUMMARY: &str = "document.getElementById('summary').textContent";
/// The prompt on the focused card.
const FOCUSED: &str = "document.activeElement.querySelector('.prompt')?.textContent";
const CARDS: &str = "[...document.querySelectorAll('#clips .prompt:not(.wrong)')].map((prompt) => prompt.textContent)";

#[test]
fn the_page_in_a_browser() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    clips(folder.path());
    gallery(folder.path(), &[]);
    browser.resize(1280, 900);
    browser.prefer("prefers-color-scheme", "light");
    browser.open(&folder.path().join("clips/index.html"));
    browser.until(LOADED);
    let cards = browser.value(CARDS);
    let is = |at: usize| cards[at].as_str().unwrap();
    assert_eq!(cards.as_array().unwrap().len(), 7, "{cards}");
    // Newest first; four are of the last seconds, and one of no known time.
    for (at, prompt) in [(4, RIGHT_TO_LEFT), (5, "a harbour at dawn"), (6, "calm")] {
        assert_eq!(is(at), prompt, "{cards}");
    }
    assert!((0..4).any(|at| is(at) == HOSTILE), "{cards}");
    assert_eq!(
        browser.value(SUMMARY),
        "7 items · 4 done · 1 failed · 1 rejected · 1 no record · about 0.3 USD · 2 of unknown cost"
    );
    assert_eq!(browser.value("document.title"), "clips");
    assert_eq!(browser.value("document.scripts.length"), 2);
    has_contrast(&mut browser);
    browser.picture("desktop-light");

    // The filter.
    browser.press("/");
    browser.write("KITE toapis");
    assert_eq!(browser.value(CARDS), json!(["a kite above the sea"]));
    assert!(browser.value(SUMMARY).as_str().unwrap().starts_with("1 of 7 items"));
    browser.press("Escape");
    assert_eq!(browser.value("document.getElementById('search').value"), "");
    browser.value("(() => { const status = document.getElementById('status'); status.value = 'rejected'; status.dispatchEvent(new Event('change')); })()");
    assert_eq!(browser.value(CARDS), json!(["calm"]));
    assert!(browser.value(SUMMARY).as_str().unwrap().starts_with("1 of 7 items"));
    browser.press("/");
    browser.write("nothing has this");
    assert_eq!(browser.value("document.getElementById('unmatched').hidden"), false);
    has_contrast(&mut browser);
    browser.value("document.getElementById('reset').click()");
    assert_eq!(browser.value(CARDS).as_array().unwrap().len(), 7);
    browser.value("(() => { const sort = document.getElementById('sort'); sort.value = 'name'; sort.dispatchEvent(new Event('change')); })()");
    let named = ["boat", "calm", "harbour", "hostile", "kite", "no record", "storm"];
    assert_eq!(
        browser.value("document.querySelectorAll('#clips li').length"),
        named.len()
    );

    // The keyboard: by name, four in a row.
    browser.press("/");
    browser.press("Enter");
    assert_eq!(browser.value(FOCUSED), RIGHT_TO_LEFT);
    let columns =
        browser.value("getComputedStyle(document.getElementById('clips')).gridTemplateColumns.split(' ').length");
    assert_eq!(columns, 4);
    for (key, prompt) in [
        ("ArrowRight", "calm"),
        ("ArrowDown", "no record #1?.mp4"),
        ("ArrowLeft", "a kite above the sea"),
        ("ArrowUp", RIGHT_TO_LEFT),
        // There is no row above.
        ("ArrowUp", RIGHT_TO_LEFT),
        ("End", "a storm sim:fail"),
        ("Home", RIGHT_TO_LEFT),
        ("End", "a storm sim:fail"),
    ] {
        browser.press(key);
        let focused = browser.value(FOCUSED);
        assert!(focused.as_str().unwrap().ends_with(prompt), "{key}: {focused}");
    }
    assert_eq!(
        browser.value("document.querySelectorAll('.card[tabindex=\"0\"]').length"),
        1
    );

    // The viewer plays the clip.
    browser.press("Home");
    browser.until(LOADED);
    browser.press("Enter");
    browser.until("document.querySelector('#stage video')?.currentTime > 0.1");
    let playing = "(() => { const video = document.querySelector('#stage video'); return [video.paused, video.videoWidth > 0, video.error]; })()";
    assert_eq!(browser.value(playing), json!([false, true, null]));
    assert_eq!(
        browser.value("document.getElementById('viewer-prompt').textContent"),
        RIGHT_TO_LEFT
    );
    let facts = browser.value("[...document.querySelectorAll('#facts dd')].map((fact) => fact.textContent)");
    for fact in [
        "done completed",
        "BytePlus ModelArk",
        "6 s",
        "0.1 USD (computed from tokens)",
        "90 s",
        "ark:tasks:t-1",
        "boat.mp4",
    ] {
        assert!(facts.as_array().unwrap().contains(&fact.into()), "{fact}: {facts}");
    }
    has_contrast(&mut browser);
    browser.picture("viewer-light");
    browser.press(" ");
    assert_eq!(browser.value("document.querySelector('#stage video').paused"), true);
    browser.press("ArrowRight");
    assert_eq!(
        browser.value("document.getElementById('stage').textContent"),
        "the balance is too low"
    );
    browser.press("ArrowRight");
    assert_eq!(browser.value("document.getElementById('place').textContent"), "3 of 7");
    // A clip that is removed while it loads counts as one that failed to load.
    browser.until("document.querySelector('#stage video')?.readyState >= 2");
    browser.press("Escape");
    browser.until("!document.getElementById('viewer').open");
    browser.until(&format!("{FOCUSED} === 'a harbour at dawn'"));
    assert_eq!(browser.value("document.querySelectorAll('#stage video').length"), 0);
    let unnamed: Vec<_> = browser
        .controls()
        .into_iter()
        .filter(|(_, name)| name.trim().is_empty())
        .collect();
    assert!(unnamed.is_empty() && browser.controls().len() > 10, "{unnamed:?}");

    // Nothing was executed or requested but the page and its clips.
    assert_eq!(browser.value("document.title"), "clips");
    let requests = browser.requests();
    // The browser draws its own controls from `data:` URLs.
    let foreign: Vec<_> = requests
        .iter()
        .filter(|url| !url.starts_with("file://") && !url.starts_with("data:"))
        .collect();
    assert!(
        foreign.is_empty() && requests.iter().any(|url| url.ends_with("clips/boat.mp4")),
        "{requests:?}"
    );
    let problems = browser.problems();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_page_follows_the_system() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    clips(folder.path());
    gallery(folder.path(), &[]);
    browser.resize(1280, 900);
    browser.prefer("prefers-color-scheme", "dark");
    browser.open(&folder.path().join("clips/index.html"));
    browser.until(LOADED);
    let background = "getComputedStyle(document.body).backgroundColor";
    let dark = browser.value(background);
    has_contrast(&mut browser);
    browser.picture("desktop-dark");
    browser.prefer("prefers-color-scheme", "light");
    let light = browser.value(background);
    assert_ne!(light, dark);
    // The switch overrides the system, and is remembered.
    let choose = |theme: &str| {
        format!(
            "(() => {{ const theme = document.getElementById('theme'); theme.value = '{theme}'; theme.dispatchEvent(new Event('change')); }})()"
        )
    };
    browser.value(&choose("dark"));
    assert_eq!(browser.value(background), dark);
    browser.open(&folder.path().join("clips/index.html"));
    assert_eq!(browser.value(background), dark);
    browser.value(&choose(""));
    assert_eq!(browser.value(background), light);

    // A phone: nothing is wider than the window.
    for theme in ["light", "dark"] {
        browser.value(&choose(theme));
        browser.resize(390, 844);
        browser.value("scrollTo(0, 0)");
        browser.until(LOADED);
        assert_eq!(browser.value("document.documentElement.scrollWidth"), 390);
        browser.picture(&format!("phone-{theme}"));
        browser.value("document.querySelector('.frame[data-src]').closest('.card').click()");
        browser.until("document.querySelector('#stage video')?.readyState >= 2");
        assert_eq!(browser.value("document.getElementById('content').scrollWidth"), 390);
        has_contrast(&mut browser);
        browser.picture(&format!("phone-viewer-{theme}"));
        browser.press("Escape");
        browser.until("!document.getElementById('viewer').open");
    }
    let moves = "getComputedStyle(document.querySelector('.card')).transitionDuration";
    assert_ne!(browser.value(moves), "0s");
    browser.prefer("prefers-reduced-motion", "reduce");
    assert_eq!(browser.value(moves), "0s");
}

/// A browser limits the number of players, so only clips near the window have one.
#[test]
fn five_hundred_clips_open_with_few_players() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let clips = folder.path().join("clips");
    fs::create_dir(&clips).unwrap();
    generate(folder.path(), "a kite above the sea", "clips/1.mp4", &[]);
    for count in [1, 12, 500] {
        for number in 2..=count {
            fs::copy(clips.join("1.mp4"), clips.join(format!("{number}.mp4"))).unwrap();
        }
        gallery(folder.path(), &[]);
        browser.resize(1280, 900);
        browser.open(&clips.join("index.html"));
        assert_eq!(browser.value("document.querySelectorAll('#clips li').length"), count);
        for (device, width, height) in [("phone", 390, 844), ("desktop", 1280, 900)] {
            browser.resize(width, height);
            browser.until(LOADED);
            for theme in ["light", "dark"] {
                browser.prefer("prefers-color-scheme", theme);
                browser.picture(&format!("{device}-{count}-{theme}"));
            }
        }
    }
    let players = "document.querySelectorAll('#clips video[src]').length";
    assert!(browser.value(players).as_u64().unwrap() <= 40);
    browser.press("ArrowDown");
    browser.press("End");
    browser.until("document.activeElement.querySelector('video').readyState >= 2");
    browser.until(&format!("{players} <= 40"));
    let problems = browser.problems();
    assert!(problems.is_empty(), "{problems:#?}");
}
