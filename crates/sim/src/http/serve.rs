//! The accept loop of both origins.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower_service::Service;

use crate::http::spoil::delivered;
use crate::state::Core;

/// Serves a router on a listener until the simulator ends. This is done by hand, and not by
/// `axum::serve`, because a fault must be able to close a connection without an answer.
pub(crate) fn serve(core: &Arc<Core>, listener: TcpListener, router: Router) {
    // The core and this loop own each other; stopping the background work breaks the cycle.
    let connections = core.clone();
    core.background.spawn(async move {
        loop {
            // Ignores connections that broke before they were accepted, and
            // exhausted file descriptors, which are temporary.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            // Without it small responses are delayed.
            let _ = stream.set_nodelay(true);
            let router = router.clone();
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut router = router.clone();
                async move { delivered(router.call(request.map(Body::new)).await) }
            });
            connections.background.spawn(async move {
                // A broken connection is caused by the client, or by a fault.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}
