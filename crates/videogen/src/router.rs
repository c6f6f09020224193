//! Submission at the first vendor of several that takes a request.
//!
//! Floor 8: decides which client submits next; the submissions belong to `submit`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::client::{Client, Plan};
use crate::clients::Clients;
use crate::journal::{Entry, State};
use crate::model::{Capabilities, CostEstimate, Delivery, Error, ErrorKind, Vendor, VideoRequest, VideoTask};
use crate::submit::SubmitOptions;

/// A vendor that may take a request, and its id of the model.
///
/// ```
/// use videogen::Vendor;
/// use videogen::route::Route;
///
/// let route: Route = "ark=dreamina-seedance-2-0-260128".parse()?;
/// assert_eq!(route, Route::new(Vendor::Ark).model("dreamina-seedance-2-0-260128"));
/// assert_eq!("toapis".parse::<Route>()?, Route::new(Vendor::ToApis));
/// # Ok::<(), videogen::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Route {
    /// Vendor.
    pub vendor: Vendor,
    /// The vendor's id of the model. `None`: the model of the request, which the vendor must list, or the vendor's default
    /// if the request names none.
    pub model: Option<String>,
}

impl Route {
    /// A route to `vendor`.
    #[must_use]
    pub fn new(vendor: Vendor) -> Self {
        Self { vendor, model: None }
    }

    /// Sets the vendor's id of the model.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// The request as this vendor gets it.
    fn request(&self, request: &VideoRequest) -> Result<VideoRequest, Error> {
        let mut request = request.clone();
        if let Some(model) = &self.model {
            request.model.clone_from(model);
        } else if request.model.is_empty() {
            self.vendor.default_model().clone_into(&mut request.model);
        } else if !Capabilities::of(self.vendor, &request.model).is_known() {
            let (vendor, model) = (self.vendor, &request.model);
            let near = Capabilities::nearest(vendor, model).unwrap_or_else(|| vendor.default_model());
            let message = format!(
                "no table lists {model} at {}, and model ids differ between vendors; name its id there, such as \
                 {vendor}={near}",
                vendor.name()
            );
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_delivery(Delivery::NotSent));
        }
        Ok(request)
    }
}

impl From<Vendor> for Route {
    fn from(vendor: Vendor) -> Self {
        Self::new(vendor)
    }
}

/// `ark`, or `ark=MODEL`.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.vendor)?;
        match &self.model {
            Some(model) => write!(f, "={model}"),
            None => Ok(()),
        }
    }
}

/// `ark`, or `ark=MODEL`.
impl FromStr for Route {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (vendor, model) = match text.split_once('=') {
            Some((vendor, model)) => (vendor, Some(model.trim())),
            None => (text, None),
        };
        if model.is_some_and(str::is_empty) {
            let message = format!("`{}` names no model: use VENDOR or VENDOR=MODEL", text.escape_debug());
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(Self {
            vendor: vendor.trim().parse()?,
            model: model.map(str::to_owned),
        })
    }
}

/// Order in which a [`Router`] tries the vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RouteOrder {
    /// As given.
    #[default]
    AsGiven,
    /// By the most that the video may cost, see [`Plan::cost`](crate::submit::Plan::cost): cheapest first. Vendors whose
    /// price is unknown, or in another currency than the first known one, are last.
    Price,
    /// By the durations of tasks that the clients have measured, see [`Durations`](crate::poll::Durations): fastest first.
    /// As long as nothing is measured, the vendors' published figures count.
    Time,
}

/// A submission by a [`Router`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Routed {
    /// The task; its id names the vendor that took it.
    pub task: VideoTask,
    /// Why the vendors before did not take it, in the order in which they were tried.
    pub refused: Vec<Error>,
}

/// Submits each request at one of several vendors: the first one that takes it.
///
/// The next vendor is tried only when the one before has provably accepted nothing, for a reason that the vendor or the
/// network has: it limits the rate or has no capacity, the balance does not cover the request, it does not have the model,
/// it could not be reached, or it refused with a documented outage. A [budget](crate::journal::Budget) or maximum cost that
/// allows nothing at one vendor counts too. An unknown submission status ([`Delivery::Ambiguous`]) ends the submission, and
/// so does a reason that other vendors would share, such as an invalid request or moderation, or one for the caller to mend,
/// such as a refused key.
///
/// The request is checked for every vendor before anything is sent.
///
/// # Keys
///
/// With an idempotency key, at most one task is created across all vendors and all processes: keys are unique in a
/// journal whatever the vendor, and each attempt replaces the record of the one before in one transaction. An earlier
/// submission with the key that a vendor accepted, or whose status is unknown, decides: no other vendor is tried. The
/// clients must share one journal, and one [scope](crate::journal::Intent::scope).
///
/// ```no_run
/// # async fn example(request: videogen::VideoRequest) -> Result<(), videogen::Error> {
/// use videogen::route::Route;
/// use videogen::{Clients, Router, Vendor};
///
/// let routes = [Route::new(Vendor::Ark).model("dreamina-seedance-2-0-260128"), Vendor::Token360.into()];
/// let router = Router::new(&Clients::from_env()?, routes)?;
/// let routed = router.submit(&request).await?;
/// for reason in &routed.refused {
///     eprintln!("{reason}");
/// }
/// println!("{} took it: {}", routed.task.id.vendor().name(), routed.task.id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Router {
    routes: Vec<(Route, Client)>,
    order: RouteOrder,
}

/// One vendor for one request.
struct Candidate {
    client: Client,
    request: VideoRequest,
    plan: Plan,
}

impl Router {
    /// Creates a router for vendors that `clients` has clients of.
    ///
    /// # Errors
    /// `config` when there are no routes, one of them is named twice, or a vendor has no client.
    pub fn new(clients: &Clients, routes: impl IntoIterator<Item = Route>) -> Result<Self, Error> {
        let mut known: Vec<(Route, Client)> = Vec::new();
        for route in routes {
            if known.iter().any(|(other, _)| *other == route) {
                let message = format!("the route {route} is named twice");
                return Err(Error::new(ErrorKind::Config, message));
            }
            let client = clients.of(route.vendor)?.clone();
            known.push((route, client));
        }
        if known.is_empty() {
            return Err(Error::new(ErrorKind::Config, "a router needs at least one vendor"));
        }
        Ok(Self {
            routes: known,
            order: RouteOrder::default(),
        })
    }

    /// Sets the order.
    #[must_use]
    pub fn order(mut self, order: RouteOrder) -> Self {
        self.order = order;
        self
    }

    /// Checks `request` for every vendor, and returns what would be sent, in the order in which the vendors would be tried.
    ///
    /// # Errors
    /// `invalid_request` for the first vendor whose rules it violates; [`Error::other_vendors`] has those of the others.
    pub fn plan(&self, request: impl Borrow<VideoRequest>) -> Result<Vec<Plan>, Error> {
        let candidates = self.candidates(request.borrow())?;
        Ok(candidates.into_iter().map(|candidate| candidate.plan).collect())
    }

    /// Submits `request` at the first vendor that takes it.
    ///
    /// # Errors
    /// The same as [`plan`](Self::plan), before anything is sent; otherwise the error of
    /// [`Client::submit`] for the last vendor tried, and [`Error::other_vendors`] has those of the vendors before.
    pub async fn submit(&self, request: impl Borrow<VideoRequest>) -> Result<Routed, Error> {
        self.submit_with(request, SubmitOptions::default()).await
    }

    /// The same with options, such as an idempotency key.
    ///
    /// # Errors
    /// Also `config` when there is a key, and the clients do not share a [scope](crate::journal::Intent::scope), so that
    /// the key could not be unique.
    pub async fn submit_with(
        &self,
        request: impl Borrow<VideoRequest>,
        options: SubmitOptions,
    ) -> Result<Routed, Error> {
        let key = options.idempotency_key.as_deref();
        self.check_scope(key)?;
        let (router, request) = (self.clone(), request.borrow().clone());
        // Reads local files.
        let candidates = tokio::task::spawn_blocking(move || router.candidates(&request)).await;
        let candidates = candidates.map_err(|error| {
            let message = format!("the request was not checked: {error}");
            Error::new(ErrorKind::Io, message).with_delivery(Delivery::NotSent)
        })??;
        if candidates.len() > 1 {
            // One vendor may have taken the same request before, and another one would now.
            for Candidate { client, request, .. } in &candidates {
                client.refuse_repeated(request, &options).await?;
            }
        }
        let mut left: Vec<usize> = (0..candidates.len()).collect();
        let mut refused: Vec<Error> = Vec::new();
        let mut seen = None;
        loop {
            let held = holder(&candidates, key).await?;
            let decided = held.as_ref().and_then(|entry| owner(&candidates, entry));
            let Some(next) = decided.or_else(|| left.first().copied()) else {
                break;
            };
            let Candidate { client, request, .. } = &candidates[next];
            let error = match client.submit_with(request, options.clone()).await {
                Ok(task) => return Ok(Routed { task, refused }),
                Err(error) => error,
            };
            if is_refusal(&error) {
                left.retain(|index| *index != next);
                refused.retain(|earlier| earlier.vendor() != error.vendor());
                refused.push(error);
                continue;
            }
            // Another process with this key may have gone on to another vendor meanwhile. Without a new attempt, the
            // conflict is another one.
            if let Some(key) = key
                && error.kind() == ErrorKind::Conflict
                && error.delivery() == Some(Delivery::NotSent)
                && let Some(entry) = candidates[next].client.journal_entry_with_key(key).await?
                // One that was dismissed is not submitted again on its own.
                && entry.state != State::Dismissed
                && seen.replace((next, entry.attempts)) != Some((next, entry.attempts))
            {
                continue;
            }
            return Err(error.with_other_vendors(refused));
        }
        match refused.pop() {
            Some(last) => Err(last.with_other_vendors(refused)),
            None => Err(Error::new(ErrorKind::Config, "a router needs at least one vendor")),
        }
    }

    /// A key is unique in a scope, so the vendors must share one.
    fn check_scope(&self, key: Option<&str>) -> Result<(), Error> {
        let Some((_, first)) = self.routes.first().filter(|_| key.is_some()) else {
            return Ok(());
        };
        match self.routes.iter().find(|(_, client)| client.scope() != first.scope()) {
            None => Ok(()),
            Some((_, other)) => {
                let message = format!(
                    "an idempotency key is unique among base URLs on the public internet, or on one host: {} and {} could \
                     both be paid for it; use base URLs of one kind, or no key",
                    first.origin(),
                    other.origin()
                );
                Err(Error::new(ErrorKind::Config, message).with_delivery(Delivery::NotSent))
            }
        }
    }

    /// The vendors in order, if the request is valid for all.
    fn candidates(&self, request: &VideoRequest) -> Result<Vec<Candidate>, Error> {
        let (mut candidates, mut errors) = (Vec::new(), Vec::new());
        for (route, client) in &self.routes {
            let planned = route.request(request).and_then(|request| {
                let plan = client.plan(&request)?;
                let client = client.clone();
                Ok(Candidate { client, request, plan })
            });
            match planned {
                Ok(candidate) => candidates.push(candidate),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            let first = errors.remove(0);
            return Err(first.with_other_vendors(errors));
        }
        match self.order {
            RouteOrder::AsGiven => {}
            RouteOrder::Price => {
                let mut known = candidates.iter().filter_map(|candidate| candidate.plan.cost().known());
                if let Some(currency) = known.next().map(|cost| cost.currency.clone()) {
                    candidates.sort_by(|one, other| by_price(one, other, &currency));
                }
            }
            RouteOrder::Time => candidates.sort_by_cached_key(|candidate| {
                let durations = candidate.client.0.account.durations();
                durations.of(Some(&candidate.plan.model)).typical()
            }),
        }
        Ok(candidates)
    }
}

/// Unknown costs, and those in other currencies, are last.
fn by_price(one: &Candidate, other: &Candidate, currency: &str) -> Ordering {
    let most = |candidate: &Candidate| {
        let known = candidate.plan.cost().known();
        known
            .filter(|cost: &&CostEstimate| cost.currency == currency)
            .map(|cost| cost.high)
    };
    match (most(one), most(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

/// Whether a vendor has provably accepted nothing, and another one may take the request.
fn is_refusal(error: &Error) -> bool {
    if error.ambiguity().is_some() || error.task().is_some() {
        return false;
    }
    let (Some(delivery @ (Delivery::NotSent | Delivery::Rejected)), kind) = (error.delivery(), error.kind()) else {
        return false;
    };
    match kind {
        ErrorKind::RateLimited | ErrorKind::Balance | ErrorKind::Budget | ErrorKind::NotFound | ErrorKind::Vendor => {
            true
        }
        // Not reached; an upload that was not ready in time.
        ErrorKind::Transport | ErrorKind::Timeout => delivery == Delivery::NotSent,
        _ => false,
    }
}

/// The submission with this key for which a task exists or may exist.
async fn holder(candidates: &[Candidate], key: Option<&str>) -> Result<Option<Entry>, Error> {
    let Some(key) = key else { return Ok(None) };
    for Candidate { client, .. } in candidates {
        let entry = client.journal_entry_with_key(key).await;
        let entry = entry.map_err(|error| error.with_delivery(Delivery::NotSent))?;
        let may_have_task = |state| matches!(state, State::Sending | State::Accepted | State::Ambiguous);
        if let Some(entry) = entry.filter(|entry| may_have_task(entry.state)) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// The vendor that a submission was made at: with the same model, if the vendor is there with several.
fn owner(candidates: &[Candidate], entry: &Entry) -> Option<usize> {
    let owns = |candidate: &&Candidate| candidate.client.owns(entry);
    let has_model =
        |candidate: &Candidate| candidate.client.judge().hide(&candidate.request.model) == entry.intent.model;
    let exact = candidates
        .iter()
        .position(|candidate| owns(&candidate) && has_model(candidate));
    exact.or_else(|| candidates.iter().position(|candidate| owns(&candidate)))
}
