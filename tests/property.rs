//! The driver of the property tests: generated values for each vendor, with a fixed seed.

use std::cell::RefCell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Runtime;
use videogen::Vendor;

/// The check of one case; returns the violated property, and counts outcomes.
pub(crate) type Check<V, T> = Box<dyn Fn(&V, &mut T) -> Result<(), String>>;
/// How many times as many cases as usual a long search tries.
fn depth() -> u32 {
    std::env::var("VIDEOGEN_TEST_DEPTH").map_or(1, |depth| depth.parse().expect("VIDEOGEN_TEST_DEPTH is a number"))
}

/// Runs the check of each vendor with `cases` generated values (times `VIDEOGEN_TEST_DEPTH`, if that is set), one thread for each, and panics with the smallest one
/// that fails. The seed is fixed, so that failures are reproducible.
pub(crate) fn on_every_vendor<V: Debug + 'static, T: Default + Send>(
    (cases, seed): (u32, &[u8; 32]),
    prepare: impl Fn(Vendor) -> (BoxedStrategy<V>, Check<V, T>) + Sync,
) -> Vec<T> {
    let run = &|vendor: &Vendor| {
        let (values, check) = prepare(*vendor);
        let mut config = Config::with_cases(cases * depth());
        (config.failure_persistence, config.max_shrink_iters) = (None, 2_000);
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, seed));
        let tally = RefCell::new(T::default());
        let result = runner.run(&values, |value| {
            let checked = catch_unwind(AssertUnwindSafe(|| check(&value, &mut tally.borrow_mut())));
            let checked = checked.unwrap_or_else(|_| Err("it panics".to_owned()));
            checked.map_err(TestCaseError::fail)
        });
        match result {
            Ok(()) => Ok(tally.into_inner()),
            Err(TestError::Fail(reason, _) | TestError::Abort(reason)) => {
                Err(format!("{vendor}, seed {}: {}", seed.escape_ascii(), reason.message()))
            }
        }
    };
    let (mut passed, mut failed) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let start = |vendor| scope.spawn(move || run(vendor));
        let threads: Vec<_> = Vendor::ALL.iter().map(start).collect();
        for thread in threads {
            match thread.join().unwrap() {
                Ok(tally) => passed.push(tally),
                Err(reason) => failed.push(reason),
            }
        }
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    passed
}

pub(crate) fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}
