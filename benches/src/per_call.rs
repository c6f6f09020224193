//! Cost of a call compared with handwritten code.

use tokio::task::JoinSet;

use crate::bodies;
use crate::contenders::{Call, Contender};
use crate::measure::{Rounds, cpu};
use crate::result::Result;
use crate::server::Server;

/// Number of concurrent calls.
pub(crate) const MANY: usize = 32;

/// The contenders, with their names; the first is 1.00.
///
/// # Errors
/// When TLS cannot be set up.
pub fn contenders(base_url: &str) -> Result<Vec<(&'static str, Contender)>> {
    Ok(vec![
        ("by hand", Contender::hand(base_url, false)?),
        ("raw client", Contender::raw(base_url)?),
        ("facade", Contender::facade(base_url)?),
        ("by hand, pooled", Contender::hand(base_url, true)?),
    ])
}

/// Calls of one contender only.
#[derive(Debug, clap::Args)]
pub struct Only {
    /// Its name in the table.
    contender: String,
    call: Call,
    #[arg(default_value_t = 1000)]
    calls: usize,
}

impl Only {
    /// Makes the calls.
    ///
    /// # Errors
    /// When there is no such contender, or a call fails.
    pub fn run(self) -> Result<()> {
        let server = Server::start()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let named = |(name, _): &(&str, Contender)| *name == self.contender;
        let found = contenders(&server.base_url())?.into_iter().find(named);
        let (_, contender) = found.ok_or("no such contender")?;
        runtime.block_on(make(&contender, self.call, self.calls, 1))
    }
}

/// Prints CPU time per call.
///
/// # Errors
/// When a call fails.
pub fn run(quick: bool) -> Result<()> {
    let (rounds, calls) = if quick { (2, 64) } else { (41, 1024) };
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!(
        "One answer has {} bytes.\n",
        bodies::completed(bodies::VENDORS[0], 0).to_string().len()
    );
    println!("| call | at once | contender | CPU per call, µs | ratio |\n|---|---|---|---|---|");
    for call in [Call::Get, Call::Submit] {
        for at_once in [1, MANY] {
            let mut contenders = contenders(&server.base_url())?;
            if call == Call::Get {
                contenders.pop();
            }
            // New connections use up ports, which are free again only after a minute.
            let calls = if call == Call::Submit { calls / 4 } else { calls }.max(MANY);
            let mut taken = Rounds::new(contenders.iter().map(|(name, _)| *name));
            // The first round is for warming up.
            for round in 0..=rounds {
                for which in taken.order(round) {
                    let before = cpu();
                    runtime.block_on(make(&contenders[which].1, call, calls, at_once))?;
                    if round > 0 {
                        taken.note(which, (cpu() - before).as_secs_f64() * 1e6 / calls as f64);
                    }
                }
            }
            for (name, micros, ratio) in taken.rows() {
                println!("| {call:?} | {at_once} | {name} | {micros:.1} | {ratio:.3} |");
            }
        }
    }
    Ok(())
}

/// Makes a number of calls with a given concurrency.
///
/// # Errors
/// When a call fails.
pub async fn make(contender: &Contender, call: Call, calls: usize, at_once: usize) -> Result<()> {
    if at_once == 1 {
        for _ in 0..calls {
            contender.call(call).await?;
        }
        return Ok(());
    }
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let contender = contender.clone();
        workers.spawn(async move {
            for _ in 0..calls / at_once {
                contender.call(call).await?;
            }
            Ok(())
        });
    }
    workers.join_all().await.into_iter().collect()
}
