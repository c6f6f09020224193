//! Notifications by `LISTEN` and `NOTIFY`, on one connection of this process. They are hints: what is missed while the connection
//! is down is found by looking.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, timeout};
use tokio_postgres::AsyncMessage;
use videogen::journal::{Changes, Topic};
use videogen::{TaskId, TaskStatus};

use super::address::Address;
use super::tls::connector;

/// How long the connection is kept without a subscription.
const KEPT: Duration = Duration::from_secs(10);
/// How often the connection is checked.
const CHECK: Duration = Duration::from_secs(30);
/// The pause before another connection, which doubles.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Notifications that a subscription keeps until they are read.
const KEPT_ENDS: usize = 4096;

/// The subscriptions of this process.
pub(super) struct Hub {
    address: Address,
    subscriptions: Mutex<Subscriptions>,
}

/// Who waits for changes. `None`: it cannot be said of which task.
type Told = Sender<Option<TaskId>>;

#[derive(Default)]
struct Subscriptions {
    of: HashMap<Topic, Vec<(u64, Told)>>,
    next: u64,
    is_listening: bool,
}

/// Removes a subscription.
struct Subscribed {
    hub: Arc<Hub>,
    topic: Topic,
    number: u64,
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        let mut subscriptions = self.hub.subscriptions();
        if let Some(senders) = subscriptions.of.get_mut(&self.topic) {
            senders.retain(|(number, _)| *number != self.number);
            if senders.is_empty() {
                subscriptions.of.remove(&self.topic);
            }
        }
    }
}

impl Hub {
    pub(super) fn new(address: Address) -> Arc<Self> {
        Arc::new(Self {
            address,
            subscriptions: Mutex::default(),
        })
    }

    /// Subscribes, and connects if this is the first subscription. `None` outside a runtime.
    pub(super) fn subscribe(self: &Arc<Self>, topic: Topic) -> Option<Changes> {
        let runtime = Handle::try_current().ok()?;
        let (sender, receiver) = channel(if topic == Topic::Ends { KEPT_ENDS } else { 1 });
        let mut subscriptions = self.subscriptions();
        subscriptions.next += 1;
        let number = subscriptions.next;
        subscriptions
            .of
            .entry(topic.clone())
            .or_default()
            .push((number, sender));
        let is_listening = std::mem::replace(&mut subscriptions.is_listening, true);
        drop(subscriptions);
        let subscribed = Subscribed {
            hub: Arc::clone(self),
            topic,
            number,
        };
        if !is_listening {
            let listening = Listening {
                hub: Arc::clone(self),
                is_over: false,
            };
            runtime.spawn(listening.run());
        }
        let next = |(mut receiver, subscribed): (Receiver<_>, Subscribed)| async {
            let change = receiver.recv().await?;
            Some((change, (receiver, subscribed)))
        };
        Some(Changes::new(stream::unfold((receiver, subscribed), next)))
    }

    fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notifies those who wait for what a notice is about.
    fn notice(&self, text: &str) {
        // A later version may send others.
        let Ok(notice) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let subscriptions = self.subscriptions();
        if let Some(id) = notice["submission"].as_str() {
            subscriptions.send(&Topic::Submission(id.to_owned()), None);
        }
        let is_ended = notice["status"]
            .as_str()
            .is_some_and(|status| TaskStatus::from_vendor(status).is_ended());
        let task = notice["task"].as_str().filter(|_| is_ended);
        if let Some(task) = task.and_then(|task| task.parse::<TaskId>().ok()) {
            subscriptions.send(&Topic::End(task.clone()), Some(&task));
            subscriptions.send(&Topic::Ends, Some(&task));
        }
        if notice["released"] == true {
            subscriptions.send(&Topic::Released, None);
        }
    }

    /// Something may have been missed.
    fn reconnected(&self) {
        let subscriptions = self.subscriptions();
        for topic in subscriptions.of.keys() {
            subscriptions.send(topic, None);
        }
    }
}

impl Subscriptions {
    fn send(&self, topic: &Topic, change: Option<&TaskId>) {
        for (_, sender) in self.of.get(topic).into_iter().flatten() {
            // One that is full is notified already.
            let _ = sender.try_send(change.cloned());
        }
    }
}

/// The task that listens.
struct Listening {
    hub: Arc<Hub>,
    /// Whether it ends because there are no subscriptions.
    is_over: bool,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Otherwise its runtime has ended.
        if !self.is_over {
            self.hub.subscriptions().is_listening = false;
        }
    }
}

impl Listening {
    async fn run(mut self) {
        let mut pause = PAUSE;
        while !self.is_over {
            if self.listen(&mut pause).await.is_err() {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            // In one step, so that another subscription either is seen or begins anew.
            let mut subscriptions = self.hub.subscriptions();
            self.is_over = subscriptions.of.is_empty();
            subscriptions.is_listening = !self.is_over;
        }
    }

    /// Listens as long as there are subscriptions.
    ///
    /// # Errors
    /// When the connection cannot be established, or is lost.
    async fn listen(&self, pause: &mut Duration) -> Result<(), String> {
        let address = &self.hub.address;
        let tls = connector(&address.verification)?;
        let (client, mut connection) = address.config.connect(tls).await.map_err(|error| error.to_string())?;
        let (sender, mut notices) = channel(64);
        // Ends with the client.
        tokio::spawn(async move {
            let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notification(notification) = message
                    && sender.send(notification.payload().to_owned()).await.is_err()
                {
                    return;
                }
            }
        });
        let lost = |error: tokio_postgres::Error| error.to_string();
        let row = client
            .query_one("SELECT 'videogen_' || md5($1)", &[&address.schema])
            .await;
        let channel: String = row.and_then(|row| row.try_get(0)).map_err(lost)?;
        client.batch_execute(&format!("LISTEN {channel}")).await.map_err(lost)?;
        self.hub.reconnected();
        *pause = PAUSE;
        loop {
            let is_needed = !self.hub.subscriptions().of.is_empty();
            match timeout(if is_needed { CHECK } else { KEPT }, notices.recv()).await {
                Ok(Some(text)) => self.hub.notice(&text),
                Ok(None) => return Err("the connection was lost".to_owned()),
                Err(_) if self.hub.subscriptions().of.is_empty() => return Ok(()),
                Err(_) => {
                    let checked = timeout(CHECK, client.batch_execute("SELECT 1")).await;
                    checked.map_err(|error| error.to_string())?.map_err(lost)?;
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hub() -> Arc<Hub> {
        Hub::new(Address::parse("postgresql://videogen@127.0.0.1:1/jobs").ok().unwrap())
    }

    #[tokio::test]
    async fn each_notice_reaches_those_who_wait_for_it() {
        let hub = hub();
        let task: TaskId = "ark:contents:a".parse().unwrap();
        let subscribe = |topic| hub.subscribe(topic).unwrap();
        let mut submission = subscribe(Topic::Submission("i".to_owned()));
        let (mut end, mut ends) = (subscribe(Topic::End(task.clone())), subscribe(Topic::Ends));
        let mut released = subscribe(Topic::Released);
        for ignored in [
            "{}",
            "odd",
            r#"{"later": 1}"#,
            r#"{"submission": "j", "task": null, "status": "sending"}"#,
        ] {
            hub.notice(ignored);
        }
        hub.notice(r#"{"submission": "i", "task": "ark:contents:a", "status": "running"}"#);
        assert_eq!(submission.next().await, None);
        hub.notice(r#"{"submission": "i", "task": "ark:contents:a", "status": "completed"}"#);
        assert_eq!(
            (submission.next().await, end.end().await, ends.end().await),
            (None, task.clone(), task)
        );
        hub.notice(r#"{"released": true}"#);
        assert_eq!(released.next().await, None);
        hub.reconnected();
        assert_eq!((end.next().await, ends.next().await), (None, None));
        drop((submission, end, ends, released));
        assert!(hub.subscriptions().of.is_empty());
    }
}
