//! Requests and delay per task: the polling policy compared with fixed intervals. No network and no clock: the policy
//! is pure.

use std::time::Duration;

use fastrand::Rng;
use videogen::Vendor;
use videogen::poll::{Durations, PollPolicy, PollState};

use crate::bodies;
use crate::plot::{self, Series};
use crate::result::Result;

/// Durations of tasks, in seconds.
type Law = fn(&mut Rng) -> f64;

/// Published figures: most tasks take 30 to 120 seconds at one vendor, one to five minutes at another, and three to
/// five minutes at high resolution. The distribution is not published, so there are several guesses.
const LAWS: [(&str, &str, Law); 4] = [
    ("uniform", "30 to 300 s, all alike", |random| {
        30.0 + 270.0 * random.f64()
    }),
    ("log-normal", "median 90 s, σ 0.5, cut to 30 to 300 s", |random| {
        (90.0 * (0.5 * normal(random)).exp()).clamp(30.0, 300.0)
    }),
    ("bimodal", "60 % at 75 ± 15 s, 40 % at 240 ± 25 s", |random| {
        if random.f64() < 0.6 {
            (75.0 + 15.0 * normal(random)).clamp(30.0, 120.0)
        } else {
            (240.0 + 25.0 * normal(random)).clamp(180.0, 300.0)
        }
    }),
    (
        "narrow",
        "120 ± 10 s: one model, one length, one resolution",
        |random| (120.0 + 10.0 * normal(random)).clamp(30.0, 300.0),
    ),
];

/// Fixed intervals, in seconds, and their users.
const FIXED: [(f64, &str); 4] = [(0.1, "0.1 s"), (1.0, "1 s"), (5.0, "5 s"), (10.0, "10 s")];

/// A normally distributed number.
pub(crate) fn normal(random: &mut Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
}

/// Cost of a polling policy: requests and seconds of delay per task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) requests: f64,
    pub(crate) delay: f64,
}

impl Cost {
    /// Better on both axes, or equal on one.
    fn beats(self, other: Self) -> bool {
        self.requests <= other.requests && self.delay <= other.delay
    }
}

/// A wait for one task.
pub(crate) struct Waited {
    pub(crate) polls: u32,
    /// The age of the task at the last poll but one.
    pub(crate) before: Duration,
    /// The age at the last poll.
    pub(crate) elapsed: Duration,
}

/// Waits for a task that takes this long, in seconds.
pub(crate) fn wait(policy: &PollPolicy, seen: &Durations, taken: f64, random: &mut Rng) -> Waited {
    let mut state = PollState::default();
    loop {
        state.jitter = random.f64();
        let before = state.elapsed;
        state.elapsed += policy.pause(seen, &state);
        state.polls += 1;
        if state.elapsed.as_secs_f64() >= taken {
            return Waited {
                polls: state.polls,
                before,
                elapsed: state.elapsed,
            };
        }
    }
}

/// Task after task. `learns`: with observations from polling, counted after a hundred tasks; otherwise without
/// observations.
fn ours(policy: &PollPolicy, law: Law, tasks: u32, learns: bool) -> Cost {
    let (mut earlier, mut jitter) = (Rng::with_seed(12), Rng::with_seed(13));
    let mut seen = Durations::default();
    let (mut requests, mut delay) = (0, 0.0);
    if learns {
        for _ in 0..100 {
            let waited = wait(policy, &seen, law(&mut earlier), &mut jitter);
            seen.observe(waited.before, waited.elapsed);
        }
    }
    for taken in durations(law, tasks) {
        let waited = wait(policy, &seen, taken, &mut jitter);
        if learns {
            seen.observe(waited.before, waited.elapsed);
        }
        requests += waited.polls;
        delay += waited.elapsed.as_secs_f64() - taken;
    }
    Cost {
        requests: f64::from(requests) / f64::from(tasks),
        delay: delay / f64::from(tasks),
    }
}

/// A fixed interval, with the first poll after one interval, for tasks that take this long, in seconds.
pub(crate) fn fixed(interval: f64, durations: impl Iterator<Item = f64>) -> Cost {
    let (mut requests, mut delay, mut tasks) = (0.0, 0.0, 0.0);
    for taken in durations {
        let polls = (taken / interval).ceil();
        requests += polls;
        delay += polls * interval - taken;
        tasks += 1.0;
    }
    Cost {
        requests: requests / tasks,
        delay: delay / tasks,
    }
}

/// The durations of tasks: the same for each policy.
fn durations(law: Law, tasks: u32) -> impl Iterator<Item = f64> {
    let mut random = Rng::with_seed(11);
    (0..tasks).map(move |_| law(&mut random))
}

/// The paces that `PollPolicy::within` can set: the shortest pause, and a minute at most.
fn paces() -> impl Iterator<Item = (f64, PollPolicy)> {
    (0..220).map(|step| {
        let shortest = 0.0005 * 1.05_f64.powi(step);
        let policy = PollPolicy::within(Duration::from_secs_f64(shortest), Duration::from_secs(60));
        (shortest, policy)
    })
}

/// The vendors' advice, as text, and the policies that follow it.
pub(crate) fn advised() -> impl Iterator<Item = (String, PollPolicy)> {
    // Token360 gives the same advice as ToAPIs.
    let vendors = bodies::VENDORS.into_iter().filter(|vendor| *vendor != Vendor::Token360);
    vendors.map(|vendor| {
        let advice = &vendor.facts().poll;
        let name = format!("{} to {} s", advice.every.0, advice.every.1);
        (name, PollPolicy::advised(advice))
    })
}

/// Prints the table and draws the plots.
///
/// # Errors
/// When a plot cannot be written.
pub fn run(quick: bool) -> Result<()> {
    let tasks = if quick { 20 } else { 2_000 };
    println!(
        "Durations: {}.\n",
        LAWS.map(|(name, what, _)| format!("{name} ({what})")).join("; ")
    );
    println!("| durations | vendor's advice, ours | requests per task | mean delay, s | fixed pace instead |");
    println!("|---|---|---|---|---|");
    let advised: Vec<(String, PollPolicy)> = advised().collect();
    for (name, _, law) in LAWS {
        for (advice, policy) in &advised {
            for (state, learns) in [("no observations", false), ("learned", true)] {
                let cost = ours(policy, law, tasks, learns);
                // The fixed interval with the same mean delay is twice that delay.
                let same = fixed(2.0 * cost.delay, durations(law, tasks));
                println!(
                    "| {name} | {advice}, {state} | {:.1} | {:.2} | {:.1} requests for the same delay |",
                    cost.requests, cost.delay, same.requests
                );
            }
        }
    }
    println!(
        "\n| durations | fixed | requests | delay, s | ours with `within(…)` | requests | delay, s | better on both |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, what, law) in LAWS {
        // The densest paces take thousands of steps for each task.
        let counted = |pace: f64| {
            if pace < 0.05 && !quick {
                tasks.div_ceil(10)
            } else {
                tasks
            }
        };
        let curve = |learns| -> Vec<(f64, Cost)> {
            let pace =
                |(shortest, policy): (f64, PollPolicy)| (shortest, ours(&policy, law, counted(shortest), learns));
            paces().skip(if quick { 132 } else { 0 }).map(pace).collect()
        };
        let (learned, cold) = (curve(true), curve(false));
        let intervals = FIXED.map(|(interval, label)| (label, fixed(interval, durations(law, tasks))));
        for (interval, label) in FIXED {
            // Of the same tasks. The pace that compares with an interval is never above it, nor far below a tenth of it.
            let tasks = counted(interval / 10.0);
            let cost = fixed(interval, durations(law, tasks));
            let comparable = learned.iter().filter(|(pace, _)| counted(*pace) == tasks);
            // The best one; if none is better on both axes, the nearest one.
            let excess = |ours: &Cost| (ours.requests / cost.requests).max(ours.delay / cost.delay);
            let best = comparable.min_by(|a, b| excess(&a.1).total_cmp(&excess(&b.1)));
            let (shortest, best) = best.ok_or("no paces")?;
            println!(
                "| {name} | {label} | {:.1} | {:.2} | from {shortest:.3} s | {:.1} | {:.2} | {} |",
                cost.requests,
                cost.delay,
                best.requests,
                best.delay,
                if best.beats(cost) {
                    "yes".to_owned()
                } else {
                    format!("no, within {:.0} %", 100.0 * (excess(best) - 1.0))
                }
            );
        }
        if quick {
            continue;
        }
        let points = |curve: &[(f64, Cost)]| curve.iter().map(|(_, cost)| (cost.requests, cost.delay)).collect();
        let series = [
            Series {
                name: "ours, learned".to_owned(),
                points: points(&learned),
                labels: Vec::new(),
                joined: true,
            },
            Series {
                name: "ours, no observations".to_owned(),
                points: points(&cold),
                labels: Vec::new(),
                joined: true,
            },
            Series {
                name: "fixed intervals".to_owned(),
                points: intervals.iter().map(|(_, cost)| (cost.requests, cost.delay)).collect(),
                labels: FIXED.map(|(_, label)| label.to_owned()).to_vec(),
                joined: true,
            },
        ];
        let title = format!("Durations {name}: {what}");
        plot::write(
            &format!("policy-{name}.svg"),
            &title,
            ["requests per task", "mean delay, s"],
            &series,
        )?;
    }
    Ok(())
}
