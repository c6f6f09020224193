//! Options that name several vendors, which are tried one after the other.

use clap::builder::EnumValueParser;
use clap::{Args, ValueEnum};
use videogen::facts::Capabilities;
use videogen::route::{Route, RouteOrder};
use videogen::{ErrorKind, Vendor, VideoRequest};

use crate::account::AccountArgs;
use crate::config;
use crate::exit::{Failure, INVALID};
use crate::late::{Valid, late, late_or};
use crate::output::{Output, file};
use crate::result::Configured;

/// The vendor of a request, or several.
#[derive(Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct RouteArgs {
    /// token360, toapis, alltoken, ark, openrouter, replicate, fal; or several: a,b
    #[arg(long, value_name = "VENDORS", value_delimiter = ',', value_parser = late(parse_route))]
    vendor: Vec<Valid<Route>>,
    #[command(flatten)]
    order: OrderArgs,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// Several vendors for one request.
pub(crate) struct Routes {
    /// With the models of the configuration.
    pub(crate) routes: Vec<Route>,
    pub(crate) order: RouteOrder,
    pub(crate) from_config: Vec<Configured>,
}

impl RouteArgs {
    /// The vendors, without those that cannot be read.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.vendor.iter().flatten()
    }

    /// Whether vendors are named, and none of them can be read.
    pub(crate) fn is_invalid(&self) -> bool {
        !self.vendor.is_empty() && self.routes().next().is_none()
    }

    /// Rejects vendors and models that contradict each other. `has_model`: an option names the model.
    pub(crate) fn check(&self, has_model: bool) -> Result<(), Failure> {
        let routes: Vec<Route> = self.routes().cloned().collect();
        check_option(&routes)?;
        if has_model && !routes.is_empty() && routes.iter().all(|route| route.model.is_some()) {
            let message = "--model is for no vendor: --vendor names a model of each; remove one of them";
            return Err(invalid(message));
        }
        if self.order.vendor_order != Order::Given && self.vendor.len() < 2 {
            return Err(invalid(
                "--vendor-order is for several vendors; name them: --vendor A,B",
            ));
        }
        if self.base_url.is_some() && self.vendor.len() > 1 {
            let variables: Vec<_> = routes.iter().map(|route| route.vendor.facts().base_url_env).collect();
            return Err(invalid(format!(
                "--base-url is for one vendor, and --vendor names several; set {}",
                variables.join(" and ")
            )));
        }
        Ok(())
    }

    /// The vendors that are named, each once.
    pub(crate) fn vendors(&self) -> Vec<Vendor> {
        let mut vendors: Vec<Vendor> = Vec::new();
        for route in self.routes() {
            if !vendors.contains(&route.vendor) {
                vendors.push(route.vendor);
            }
        }
        vendors
    }

    /// Whether a vendor is named with a model.
    pub(crate) fn has_models(&self) -> bool {
        self.routes().any(|route| route.model.is_some())
    }

    /// The options of the only vendor. `of_file`: the vendor of a sidecar.
    pub(crate) fn account(&self, of_file: Option<Vendor>) -> AccountArgs {
        AccountArgs {
            vendor: self.routes().next().map(|route| route.vendor).or(of_file),
            base_url: self.base_url.clone(),
        }
    }

    /// The model that `--vendor VENDOR=MODEL` names for the only vendor.
    pub(crate) fn model(&self) -> Option<&str> {
        self.routes().next()?.model.as_deref()
    }

    /// The vendors, if there are several, completed from the configuration for `request`.
    pub(crate) fn several(&self, request: &VideoRequest, output: &Output) -> Option<Routes> {
        let (mut routes, mut from_config): (Vec<Route>, _) = (self.routes().cloned().collect(), Vec::new());
        if routes.len() < 2 {
            return None;
        }
        for route in &mut routes {
            let mut applied = Vec::new();
            if request.model.is_empty() && route.model.is_none() {
                applied.extend(config::get().model_of(route.vendor));
                let model = applied.first().and_then(|model| model.value.as_str());
                route.model = model.map(str::to_owned);
            }
            applied.extend(config::get().complete(route.vendor, &mut request.clone()));
            if !applied.is_empty() {
                let values: Vec<String> = applied.iter().map(ToString::to_string).collect();
                let (name, path) = (route.vendor.name(), file(&config::get().path));
                output.note(&format!("At {name}, from {path}: {}.", values.join(", ")));
            }
            from_config.extend(applied);
        }
        let order = self.order.order();
        Some(Routes {
            routes,
            order,
            from_config,
        })
    }
}

/// Rejects the model of a sidecar at another vendor that does not list it, as among [several vendors](Route::request). `model`: the
/// one that an option names.
pub(crate) fn check_model_of_file(
    of_file: Option<Vendor>,
    vendor: Vendor,
    request: &VideoRequest,
    model: Option<&str>,
) -> Result<(), Failure> {
    let Some(of_file) = of_file.filter(|of_file| *of_file != vendor && model.is_none()) else {
        return Ok(());
    };
    if request.model.is_empty() || Capabilities::of(vendor, &request.model).is_known() {
        return Ok(());
    }
    let near = Capabilities::nearest(vendor, &request.model).unwrap_or_else(|| vendor.default_model());
    Err(invalid(format!(
        "the request file is of {}, whose model {} no table lists at {}; name its id there, such as --model {near}",
        of_file.name(),
        request.model,
        vendor.name()
    )))
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}

/// The vendors of a request, and their order.
#[derive(Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct OrderArgs {
    /// Order in which several vendors are tried; time: published, or measured here.
    #[arg(
        long, value_name = "ORDER", default_value = "given",
        value_parser = late_or(EnumValueParser::<Order>::new(), Order::Given)
    )]
    vendor_order: Order,
}

/// An order of vendors.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Given,
    Price,
    Time,
}

impl OrderArgs {
    pub(crate) fn order(&self) -> RouteOrder {
        match self.vendor_order {
            Order::Given => RouteOrder::AsGiven,
            Order::Price => RouteOrder::Price,
            Order::Time => RouteOrder::Time,
        }
    }
}

/// A vendor of `--vendor`: `ark`, or `ark=MODEL`.
pub(crate) fn parse_route(text: &str) -> Result<Route, String> {
    text.trim()
        .parse()
        .map_err(|error: videogen::Error| error.message().to_owned())
}

/// Rejects a vendor that is named twice.
pub(crate) fn check_routes(routes: &[Route]) -> Result<(), String> {
    let mut earlier = routes.iter().enumerate();
    match earlier.find(|(index, route)| routes[..*index].contains(route)) {
        Some((_, route)) => Err(format!("{route} is named twice")),
        None => Ok(()),
    }
}

/// The same for `--vendor`.
pub(crate) fn check_option(routes: &[Route]) -> Result<(), Failure> {
    check_routes(routes).map_err(|reason| {
        let message = format!("--vendor: {reason}");
        Failure::new(INVALID, ErrorKind::InvalidRequest, message)
    })
}
