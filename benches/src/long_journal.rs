//! A journal with a million entries, compared with an empty one; and what its upkeep takes.

use std::path::Path;
use std::time::Instant;

use chrono::{TimeDelta, Utc};
use rusqlite::Connection;
use serde_json::json;
use videogen::Vendor;
use videogen::journal::{GroupBy, Journal as _, Pages, Query, Subject};
use videogen_journal::{Prune, SqliteJournal};

use crate::intents::{intent, record};
use crate::measure::{Rounds, Spread, memory};
use crate::result::Result;
use crate::upkeep;

/// Prints the time of each operation, and the memory of all together.
///
/// # Errors
/// When a journal cannot be used.
pub fn run(quick: bool, folder: &Path) -> Result<()> {
    let folder = tempfile::tempdir_in(folder)?;
    let (entries, apart) = if quick {
        (2_000, TimeDelta::hours(1))
    } else {
        (1_000_000, TimeDelta::minutes(1))
    };
    let paths = ["short.db", "long.db"].map(|name| folder.path().join(name));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for path in &paths {
            let journal = SqliteJournal::open(path)?;
            for budget in ["1000000000/day", "1000000000/month", "1000000000/total"] {
                journal.set_budget(budget.parse()?).await?;
            }
            record(&journal, intent("first")?).await?;
            let ended = json!({"event": "status", "status": "completed"});
            let cost = json!({"event": "cost", "amount": "0.35", "currency": "USD", "obtained": "computed"});
            for event in [ended, cost] {
                let subject = Subject::Intent("first".to_owned());
                journal.record(subject, serde_json::from_value(event)?).await?;
            }
        }
        let start = Instant::now();
        multiply(&paths[1], entries, apart)?;
        let bytes = std::fs::metadata(&paths[1])?.len();
        println!(
            "{entries} entries, {} MB, written in {:.0} s\n",
            bytes / 1_000_000,
            start.elapsed().as_secs_f64()
        );
        let before = memory()?.1;
        submissions(quick, &paths).await?;
        operations(quick, &paths).await?;
        let most = [before, memory()?.1].map(|bytes| bytes >> 20);
        println!("\nMemory at most, MiB: {} before, {} after\n", most[0], most[1]);
        upkeep::run(&paths[1], Utc::now() - apart * entries / 2).await
    })
}

/// Copies the only entry, each one so much older than the one before. Sums are not kept meanwhile: the first submission computes them.
fn multiply(path: &Path, entries: i32, apart: TimeDelta) -> Result<()> {
    let database = Connection::open(path)?;
    let columns: Vec<String> = database
        .prepare("SELECT name FROM pragma_table_info('submissions')")?
        .query_map([], |row| row.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    let value = |column: &String| {
        match column.as_str() {
            "intent" | "key" => "name",
            "task" => "task || n",
            "begun" => "begun - n * ?2",
            "entry" => {
                "json_set(entry, '$.intent.id', name, '$.intent.key', name, '$.task', task || n, '$.intent.at',
                strftime('%Y-%m-%dT%H:%M:%fZ', (begun - n * ?2) / 1000.0, 'unixepoch'))"
            }
            column => column,
        }
        .to_owned()
    };
    let sql = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        INSERT INTO submissions ({}) SELECT {} FROM (SELECT *, format('%08d', n) AS name FROM numbers, submissions)",
        columns.join(", "),
        columns.iter().map(value).collect::<Vec<_>>().join(", ")
    );
    database.execute(&sql, (entries, apart.num_milliseconds()))?;
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

async fn submissions(quick: bool, paths: &[std::path::PathBuf; 2]) -> Result<()> {
    let (rounds, calls) = if quick { (1, 2) } else { (15, 60) };
    let journals = [SqliteJournal::open(&paths[0])?, SqliteJournal::open(&paths[1])?];
    let mut taken = Rounds::new(["empty journal", "long journal"]);
    for round in 0..=rounds {
        for which in taken.order(round) {
            let start = Instant::now();
            for call in 0..calls {
                record(&journals[which], intent(&format!("{round:04}-{call:04}"))?).await?;
            }
            // The first round computes the sums.
            if round > 0 {
                taken.note(which, start.elapsed().as_secs_f64() * 1e3 / f64::from(calls));
            }
        }
    }
    println!("| submission within three budgets | ms | ratio |\n|---|---|---|");
    for (name, taken, ratio) in taken.rows() {
        println!("| {name} | {taken:.2} | {ratio:.2} |");
    }
    println!();
    Ok(())
}

async fn operations(quick: bool, paths: &[std::path::PathBuf; 2]) -> Result<()> {
    let rounds = if quick { 1 } else { 5 };
    println!("| operation | empty, ms | long, ms |\n|---|---|---|");
    for name in [
        "open, newest 50",
        "open read-only, newest 50",
        "newest 50 with a rare status",
        "newest 50 of a vendor with none",
        "open and unfinished",
        "budgets",
        "costs that budgets cannot count",
        "spend",
        "spend by day, 30 days",
        "prune, dry run",
        "all entries",
        "check",
    ] {
        let mut taken = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (path, taken) in paths.iter().zip(&mut taken) {
                let start = Instant::now();
                operation(name, path).await?;
                taken.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        println!(
            "| {name} | {:.1} | {:.1} |",
            Spread::of(&taken[0]),
            Spread::of(&taken[1])
        );
    }
    Ok(())
}

async fn operation(name: &str, path: &Path) -> Result<()> {
    let journal = match name {
        "open read-only, newest 50" => SqliteJournal::open_read_only(path)?,
        _ => SqliteJournal::open(path)?,
    };
    let newest = Query::default().limit(50);
    match name {
        "newest 50 with a rare status" => drop(journal.find(newest.status("failed")).await?),
        "newest 50 of a vendor with none" => {
            drop(journal.find(newest.status("completed").vendor(Vendor::ToApis)).await?);
        }
        "open and unfinished" => {
            journal.find(Query::default().open(true)).await?;
            // Those of this benchmark are.
            journal.find(newest.unfinished(true)).await?;
        }
        "budgets" => drop(journal.budgets("public".to_owned()).await?),
        "costs that budgets cannot count" => drop(journal.missed("1/total".parse()?, "public").await?),
        "spend" => drop(journal.spend(None, None).await?),
        "spend by day, 30 days" => {
            drop(
                journal
                    .spend(Some(Utc::now() - TimeDelta::days(30)), Some(GroupBy::Day))
                    .await?,
            );
        }
        "prune, dry run" => {
            let mut prune = Prune::before(Utc::now() - TimeDelta::days(365));
            prune.dry_run = true;
            journal.prune(prune).await?;
        }
        "all entries" => {
            let mut pages = Pages::new(&journal, Query::default());
            while pages.next().await?.is_some() {}
        }
        "check" => drop(journal.health().await?),
        _ => drop(journal.find(newest).await?),
    }
    Ok(())
}
