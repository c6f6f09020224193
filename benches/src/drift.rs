//! The polling policy when durations drift through the day, compared with the best fixed interval that can be chosen
//! afterwards. Pure, as `policy`.

use std::f64::consts::TAU;

use fastrand::Rng;
use videogen::poll::{Durations, PollPolicy};

use crate::policy::{Cost, advised, fixed, normal, wait};

/// Durations around a median, in seconds.
type Law = fn(&mut Rng, f64) -> f64;

/// The width of durations at any time of the day.
const LAWS: [(&str, Law); 3] = [
    ("log-normal, σ 0.5", |random, median| {
        median * (0.5 * normal(random)).exp()
    }),
    ("log-normal, σ 0.2", |random, median| {
        median * (0.2 * normal(random)).exp()
    }),
    ("± 10 s", |random, median| median + 10.0 * normal(random)),
];
/// Tasks of a day, evenly distributed.
const PER_DAY: [u32; 4] = [24, 100, 500, 5_000];
/// Tasks of each case, after those of the first day.
const TASKS: u32 = 4_000;

/// The median at a time of the day: between 45 and 240 s, most of what the vendors publish (30 s to 5 min).
fn median(day: f64) -> f64 {
    let (low, high) = (45_f64.ln(), 240_f64.ln());
    (f64::midpoint(low, high) + (high - low) / 2.0 * (TAU * day).sin()).exp()
}

/// Tasks and their cost.
#[derive(Default)]
struct Part {
    durations: Vec<f64>,
    requests: f64,
    delay: f64,
}

impl Part {
    fn cost(&self) -> Cost {
        let tasks = self.durations.len() as f64;
        Cost {
            requests: self.requests / tasks,
            delay: self.delay / tasks,
        }
    }

    /// Its requests, relative to the fixed interval with the same delay.
    fn requests_to_fixed(&self) -> f64 {
        let cost = self.cost();
        cost.requests / fixed(2.0 * cost.delay, self.durations.iter().copied()).requests
    }

    /// Its sum of delay and request cost, relative to that of the best fixed interval.
    fn sum_to_best(&self, request_cost: f64) -> f64 {
        let sum = |cost: Cost| cost.delay + request_cost * cost.requests;
        let intervals = (0..400).map(|step| 0.05 * 1.02_f64.powi(step));
        let best = intervals.map(|interval| sum(fixed(interval, self.durations.iter().copied())));
        sum(self.cost()) / best.fold(f64::INFINITY, f64::min)
    }
}

/// Prints the table.
pub fn run(quick: bool) {
    println!(
        "\n| durations | tasks a day | vendor's advice | requests per task | mean delay, s | requests to the fixed pace \
         with the same delay | the same in the worst hour | delay and request cost to the best fixed pace |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, law) in LAWS {
        for per_day in PER_DAY {
            for (advice, policy) in advised() {
                let days = if quick { 1 } else { (TASKS / per_day).max(2) };
                let hours = hours(&policy, law, per_day, days);
                let mut day = Part::default();
                for hour in &hours {
                    day.durations.extend(&hour.durations);
                    day.requests += hour.requests;
                    day.delay += hour.delay;
                }
                let worst = hours.iter().map(Part::requests_to_fixed).fold(0.0, f64::max);
                let Cost { requests, delay } = day.cost();
                println!(
                    "| {name} | {per_day} | {advice} | {requests:.1} | {delay:.2} | {:.2} | {worst:.2} | {:.2} |",
                    day.requests_to_fixed(),
                    day.sum_to_best(policy.request_cost),
                );
            }
        }
    }
}

/// The hours of the day, over all days but the first.
fn hours(policy: &PollPolicy, law: Law, per_day: u32, days: u32) -> Vec<Part> {
    let mut random = Rng::with_seed(11);
    let mut seen = Durations::default();
    let mut hours: Vec<Part> = (0..24).map(|_| Part::default()).collect();
    for task in 0..(days + 1) * per_day {
        let time = f64::from(task % per_day) / f64::from(per_day);
        let taken = law(&mut random, median(time)).clamp(30.0, 300.0);
        let waited = wait(policy, &seen, taken, &mut random);
        seen.observe(waited.before, waited.elapsed);
        if task >= per_day {
            let hour = &mut hours[(24.0 * time) as usize];
            hour.durations.push(taken);
            hour.requests += f64::from(waited.polls);
            hour.delay += waited.elapsed.as_secs_f64() - taken;
        }
    }
    hours
}
