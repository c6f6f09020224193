//! Waiting for one task and for many, over real sockets and under a paused clock.
//!
//! The clock advances only when nothing else can run. Server and client share one thread and the loopback interface
//! delivers data at once, so a request is answered before the clock advances.

mod many;
mod one;
mod outage;
mod stub;
mod timeout;
mod usual;
mod webhook;
