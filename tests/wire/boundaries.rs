//! Every byte boundary of request and response, broken in every way, on every endpoint family.

use videogen::{Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::proxy::{How, Place, Proxy};
use super::{Tally, client};
use crate::cases::{newest, oldest};

async fn every_byte((vendor, model): (Vendor, &str)) {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let proxy = Proxy::new(&simulator, vendor).await;
    // Without retries, so that one call is one connection; retries are in `random`.
    let client = client(vendor, &proxy.base_url, videogen::RetryPolicy::never());
    let mut tally = Tally::default();
    let (mut tried, mut whole) = (0, [0, 0]);
    for (side, place) in [Place::Request as fn(usize) -> Place, Place::Answer]
        .into_iter()
        .enumerate()
    {
        // Until the message ends before the break.
        for at in 0.. {
            for how in [How::Fin, How::Reset, How::Stall, How::Garbage, How::Http2] {
                proxy.set(place(at), how);
                let prompt = format!("{side}-{at:05}");
                let result = client.submit(&VideoRequest::new(model, prompt.as_str())).await;
                assert_eq!(proxy.take_connections(), 1, "{vendor} {side} {at} {how:?}: sent again");
                tally.judge(&simulator, &proxy, &prompt, how, &result);
                tried += 1;
            }
            whole[side] = at;
            if !proxy.broke() {
                break;
            }
        }
    }
    assert!(whole.iter().all(|bytes| *bytes > 230), "{vendor}: {whole:?}");
    assert!(
        tally.ambiguous > tried / 2 && tally.accepted > 50,
        "{vendor}: {tally:?} of {tried}"
    );
    assert_eq!(tally.refused, 0);
}

#[tokio::test(start_paused = true)]
async fn videos() {
    every_byte(newest(Vendor::Token360)).await;
}

#[tokio::test(start_paused = true)]
async fn seedance_2() {
    every_byte(newest(Vendor::ToApis)).await;
}

#[tokio::test(start_paused = true)]
async fn seedance_1() {
    every_byte(oldest(Vendor::ToApis)).await;
}

#[tokio::test(start_paused = true)]
async fn generations() {
    every_byte(newest(Vendor::AllToken)).await;
}
