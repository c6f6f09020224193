#![allow(clippy::unwrap_used)]

use super::*;
use crate::model::Video;
use crate::model::{Error, TaskId, VideoTask};
use crate::model::{ErrorKind, SecretUrl, TaskPage, Vendor};
use crate::poll::{DurationBook, PollPolicy};
use crate::wait::job::Job;
use crate::wait::sweep::Listing;

mod runs;

const SECOND: Duration = Duration::from_secs(1);

fn id(number: usize) -> TaskId {
    let vendor = Vendor::ALL[0];
    TaskId::new(vendor, vendor.families().next().unwrap(), format!("video-{number:08}")).unwrap()
}

fn number_of(id: &TaskId) -> usize {
    id.id()[6..].parse().unwrap()
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

/// A sweep that ended early shows nothing about our tasks; a whole list that lacks them does, the second time.
#[test]
fn tasks_missing_from_a_list_are_polled_one_by_one() {
    let empty = |next: bool| {
        Ok(TaskPage {
            tasks: Vec::new(),
            next: next.then(|| fastrand::u64(..).to_string()),
            unreadable: 0,
            incomplete: None,
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
            // Long enough for the list to be used again.
            now += 200 * SECOND;
            let mut polls = 0;
            while let Some(request) = schedule.request(now) {
                match request {
                    Request::Page(_) => schedule.listed(empty(!is_whole), now, &mut book),
                    Request::Poll(job) => {
                        polls += 1;
                        let number = number_of(&job.id);
                        schedule.answered(&job, Ok(task(number, false)), now, &mut book);
                    }
                }
            }
            assert_eq!((polls, schedule.listed), (3, left), "{is_whole}");
        }
    }
}

/// Their polls end a wait for certain. A page does not, but a started sweep continues.
#[test]
fn ended_tasks_of_a_list_are_polled_before_another_sweep() {
    let minute = 60 * SECOND;
    let mut schedule = Schedule::new(PollPolicy::within(minute, minute), Lists::new(Listing::Pages));
    let (mut book, start) = (DurationBook::default(), Instant::now());
    for number in 0..150 {
        add(&mut schedule, number, start + SECOND * u32::from(number == 140));
    }
    let now = start + minute + SECOND;
    let page = |numbers: std::ops::Range<usize>, done: bool, next: Option<&str>| {
        let without = |number: usize| VideoTask {
            video: None,
            ..task(number, done)
        };
        Ok(TaskPage {
            tasks: numbers.rev().map(without).collect(),
            next: next.map(str::to_owned),
            unreadable: 0,
            incomplete: None,
            total: None,
        })
    };
    assert!(matches!(schedule.request(now), Some(Request::Page(_))));
    assert!(
        !schedule.has_work() && schedule.request(now).is_none(),
        "the page may show it"
    );
    schedule.listed(page(138..150, true, Some("138")), now, &mut book);
    assert!(matches!(schedule.request(now), Some(Request::Page(_))));
    // The remaining turns are theirs, the first added first; then those of tasks that have been due for long.
    for turn in 0..12 {
        assert!(schedule.has_work());
        let polled = number_of(&poll(&mut schedule, now).id);
        assert!(polled >= 138 && (polled == 140) == (turn == 11), "{polled}");
    }
    assert!(!schedule.has_work() && schedule.request(now).is_none());
    let late = now + PATIENCE;
    schedule.tick(late);
    assert!(schedule.has_work());
    assert!(number_of(&poll(&mut schedule, late).id) < 138);
    // The sweep has ended. Another one waits for the polls of tasks that it showed.
    schedule.listed(page(50..138, true, None), late, &mut book);
    for number in 150..300 {
        add(&mut schedule, number, late);
    }
    let later = late + minute;
    let mut polled = Vec::new();
    while let Some(Request::Poll(job)) = schedule.request(later) {
        polled.push(number_of(&job.id));
    }
    assert!(schedule.lists.is_in_flight());
    assert!(
        polled[..88].iter().all(|polled| (50..138).contains(polled)),
        "{polled:?}"
    );
    assert!(polled[88..].iter().all(|polled| *polled < 50), "{polled:?}");
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
    assert!(!add(&mut schedule, 0, start), "it is not reported yet");
    assert_eq!(schedule.pop_ended().unwrap().0, id(0));
    assert!(schedule.pop_ended().is_none());
    // A hint brings the poll forward; a webhook may arrive while it is in flight.
    assert!(schedule.wake(&id(1), start) && !schedule.wake(&id(9), start));
    let job = poll(&mut schedule, start);
    assert_eq!(*job.id, id(1));
    assert!(schedule.offer(task(1, true), start, &mut book));
    schedule.answered(&job, Ok(task(1, true)), start, &mut book);
    assert_eq!(schedule.pop_ended().unwrap().0, id(1));
    assert!(schedule.pop_ended().is_none());
    // A completed task without its URL is polled, a running one is not.
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
fn hints_trigger_at_most_one_poll_per_second() {
    let (mut schedule, mut book, start) = (schedule(Listing::None), DurationBook::default(), Instant::now());
    add(&mut schedule, 0, start);
    let mut polls = 0;
    for step in 0..1_000 {
        let now = start + step * SECOND / 100;
        schedule.wake(&id(0), now);
        if let Some(Request::Poll(job)) = schedule.request(now) {
            polls += 1;
            // Also one that arrives while the poll is in flight.
            schedule.wake(&id(0), now);
            schedule.answered(&job, Ok(task(0, false)), now, &mut book);
        }
    }
    assert_eq!(polls, 10);
}

#[test]
fn hints_do_not_starve_due_tasks() {
    let (mut schedule, start) = (schedule(Listing::None), Instant::now());
    for number in 0..20 {
        add(&mut schedule, number, start);
    }
    let now = start + 100 * SECOND;
    for number in 10..20 {
        schedule.wake(&id(number), now);
    }
    let polled: Vec<TaskId> = (0..20).map(|_| (*poll(&mut schedule, now).id).clone()).collect();
    let due = polled[..10].iter().filter(|polled| **polled < id(10)).count();
    assert_eq!(due, 5, "alternating");
}

/// Nor does a sweep of the list block a hint.
#[test]
fn hints_and_pages_take_turns() {
    let (mut schedule, mut book, start) = (schedule(Listing::Pages), DurationBook::default(), Instant::now());
    for number in 0..300 {
        add(&mut schedule, number, start);
    }
    let now = start + 100 * SECOND;
    for number in 7..10 {
        schedule.wake(&id(number), now);
        assert_eq!(*poll(&mut schedule, now).id, id(number));
        assert!(matches!(schedule.request(now), Some(Request::Page(_))));
        let page = TaskPage {
            tasks: Vec::new(),
            next: Some(number.to_string()),
            unreadable: 0,
            incomplete: None,
            total: None,
        };
        schedule.listed(Ok(page), now, &mut book);
    }
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
    let lost = Error::new(ErrorKind::Transport, "connection reset");
    schedule.answered(&job, Err(lost), start, &mut book);
    schedule.tick(start + 20 * SECOND + LAST_TURN);
    let error = schedule.pop_ended().unwrap().1.unwrap_err();
    assert!(error.message().contains("connection reset"), "{error}");
}

#[test]
fn temporary_failures_end_no_wait_and_permanent_ones_do() {
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
    let error = ended.unwrap().1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PollRefused);
    assert_eq!(error.cause().unwrap().kind(), ErrorKind::NotFound);
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
    // Its slot may be another task's by the time the result arrives.
    add(&mut schedule, 7, start);
    schedule.answered(&job, Ok(task(0, true)), start, &mut book);
    schedule.offer(task(1, true), start, &mut book);
    assert!(schedule.remove(&id(1)));
    assert!(schedule.pop_ended().is_none());
    assert_eq!(schedule.len(), 2);
}

/// After random operations, the counts are correct, and it does not grow.
#[test]
fn random_operations() {
    let mut random = fastrand::Rng::with_seed(3);
    let (mut schedule, mut book, mut now) = (schedule(Listing::Pages), DurationBook::default(), Instant::now());
    let mut polled: Vec<Job> = Vec::new();
    for _ in 0..20_000 {
        let number = random.usize(0..50);
        match random.u32(0..8) {
            0 | 1 => drop(add(&mut schedule, number, now)),
            2 => drop(schedule.remove(&id(number))),
            3 => drop(schedule.wake(&id(number), now)),
            4 => drop(schedule.offer(task(number, random.bool()), now, &mut book)),
            5 => now += SECOND.mul_f64(random.f64() * 10.0),
            6 if !polled.is_empty() => {
                let job = polled.swap_remove(random.usize(0..polled.len()));
                let number = number_of(&job.id);
                schedule.answered(&job, Ok(task(number, random.u32(0..5) == 0)), now, &mut book);
            }
            _ => match schedule.request(now) {
                Some(Request::Poll(job)) => polled.push(job),
                Some(Request::Page(_)) => {
                    let tasks = (0..50)
                        .filter(|_| random.bool())
                        .map(|number| task(number, false))
                        .collect();
                    let page = TaskPage {
                        tasks,
                        next: None,
                        unreadable: 0,
                        incomplete: None,
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
        for queue in [Queue::Listed, Queue::Single, Queue::Hinted, Queue::Ended] {
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
    // In addition: its id, and an entry in each of the index, the queues and the free list.
    let heap = 2 * 64 + size_of::<TaskId>() + 16;
    let places = 2 * (size_of::<(Arc<TaskId>, Option<usize>)>() + 1) + STALE * size_of::<Place>() + size_of::<usize>();
    let all = size_of::<Option<Entry>>() * 2 + heap + places;
    assert!(all <= 1024, "{all} bytes");
}
