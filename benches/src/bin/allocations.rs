//! Number and size of a call's allocations. A separate program, because counting costs time.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use videogen_benches::contenders::Call;
use videogen_benches::per_call::{contenders, make};
use videogen_benches::server::{Server, serve};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: usize = 200;

fn main() -> videogen_benches::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve(None);
    }
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("| call | contender | allocations | bytes |\n|---|---|---|---|");
    for call in [Call::Get, Call::Submit] {
        for (name, contender) in contenders(&server.base_url())? {
            runtime.block_on(make(&contender, call, CALLS, 1))?;
            let region = Region::new(ALLOCATOR);
            runtime.block_on(make(&contender, call, CALLS, 1))?;
            let taken = region.change();
            let allocations = (taken.allocations + taken.reallocations) / CALLS;
            println!(
                "| {call:?} | {name} | {allocations} | {} |",
                taken.bytes_allocated / CALLS
            );
        }
    }
    Ok(())
}
