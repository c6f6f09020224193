use super::*;
use crate::model::{Obtained, SecretUrl, TaskId, TaskStatus, Usage, Vendor, Video, VideoTask};

fn reserved(low: &str, amount: &str, tokens: Option<&str>) -> Reserved {
    Reserved {
        amount: amount.parse().unwrap(),
        low: low.parse().unwrap(),
        currency: "USD".to_owned(),
        tokens: tokens.map(|price| TokenPrice {
            price: price.parse().unwrap(),
            per: 1_000_000,
        }),
        per_second: None,
        possible: Vec::new(),
    }
}

fn task(status: &str, estimate: Option<Reserved>, usage: Usage) -> VideoTask {
    let vendor = Vendor::ALL[0];
    let id = TaskId::new(vendor, vendor.families().next().unwrap(), "t").unwrap();
    let mut task = VideoTask::new(id, status.to_owned());
    task.status = TaskStatus::from_vendor(status);
    task.estimate = estimate;
    task.usage = Some(usage);
    task
}

#[test]
fn the_most_reliable_source_of_a_cost_is_used() {
    let usage = |completion: Option<i64>, total: Option<i64>, cost: Option<&str>| {
        let mut usage = Usage::default();
        (usage.completion_tokens, usage.total_tokens) = (completion, total);
        usage.cost = cost.map(|cost| cost.parse().unwrap());
        usage
    };
    let by_token = || Some(reserved("0.756", "0.756", Some("7.0")));
    for (status, estimate, usage, expected) in [
        // As the vendor says, whatever else is known, and however the task ended.
        (
            "completed",
            by_token(),
            usage(Some(108_900), None, Some("0.7")),
            "0.7 USD (reported by the vendor)",
        ),
        (
            "failed",
            None,
            usage(None, None, Some("0.10EUR")),
            "0.1 EUR (reported by the vendor)",
        ),
        (
            "completed",
            None,
            usage(None, None, Some("0")),
            "0 USD (reported by the vendor)",
        ),
        // The worked example of PRICES: one frame more than the formula.
        (
            "completed",
            by_token(),
            usage(Some(108_900), Some(1), None),
            "0.7623 USD (computed from usage)",
        ),
        (
            "completed",
            by_token(),
            usage(None, Some(108_000), None),
            "0.756 USD (computed from usage)",
        ),
        // A gateway that reports no tokens, or bills something else.
        (
            "completed",
            by_token(),
            usage(Some(0), Some(0), None),
            "0.756 USD (estimated)",
        ),
        (
            "completed",
            Some(reserved("0.5", "0.90", None)),
            usage(Some(108_900), None, None),
            "0.9 USD (estimated)",
        ),
        ("completed", None, usage(Some(108_900), None, None), ""),
        // Not finished, or not certainly billed.
        ("running", by_token(), usage(Some(108_900), None, None), ""),
        ("failed", by_token(), usage(Some(108_900), None, None), ""),
    ] {
        let task = task(status, estimate, usage);
        let cost = task.cost().map(|cost| cost.to_string()).unwrap_or_default();
        assert_eq!(cost, expected, "{task:?}");
    }
}

#[test]
fn the_length_that_the_vendor_decided_gives_the_cost() {
    let by_second = |low: &str, amount: &str| {
        let mut estimate = reserved(low, amount, None);
        estimate.per_second = Some("0.05".parse().unwrap());
        estimate
    };
    for (length, asked, expected) in [
        // A video has a frame more than its seconds.
        (Some(7.04), None, "0.35 USD (computed from usage)"),
        (
            Some(7.04),
            Some(VideoDuration::Seconds(15)),
            "0.35 USD (computed from usage)",
        ),
        (None, Some(VideoDuration::Seconds(6)), "0.3 USD (computed from usage)"),
        (None, Some(VideoDuration::Auto), "0.75 USD (estimated)"),
        (Some(0.0), None, "0.75 USD (estimated)"),
        (Some(f64::NAN), None, "0.75 USD (estimated)"),
        (None, None, "0.75 USD (estimated)"),
    ] {
        let mut task = task("completed", Some(by_second("0.2", "0.75")), Usage::default());
        task.parameters.duration = asked;
        task.video = Some(Video {
            url: SecretUrl::new("https://files.example.com/a.mp4".to_owned()),
            expires_at: None,
            format: None,
            duration: length,
            resolution: None,
            aspect_ratio: None,
            fps: None,
            frames: None,
            thumbnail: None,
        });
        assert_eq!(task.cost().unwrap().to_string(), expected, "{length:?} {asked:?}");
    }
}

#[test]
fn billed_units_are_seconds_only_where_the_price_is_by_the_second_and_the_amount_was_expected() {
    let by_second = |low: &str, amount: &str| {
        let mut estimate = reserved(low, amount, None);
        estimate.per_second = Some("0.05".parse().unwrap());
        estimate
    };
    for (estimate, units, expected) in [
        (by_second("0.2", "0.75"), "5", "0.25 USD (computed from usage)"),
        (by_second("0.2", "0.75"), "6.25", "0.3125 USD (computed from usage)"),
        (by_second("0.25", "0.25"), "5", "0.25 USD (computed from usage)"),
        // Thousands of tokens, or something else.
        (by_second("0.2", "0.75"), "108", "0.75 USD (estimated)"),
        (by_second("0.25", "0.25"), "1", "0.25 USD (estimated)"),
        (by_second("0", "0.75"), "0", "0.75 USD (estimated)"),
        (reserved("1.512", "1.512", Some("14")), "108", "1.512 USD (estimated)"),
        (reserved("2", "2", None), "1", "2 USD (estimated)"),
    ] {
        let usage = Usage {
            billable_units: Some(units.parse().unwrap()),
            ..Usage::default()
        };
        let task = task("completed", Some(estimate), usage);
        assert_eq!(task.cost().unwrap().to_string(), expected, "{units}");
        let is_known = task.unnamed_units().is_none();
        assert_eq!(is_known, expected.contains("computed"), "{units}");
    }
}

#[test]
fn costs_are_written_as_exact_text() {
    let cost = TaskCost::new("0.7623".parse().unwrap(), Obtained::Computed);
    let json = serde_json::json!(cost);
    assert_eq!(
        json.to_string(),
        r#"{"amount":"0.7623","currency":"USD","obtained":"computed"}"#
    );
    assert_eq!(serde_json::from_value::<TaskCost>(json).unwrap(), cost);
    let later = r#"{"amount":"1","currency":"USD","obtained":"guessed_by_a_later_version"}"#;
    let later: TaskCost = serde_json::from_str(later).unwrap();
    assert_eq!(later.obtained, Obtained::Estimated);
}
