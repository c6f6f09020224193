//! Routes, and the order in which they are tried.

use std::fmt;
use std::str::FromStr;

use crate::model::{Capabilities, Delivery, Error, ErrorKind, Vendor, VideoRequest};

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

    /// Returns the request as this vendor gets it: with its id of the model.
    ///
    /// # Errors
    /// `invalid_request` when the model is that of the request, and the vendor's tables do not list it.
    pub fn request(&self, request: &VideoRequest) -> Result<VideoRequest, Error> {
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

/// Order in which a [`Router`](crate::Router) tries the vendors.
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
