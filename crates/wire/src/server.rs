//! Operations on another host than the rest.

use progenitor_client::OperationInfo;
use reqwest::{Request, Url};

use crate::facts::Vendor;

/// Directs a request to the server of its operation, if that is not the client's. Called by the generated clients' `pre` hook.
///
/// With another base URL than the vendor's, the request stays below that, so that one base URL replaces all hosts.
pub fn direct(request: &mut Request, vendor: &Vendor, base_url: &str, info: &OperationInfo) {
    if base_url != vendor.base_url {
        return;
    }
    let mut servers = vendor.servers.iter();
    let Some((_, own)) = servers.find(|(operation, _)| *operation == info.operation_id) else {
        return;
    };
    let path = request.url().as_str().strip_prefix(base_url);
    if let Some(url) = path.and_then(|path| Url::parse(&format!("{own}{path}")).ok()) {
        *request.url_mut() = url;
    }
}
