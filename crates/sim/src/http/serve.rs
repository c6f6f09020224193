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
    // The core holds this loop and the loop the core; stopping the background work parts them.
    let connections = core.clone();
    core.background.spawn(async move {
        loop {
            // A connection that broke before it was accepted is not the server's business; neither
            // is a shortage of file descriptors, which passes.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            // Small answers must not wait for each other; without it they are only slower.
            let _ = stream.set_nodelay(true);
            let router = router.clone();
            let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let mut router = router.clone();
                async move { delivered(router.call(request.map(Body::new)).await) }
            });
            connections.background.spawn(async move {
                // A connection that breaks is the client's business, or a fault's.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}
