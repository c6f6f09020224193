//! Waiting for one task and for many, over real sockets and under a paused clock.
//!
//! The clock moves by itself only when nothing is left to do. Server and client share one thread and the loopback interface
//! hands over what is written at once, so a request is answered before the clock moves.

mod many;
mod one;
mod outage;
mod stub;
mod webhook;
