//! Pages with prices.

use super::*;

/// The page in each form in which it may be saved, and the text of a price of `studio-2` in it.
const FORMS: [(&str, &str, &str); 2] = [
    (
        "prices.html",
        "<td>720p</td><td>7.0</td><td>60</td>",
        "<td>720p</td><td>8.26</td><td>60</td>",
    ),
    (
        "prices.md",
        "| `studio-2` | 720p | 7.0 |",
        "| `studio-2` | 720p | 8.26 |",
    ),
];

struct Shop {
    copy: tempfile::TempDir,
    page: String,
}

impl Shop {
    /// The frozen specs, and a page next to them.
    fn with(file: &str) -> Self {
        let copy = copy_of_specs();
        let page = copy.path().join(file).display().to_string();
        let shop = Self { copy, page };
        shop.save(&text(file));
        shop
    }

    fn save(&self, text: &str) {
        fs::write(&self.page, text).expect("writable");
    }

    fn docs(&self, more: &[&str]) -> (u8, String) {
        let args = [&["docs", "studio", self.page.as_str()], more].concat();
        let (code, out, err) = xtask(&args, self.copy.path());
        (code, out + &err)
    }
}

#[test]
fn a_page_of_prices_is_compared_and_kept() {
    for (file, ..) in FORMS {
        let shop = Shop::with(file);
        let (code, out) = shop.docs(&[]);
        assert_eq!(code, 0, "{file}: {out}");
        assert!(
            out.contains("(page `prices`): in agreement; never kept"),
            "{file}: {out}"
        );
        assert!(
            out.contains("  read as: prices; 0 operations, 0 parameters, examples of 0 bodies, 4 prices\n"),
            "{file}: {out}"
        );
        let (code, out) = shop.docs(&["--keep"]);
        assert!(code == 0 && out.contains("kept now"), "{file}: {out}");
        let kept = load(shop.copy.path(), "studio", "prices")
            .expect("sound")
            .expect("kept");
        assert_eq!(kept.facts.prices.len(), 4, "{file}");
        assert_eq!(kept.facts.last, "price of studio-1", "{file}");
        let (code, out) = shop.docs(&[]);
        assert_eq!((code, out.lines().count()), (0, 2), "{file}: {out}");
    }
}

/// What `cargo xtask docs` says of a vendor's new price, whether the page was kept before or not.
#[test]
fn a_changed_price_is_one_line() {
    for (file, old, new) in FORMS {
        for is_kept in [true, false] {
            let shop = Shop::with(file);
            if is_kept {
                assert_eq!(shop.docs(&["--keep"]).0, 0, "{file}");
            }
            let before = text(file);
            assert_eq!(before.matches(old).count(), 1, "{file}");
            shop.save(&before.replace(old, new));
            let (code, out) = shop.docs(&[]);
            assert_eq!(code, 1, "{file}: {out}");
            let rendered: Vec<&str> = out.lines().filter(|line| line.starts_with("  ")).skip(1).collect();
            assert_eq!(
                rendered[0],
                "  price of studio-2, resolution 720p: price: the page has `8.26 per 1000000 tokens (+18 %)`, the spec \
                 `7.0 USD per 1000000 tokens`",
                "{file}: {out}"
            );
            // Its place on the page and in the spec, and nothing else.
            assert!(
                rendered[1].starts_with("    page, line ") && rendered[1].contains("8.26"),
                "{file}: {out}"
            );
            assert_eq!(
                rendered[2..],
                ["    specs/studio.yaml: /x-prices/0/rates/0/price"],
                "{file}: {out}"
            );
        }
    }
}

#[test]
fn prices_that_the_spec_follows_are_changes_since_the_page_was_kept() {
    for (file, ..) in FORMS {
        let shop = Shop::with(file);
        assert_eq!(shop.docs(&["--keep"]).0, 0, "{file}");
        shop.save(&text(file).replace("$0.05", "$0.06"));
        let spec = shop.copy.path().join("specs/studio.yaml");
        let before = fs::read_to_string(&spec).expect("frozen");
        fs::write(&spec, before.replace("{price: '0.05'}", "{price: '0.06'}")).expect("writable");
        let (code, out) = shop.docs(&[]);
        assert_eq!(code, 1, "{file}: {out}");
        assert!(
            out.contains("    price of studio-1, any: price: `0.05` became `0.06` (line "),
            "{file}: {out}"
        );
        assert!(
            !out.contains("changed lines") && !out.contains("the page has"),
            "{file}: {out}"
        );
        assert_eq!(shop.docs(&["--keep"]).0, 0, "{file}");
        assert_eq!(shop.docs(&[]).0, 0, "{file}");
    }
}

#[test]
fn what_only_one_side_has_is_reported() {
    for (file, ..) in FORMS {
        let shop = Shop::with(file);
        let is_row = |line: &&str| line.contains("1080p") && line.contains("7.7");
        let text_of = text(file);
        let without: Vec<&str> = text_of.lines().filter(|line| !is_row(line)).collect();
        shop.save(&without.join("\n"));
        let (code, out) = shop.docs(&[]);
        assert_eq!(code, 1, "{file}: {out}");
        let gone = "  price of studio-2, studio-2-fast, resolution 1080p: price: the spec has `7.7`, the page does not show it\n";
        assert!(out.contains(gone), "{file}: {out}");

        let price = if file.ends_with("md") {
            "| Studio 1 | $0.05 / second |"
        } else {
            "<td>$0.05 / second</td>"
        };
        let by_clip = text(file).replace(price, &price.replace("0.05 / second", "0.40 / clip"));
        shop.save(&by_clip);
        let (code, out) = shop.docs(&[]);
        assert_eq!(code, 1, "{file}: {out}");
        let unit = "  price of studio-1, any: price: the page has `0.40 per clip`, the spec `0.05 USD per second`\n";
        assert!(out.contains(unit), "{file}: {out}");
    }
}

#[test]
fn from_a_page_with_other_prices_nothing_is_concluded() {
    let shop = Shop::with("prices.md");
    let of_others = text("prices.md")
        .replace("studio-2", "easel-2")
        .replace("Studio 1", "Easel 1");
    shop.save(&of_others);
    let (code, out) = shop.docs(&["--page", "prices"]);
    assert_eq!(code, 3, "{out}");
    shop.save(
        &text("prices.md")
            .replace("studio-2", "easel-2")
            .replace("# Studio prices", "# Offers"),
    );
    let (code, out) = shop.docs(&[]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("only 1 of the 3 models are in it whose prices the spec has from it"),
        "{out}"
    );
}

/// The specs of the vendors, with a page in our own words that has the amounts of one's price table.
#[test]
fn a_changed_price_of_a_vendor_is_one_line() {
    let copy = copy_from(root());
    let page = copy.path().join("ark-prices.md").display().to_string();
    let docs = |text: &str, more: &[&str]| {
        fs::write(&page, text).expect("writable");
        let args = [&["docs", "ark", page.as_str(), "--page", "prices"], more].concat();
        let (code, out, err) = xtask(&args, copy.path());
        (code, out + &err)
    };
    let before = text("ark-prices.md");
    let (code, out) = docs(&before, &[]);
    assert!(
        code == 0 && out.contains("(page `prices`): in agreement; never kept"),
        "{out}"
    );
    assert_eq!(docs(&before, &["--keep"]).0, 0);
    for (old, new, line, place) in [
        (
            "480p, 720p | 7.0 | 4.3",
            "480p, 720p | 8.26 | 4.3",
            "  price of dreamina-seedance-2-0-260128, without reference_video, resolution 480p or 720p: price: the page has `8.26 per \
             1000000 tokens (+18 %)`, the spec `7.0 USD per 1000000 tokens`",
            "/x-prices/0/rates/0/price",
        ),
        (
            "- | 1.0 | 0.5",
            "- | 0.9 | 0.5",
            "  price of seedance-1-0-pro-fast-251015, generate_audio false: price: the page has `0.9 per 1000000 tokens (-10 %)`, the \
             spec `1.0 USD per 1000000 tokens`",
            "/x-prices/6/rates/1/price",
        ),
    ] {
        assert_eq!(before.matches(old).count(), 1, "{old}");
        let (code, out) = docs(&before.replace(old, new), &[]);
        assert_eq!(code, 1, "{out}");
        let rendered: Vec<&str> = out.lines().filter(|line| line.starts_with("  ")).skip(1).collect();
        assert_eq!((rendered[0], rendered.len()), (line, 3), "{out}");
        assert!(
            rendered[1].starts_with("    page, line ") && rendered[2].ends_with(place),
            "{out}"
        );
    }
}
