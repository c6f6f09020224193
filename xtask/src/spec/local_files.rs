//! The tables in `docs/fields.md` of how local files reach a vendor, and what a file may be.

use std::fmt::Write as _;

use super::facts::{Facts, ROLES};
use super::uploads::{Media, Upload};

/// The tables of all vendors: uploads, and limits of files.
pub(super) fn tables(all: &[Facts]) -> [String; 2] {
    let uploads = all.iter().flat_map(|facts| {
        let name = &facts.vendor.name;
        facts
            .uploads
            .iter()
            .map(move |entry| upload(name, entry))
            .collect::<Vec<_>>()
    });
    let media = all.iter().flat_map(|facts| {
        let entries = facts.media.iter().map(move |entry| limits(facts, entry));
        entries.collect::<Vec<_>>()
    });
    [
        table(
            "Uploads of local files",
            [
                "Vendor",
                "Upload",
                "Types",
                "File size",
                "Source",
                "Requests per upload",
                "Lifetime",
                "Models",
            ],
            uploads.collect(),
        ),
        table(
            "Limits of files",
            [
                "Vendor",
                "Inputs",
                "Types",
                "File size",
                "Width and height",
                "Length",
                "Frame rate",
                "Request size with data URLs",
            ],
            media.collect(),
        ),
    ]
}

fn table(name: &str, head: [&str; 8], rows: Vec<[String; 8]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "**{name}**\n\n| {} |\n|{}\n",
        head.join(" | "),
        "---|".repeat(head.len())
    );
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out
}

fn upload(vendor: &str, upload: &Upload) -> [String; 8] {
    let reusable = if upload.reusable { "any number" } else { "1" };
    [
        vendor.to_owned(),
        format!("`{}`{}", upload.name, mark(upload.unverified)),
        upload.types.join(" "),
        match (upload.max_bytes, upload.above) {
            (None, None) => none(),
            (Some(most), None) => format!("≤ {}", size(most)),
            (None, Some(above)) => format!("> {}, smaller ones inline", size(above)),
            (Some(most), Some(above)) => format!("> {}, smaller ones inline; ≤ {}", size(above), size(most)),
        },
        upload.gives.name().to_owned(),
        reusable.to_owned(),
        upload.lives.map_or_else(none, |seconds| format!("{seconds} s")),
        match upload.models.as_slice() {
            [] => "all".to_owned(),
            models => quoted(models),
        },
    ]
}

fn limits(facts: &Facts, media: &Media) -> [String; 8] {
    let range = |bounds: Option<(f64, f64)>, unit: &str| {
        let range = bounds.map(|(low, high)| format!("{low}…{high}{unit}"));
        range.into_iter().collect::<Vec<String>>()
    };
    let mut picture = range(media.side.map(|(low, high)| (low.into(), high.into())), " px");
    picture.extend(range(media.ratio, "").iter().map(|ratio| format!("ratio {ratio}")));
    let mut length = range(media.seconds, " s");
    length.extend(media.total_seconds.map(|seconds| format!("≤ {seconds} s in all")));
    let bytes = |most: Option<u64>| most.map_or_else(none, |bytes| format!("≤ {}", size(bytes)));
    let or_none = |parts: Vec<String>| if parts.is_empty() { none() } else { parts.join(", ") };
    [
        facts.vendor.name.clone(),
        format!("{}{}", inputs(facts, &media.name), mark(media.unverified)),
        media.types.join(" "),
        bytes(media.max_bytes),
        or_none(picture),
        or_none(length),
        or_none(range(media.fps, "/s")),
        bytes(media.max_request_bytes),
    ]
}

/// The roles with these limits, and the models that have them: roles of the same models together.
fn inputs(facts: &Facts, media: &str) -> String {
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for &role in ROLES {
        let named = facts.models.iter().filter(|model| {
            model
                .inputs
                .get(role)
                .is_some_and(|input| input.media.as_deref() == Some(media))
        });
        let models: Vec<String> = named.map(|model| model.id.clone()).collect();
        match groups.iter_mut().find(|(_, known)| *known == models) {
            _ if models.is_empty() => {}
            Some((roles, _)) => roles.push(role),
            None => groups.push((vec![role], models)),
        }
    }
    let groups: Vec<String> = groups
        .iter()
        .map(|(roles, models)| {
            let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
            format!("{} of {}", quoted(&roles), quoted(models))
        })
        .collect();
    groups.join("; ")
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn mark(unverified: bool) -> &'static str {
    if unverified { " (unverified)" } else { "" }
}

fn none() -> String {
    "–".to_owned()
}

/// A number of bytes, in MiB or KiB where it is a whole number of them.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 2] = [(1024 * 1024, "MiB"), (1024, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}
