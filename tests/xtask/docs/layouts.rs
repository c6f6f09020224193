//! Each layout's reader, fact by fact, and differences that it ignores.

use xtask::docs::layouts::{Words, best};
use xtask::docs::page::Page;

use super::*;

/// Every parameter on one line: place, name, type, `!` when required, values, default, bounds.
fn read(text: &str, words: &[&str]) -> (String, Vec<String>) {
    let page = Page::read(text.as_bytes()).unwrap_or_else(|reason| panic!("{reason}: {text}"));
    let words: Words = words.iter().map(|word| (*word).to_owned()).collect();
    let (layout, found) = best(&page.lines, &words).unwrap_or_else(|| panic!("nothing in {text}"));
    let lines = found.iter().map(|known| {
        let mut line = format!("{} {}", known.place, known.name);
        if let Some(kind) = &known.kind {
            line += &format!(" {kind}");
        }
        if known.required {
            line += "!";
        }
        if !known.values.is_empty() {
            line += &format!(" {}", known.values.join("|"));
        }
        if let Some(default) = &known.default {
            line += &format!(" ={default}");
        }
        for (sign, bound) in [(">=", known.minimum), ("<=", known.maximum), ("len ", known.max_length)] {
            if let Some(bound) = bound {
                line += &format!(" {sign}{bound}");
            }
        }
        line
    });
    (layout.to_owned(), lines.collect())
}

#[test]
fn name_and_type_on_one_line() {
    let page = "Request Body\nobjectobjectrequiredWhat goes in.\nkind_of_arrayenum<string>\nOne of: a, b or c.\n\
                nested.sizeintegerBetween bounds (1-10). Default: 3\nlist_idsarray<string>optionalMany.\n\
                string of words, no parameter\nlimitintegerdefault:20required\nsecondsintegerrequireddefault:5\n\
                formatstringdefault:\"mp4\"Type of file, required by some.\nratiostringdefault:16:9How wide.\n\
                Query Parameters\npage integer required\nResponse\nidstringName.\n";
    let (layout, found) = read(page, &[]);
    assert_eq!(layout, "name and type on one line");
    assert_eq!(
        found,
        [
            "request object object!",
            "request kind_of_array string a|b|c",
            "request nested.size integer =3 >=1 <=10",
            "request list_ids array<string>",
            "request limit integer! =20",
            "request seconds integer! =5",
            r#"request format string ="mp4""#,
            r#"request ratio string ="16:9""#,
            "query page integer!",
            "response id string",
        ]
    );
}

#[test]
fn name_above_type() {
    let page = "Body\nmode\nenum<string>\nrequired\ndefault:\"slow\"\nHow.Options:\n  • slow - Takes long\n  • fast\nAs you like.\n\
                speed\nnumber\nHow quick.\nRequired range: 0 <= x <= 9\nname\nstring\nUp to 12 characters.\n\
                parts\nobject[]\nRules:\n  • one part is one part\nflag\nboolean\ndefault:true\nOn or off.\n\
                limit\nintegerdefault:20required\nHow many.\n\
                Response\nid\nstring\nName.\nstate\nstring\nTask status\n  • on - Is on\n  • off - Is off\n";
    let (layout, found) = read(page, &[]);
    assert_eq!(layout, "name above type");
    assert_eq!(
        found,
        [
            r#"request mode string! slow|fast ="slow""#,
            "request speed number >=0 <=9",
            "request name string len 12",
            "request parts array<object>",
            "request flag boolean =true",
            "request limit integer! =20",
            "response id string",
            "response state string on|off",
        ]
    );
}

#[test]
fn name_dash_words() {
    let words = ["mode", "size", "type", "role", "tail", "list", "on", "off"];
    let page = "Request Parameters\nmode(required) — How it is donesize— A number, up to 20 characterslist— Array of things. \
                Each hastype(a/b) androle(c/d)shape— Form:1:1/2:3my_size- Something newtail- (default 4, max 9)\n\
                State Values\non— It ison the wayoff- It is not\nOther\n";
    let (layout, found) = read(page, &words);
    assert_eq!(layout, "name, dash, words");
    assert_eq!(
        found,
        [
            "request mode!",
            "request size len 20",
            "request list array",
            "request list.type a|b",
            "request list.role c|d",
            // `shape` is not a known name, but follows a bracket; `my_size` is not `size`.
            "request shape 1:1|2:3",
            "request my_size",
            "request tail =4 <=9",
            "response state on|off",
        ]
        .map(str::to_owned)
    );
}

#[test]
fn tables() {
    let page = "# Make it\n\n## Body\n\n| **Field** | Type | Mandatory | Default | Description |\n|---|---|---|---|---|\n\
                | `mode` | `enum<string>` | ✓ | `slow` | How. One of: `slow`, `fast`. |\n| └ `in.size` | int | No | 5 | Range: 1 to 9 |\n\
                | parts[].url* | string | | | Where |\n\n## Errors\n\n| Name | Type |\n|---|---|\n| oops | string |\n\n\
                ## Response\n\n| Name | Type |\n|---|---|\n| id | string |\n";
    let (layout, found) = read(page, &[]);
    assert_eq!(layout, "table");
    assert_eq!(
        found,
        [
            r#"request mode string! slow|fast ="slow""#,
            "request in.size integer =5 >=1 <=9",
            "request parts.url string!",
            "response id string",
        ]
    );
}

/// White space and markup are ignored.
#[test]
fn spaces_and_markup_change_nothing() {
    let spread = |text: &str| {
        text.lines()
            .map(|line| format!("\t {} \u{a0}\r\n\r\n", line.replace(' ', "  ")))
            .collect::<String>()
    };
    let tight = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    let wrapped = |text: &str| {
        let text = text
            .replace("<div", "<section><div data-x='1 > 0'")
            .replace("</div>", "</div></section>");
        text.replace("<p>", "<p class=\"a\">\n   ")
            .replace("<code", "<b><code")
            .replace("</code>", "</code></b>")
    };
    for (vendor, page, file) in PAGES {
        let (desk, text) = (desk(vendor), text(file));
        let html = file.ends_with(".html");
        let variants = if html {
            vec![wrapped(&text), text.replace('\n', "\r\n")]
        } else {
            vec![spread(&text), tight(&text)]
        };
        for variant in variants {
            assert_ne!(variant, text);
            let facts = desk
                .facts(variant.as_bytes())
                .unwrap_or_else(|reason| panic!("{file}: {reason}"));
            assert_same_facts(vendor, page, file, &facts);
            let (desk, state) = standing(vendor, page, file);
            let report = report(desk, &variant);
            assert_eq!(report.state, state, "{}", shown(&report, vendor));
        }
    }
}

#[test]
fn the_hash_is_of_the_text() {
    let hash = |text: &str| Page::read(text.as_bytes()).expect("a page").hash();
    let page = text("glued.txt");
    assert_eq!(hash(&page), hash(&page.replace('\n', "\r\n\n")));
    assert_ne!(hash(&page), hash(&page.replace("dice", "dices")));
    assert_eq!(hash("<div>a <b>b</b></div>"), hash("a b"));
}

/// A page saved by a browser has its address.
#[test]
fn the_address_identifies_the_page() {
    let desk = own("token360", "create", "glued.html");
    let url = "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request";
    let untitled = text("glued.html").replace("Submit video generation request", "Docs");
    for mark in [
        format!("<!-- saved from url=(0101){url}/ -->\n<head>"),
        format!("<head><link rel=\"canonical\" href=\"{url}?lang=en\">"),
        format!("<head><meta property=\"og:url\" content=\"{url}\">"),
    ] {
        let report = report(desk, &untitled.replace("<head>", &mark));
        assert_eq!(report.page.as_deref(), Some("create"));
        // Only the title is another.
        let changed: Vec<_> = report.changed.iter().map(|line| line.now.as_deref()).collect();
        assert_eq!(changed, [Some("Docs")], "{}", shown(&report, "token360"));
    }
}
