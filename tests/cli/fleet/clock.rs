//! Machines whose clocks are wrong.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{at, server};
use crate::stderr;

/// Shifts the clock of a process by the seconds in a variable.
const SHIFT: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*own)(clockid_t, struct timespec *);
    if (!own) own = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
    int result = own(clock, now);
    char *ahead = getenv("VIDEOGEN_TEST_AHEAD");
    if (ahead && clock == CLOCK_REALTIME) now->tv_sec += atol(ahead);
    return result;
}
"#;

/// Compiles the library.
fn shift(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("shift.c"), folder.join("shift.so"));
    std::fs::write(&source, SHIFT).unwrap();
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl");
    assert!(compiler.status().unwrap().success());
    library
}

/// One machine waits as long as another one sends, and searches after its lease, whatever their clocks show.
async fn wait_and_search(ahead: [i32; 2]) {
    let Some(server) = server() else { return };
    let url = server.schema(&format!("clock{}x{}", std::process::id(), ahead[0].unsigned_abs()));
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    simulator.inject(Fault::new(Vendor::AllToken, Operation::Submit, FaultKind::Hang));
    let folder = tempfile::tempdir().unwrap();
    let library = shift(folder.path());
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "alltoken",
        "--idempotency-key",
        "k",
        "--no-wait",
        "--json",
    ];
    let start = |machine: usize| {
        let mut command = at(folder.path(), "one", &simulator, &url, &generate);
        command
            .env("LD_PRELOAD", &library)
            .env("VIDEOGEN_TEST_AHEAD", ahead[machine].to_string());
        command.spawn().unwrap()
    };
    let mut first = start(0);
    while simulator.stats().tasks == 0 {
        crate::pause::pause();
    }
    let mut second = start(1);
    // Longer than it takes to look the key up.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(second.try_wait().unwrap(), None);
    assert_eq!(
        simulator.stats().requests.values().sum::<u64>(),
        1,
        "it searches although the first one is sending"
    );
    first.kill().unwrap();
    first.wait().unwrap();
    let output = second.wait_with_output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 6)), "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 1);
    assert!(simulator.stats().requests.values().sum::<u64>() > 1, "it has searched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_ahead_ends_no_lease() {
    wait_and_search([-1800, 1800]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_behind_keeps_no_lease() {
    wait_and_search([3600, 0]).await;
}
