//! Simulated waits for many tasks, without network and clock.

use std::collections::BTreeMap;

use videogen_wire::facts::RateLimit;

use super::*;
use crate::model::{Error, ErrorKind, TaskPage, TaskStatus, TimeScale, VideoTask};
use crate::poll::DurationBook;
use crate::transport::pace::{Blocked, Outcome, Pace};
use crate::wait::sweep::PAGE;

/// Result of a run.
struct Run {
    polls: usize,
    pages: usize,
    sent: Vec<Duration>,
    ended: BTreeMap<String, usize>,
    /// Delay from the end of each task to its report, the shortest first.
    delays: Vec<Duration>,
    longest_overdue: Duration,
    took: Duration,
}

impl Run {
    fn delay(&self, percent: usize) -> Duration {
        self.delays[(self.delays.len() - 1) * percent / 100]
    }
}

/// All are added at the start.
fn run(tasks: usize, listing: Listing, limits: &[RateLimit], takes: impl Fn(usize) -> Duration) -> Run {
    run_of(tasks, Duration::ZERO, listing, limits, takes)
}

/// A vendor that gets a task at each interval `every`, whose task number `n` takes `takes(n)`, which answers after 200
/// ms, and a network that loses every tenth response.
fn run_of(
    tasks: usize,
    every: Duration,
    listing: Listing,
    limits: &[RateLimit],
    takes: impl Fn(usize) -> Duration,
) -> Run {
    let start = Instant::now();
    let (mut schedule, mut pace) = (schedule(listing), Pace::new(limits, TimeScale::default()));
    let mut book = DurationBook::default();
    let mut flights: VecDeque<(Instant, Request)> = VecDeque::new();
    let mut result = Run {
        polls: 0,
        pages: 0,
        sent: Vec::new(),
        ended: BTreeMap::new(),
        delays: Vec::new(),
        longest_overdue: Duration::ZERO,
        took: Duration::ZERO,
    };
    let added = |number: usize| start + every * u32::try_from(number).unwrap();
    let (mut now, mut there) = (start, 0);
    while schedule.len() > 0 || there < tasks {
        while there < tasks && added(there) <= now {
            assert!(add(&mut schedule, there, now));
            assert!(!add(&mut schedule, there, now), "adding it twice is one wait");
            there += 1;
        }
        while flights.front().is_some_and(|(at, _)| *at <= now) {
            let (at, request) = flights.pop_front().unwrap();
            let state = |number: usize| task(number, added(number) + takes(number) <= at);
            let is_lost = result.sent.len().is_multiple_of(10);
            let lost = || Error::new(ErrorKind::Transport, "lost");
            match request {
                Request::Poll(job) => {
                    let answer = if is_lost {
                        Err(lost())
                    } else {
                        Ok(state(number_of(&job.id)))
                    };
                    pace.settle(now, Some(Outcome::of(&answer)), 0.5);
                    schedule.answered(&job, answer, now, &mut book);
                }
                Request::Page(query) => {
                    let newest = query.after.map_or(there, |after| after[6..].parse().unwrap());
                    let numbers: Vec<usize> = (newest.saturating_sub(PAGE)..newest).rev().collect();
                    let page = TaskPage {
                        next: (numbers.last() > Some(&0)).then(|| id(*numbers.last().unwrap()).id().to_owned()),
                        tasks: numbers
                            .iter()
                            .map(|number| VideoTask {
                                video: None,
                                ..state(*number)
                            })
                            .collect(),
                        unreadable: 0,
                        incomplete: None,
                        total: None,
                    };
                    pace.settle(now, Some(Outcome::Answered), 0.5);
                    schedule.listed(Ok(page), now, &mut book);
                }
            }
        }
        schedule.tick(now);
        while let Some((id, ended)) = schedule.pop_ended() {
            assert_eq!(ended.unwrap().status, TaskStatus::Completed);
            result.delays.push(now - added(number_of(&id)) - takes(number_of(&id)));
            *result.ended.entry(id.id().to_owned()).or_default() += 1;
        }
        let mut wake = schedule.next_time();
        while schedule.has_work() && flights.len() < 32 {
            match pace.reserve(now) {
                Ok(turn) if turn.at > now => {
                    pace.give_back(turn);
                    wake = Some(wake.map_or(turn.at, |wake| wake.min(turn.at)));
                    break;
                }
                Ok(_) => {
                    let oldest = schedule
                        .due
                        .iter()
                        .filter_map(|queue| Some(now - queue.peek()?.0.0))
                        .max();
                    let Some(request) = schedule.request(now) else { break };
                    result.longest_overdue = result.longest_overdue.max(oldest.unwrap_or_default());
                    match request {
                        Request::Poll(_) => result.polls += 1,
                        Request::Page(_) => result.pages += 1,
                    }
                    result.sent.push(now - start);
                    flights.push_back((now + SECOND / 5, request));
                    schedule.tick(now);
                }
                Err(Blocked::Until(until)) => {
                    wake = Some(wake.map_or(until, |wake| wake.min(until)));
                    break;
                }
                Err(_) => break,
            }
        }
        let landing = flights.front().map(|(at, _)| *at);
        let birth = (there < tasks).then(|| added(there));
        let next = [wake, landing, birth]
            .into_iter()
            .flatten()
            .filter(|at| *at > now)
            .min();
        now = next.unwrap_or(now + SECOND / 100);
        result.took = now - start;
        assert!(
            result.took < 3_600 * SECOND,
            "it never ends: {} are left",
            schedule.len()
        );
    }
    result.delays.sort_unstable();
    result
}

/// Most requests in any window of `per` seconds.
fn most(sent: &[Duration], per: u64) -> usize {
    let per = Duration::from_secs(per);
    let mut from = 0;
    (0..sent.len())
        .map(|to| {
            while sent[from] + per <= sent[to] {
                from += 1;
            }
            to + 1 - from
        })
        .max()
        .unwrap_or(0)
}

const STRICT: &[RateLimit] = &[RateLimit { limit: 3000, per: 60 }, RateLimit { limit: 500, per: 10 }];

/// From half a minute to five.
fn spread(number: usize) -> Duration {
    Duration::from_millis(30_000 + (number as u64 * 7919) % 270_000)
}

#[test]
fn ten_thousand_tasks_end_once_each_within_the_budget() {
    let run = run(10_000, Listing::None, STRICT, spread);
    assert_eq!(run.ended.len(), 10_000);
    assert!(run.ended.values().all(|times| *times == 1));
    assert!(most(&run.sent, 10) <= 500 && most(&run.sent, 60) <= 3_000);
    assert_eq!(run.pages, 0);
    // The whole budget is used, the oldest first: no task waits longer than one round of all.
    assert!(
        run.sent.len() as f64 > run.took.as_secs_f64() * 40.0,
        "{:?} {}",
        run.took,
        run.sent.len()
    );
    assert!(
        run.longest_overdue < Duration::from_secs(10_000 / 47 + 15),
        "{:?}",
        run.longest_overdue
    );
}

#[test]
fn pages_take_the_place_of_polls() {
    let run = run(10_000, Listing::Pages, &[], spread);
    assert_eq!(run.ended.len(), 10_000);
    assert!(run.ended.values().all(|times| *times == 1));
    assert!(most(&run.sent, 10) <= 100);
    // Each task is polled once, after its end is known, and again if that response is lost.
    assert!(
        run.pages > 0 && run.polls < 13_000,
        "{} pages, {} polls",
        run.pages,
        run.polls
    );
}

#[test]
fn a_list_of_the_newest_tasks_is_used_for_those_only() {
    let limits = &[RateLimit { limit: 500, per: 10 }];
    let run = run(1_000, Listing::Newest, limits, spread);
    assert_eq!(run.ended.len(), 1_000);
    assert!(
        run.pages > 0 && run.pages < run.polls / 20,
        "{} pages, {} polls",
        run.pages,
        run.polls
    );
}

#[test]
fn a_few_tasks_are_polled_one_by_one() {
    let run = run(1, Listing::Pages, &[], spread);
    assert_eq!((run.pages, run.ended.len()), (0, 1));
}

/// From one minute to two; one in ten up to five.
fn mostly(number: usize) -> Duration {
    let most = if number.is_multiple_of(10) { 240_000 } else { 60_000 };
    Duration::from_millis(60_000 + (number as u64 * 7919) % most)
}

/// A page ends no wait, but a poll of a task that is known to have ended does: scarce turns are not spent on pages.
#[test]
fn by_page_is_nowhere_worse_than_one_by_one() {
    for (limit, tasks, rate) in [(100, 1_000, 0.0), (100, 8_000, 0.0), (100, 1_000, 9.0)] {
        // At once, or at a rate per second.
        let every = Duration::try_from_secs_f64(1.0 / rate).unwrap_or_default();
        let limits = &[RateLimit { limit, per: 10 }];
        let [single, paged] =
            [Listing::None, Listing::Pages].map(|listing| run_of(tasks, every, listing, limits, mostly));
        let case = format!("{tasks}, {rate} a second, {limit} in 10 s");
        assert_eq!((single.ended.len(), paged.ended.len()), (tasks, tasks), "{case}");
        assert!(paged.pages > 0, "{case}");
        let (least, sent) = (single.sent.len(), paged.sent.len());
        assert!(sent < least + least / 100, "{case}: {least}, by page {sent}");
        for percent in [50, 99] {
            let (one, page) = (single.delay(percent), paged.delay(percent));
            assert!(page < one + one / 50, "{case}: {one:?}, by page {page:?}");
        }
    }
}
