//! Cost of parsing a response, without network.

use std::hint::black_box;

use serde::de::DeserializeOwned;
use serde_json::Value;
use videogen::Vendor;
use videogen::task::ListQuery;

use crate::bodies;
use crate::contenders::{HandVideo, facade};
use crate::measure::{Rounds, Spread, cpu};
use crate::result::Result;
use crate::server::Server;

/// Prints CPU time per response.
///
/// # Errors
/// When a response cannot be parsed.
pub fn run(quick: bool) -> Result<()> {
    let (rounds, times) = if quick { (2, 200) } else { (31, 20_000) };
    println!("| vendor | reader | CPU per response, ns | ratio |\n|---|---|---|---|");
    for vendor in bodies::VENDORS {
        let body = bodies::completed(vendor, 0).to_string().into_bytes();
        let typed: fn(&[u8], usize) -> Result<()> = match vendor {
            Vendor::ToApis => read::<videogen_raw_toapis::types::Task>,
            Vendor::AllToken => read::<videogen_raw_alltoken::types::Generation>,
            _ => read::<videogen_raw_token360::types::Video>,
        };
        let mut readers = vec![
            ("serde_json::Value", read::<Value> as fn(&[u8], usize) -> Result<()>),
            ("generated type", typed),
        ];
        if vendor == Vendor::Token360 {
            readers.push(("type by hand", read::<HandVideo>));
        }
        let mut taken = Rounds::new(readers.iter().map(|(name, _)| *name));
        for round in 0..rounds {
            for which in taken.order(round) {
                let before = cpu();
                readers[which].1(&body, times)?;
                taken.note(which, (cpu() - before).as_secs_f64() * 1e9 / times as f64);
            }
        }
        for (name, nanos, ratio) in taken.rows() {
            println!("| {vendor} | {name} | {nanos:.0} | {ratio:.2} |");
        }
    }
    println!();
    whole(quick)
}

fn read<T: DeserializeOwned>(body: &[u8], times: usize) -> Result<()> {
    for _ in 0..times {
        black_box(serde_json::from_slice::<T>(black_box(body))?);
    }
    Ok(())
}

/// The facade's work on a task, from bytes to a `VideoTask`: the cost of a page of a hundred minus that of a page
/// of one, because the adapters are only reachable through lists from outside.
fn whole(quick: bool) -> Result<()> {
    let (rounds, calls) = if quick { (2, 4) } else { (31, 100) };
    let server = Server::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("| vendor | from bytes to `VideoTask`, per task of a page, ns |\n|---|---|");
    for vendor in [Vendor::Token360, Vendor::AllToken] {
        let client = facade(vendor, &server.base_url())?;
        let mut taken = Vec::new();
        for round in 0..=rounds {
            let page = |limit: u32| -> Result<f64> {
                let query = ListQuery {
                    limit: Some(limit),
                    ..ListQuery::default()
                };
                let before = cpu();
                runtime.block_on(async {
                    for _ in 0..calls {
                        let page = client.list(&query).await?;
                        if page.tasks.len() != limit as usize {
                            return Err("a page of another size".into());
                        }
                    }
                    Result::Ok(())
                })?;
                Ok((cpu() - before).as_secs_f64() * 1e9 / f64::from(calls))
            };
            let (many, one) = (page(100)?, page(1)?);
            if round > 0 {
                taken.push((many - one) / 99.0);
            }
        }
        println!("| {vendor} | {:.0} |", Spread::of(&taken));
    }
    Ok(())
}
