#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use videogen_wire::facts::RateLimit;

use super::*;
use crate::pace::{Blocked, Outcome, Pace};
use crate::sweep::{Listing, PAGE};
use crate::task::Video;
use crate::{ErrorKind, SecretUrl, TaskPage, TaskStatus, Vendor};

const SECOND: Duration = Duration::from_secs(1);

fn id(number: usize) -> TaskId {
    let vendor = Vendor::ALL[0];
    TaskId::new(vendor, vendor.families().next().unwrap(), format!("video-{number:08}")).unwrap()
}

fn task(number: usize, done: bool) -> VideoTask {
    let mut task = VideoTask::new(id(number), if done { "completed" } else { "running" }.to_owned());
    task.video = done.then(|| Video::at(SecretUrl::new("https://files.example/clip.mp4")));
    task
}

fn schedule(listing: Listing) -> Schedule {
    let policy = PollPolicy::within(5 * SECOND, 60 * SECOND);
    Schedule::new(policy, Lists::new(listing))
}

fn add(schedule: &mut Schedule, number: usize, now: Instant) -> bool {
    let book = DurationBook::default();
    schedule.add(id(number), Some("m"), Some(Duration::ZERO), None, now, &book)
}

fn poll(schedule: &mut Schedule, now: Instant) -> Job {
    match schedule.request(now) {
        Some(Request::Poll(job)) => job,
        other => panic!("{other:?}"),
    }
}

/// What a run showed.
struct Run {
    polls: usize,
    pages: usize,
    sent: Vec<Duration>,
    ended: BTreeMap<String, usize>,
    longest_overdue: Duration,
    took: Duration,
}

/// A vendor whose task number `n` is done `done(n)` after the start, answers after 200 ms, and a network that loses every
/// tenth answer.
fn run(tasks: usize, listing: Listing, limits: &[RateLimit], done: impl Fn(usize) -> Duration) -> Run {
    let start = Instant::now();
    let (mut schedule, mut pace) = (schedule(listing), Pace::new(limits));
    let mut book = DurationBook::default();
    let mut flights: VecDeque<(Instant, Request)> = VecDeque::new();
    let mut result = Run {
        polls: 0,
        pages: 0,
        sent: Vec::new(),
        ended: BTreeMap::new(),
        longest_overdue: Duration::ZERO,
        took: Duration::ZERO,
    };
    for number in 0..tasks {
        assert!(add(&mut schedule, number, start));
        assert!(!add(&mut schedule, number, start), "adding it twice is one wait");
    }
    let mut now = start;
    while schedule.len() > 0 {
        while flights.front().is_some_and(|(at, _)| *at <= now) {
            let (at, request) = flights.pop_front().unwrap();
            let state = |number: usize| task(number, start + done(number) <= at);
            let is_lost = result.sent.len().is_multiple_of(10);
            let lost = || Error::new(ErrorKind::Transport, "lost");
            match request {
                Request::Poll(job) => {
                    let number: usize = job.id.id().strip_prefix("video-").unwrap().parse().unwrap();
                    let answer = if is_lost { Err(lost()) } else { Ok(state(number)) };
                    pace.settle(now, Some(Outcome::of(&answer)), 0.5);
                    schedule.answered(&job, answer, now, &mut book);
                }
                Request::Page(query) => {
                    let newest = query.after.map_or(tasks, |after| after[6..].parse().unwrap());
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
                        .filter_map(|queue| Some(now - queue.front()?.0))
                        .max();
                    let Some(request) = schedule.request(now) else { break };
                    result.longest_overdue = result.longest_overdue.max(oldest.unwrap_or_default());
                    match request {
                        Request::Poll(_) => result.polls += 1,
                        Request::Page(_) => result.pages += 1,
                    }
                    result.sent.push(now - start);
                    flights.push_back((now + SECOND / 5, request));
                }
                Err(Blocked::Until(until)) => {
                    wake = Some(wake.map_or(until, |wake| wake.min(until)));
                    break;
                }
                Err(_) => break,
            }
        }
        let landing = flights.front().map(|(at, _)| *at);
        let next = [wake, landing].into_iter().flatten().filter(|at| *at > now).min();
        now = next.unwrap_or(now + SECOND / 100);
        result.took = now - start;
        assert!(
            result.took < 3_600 * SECOND,
            "it never ends: {} are left",
            schedule.len()
        );
    }
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
    // What the budget allows is used, and the oldest come first: nobody waits longer than a round of all.
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
    // Each task is asked for itself once, when its end is known, and again when that answer is lost.
    assert!(
        run.pages > 0 && run.polls < 13_000,
        "{} pages, {} polls",
        run.pages,
        run.polls
    );
}

#[test]
fn a_list_of_the_newest_is_asked_for_those_only() {
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

/// A pass that others' tasks used up tells nothing of ours; a whole list that lacks them does, the second time.
#[test]
fn what_a_list_does_not_show_is_asked_about_by_itself() {
    let empty = |next: bool| {
        Ok(TaskPage {
            tasks: Vec::new(),
            next: next.then(|| fastrand::u64(..).to_string()),
            unreadable: 0,
            total: None,
        })
    };
    for (is_whole, left) in [(false, [3, 3, 3, 3]), (true, [3, 0, 0, 0])] {
        let (mut schedule, mut book) = (schedule(Listing::Pages), DurationBook::default());
        let mut now = Instant::now();
        for number in 0..3 {
            add(&mut schedule, number, now);
        }
        for left in left {
            // Long enough for the list to be tried again.
            now += 200 * SECOND;
            let mut polls = 0;
            while let Some(request) = schedule.request(now) {
                match request {
                    Request::Page(_) => schedule.listed(empty(!is_whole), now, &mut book),
                    Request::Poll(job) => {
                        polls += 1;
                        let number: usize = job.id.id()[6..].parse().unwrap();
                        schedule.answered(&job, Ok(task(number, false)), now, &mut book);
                    }
                }
            }
            assert_eq!((polls, schedule.listed), (3, left), "{is_whole}");
        }
    }
}

#[test]
fn a_few_tasks_are_asked_one_by_one() {
    let run = run(1, Listing::Pages, &[], spread);
    assert_eq!((run.pages, run.ended.len()), (0, 1));
}

#[test]
fn poll_or_webhook_whichever_is_first() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    for number in 0..3 {
        add(&mut schedule, number, start);
    }
    assert!(!schedule.has_work());
    // A verified webhook ends the wait without a poll, and once.
    assert!(schedule.offer(task(0, true), start, &mut book));
    assert!(!schedule.offer(task(0, true), start, &mut book));
    assert!(!add(&mut schedule, 0, start), "it is still to be reported");
    assert_eq!(schedule.pop_ended().unwrap().0, id(0));
    assert!(schedule.pop_ended().is_none());
    // A hint brings the poll forward; whether the webhook comes while it is on its way does not matter.
    assert!(schedule.wake(&id(1), start) && !schedule.wake(&id(9), start));
    let job = poll(&mut schedule, start);
    assert_eq!(*job.id, id(1));
    assert!(schedule.offer(task(1, true), start, &mut book));
    schedule.answered(&job, Ok(task(1, true)), start, &mut book);
    assert_eq!(schedule.pop_ended().unwrap().0, id(1));
    assert!(schedule.pop_ended().is_none());
    // A completed task without its URL is asked about, a running one is not.
    let without = VideoTask {
        video: None,
        ..task(2, true)
    };
    assert!(!schedule.offer(task(2, false), start, &mut book) && !schedule.has_work());
    assert!(!schedule.offer(without, start, &mut book));
    let job = poll(&mut schedule, start);
    schedule.answered(&job, Ok(task(2, true)), start, &mut book);
    assert_eq!(schedule.pop_ended().unwrap().0, id(2));
    assert_eq!(schedule.len(), 0);
}

/// Hints may be forged.
#[test]
fn hints_bring_no_more_than_one_poll_a_second() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    add(&mut schedule, 0, start);
    let mut polls = 0;
    for step in 0..1_000 {
        let now = start + step * SECOND / 100;
        schedule.wake(&id(0), now);
        if let Some(Request::Poll(job)) = schedule.request(now) {
            polls += 1;
            // Also one that comes while the poll is on its way.
            schedule.wake(&id(0), now);
            schedule.answered(&job, Ok(task(0, false)), now, &mut book);
        }
    }
    assert_eq!(polls, 10);
}

#[test]
fn hints_do_not_starve_what_is_due() {
    let (mut schedule, start) = (schedule(Listing::None), Instant::now());
    for number in 0..20 {
        add(&mut schedule, number, start);
    }
    let now = start + 100 * SECOND;
    for number in 10..20 {
        schedule.wake(&id(number), now);
    }
    let asked: Vec<TaskId> = (0..20).map(|_| (*poll(&mut schedule, now).id).clone()).collect();
    let due = asked[..10].iter().filter(|asked| **asked < id(10)).count();
    assert_eq!(due, 5, "by turns");
}

#[test]
fn a_deadline_ends_a_wait_after_a_last_poll_or_without() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    for number in 0..2 {
        schedule.add(id(number), None, None, Some(2 * SECOND), start, &book);
    }
    let now = start + 2 * SECOND;
    let job = poll(&mut schedule, now);
    schedule.answered(&job, Ok(task(0, false)), now, &mut book);
    let (ended, result) = schedule.pop_ended().unwrap();
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.task()), (ErrorKind::Timeout, Some(&ended)));
    // The other got no turn.
    assert!(schedule.pop_ended().is_none());
    assert_eq!(schedule.next_time(), Some(now + LAST_TURN));
    schedule.tick(now + LAST_TURN);
    let (ended, result) = schedule.pop_ended().unwrap();
    assert_eq!((result.unwrap_err().task(), schedule.len()), (Some(&ended), 0));
    // Nor does this one, after a poll that failed.
    schedule.add(id(2), None, None, Some(20 * SECOND), start, &book);
    schedule.wake(&id(2), start);
    let job = poll(&mut schedule, start);
    let lost = Error::new(ErrorKind::Transport, "the line is cut");
    schedule.answered(&job, Err(lost), start, &mut book);
    schedule.tick(start + 20 * SECOND + LAST_TURN);
    let error = schedule.pop_ended().unwrap().1.unwrap_err();
    assert!(error.message().contains("the line is cut"), "{error}");
}

#[test]
fn what_may_pass_ends_no_wait_and_what_is_final_does() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    add(&mut schedule, 0, start);
    let mut now = start;
    let mut answer = |kind: ErrorKind| {
        now = schedule.next_time().unwrap();
        let job = poll(&mut schedule, now);
        schedule.answered(&job, Err(Error::new(kind, "x").with_task(&job.id)), now, &mut book);
        (schedule.pop_ended(), now - start)
    };
    // Not found in the first minute is not final.
    let (ended, at) = answer(ErrorKind::NotFound);
    assert!(ended.is_none() && at < Duration::from_secs(60));
    for kind in [
        ErrorKind::Transport,
        ErrorKind::Vendor,
        ErrorKind::RateLimited,
        ErrorKind::Decode,
    ]
    .repeat(4)
    {
        assert!(answer(kind).0.is_none());
    }
    let (ended, at) = answer(ErrorKind::NotFound);
    assert!(at > Duration::from_secs(60));
    assert_eq!(ended.unwrap().1.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn removing_forgets() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    for number in 0..3 {
        add(&mut schedule, number, start);
    }
    schedule.wake(&id(0), start);
    let job = poll(&mut schedule, start);
    assert!(schedule.remove(&id(0)) && !schedule.remove(&id(0)));
    // Its place may be another's by the time the answer comes.
    add(&mut schedule, 7, start);
    schedule.answered(&job, Ok(task(0, true)), start, &mut book);
    schedule.offer(task(1, true), start, &mut book);
    assert!(schedule.remove(&id(1)));
    assert!(schedule.pop_ended().is_none());
    assert_eq!(schedule.len(), 2);
}

/// Whatever is done to it, the counts stay true, and it does not grow.
#[test]
fn a_random_life() {
    let mut random = fastrand::Rng::with_seed(3);
    let (mut schedule, mut book, mut now) = (schedule(Listing::Pages), DurationBook::default(), Instant::now());
    let mut asked: Vec<Job> = Vec::new();
    for _ in 0..20_000 {
        let number = random.usize(0..50);
        match random.u32(0..8) {
            0 | 1 => drop(add(&mut schedule, number, now)),
            2 => drop(schedule.remove(&id(number))),
            3 => drop(schedule.wake(&id(number), now)),
            4 => drop(schedule.offer(task(number, random.bool()), now, &mut book)),
            5 => now += SECOND.mul_f64(random.f64() * 10.0),
            6 if !asked.is_empty() => {
                let job = asked.swap_remove(random.usize(0..asked.len()));
                let number: usize = job.id.id()[6..].parse().unwrap();
                schedule.answered(&job, Ok(task(number, random.u32(0..5) == 0)), now, &mut book);
            }
            _ => match schedule.request(now) {
                Some(Request::Poll(job)) => asked.push(job),
                Some(Request::Page(_)) => {
                    let tasks = (0..50)
                        .filter(|_| random.bool())
                        .map(|number| task(number, false))
                        .collect();
                    let page = TaskPage {
                        tasks,
                        next: None,
                        unreadable: 0,
                        total: None,
                    };
                    schedule.listed(Ok(page), now, &mut book);
                }
                None => {}
            },
        }
        if random.u32(0..4) == 0 {
            schedule.pop_ended();
        }
        for queue in [Queue::Listed, Queue::Single, Queue::Hinted] {
            let there = schedule
                .entries
                .iter()
                .flatten()
                .filter(|entry| entry.state == State::Due(queue))
                .count();
            assert_eq!(there, schedule.counts[queue as usize]);
        }
        let listed = schedule
            .entries
            .iter()
            .flatten()
            .filter(|entry| entry.is_listed)
            .count();
        assert_eq!(listed, schedule.listed);
    }
    assert!(schedule.entries.len() <= 50 && schedule.waiting.len() <= STALE * 55);
}

#[test]
fn a_waiting_task_is_small() {
    // Beside it: its id, and a place in each of the index, the queues and the free list.
    let heap = 2 * 64 + size_of::<TaskId>() + 16;
    let places = 2 * (size_of::<(Arc<TaskId>, Option<usize>)>() + 1) + STALE * size_of::<Place>() + size_of::<usize>();
    let all = size_of::<Option<Entry>>() * 2 + heap + places;
    assert!(all <= 1024, "{all} bytes");
}
