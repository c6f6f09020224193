//! Random faults of the connection and of the vendor at once, with retries.

use std::time::Duration;

use videogen::{RetryPolicy, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::proxy::{How, Place, Proxy};
use super::{Tally, client};
use crate::cases::simulated;

/// The vendor's behaviour, often normal.
fn misdeed(random: &mut fastrand::Rng) -> Option<FaultKind> {
    let status = |code, headers: &[(&str, &str)]| FaultKind::Status {
        code,
        body: "{}".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    Some(match random.u8(0..24) {
        0 => FaultKind::DropBefore,
        1 => FaultKind::DropAfter,
        2 => FaultKind::Html(random.choice([200, 429, 500, 502, 503]).unwrap_or(200)),
        3 => FaultKind::Truncated,
        4 => status(429, &[("Retry-After", "1")]),
        5 => status(429, &[("Retry-After", "9999")]),
        6 => status(random.choice([400, 401, 402, 404, 422]).unwrap_or(400), &[]),
        7 => status(
            random.choice([408, 409, 500, 503, 504, 302]).unwrap_or(500),
            &[("Location", "/v1/videos")],
        ),
        _ => return None,
    })
}

async fn storm(seed: u64, tries: usize) {
    let mut random = fastrand::Rng::with_seed(seed);
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let mut targets = Vec::new();
    for (vendor, model) in crate::cases::targets() {
        let proxy = Proxy::new(&simulator, vendor).await;
        let retry = RetryPolicy::default().base_delay(Duration::from_millis(100));
        let client = client(vendor, &proxy.base_url, retry);
        targets.push((vendor, model, proxy, client));
    }
    let mut tally = Tally::default();
    for turn in 0..tries {
        let (vendor, model, proxy, client) = &targets[random.usize(0..targets.len())];
        let at = random.usize(0..1_200);
        let place = if random.bool() {
            Place::Request(at)
        } else {
            Place::Answer(at)
        };
        let ways = [How::Fin, How::Reset, How::Stall, How::Garbage, How::Http2];
        let how = random.choice(ways).unwrap_or(How::Fin);
        proxy.set(place, how);
        if let Some(kind) = misdeed(&mut random) {
            simulator.inject(Fault::new(simulated(*vendor), Operation::Submit, kind));
        }
        let prompt = format!("{turn} {}", "words ".repeat(random.usize(0..40)));
        let result = client.submit(&VideoRequest::new(*model, prompt.trim())).await;
        proxy.take_connections();
        tally.judge(&simulator, proxy, prompt.trim(), how, &result);
        // Unused faults must not affect the next one.
        simulator.clear_faults();
    }
    let Tally {
        accepted,
        ambiguous,
        refused,
        ..
    } = tally;
    assert_eq!(accepted + ambiguous + refused, tries);
    assert!(
        accepted.min(ambiguous).min(refused) > tries / 50,
        "seed {seed}: {tally:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn five_thousand_faults() {
    storm(fastrand::u64(..), 5_000).await;
}

#[tokio::test(start_paused = true)]
async fn five_thousand_more() {
    storm(fastrand::u64(..), 5_000).await;
}
