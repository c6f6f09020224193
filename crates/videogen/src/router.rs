//! Submission at the first vendor of several that takes a request.
//!
//! Floor 8: decides which client submits next; the submissions belong to `submit`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::client::{Client, Plan};
use crate::clients::Clients;
use crate::journal::{Entry, State};
use crate::model::{CostEstimate, Delivery, Error, ErrorKind, Vendor, VideoRequest, VideoTask};
use crate::submit::SubmitOptions;
use crate::transport::blocking::run;

mod route;

pub use route::{Route, RouteOrder};

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
    complete: Option<Callback<Complete>>,
    on_refusal: Option<Callback<OnRefusal>>,
}

type Complete = dyn Fn(Vendor, &mut VideoRequest) + Send + Sync;
type OnRefusal = dyn Fn(&Error, Vendor) + Send + Sync;

struct Callback<F: ?Sized>(Arc<F>);

impl<F: ?Sized> Clone for Callback<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> fmt::Debug for Callback<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
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
            complete: None,
            on_refusal: None,
        })
    }

    /// Sets the order.
    #[must_use]
    pub fn order(mut self, order: RouteOrder) -> Self {
        self.order = order;
        self
    }

    /// Completes the request for each vendor before it is checked, such as with your defaults for the vendor. The model is set
    /// already. It must do the same each time, or an idempotency key has another request.
    #[must_use]
    pub fn complete(mut self, complete: impl Fn(Vendor, &mut VideoRequest) + Send + Sync + 'static) -> Self {
        self.complete = Some(Callback(Arc::new(complete)));
        self
    }

    /// Calls `observe` when a vendor has refused a request, before the next vendor is tried, which is its second argument.
    #[must_use]
    pub fn on_refusal(mut self, observe: impl Fn(&Error, Vendor) + Send + Sync + 'static) -> Self {
        self.on_refusal = Some(Callback(Arc::new(observe)));
        self
    }

    /// Returns the request as each vendor gets it, before adjustments, in the order of the routes.
    ///
    /// # Errors
    /// `invalid_request` for the first vendor whose tables do not list the model; [`Error::other_vendors`] has those of the others.
    pub fn requests(&self, request: impl Borrow<VideoRequest>) -> Result<Vec<(Vendor, VideoRequest)>, Error> {
        let each = self.routes.iter();
        all(each.map(|(route, _)| Ok((route.vendor, self.request(route, request.borrow())?))))
    }

    fn request(&self, route: &Route, request: &VideoRequest) -> Result<VideoRequest, Error> {
        let mut request = route.request(request)?;
        if let Some(complete) = &self.complete {
            complete.0(route.vendor, &mut request);
        }
        Ok(request)
    }

    /// Checks that [`submit_with`](Self::submit_with) would not refuse `request` because of an earlier submission at one of the
    /// vendors; see [`Client::check_earlier`].
    ///
    /// # Errors
    /// The same as of that method, and of [`plan`](Self::plan).
    pub async fn check_earlier(
        &self,
        request: impl Borrow<VideoRequest>,
        options: &SubmitOptions,
    ) -> Result<(), Error> {
        let key = options.idempotency_key.as_deref();
        self.check_scope(key)?;
        let candidates = self.checked(request.borrow()).await?;
        if let Some(entry) = holder(&candidates, key).await? {
            let index = owner(&candidates, &entry).unwrap_or_default();
            return match candidates.get(index) {
                Some(Candidate { client, request, .. }) => client.check_earlier(request, options).await,
                None => Ok(()),
            };
        }
        for Candidate { client, request, .. } in candidates.iter().filter(|_| key.is_none()) {
            client.check_earlier(request, options).await?;
        }
        Ok(())
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
        let candidates = self.checked(request.borrow()).await?;
        let mut repeatable = Vec::new();
        if candidates.len() > 1 && key.is_none() {
            for Candidate { client, request, .. } in &candidates {
                repeatable.extend(
                    client
                        .comparable(request, &options)
                        .await?
                        .map(|of| (client, of.intent)),
                );
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
            // One vendor may have taken the same request, from another process also since the last attempt, and another one would
            // now.
            for (client, intent) in &repeatable {
                if let Err(error) = client.not_repeated(intent).await {
                    return Err(error.with_other_vendors(refused));
                }
            }
            let Candidate { client, request, .. } = &candidates[next];
            let error = match client.submit_with(request, options.clone()).await {
                Ok(task) => return Ok(Routed { task, refused }),
                Err(error) => error,
            };
            if is_refusal(&error) {
                left.retain(|index| *index != next);
                // A moment later more may be left, but it is not for a dearer vendor.
                if error
                    .cost_limit()
                    .is_some_and(|limit| limit.all_vendors && limit.cost_known)
                {
                    left.retain(|index| !costs_as_much(&candidates[*index].plan, &candidates[next].plan));
                }
                refused.retain(|earlier| earlier.vendor() != error.vendor());
                if client.has_stopped() {
                    return Err(error.with_other_vendors(refused));
                }
                if let (Some(observe), Some(after)) = (&self.on_refusal, left.first()) {
                    observe.0(&error, candidates[*after].client.vendor());
                }
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
                    "an idempotency key is unique among base URLs on the public internet, or at one host and port: {} and {} \
                     could both be paid for it; use base URLs of one kind, or no key",
                    first.origin(),
                    other.origin()
                );
                Err(Error::new(ErrorKind::Config, message).with_delivery(Delivery::NotSent))
            }
        }
    }

    /// The vendors in order, if the request is valid for all. Reads local files.
    async fn checked(&self, request: &VideoRequest) -> Result<Vec<Candidate>, Error> {
        let (router, request) = (self.clone(), request.clone());
        let candidates = run(move || router.candidates(&request)).await;
        candidates.map_err(|error| {
            let message = format!("the request was not checked: {error}");
            Error::new(ErrorKind::Io, message).with_delivery(Delivery::NotSent)
        })?
    }

    fn candidates(&self, request: &VideoRequest) -> Result<Vec<Candidate>, Error> {
        let mut candidates = all(self.routes.iter().map(|(route, client)| {
            let request = self.request(route, request)?;
            let plan = client.plan(&request)?;
            let client = client.clone();
            Ok(Candidate { client, request, plan })
        }))?;
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

/// All results, or the first error with the others.
fn all<T>(results: impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(values);
    }
    let first = errors.remove(0);
    Err(first.with_other_vendors(errors))
}

/// Whether the first plan may cost as much as the second, in the same currency.
fn costs_as_much(one: &Plan, other: &Plan) -> bool {
    match (one.cost().known(), other.cost().known()) {
        (Some(one), Some(other)) => one.currency == other.currency && one.high >= other.high,
        _ => false,
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
