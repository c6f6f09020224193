//! Submissions under faults: what is sent again, what is not, and how what nobody knows is looked for.
//!
//! The faults are on the wire: a proxy between client and simulator that cuts, stalls or spoils at any byte. The simulator
//! counts what was really submitted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use videogen::{Client, Delivery, ErrorKind, Reconciled, RetryPolicy, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::canned::Canned;
use crate::cases::TARGETS;

fn client(vendor: Vendor, base_url: &str, retry: RetryPolicy) -> Client {
    Client::builder(vendor)
        .retry(retry)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .build()
        .unwrap()
}

/// Retries without pauses.
fn at_once() -> RetryPolicy {
    RetryPolicy::default().base(Duration::ZERO)
}

fn simulated(vendor: Vendor) -> videogen_sim::Vendor {
    videogen_sim::Vendor::ALL
        .into_iter()
        .find(|known| known.slug() == vendor.as_str())
        .unwrap()
}

/// Where a connection is spoiled, and how.
#[derive(Debug, Clone, Copy)]
enum Spoil {
    /// After so many bytes of the request.
    Request(usize),
    /// After so many bytes of the answer.
    Answer(usize),
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// An orderly end.
    Fin,
    /// A reset.
    Reset,
    /// Bytes that mean nothing, then the end.
    Garbage,
}

/// A proxy that spoils every connection in the way it is set to.
struct Proxy {
    base_url: String,
    way: Arc<Mutex<(Spoil, How)>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn new(simulator: &Simulator, vendor: Vendor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = simulator.address();
        let base_url = simulator
            .base_url(vendor.as_str())
            .replace(&target.to_string(), &address.to_string());
        let connections = Arc::new(AtomicUsize::new(0));
        let way = Arc::new(Mutex::new((Spoil::Request(0), How::Fin)));
        let (count, set) = (Arc::clone(&connections), Arc::clone(&way));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (spoil, how) = *set.lock().unwrap();
                let server = TcpStream::connect(target).await.unwrap();
                // A connection that breaks here is what the test is about.
                let _ = carry(client, server, spoil, how).await;
            }
        });
        Self {
            base_url,
            way,
            connections,
            task,
        }
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, spoil: Spoil, how: How) -> std::io::Result<()> {
    let (mut to_server, mut to_client) = match spoil {
        Spoil::Request(bytes) => (bytes, usize::MAX),
        Spoil::Answer(bytes) => (usize::MAX, bytes),
    };
    let (mut up, mut down) = (vec![0; 4096], vec![0; 4096]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let read = read?;
                let pass = read.min(to_server);
                server.write_all(&up[..pass]).await?;
                to_server -= pass;
                if read == 0 || to_server == 0 {
                    break;
                }
            }
            read = server.read(&mut down) => {
                let read = read?;
                let pass = read.min(to_client);
                client.write_all(&down[..pass]).await?;
                to_client -= pass;
                if read == 0 || to_client == 0 {
                    break;
                }
            }
        }
    }
    match how {
        How::Fin => client.shutdown().await,
        How::Reset => client.set_zero_linger(),
        How::Garbage => {
            client.write_all(b"\x00\xff]}garbage\r\n\r\n").await?;
            client.shutdown().await
        }
    }
}

/// Byte boundaries all over request and answer on every endpoint family, each broken in three ways: never more than one
/// submission, never an id that arrived and was lost, and an honest word wherever nobody knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn byte_boundaries() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (mut tried, mut accepted) = (0, 0);
    for (vendor, model) in [TARGETS[0], TARGETS[1], TARGETS[2], TARGETS[4]] {
        // Beyond the whole of either direction. Every seventh byte: the steps fall elsewhere in each family's messages.
        let spoils = (0..1100)
            .step_by(7)
            .flat_map(|at| [Spoil::Request(at), Spoil::Answer(at)]);
        let proxy = Proxy::new(&simulator, vendor).await;
        let client = client(vendor, &proxy.base_url, at_once());
        for spoil in spoils {
            for how in [How::Fin, How::Reset, How::Garbage] {
                *proxy.way.lock().unwrap() = (spoil, how);
                let (before, connections) = (simulator.stats().tasks, proxy.connections.load(Ordering::SeqCst));
                let result = client.submit(&VideoRequest::new(model, "a kite")).await;
                let made = simulator.stats().tasks - before;
                let place = format!("{vendor} {spoil:?} {how:?}: {result:?}");
                assert!(made <= 1, "{place}: {made} tasks");
                let used = proxy.connections.load(Ordering::SeqCst) - connections;
                assert_eq!(used, 1, "{place}: sent again");
                tried += 1;
                match result {
                    Ok(task) => {
                        assert_eq!(made, 1, "{place}");
                        let known = simulator.tasks().into_iter().any(|known| known.id == task.id.id());
                        assert!(known, "{place}: no such task");
                        accepted += 1;
                    }
                    Err(error) => {
                        // The connection stood, so no one can say that nothing was sent; and garbage may be any answer,
                        // but it is no refusal.
                        assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{place}");
                        let known = error.ambiguity().unwrap();
                        assert_eq!((known.model.as_str(), known.prompt.as_str()), (model, "a kite"));
                    }
                }
            }
        }
    }
    assert!(tried > 3500 && accepted > 100, "{accepted} of {tried}");
}

#[tokio::test]
async fn a_refused_connection_is_tried_again() {
    for (vendor, model) in TARGETS {
        // Nobody listens here any more.
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = client(vendor, &format!("http://{closed}"), at_once())
            .submit(&VideoRequest::new(model, "x"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Transport, Some(Delivery::NotSent))
        );
        assert!(error.ambiguity().is_none());
    }
}

/// A refusal for too many requests is tried again and then taken; nothing else is.
#[tokio::test]
async fn only_documented_refusals_are_tried_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(vendor.as_str()), at_once());
        let request = VideoRequest::new(model, "x");
        for (code, taken) in [
            (429, true),
            (400, false),
            (402, false),
            (500, false),
            (502, false),
            (408, false),
        ] {
            let before = simulator.stats();
            simulator.inject(Fault::status(simulated(vendor), Operation::Submit, code, "{}"));
            let result = client.submit(&request).await;
            let made = simulator.stats().tasks - before.tasks;
            assert_eq!(
                (result.is_ok(), made),
                (taken, usize::from(taken)),
                "{vendor} {code}: {result:?}"
            );
        }
        // A wait that is too long is for the caller to decide on.
        simulator.inject(Fault::new(
            simulated(vendor),
            Operation::Submit,
            FaultKind::Status {
                code: 429,
                body: "{}".to_owned(),
                headers: vec![("Retry-After".to_owned(), "3600".to_owned())],
            },
        ));
        let error = client.submit(&request).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    }
}

#[tokio::test]
async fn reads_are_tried_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(vendor.as_str()), at_once());
        let task = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        for kind in [FaultKind::DropBefore, FaultKind::Html(503), FaultKind::Truncated] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Get, kind).times(2));
            assert_eq!(client.get(&task.id).await.unwrap().id, task.id);
        }
    }
}

/// The answer is lost after the task was made; each vendor is asked for it in the way it has.
#[tokio::test]
async fn what_nobody_knows_is_looked_for() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(vendor.as_str()), at_once());
        let mut request = VideoRequest::new(model, format!("a kite for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("order-{model}"));
        }
        // Another task of the same account, of the same model, is no match.
        client.submit(&VideoRequest::new(model, "another")).await.unwrap();
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
        let error = client.submit(&request).await.unwrap_err();
        let ambiguity = error.ambiguity().unwrap();
        let other = Vendor::ALL.iter().copied().find(|other| *other != vendor).unwrap();
        let elsewhere = self::client(other, &simulator.base_url(other.as_str()), at_once());
        assert_eq!(
            elsewhere.reconcile(ambiguity).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
        // It can be kept, and used on another machine.
        let kept = serde_json::from_value(json!(ambiguity)).unwrap();
        assert_eq!(&kept, ambiguity);
        let made = simulator.tasks().pop().unwrap();

        let found = client.reconcile(&kept).await.unwrap();
        match (vendor, &found) {
            (Vendor::ToApis, Reconciled::Found(task)) => assert_eq!(task.id.id(), made.id),
            (Vendor::Token360, Reconciled::Candidates(tasks)) => {
                // Its list shows prompts, so only the one fits; it stays a candidate all the same.
                assert_eq!(
                    tasks.iter().map(|task| task.id.id()).collect::<Vec<_>>(),
                    [made.id.as_str()]
                );
            }
            (Vendor::AllToken, Reconciled::Candidates(tasks)) => {
                // Its list shows none.
                assert_eq!(tasks.len(), 2, "{tasks:?}");
                assert!(tasks.iter().any(|task| task.id.id() == made.id));
            }
            other => panic!("{other:?}"),
        }

        // The connection broke before the vendor saw anything.
        let mut request = VideoRequest::new(model, format!("a sledge for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("nothing-{model}"));
        }
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
        let error = client.submit(&request).await.unwrap_err();
        let found = client.reconcile(error.ambiguity().unwrap()).await.unwrap();
        assert_eq!(found == Reconciled::NotFound, vendor != Vendor::AllToken, "{found:?}");
    }
    // Without a reference there is no way to look at a vendor that does not list.
    let client = client(Vendor::ToApis, &simulator.base_url("toapis"), at_once());
    simulator.inject(Fault::new(
        videogen_sim::Vendor::ToApis,
        Operation::Submit,
        FaultKind::DropAfter,
    ));
    let error = client.submit(&VideoRequest::new("seedance-2", "x")).await.unwrap_err();
    let error = client.reconcile(error.ambiguity().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

/// All that an answer told is kept, and no more than may be shown.
#[tokio::test]
async fn an_ambiguity_holds_what_is_known() {
    for vendor in Vendor::ALL {
        let body = json!({"id": "t-9", "note": "see https://h.example/p?sig=canary"});
        let canned = Canned::new(502, "X-Request-Id: r-1\r\n", body.to_string()).await;
        let request = VideoRequest::new(vendor.default_model(), "x");
        let error = canned.client(*vendor).submit(&request).await.unwrap_err();
        let known = error.ambiguity().unwrap();
        assert_eq!((known.status, known.request_id.as_deref()), (Some(502), Some("r-1")));
        assert_eq!(known.possible_task.as_ref().unwrap().id(), "t-9");
        let answer = known.answer.as_deref().unwrap();
        assert!(answer.contains("t-9") && !answer.contains("canary"), "{answer}");
    }
}

/// The futures can be moved to another thread.
#[tokio::test]
async fn calls_can_be_spawned() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = client(Vendor::AllToken, &simulator.base_url("alltoken"), at_once());
    let task = tokio::spawn(async move {
        let task = client.submit(&VideoRequest::new("seedance-2.0", "x")).await?;
        client.list(&videogen::ListQuery::default()).await?;
        client.models().await?;
        client.cancel(&task.id).await?;
        client.get(&task.id).await
    });
    assert_eq!(task.await.unwrap().unwrap().status, videogen::TaskStatus::Cancelled);
}
