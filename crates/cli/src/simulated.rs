//! The speed of a simulator on this machine, so that its tasks are polled at that speed. Uses no command.

use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use url::Host;

/// A simulator on this machine answers within this time.
const PATIENCE: Duration = Duration::from_millis(500);

/// The simulator's answer.
#[derive(Deserialize)]
struct Clock {
    speed: f64,
}

/// The speed of the simulator at a base URL, if it is faster than real time. Only servers on this machine are asked, and nothing
/// that is meant for the vendor, such as the key, is sent.
pub(crate) async fn speed(base_url: &str) -> Option<f64> {
    let mut url = Url::parse(base_url.trim()).ok()?;
    let is_local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    if !is_local || url.scheme() != "http" {
        return None;
    }
    url.set_path("/_sim/clock");
    url.set_query(None);
    // A base URL may have credentials, which are for its own paths.
    (url.set_username("").ok(), url.set_password(None).ok());
    let direct = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .ok()?;
    let answer = direct.get(url).send().await.ok()?.error_for_status().ok()?;
    let clock: Clock = answer.json().await.ok()?;
    (clock.speed.is_finite() && clock.speed > 1.0).then_some(clock.speed)
}
