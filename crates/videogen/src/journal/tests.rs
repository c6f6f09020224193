use chrono::Utc;
use serde_json::json;

use super::{Destination, Entry, Event, FileKind, Intent, Reason, SavedFile, State, Subject};
use crate::model::{Ambiguity, ErrorKind, TaskId, TaskStatus, Timestamp, Vendor};

fn intent(id: &str) -> Intent {
    let at = Timestamp::from_timestamp(1_795_000_000, 0).unwrap();
    Intent {
        id: id.to_owned(),
        key: "k".to_owned(),
        account: "a".to_owned(),
        origin: None,
        vendor: Vendor::ALL[0],
        family: "f".to_owned(),
        model: "m".to_owned(),
        prompt: "p".to_owned(),
        client_reference: None,
        request: json!({"duration": 5}),
        request_hash: "h".to_owned(),
        at,
        until: at,
        target: None,
        estimate: None,
        unit_price: None,
        group: None,
        allow_unknown_cost: false,
        call: None,
        refuse_repeated_within: None,
    }
}

fn task(id: &str) -> TaskId {
    let vendor = Vendor::ALL[0];
    TaskId::new(vendor, vendor.families().next().unwrap(), id).unwrap()
}

fn saved() -> SavedFile {
    SavedFile::new("x.mp4".as_ref(), 9, Some("d".to_owned()))
}

/// Every kind of event, of two tasks.
fn events() -> Vec<Event> {
    let reason = || Reason {
        kind: ErrorKind::Vendor,
        message: "no".to_owned(),
        status: Some(500),
        code: None,
        request_id: None,
        retry_after: None,
    };
    let ambiguity: Ambiguity = Entry::begin(intent("i")).ambiguity();
    let mut events = vec![
        Event::Started,
        Event::Alive {
            until: Timestamp::MAX_UTC,
        },
        Event::Rejected { reason: reason() },
        Event::NotSent { reason: reason() },
        Event::Ambiguous {
            reason: reason(),
            ambiguity: Box::new(ambiguity),
        },
        Event::NotFound { after: 60 },
        Event::Dismissed,
        Event::Target {
            target: Destination::file("x.mp4"),
        },
        Event::Downloaded {
            kind: FileKind::Video,
            file: saved(),
        },
        Event::DownloadFailed {
            kind: FileKind::Video,
            reason: reason(),
        },
        Event::Placing {
            kind: FileKind::Video,
            file: saved(),
        },
        Event::DownloadFailed {
            kind: FileKind::LastFrame,
            reason: Reason {
                kind: ErrorKind::NoVideo,
                ..reason()
            },
        },
    ];
    for status in [TaskStatus::Queued, TaskStatus::Completed, TaskStatus::Failed] {
        events.push(Event::Status {
            status: status.clone(),
            error: None,
            vendor_id: None,
            videos: None,
            word: None,
            units: None,
        });
        for id in ["t-1", "t-2"] {
            events.push(Event::Accepted {
                task: task(id),
                status: status.clone(),
            });
            events.push(Event::Found {
                task: task(id),
                status: status.clone(),
            });
        }
    }
    events
}

/// Every sequence of four events, even a nonsensical one: a task is never lost or replaced, a submission that may have
/// created one is never marked as not sent, and can never be sent again.
#[test]
fn no_order_of_events_loses_a_task() {
    let events = events();
    let (at, mut seen) = (Timestamp::from_timestamp(1_795_000_001, 0).unwrap(), 0);
    let subject = Subject::Intent("i".to_owned());
    let mut entries = vec![Entry::begin(intent("i"))];
    for _ in 0..4 {
        let mut next: Vec<Entry> = Vec::new();
        for before in &entries {
            for event in &events {
                let mut after = before.clone();
                let result = after.apply(&subject, event.clone(), at);
                seen += 1;
                match (&before.task, &after.task) {
                    (Some(known), now) => assert_eq!(Some(known), now.as_ref(), "{event:?}"),
                    (None, Some(_)) => assert!(matches!(event, Event::Accepted { .. } | Event::Found { .. })),
                    (None, None) => {}
                }
                if let Event::Accepted { task, .. } | Event::Found { task, .. } = event {
                    assert_eq!(result.is_ok(), after.task.as_ref() == Some(task));
                }
                assert_eq!(after.task.is_some(), after.state == State::Accepted, "{event:?}");
                if before.is_open() && !after.is_open() {
                    let closes = matches!(
                        event,
                        Event::Accepted { .. }
                            | Event::Found { .. }
                            | Event::Rejected { .. }
                            | Event::NotSent { .. }
                            | Event::Dismissed
                    );
                    assert!(closes, "{event:?} closed it");
                }
                let again = after.begin_again(intent("j"));
                assert_eq!(again.is_some(), !after.is_open() && after.task.is_none());
                assert!(again.is_none_or(|again| again.is_open() && again.intent.id == "i"));
                // Repeating an event changes nothing.
                assert!(
                    !matches!(after.clone().apply(&subject, event.clone(), at), Ok(true)),
                    "{event:?}"
                );
                // As stored in the file.
                let kept: Entry = serde_json::from_value(json!(after)).unwrap();
                assert_eq!(kept, after);
                if !next.contains(&after) {
                    next.push(after);
                }
            }
        }
        entries = next;
    }
    assert!(seen > 10_000, "{seen}");
}

/// A delayed sender that reports after another attempt has begun.
#[test]
fn a_late_event_of_an_earlier_attempt_does_not_affect_a_later_one() {
    let at = Timestamp::from_timestamp(1_795_000_001, 0).unwrap();
    let mut entry = Entry::begin(intent("i"));
    entry
        .apply(&Subject::Intent("i".to_owned()), Event::Dismissed, at)
        .unwrap();
    let mut entry = entry.begin_again(intent("j")).unwrap();
    let first = Subject::Attempt {
        id: "i".to_owned(),
        attempt: 1,
    };
    for event in events() {
        let accepted = matches!(event, Event::Accepted { .. });
        let changed = entry.clone().apply(&first, event, at).unwrap();
        assert_eq!(changed, accepted);
    }
    // A task is recorded from any attempt.
    let late = Event::Accepted {
        task: task("t-1"),
        status: TaskStatus::Queued,
    };
    assert!(entry.apply(&first, late, at).unwrap());
    assert_eq!(entry.task, Some(task("t-1")));
}

#[test]
fn a_submission_in_flight_cannot_be_dismissed() {
    let mut entry = Entry::begin(intent("i"));
    let subject = Subject::Intent("i".to_owned());
    let before = Timestamp::from_timestamp(1_794_999_999, 0).unwrap();
    assert!(entry.apply(&subject, Event::Dismissed, before).is_err());
    assert_eq!(entry.state, State::Sending);
}

#[test]
fn an_entry_without_its_video_is_unfinished() {
    let mut entry = Entry::begin(intent("i"));
    let subject = Subject::Intent("i".to_owned());
    let mut apply = |event| {
        entry.apply(&subject, event, Utc::now()).unwrap();
        entry.is_unfinished()
    };
    let done = TaskStatus::Completed;
    assert!(apply(Event::Accepted {
        task: task("t"),
        status: TaskStatus::Queued
    }));
    assert!(!apply(Event::Status {
        status: done,
        error: None,
        vendor_id: None,
        videos: None,
        word: None,
        units: None,
    }));
    assert!(apply(Event::Target {
        target: Destination::file("x.mp4"),
    }));
    let kind = FileKind::Video;
    let Event::DownloadFailed { mut reason, .. } = events().swap_remove(9) else {
        panic!()
    };
    let failed = |reason: &Reason| Event::DownloadFailed {
        kind,
        reason: reason.clone(),
    };
    assert!(apply(failed(&reason)));
    reason.kind = ErrorKind::NoVideo;
    assert!(!apply(failed(&reason)));
    reason.kind = ErrorKind::Io;
    assert!(apply(failed(&reason)));
    assert!(apply(Event::Placing { kind, file: saved() }), "it may not be in place");
    assert!(!apply(Event::Downloaded { kind, file: saved() }));
    assert!(!apply(Event::Placing { kind, file: saved() }), "it is already in place");

    // A copy at another path is not the output file, and does not replace it.
    let copy = || SavedFile::new("copy.mp4".as_ref(), 9, Some("d".to_owned()));
    assert!(!apply(Event::Downloaded { kind, file: copy() }));
    assert!(apply(Event::Target {
        target: Destination::file("y.mp4"),
    }));
    assert!(apply(Event::Downloaded { kind, file: copy() }));
    let placed = || SavedFile::new("y.mp4".as_ref(), 9, Some("d".to_owned()));
    assert!(apply(Event::Placing { kind, file: placed() }), "it may not be in place");
    assert!(!apply(Event::Downloaded { kind, file: placed() }));
    assert!(apply(Event::Target {
        target: Destination::file("x.mp4"),
    }));
    assert!(!apply(Event::Downloaded { kind, file: saved() }));

    // The last frame, too.
    let target = Destination::file("x.mp4").last_frame(None);
    assert!(apply(Event::Target { target }));
    let kind = FileKind::LastFrame;
    let image = || SavedFile::new("elsewhere.png".as_ref(), 9, Some("d".to_owned()));
    assert!(apply(Event::Downloaded { kind, file: image() }));
    reason.kind = ErrorKind::NoVideo;
    assert!(!apply(Event::DownloadFailed { kind, reason }));
}

/// A task with several videos is finished when all of them are in place.
#[test]
fn an_entry_without_a_further_video_is_unfinished() {
    let mut entry = Entry::begin(intent("i"));
    let subject = Subject::Intent("i".to_owned());
    let target = Destination::file("/a/v.mp4");
    let accepted = Event::Accepted {
        task: task("t"),
        status: TaskStatus::Queued,
    };
    let status = |videos| Event::Status {
        status: TaskStatus::Completed,
        error: None,
        vendor_id: None,
        videos,
        word: None,
        units: None,
    };
    let placed = |number, path: &str| Event::Downloaded {
        kind: FileKind::of_video(number),
        file: SavedFile::new(path.as_ref(), 9, Some("d".to_owned())),
    };
    for event in [
        accepted,
        Event::Target { target },
        status(Some(3)),
        placed(1, "/a/v.mp4"),
        placed(2, "/a/v-2.mp4"),
        // A list that shows one of them only.
        status(None),
        placed(3, "/b/elsewhere.mp4"),
    ] {
        let written: Event = serde_json::from_value(json!(event)).unwrap();
        assert_eq!(written, event);
        entry.apply(&subject, event, Utc::now()).unwrap();
        assert!(entry.is_unfinished(), "{entry:?}");
    }
    entry.apply(&subject, placed(3, "/a/v-3.mp4"), Utc::now()).unwrap();
    assert!(!entry.is_unfinished(), "{entry:?}");
    let read: Entry = serde_json::from_value(json!(entry)).unwrap();
    assert_eq!(read, entry);
    assert_eq!(
        read.saved_file(FileKind::Further(2)).unwrap().path.to_str(),
        Some("/a/v-2.mp4")
    );
}

/// A video or last frame that moderation withheld will not come later.
#[test]
fn a_withheld_file_is_not_awaited() {
    for kind in [FileKind::Video, FileKind::LastFrame] {
        let mut entry = Entry::begin(intent("i"));
        let subject = Subject::Intent("i".to_owned());
        let target = Destination::file("x.mp4").last_frame(None);
        let mut apply = |event| {
            entry.apply(&subject, event, Utc::now()).unwrap();
            entry.is_unfinished()
        };
        apply(Event::Target { target });
        assert!(apply(Event::Accepted {
            task: task("t"),
            status: TaskStatus::Completed
        }));
        if kind == FileKind::LastFrame {
            let file = saved();
            assert!(apply(Event::Downloaded {
                kind: FileKind::Video,
                file
            }));
        }
        let reason = Reason {
            kind: ErrorKind::Moderated,
            message: "no".to_owned(),
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
        };
        assert!(!apply(Event::DownloadFailed { kind, reason }), "{kind:?}");
    }
}

#[test]
fn the_request_of_a_dead_sender_is_known() {
    let entry = Entry::begin(intent("i"));
    let ambiguity = entry.ambiguity();
    assert_eq!(
        (ambiguity.intent.as_deref(), ambiguity.prompt.as_str()),
        (Some("i"), "p")
    );
    assert_eq!(ambiguity.parameters["duration"], 5);
    assert!(!entry.is_in_flight(Utc::now()));
}

#[test]
fn a_negative_cost_of_an_earlier_version_does_not_count() {
    let mut entry = Entry::begin(intent("i"));
    entry.state = State::Accepted;
    entry.status = Some(TaskStatus::Completed);
    entry.intent.estimate =
        serde_json::from_value(json!({"amount": "0.756", "low": "0.756", "currency": "USD"})).unwrap();
    for (amount, counted) in [("-1", "0.756 USD"), ("0", "0 USD"), ("0.5", "0.5 USD")] {
        let cost = json!({"amount": amount, "currency": "USD", "obtained": "reported"});
        entry.cost = serde_json::from_value(cost).unwrap();
        let counts: Vec<_> = entry.counted().iter().map(ToString::to_string).collect();
        assert_eq!(counts, [counted], "{amount}");
    }
}

#[test]
fn names_of_earlier_versions_are_read() {
    use crate::model::{Adjustment, ErrorKind, VideoTask};

    let kind: ErrorKind = serde_json::from_value(json!("not_followed")).unwrap();
    assert_eq!((kind, kind.as_str()), (ErrorKind::PollRefused, "poll_refused"));

    let earlier = json!({"field": "seed", "asked": "7", "rule": "not supported"});
    let adjustment: Adjustment = serde_json::from_value(earlier).unwrap();
    assert_eq!(
        json!(adjustment),
        json!({"field": "seed", "requested": "7", "rule": "not supported"})
    );

    let mut given = json!(VideoTask::new(task("t-1"), "queued".to_owned()));
    given["repeated"] = json!(true);
    given["unrecorded"] = json!("disk full");
    let task: VideoTask = serde_json::from_value(given).unwrap();
    assert!(task.already_submitted);
    assert_eq!(task.journal_error.as_deref(), Some("disk full"));

    let mut ambiguity = json!(Entry::begin(intent("a")).ambiguity());
    ambiguity["answer"] = json!("502 Bad Gateway");
    let ambiguity: crate::model::Ambiguity = serde_json::from_value(ambiguity).unwrap();
    assert_eq!(ambiguity.response.as_deref(), Some("502 Bad Gateway"));
}
