//! Receives the vendor's webhook during a wait.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use videogen::facts::Scheme;
use videogen::journal::hide_urls;
use videogen::webhook::{Callback, Receiver};
use videogen::{Client, ErrorKind, SecretUrl, TaskId, TaskStatus, Vendor, VideoTask, Violation};

use crate::environment;
use crate::exit::{Failure, INVALID, IO};
use crate::late::late_or;
use crate::listen::serve;
use crate::output::Output;

#[derive(Args)]
#[command(next_help_heading = "Webhook")]
pub(crate) struct WebhookArgs {
    /// Also receive the vendor's webhook on this address while waiting.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "no_wait", value_parser = late_or(address, ANYWHERE))]
    listen_for_webhook: Option<SocketAddr>,
    /// Public base URL of that address; an unguessable path is added to it.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
}

/// An address in place of one that cannot be read.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "use an IP address with a port, such as 127.0.0.1:8080".to_owned())
}

impl WebhookArgs {
    /// Whether webhooks are to be received.
    pub(crate) fn listens(&self) -> bool {
        self.listen_for_webhook.is_some()
    }

    /// Checks that address and URL belong together. Clap would forgive the missing address where it conflicts with another option.
    ///
    /// # Errors
    /// One without the other, or an invalid URL.
    pub(crate) fn check(&self, simulate: bool) -> Result<(), Failure> {
        let invalid = |message: String| Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
        match (&self.listen_for_webhook, &self.webhook_url) {
            (None, Some(_)) => {
                let message = "--webhook-url needs --listen-for-webhook; for your own receiver, use --callback-url";
                invalid(message.to_owned())
            }
            (Some(address), None) if !simulate => invalid(format!(
                "--listen-for-webhook needs --webhook-url, the public URL of {address}"
            )),
            (Some(_), Some(url)) => match Callback::check(url) {
                Ok(()) => Ok(()),
                Err(error) => {
                    let rule = error.message().to_owned();
                    let violation = Violation::new("--webhook-url", hide_urls(url), rule, "");
                    Err(Failure::of_options(vec![violation]).unwrap_or_else(|| error.into()))
                }
            },
            _ => Ok(()),
        }
    }
}

/// A server for one task's webhook. It stops when dropped.
pub(crate) struct Listener {
    receiver: Receiver,
    callback: Callback,
    ended: mpsc::UnboundedReceiver<VideoTask>,
    server: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Listener {
    /// Listens, if requested; fails before anything is paid for.
    pub(crate) async fn start(
        args: &WebhookArgs,
        client: &Client,
        simulate: bool,
        output: &Output,
    ) -> Result<Option<Self>, Failure> {
        let Some(address) = args.listen_for_webhook else {
            return Ok(None);
        };
        let io = |error| Failure::new(IO, ErrorKind::Io, format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(io)?;
        let base = match &args.webhook_url {
            Some(url) => url.clone(),
            None if simulate => format!("http://{}", listener.local_addr().map_err(io)?),
            // Checked before.
            None => return Ok(None),
        };
        let (send, ended) = mpsc::unbounded_channel();
        let secrets = secrets(client.vendor(), simulate, output);
        let vendor = client.vendor();
        let key = match &secrets {
            Some(secrets) => Some(secrets.variable.to_owned()),
            None if has_public_keys(vendor) => Some(format!("the public keys of {}", vendor.name())),
            None => None,
        };
        let (output, noted) = (*output, AtomicBool::new(false));
        let mut builder = Receiver::builder(client.clone())
            .poll_unverified(true)
            .on_event(move |event| {
                if let (None, Some(key)) = (&event.id, &key)
                    && !noted.swap(true, Ordering::Relaxed)
                {
                    output.note(&format!(
                        "A webhook arrived, but its signature does not fit {key}; the task was polled instead."
                    ));
                }
                if let Some(task) = event.task {
                    // Ignored when the wait has ended.
                    let _ = send.send(task);
                }
                async { Ok(()) }
            });
        for secret in secrets.iter().flat_map(|secrets| &secrets.values) {
            builder = builder.secret(secret.as_str());
        }
        let receiver = builder.build().map_err(|error| match &secrets {
            Some(secrets) => Failure::new(INVALID, error.kind(), format!("{}: {error:#}", secrets.variable)),
            None => error.into(),
        })?;
        let callback = receiver.callback(&base)?;
        // The part of the callback URL before the token.
        let url = callback.url().expose().to_owned();
        let path = url.splitn(4, '/').nth(3).and_then(|path| path.rsplit_once('/'));
        let router: Router = receiver.router(path.map_or("", |(path, _)| path));
        let server = tokio::spawn(serve(listener, router));
        Ok(Some(Self {
            receiver,
            callback,
            ended,
            server,
        }))
    }

    /// The `callback_url` to send.
    pub(crate) fn url(&self) -> SecretUrl {
        self.callback.url().clone()
    }

    /// Binds the callback to the task. Earlier deliveries are handled now; if that fails, polling continues.
    pub(crate) async fn bind(&self, id: &TaskId, output: &Output) {
        if let Err(rejection) = self.receiver.bind(self.callback.hash(), id).await {
            output.note(&format!("{rejection}; polling continues"));
        }
    }

    /// The ended task from a verified webhook.
    pub(crate) async fn ended(&mut self, id: &TaskId) -> VideoTask {
        while let Some(task) = self.ended.recv().await {
            let is_ended = task.status.is_ended() && (task.status != TaskStatus::Completed || task.video.is_some());
            if task.id.id() == id.id() && is_ended {
                return task;
            }
        }
        std::future::pending().await
    }
}

/// Webhook secrets, and the variable that has them.
struct Secrets {
    variable: &'static str,
    values: Vec<String>,
}

/// Whether the vendor signs with a key pair.
fn has_public_keys(vendor: Vendor) -> bool {
    let signature = vendor.facts().webhook.signature;
    signature.is_some_and(|signature| matches!(signature.scheme, Scheme::Ed25519 { .. }))
}

/// The vendor's webhook secrets; none if it does not sign, or signs with a key pair.
fn secrets(vendor: Vendor, simulate: bool, output: &Output) -> Option<Secrets> {
    let signature = vendor.facts().webhook.signature?;
    let Scheme::HmacSha256 {
        secret_env: variable, ..
    } = signature.scheme
    else {
        return None;
    };
    let value = match simulate {
        true => videogen_sim::WEBHOOK_SECRET.to_owned(),
        false => environment::text(variable).unwrap_or_default(),
    };
    if value.trim().is_empty() {
        output.note(&format!(
            "{variable} is not set: webhook signatures cannot be checked, so each webhook triggers a poll of {}",
            vendor.name()
        ));
        return None;
    }
    let values = value.split(',').map(|secret| secret.trim().to_owned()).collect();
    Some(Secrets { variable, values })
}
