use super::*;

const ADVICE: Poll = Poll {
    first: 5,
    every: (5, 10),
    give_up: None,
};

fn seconds(range: std::ops::Range<u64>) -> Durations {
    let mut seen = Durations::default();
    for taken in range.map(Duration::from_secs) {
        seen.observe(taken, taken);
    }
    seen
}

fn at(elapsed: u64, polls: u32) -> PollState {
    PollState {
        elapsed: Duration::from_secs(elapsed),
        polls,
        ..PollState::default()
    }
}

/// At every age of the task, with any observations.
#[test]
fn a_time_scale_shortens_every_pause_equally() {
    let scale = TimeScale::new(100.0).unwrap();
    let (policy, seen) = (PollPolicy::advised(&ADVICE), seconds(115..125));
    for (elapsed, polls) in [(0, 0), (60, 1), (118, 3), (500, 9)] {
        for last in [
            LastPoll::Running,
            LastPoll::NoUrl,
            LastPoll::Failed(Duration::from_secs(90)),
        ] {
            let state = PollState {
                last,
                ..at(elapsed, polls)
            };
            let faster = PollState {
                elapsed: scale.real(state.elapsed),
                ..state
            };
            let (pause, short) = (policy.pause(&seen, &state), policy.at(scale).pause(&seen, &faster));
            let apart = pause.abs_diff(scale.vendors(short));
            assert!(apart < Duration::from_millis(1), "{state:?}: {pause:?} {short:?}");
        }
    }
}

/// With any observations and any state.
#[test]
fn every_pause_stays_within_its_bounds() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..3_000 {
        let mut seen = Durations::default();
        for _ in 0..random.u32(0..30) {
            let from = random.f64() * 10_f64.powi(random.i32(-3..9));
            let to = from * (1.0 + random.f64());
            seen.observe(Duration::from_secs_f64(from), Duration::from_secs_f64(to));
        }
        let first = Duration::from_millis(random.u64(0..100_000));
        let shortest = Duration::from_millis(random.u64(0..100_000));
        let longest = Duration::from_millis(random.u64(0..200_000));
        let rarely = |random: &mut fastrand::Rng, other| if random.u32(0..8) == 0 { Duration::MAX } else { other };
        let [first, shortest, longest] = [first, shortest, longest].map(|pause| rarely(&mut random, pause));
        let request_cost = [0.0, 0.1, 1e300, -1.0, f64::NAN, f64::INFINITY][random.usize(0..6)];
        let mut policy = PollPolicy::within(shortest, longest).request_cost(request_cost);
        if random.bool() {
            policy = policy.first(first);
        }
        let state = PollState {
            elapsed: Duration::from_secs_f64(10_f64.powf(random.f64() * 16.0 - 3.0)),
            polls: random.u32(0..3),
            last: [LastPoll::Running, LastPoll::NoUrl, LastPoll::Failed(Duration::ZERO)][random.usize(0..3)],
            jitter: [0.0, 0.5, 1.0, -3.0, 17.0, f64::NAN][random.usize(0..6)],
        };
        let pause = policy.pause(&seen, &state);
        let (least, most) = match state.polls {
            0 => policy.first,
            _ => (shortest, longest.max(shortest)),
        };
        assert!((least..=most).contains(&pause), "{pause:?} {policy:?} {state:?}");
        assert_eq!(pause, policy.pause(&seen, &state), "the same twice");
        // Jitter moves it by at most a tenth of the shortest pause.
        let calm = policy.pause(&seen, &PollState { jitter: 0.0, ..state });
        assert!(
            pause >= calm && pause - calm <= shortest.mul_f64(0.11),
            "{calm:?} {pause:?}"
        );
        let retry_after = Duration::from_secs(1_000);
        let last = LastPoll::Failed(retry_after);
        assert!(policy.pause(&seen, &PollState { last, ..state }) >= retry_after);
    }
}

#[test]
fn without_observations_pauses_follow_the_advice() {
    let policy = PollPolicy::advised(&ADVICE);
    let seen = Durations::default();
    assert!(policy.pause(&seen, &at(0, 0)) >= Duration::from_secs(5));
    for elapsed in (10..5_000).step_by(10) {
        let pause = policy.pause(&seen, &at(elapsed, 1));
        assert!(
            pause >= Duration::from_secs(5) && pause <= Duration::from_secs(60),
            "{elapsed} {pause:?}"
        );
    }
    // Around the published durations, it polls about as often as advised.
    for elapsed in (40..300).step_by(10) {
        assert!(
            policy.pause(&seen, &at(elapsed, 2)) <= Duration::from_secs(12),
            "{elapsed}"
        );
    }
}

#[test]
fn it_learns_when_tasks_end() {
    let policy = PollPolicy::advised(&ADVICE);
    let seen = seconds(180..200);
    let (mut elapsed, mut polls, mut early) = (0.0, 0, 0);
    while elapsed < 180.0 {
        let mut state = at(0, polls);
        state.elapsed = Duration::from_secs_f64(elapsed);
        elapsed += policy.pause(&seen, &state).as_secs_f64();
        polls += 1;
        early += u32::from(elapsed < 150.0);
    }
    assert!(early <= 5, "{early} polls before any task was done");
    let pause = policy.pause(&seen, &at(185, 9));
    assert!(pause <= Duration::from_secs(6), "{pause:?}");
}

#[test]
fn a_missing_url_is_polled_for_soon() {
    let policy = PollPolicy::advised(&ADVICE);
    let state = PollState {
        last: LastPoll::NoUrl,
        ..at(1, 1)
    };
    assert_eq!(policy.pause(&seconds(290..300), &state), Duration::from_secs(5));
}

/// Simulates task after task with learning; returns requests and mean delay per task after a warm-up.
fn run(policy: &PollPolicy, duration: impl Fn(&mut fastrand::Rng) -> f64) -> (f64, f64) {
    let mut random = fastrand::Rng::with_seed(11);
    let mut seen = Durations::default();
    let (mut polls, mut delay) = (0_u32, 0.0);
    let (known, tasks) = if policy.shortest.as_secs_f64() < 0.2 {
        (30, 40)
    } else {
        (50, 200)
    };
    for task in 0..known + tasks {
        let taken = duration(&mut random);
        let mut state = PollState::default();
        let before = loop {
            state.jitter = random.f64();
            let before = state.elapsed;
            state.elapsed += policy.pause(&seen, &state);
            state.polls += 1;
            if state.elapsed.as_secs_f64() >= taken {
                break before;
            }
        };
        // Only observations from polling, without the vendor's timestamps.
        seen.observe(before, state.elapsed);
        if task >= known {
            polls += state.polls;
            delay += state.elapsed.as_secs_f64() - taken;
        }
    }
    (f64::from(polls) / f64::from(tasks), delay / f64::from(tasks))
}

#[test]
fn it_beats_fixed_intervals_on_both_axes() {
    fn normal(random: &mut fastrand::Rng) -> f64 {
        (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
    }
    type Law = fn(&mut fastrand::Rng) -> f64;
    let laws: [(&str, Law); 4] = [
        ("narrow", |random| 120.0 + 10.0 * normal(random)),
        ("wide", |random| {
            (90.0 * (0.3 * normal(random)).exp()).clamp(30.0, 300.0)
        }),
        ("two kinds", |random| {
            if random.f64() < 0.6 {
                50.0 + 4.0 * normal(random)
            } else {
                200.0 + 15.0 * normal(random)
            }
        }),
        ("late", |random| 30.0 - 60.0 * random.f64().max(1e-9).ln().max(-4.5)),
    ];
    for (name, law) in laws {
        // The advice of two vendors, and paces set by a caller; each against a fixed interval.
        for (shortest, request_cost, fixed) in [
            (5.0, 0.225, 10.0),
            (2.0, 0.09, 5.0),
            (0.3, 0.0035, 1.0),
            (0.05, 0.00006, 0.1),
        ] {
            let shortest = Duration::from_secs_f64(shortest);
            let policy = PollPolicy::within(shortest, LONGEST).request_cost(request_cost);
            let learned = run(&policy, law);
            let interval = Duration::from_secs_f64(fixed);
            let plain = run(&PollPolicy::within(interval, interval), law);
            // If all end times are equally likely, no pace is much better than a fixed one.
            let bound = if name == "late" { 1.12 } else { 1.0 };
            if (name, fixed) != ("late", 0.1) {
                assert!(
                    learned.0 < plain.0 * bound && learned.1 <= plain.1 * bound,
                    "{name}, {fixed} s: {learned:.2?} {plain:.2?}"
                );
            }
        }
    }
}
