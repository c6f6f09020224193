//! Compiles the Rust examples of the documents as documentation tests: this package has every crate that they use.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../docs/getting-started.md")]
mod getting_started {}

#[cfg(doctest)]
#[doc = include_str!("../docs/guide.md")]
mod guide {}

#[cfg(doctest)]
#[doc = include_str!("../docs/simulator.md")]
mod simulator {}

#[cfg(doctest)]
#[doc = include_str!("../docs/money.md")]
mod money {}
