//! The table of uploads in docs/guide.md.

use videogen::Vendor;

const PAGE: &str = include_str!("../../docs/guide.md");

#[test]
fn the_guide_lists_every_way_of_upload() {
    let mut rows = Vec::new();
    for vendor in Vendor::ALL {
        for way in vendor.facts().uploads {
            let types: Vec<&str> = way.types.iter().filter_map(|kind| kind.split('/').nth(1)).collect();
            let most = way
                .max_bytes
                .map_or("–".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
            let used = if way.reusable { "again and again" } else { "once" };
            let (name, types, gives) = (way.name, types.join(", "), way.gives);
            rows.push(format!(
                "| {} | `{name}` | {types} | {most} | {gives} | {used} |",
                vendor.name()
            ));
        }
    }
    let listed: Vec<&str> = PAGE.lines().filter(|line| rows.iter().any(|row| row == line)).collect();
    assert_eq!(
        listed,
        rows,
        "docs/guide.md, \"Local files\", should list:\n{}",
        rows.join("\n")
    );
}
