//! A vendor in the same thread, which records when each task ends, and its own cost.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use videogen::Vendor;

use crate::bodies;
use crate::measure::thread_cpu;
use crate::result::Result;

/// A running vendor.
pub(super) struct Stub {
    pub(super) base_url: String,
    shared: Arc<Shared>,
}

struct Shared {
    tasks: usize,
    duration: fn(usize) -> Duration,
    start: Mutex<Instant>,
    /// Response templates, split at their ids.
    running: Vec<String>,
    done: Vec<String>,
    requests: AtomicU64,
    nanos: AtomicU64,
}

/// The number in an id, or in a path that ends in one.
pub(super) fn number(text: &str) -> Result<usize> {
    let number = text.rsplit_once("t-").ok_or("no id")?.1;
    Ok(number.parse()?)
}

impl Stub {
    pub(super) async fn start(vendor: Vendor, tasks: usize, duration: fn(usize) -> Duration) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let parted = |mut body: serde_json::Value| -> Vec<String> {
            // The clock of the vendors' times is not the one that is paused.
            for name in ["created_at", "updated_at", "completed_at", "expires_at"] {
                body.as_object_mut().map(|body| body.remove(name));
            }
            body.to_string().split("t-7777777").map(str::to_owned).collect()
        };
        let shared = Arc::new(Shared {
            tasks,
            duration,
            start: Mutex::new(Instant::now()),
            running: parted(bodies::accepted(vendor, 7_777_777)),
            done: parted(bodies::completed(vendor, 7_777_777)),
            requests: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
        });
        tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let serving = Box::pin(serve(socket, Arc::clone(&shared)));
                    tokio::spawn(Metered(serving, Arc::clone(&shared)));
                }
            }
        });
        Ok(Self { base_url, shared })
    }

    /// All tasks begin now, and no request was made.
    pub(super) fn restart(&self) {
        *self.shared.start.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.shared.requests.store(0, Ordering::Relaxed);
    }

    pub(super) fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// CPU time that it took itself.
    pub(super) fn cpu(&self) -> Duration {
        Duration::from_nanos(self.shared.nanos.load(Ordering::Relaxed))
    }
}

/// A future whose CPU time is counted.
struct Metered(Pin<Box<dyn Future<Output = Result<()>> + Send>>, Arc<Shared>);

impl Future for Metered {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let before = thread_cpu();
        let polled = self.0.as_mut().poll(context);
        let nanos = u64::try_from((thread_cpu() - before).as_nanos()).unwrap_or(u64::MAX);
        self.1.nanos.fetch_add(nanos, Ordering::Relaxed);
        // Clients may close the connection early.
        polled.map(drop)
    }
}

async fn serve(mut socket: TcpStream, shared: Arc<Shared>) -> Result<()> {
    socket.set_nodelay(true)?;
    let (mut bytes, mut body, mut answer) = (Vec::new(), String::new(), String::new());
    loop {
        while !bytes.ends_with(b"\r\n\r\n") {
            if socket.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
        let head = std::str::from_utf8(&bytes)?;
        let target = head.split(' ').nth(1).ok_or("no target")?;
        shared.requests.fetch_add(1, Ordering::Relaxed);
        body.clear();
        match target.split_once('?') {
            Some((_, query)) => shared.page(query, &mut body)?,
            None => shared.task(number(target)?, &mut body),
        }
        bytes.clear();
        answer.clear();
        write!(
            answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        socket.write_all(answer.as_bytes()).await?;
    }
}

impl Shared {
    fn is_done(&self, number: usize) -> bool {
        let start = *self.start.lock().unwrap_or_else(PoisonError::into_inner);
        start.elapsed() >= (self.duration)(number)
    }

    fn task(&self, number: usize, body: &mut String) {
        let parts = if self.is_done(number) {
            &self.done
        } else {
            &self.running
        };
        let id = format!("t-{number}");
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                body.push_str(&id);
            }
            body.push_str(part);
        }
    }

    /// A hundred tasks, the newest first. Items of lists leave out the result.
    fn page(&self, query: &str, body: &mut String) -> Result<()> {
        let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
        let end = after.map_or(Ok(self.tasks), number)?;
        let start = end.saturating_sub(100);
        body.push_str(r#"{"object":"list","data":["#);
        for task in (start..end).rev() {
            let status = if self.is_done(task) { "completed" } else { "in_progress" };
            let comma = if task > start { "," } else { "" };
            write!(
                body,
                r#"{{"id":"t-{task}","object":"video","status":"{status}","model":"seedance-2.0","prompt":"A fox crosses a frozen lake at dusk"}}{comma}"#
            )?;
        }
        let more = start > 0;
        write!(
            body,
            r#"],"has_more":{more},"first_id":"t-{}","last_id":"t-{start}"}}"#,
            end.max(1) - 1
        )?;
        Ok(())
    }
}
