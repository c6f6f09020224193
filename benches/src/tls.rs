//! Cost of a poll over TLS compared with handwritten code: what share of it the facade adds. Connections are kept open, so
//! handshakes are in no figure.

use std::process::Command;

use clap::Args;

use crate::contenders::{Call, Contender};
use crate::measure::{Rounds, cpu};
use crate::per_call::{MANY, make};
use crate::result::Result;
use crate::server::Server;

/// Calls of one contender before it is the other one's turn. Few, because one by one the same call costs several times as much
/// for a while, depending on where the system runs client and server.
const TURN: usize = 64;

/// The client, in a process that trusts the server's certificate.
#[derive(Debug, Args)]
pub struct One {
    base_url: String,
}

/// Prints CPU time per poll.
///
/// # Errors
/// When a call fails.
pub fn run(quick: bool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let certificate = folder.path().join("certificate.pem");
    let server = Server::start_tls(&certificate)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["tls-one", &server.tls_base_url()]);
    command.args(quick.then_some("--quick"));
    // The public way to trust another certificate. Here both clients read it.
    let ended = command.env("SSL_CERT_FILE", &certificate).status()?;
    ended
        .success()
        .then_some(())
        .ok_or_else(|| format!("the client of `tls` failed: {ended}").into())
}

impl One {
    /// Makes the calls.
    ///
    /// # Errors
    /// When a call fails.
    pub fn run(self, quick: bool) -> Result<()> {
        let (rounds, calls) = if quick { (2, 64) } else { (41, 1024) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        println!("| polls at once | by hand, CPU, µs | facade, CPU, µs | ratio | the facade's share of the poll, % |");
        println!("|---|---|---|---|---|");
        for at_once in [1, MANY] {
            let contenders = [
                Contender::hand(&self.base_url, true)?,
                Contender::facade(&self.base_url)?,
            ];
            let mut taken = Rounds::new(["by hand", "facade"]);
            // The first round connects.
            for round in 0..=rounds {
                let mut micros = [0.0; 2];
                for _ in 0..calls / TURN {
                    for which in taken.order(round) {
                        let before = cpu();
                        runtime.block_on(make(&contenders[which], Call::Get, TURN, at_once))?;
                        micros[which] += (cpu() - before).as_secs_f64() * 1e6;
                    }
                }
                for which in taken.order(round).filter(|_| round > 0) {
                    taken.note(which, micros[which] / calls as f64);
                }
            }
            let (hand, facade) = (taken.taken(0), taken.taken(1));
            let (ratio, share) = (taken.ratio(1), taken.share(1));
            println!("| {at_once} | {hand:.1} | {facade:.1} | {ratio:.3} | {share:.1} |");
        }
        println!();
        Ok(())
    }
}
