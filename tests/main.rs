//! All tests across crates, in one binary that links once.
//!
//! Snapshots are in `snapshots/<vendor>/`: `surface` is the generated Rust, `wire` the requests, `refused` the rejected
//! ones, `tasks` and `errors` the parsed responses. `public` has the public items of the handwritten crates.
#![allow(clippy::unwrap_used)]

mod agreement;
mod api;
mod applications;
mod ark;
mod bills;
mod book;
mod canary;
mod canned;
mod cases;
mod connections;
mod cost;
mod documented;
mod download;
mod end_to_end;
mod errors;
mod examples;
mod existing;
mod fal;
mod fields;
mod fuzz;
mod generation;
mod hints;
mod http;
mod journal;
mod logs;
mod members;
mod models;
mod oddities;
mod openrouter;
mod own_prices;
mod pause;
mod pay_once;
mod property;
mod readme;
mod replicate;
mod requests;
mod router;
mod sample;
mod schemas;
mod secrets;
mod simulator;
mod snapshots;
mod specs;
mod surface;
mod tidy;
mod unlisted;
mod uploads;
mod waiting;
mod webhooks;
mod wire;
mod workflows;
