//! Options that name several vendors, which are tried one after the other.

use clap::{Args, ValueEnum};
use videogen::ErrorKind;
use videogen::route::{Route, RouteOrder};

use crate::exit::{Failure, INVALID};

/// The vendors of a request, and their order.
#[derive(Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct OrderArgs {
    /// Order in which several vendors are tried; time: published, or measured here.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = Order::Given)]
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
