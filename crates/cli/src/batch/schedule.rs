//! Which jobs run: in the order of the file, after the jobs that they follow, within the limits of each vendor.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use futures_util::StreamExt as _;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use videogen::price::Money;
use videogen::{Client, ErrorKind, Vendor};

use super::results::{self, Recorded};
use super::run::{Batch, News, Step};
use super::together::together;
use super::view::{Counts, View};
use crate::exit::{AMBIGUOUS, BUDGET, Failure, INVALID, IO, NO_VIDEO, TIMEOUT, worst};
use crate::interrupt::{Interrupt, interrupted};
use crate::output::Output;
use crate::progress::Line;
use crate::result::{Outcome, TaskResult};

/// What a job does.
enum Phase {
    /// It begins after this time.
    Queued { from: Instant, tries: u32 },
    Running {
        vendor: Vendor,
        tries: u32,
        /// It has a task.
        accepted: bool,
        /// How many jobs were over when it began.
        over: usize,
    },
    /// A limit of cost does not allow it while what is reserved for running jobs counts.
    Held { tries: u32, refusal: Box<TaskResult> },
    /// `frame`: its last frame is there.
    Over { outcome: Outcome, frame: Option<PathBuf> },
}

/// What became of the batch.
pub(crate) struct Ended {
    /// A line of JSON for each job that has a result, in the order of the file.
    pub(crate) results: Vec<serde_json::Value>,
    pub(crate) counts: Counts,
    /// The jobs without a result, which an interrupt has stopped.
    pub(crate) without_result: Vec<usize>,
    /// The exit code of the worst outcome.
    pub(crate) code: u8,
    pub(crate) interrupt: Option<Interrupt>,
}

struct Run<'a> {
    batch: Arc<Batch>,
    phases: Vec<Phase>,
    /// The jobs that follow another one, and had a task before this run.
    submitted: HashSet<usize>,
    lines: Vec<Option<serde_json::Value>>,
    running: HashMap<&'static str, usize>,
    set: JoinSet<(usize, Step)>,
    view: View<'a>,
    output: &'a Output,
    in_flight: usize,
    /// Whether one job is submitted after the other, so that limits of cost allow the first ones in the file.
    one_by_one: bool,
    /// How many jobs are over.
    over: usize,
    /// Reasons for which submissions are repeated, each of which is printed once.
    told: HashSet<String>,
    code: u8,
    stopping: Option<Interrupt>,
}

/// Runs all jobs. `in_flight`: how many at each vendor. `one_by_one`: whether each waits until the one before is submitted.
pub(crate) async fn run(
    batch: Arc<Batch>,
    mut news: UnboundedReceiver<(usize, News)>,
    in_flight: usize,
    one_by_one: bool,
    output: &Output,
) -> Result<Ended, Failure> {
    let now = Instant::now();
    let count = batch.jobs.len();
    let several = batch.vendors.iter().nth(1).is_some();
    let mut run = Run {
        phases: (0..count).map(|_| Phase::Queued { from: now, tries: 0 }).collect(),
        submitted: HashSet::new(),
        lines: vec![None; count],
        running: HashMap::new(),
        set: JoinSet::new(),
        view: View::new(output, count, several),
        output,
        in_flight,
        one_by_one,
        over: 0,
        told: HashSet::new(),
        code: 0,
        stopping: None,
        batch,
    };
    run.done_before().await?;
    loop {
        // Registered before anything may be interrupted.
        let interrupt = interrupted();
        let next = match run.stopping {
            None => run.start()?,
            Some(_) => None,
        };
        run.view.update(run.set.len());
        if run.set.is_empty() && next.is_none() {
            break;
        }
        let later = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = run.set.join_next(), if !run.set.is_empty() => {
                let (index, step) = done.map_err(|error| Failure::new(IO, ErrorKind::Io, format!("a job failed: {error}")))?;
                run.after(index, step)?;
            }
            Some((index, what)) = news.recv() => run.heard(index, &what),
            () = later => {}
            interrupt = interrupt => {
                if run.stopping.replace(interrupt).is_some() {
                    // What is in flight is in the journal.
                    break;
                }
                output.announce("Interrupted; waiting for the submissions in flight. Interrupt again to exit.");
                run.batch.stop.send_replace(true);
                run.batch.vendors.iter().for_each(Client::stop_retrying);
            }
        }
    }
    // Also removes the lines of the jobs.
    run.set.shutdown().await;
    let lines = run.lines.iter().enumerate();
    Ok(Ended {
        without_result: lines
            .filter(|(_, line)| line.is_none())
            .map(|(index, _)| index)
            .collect(),
        results: run.lines.into_iter().flatten().collect(),
        counts: run.view.end(),
        code: run.code,
        interrupt: run.stopping,
    })
}

impl Run<'_> {
    /// Jobs whose files are in place since an earlier run, and those that need no last frame any more.
    async fn done_before(&mut self) -> Result<(), Failure> {
        let batch = Arc::clone(&self.batch);
        let mut done: Vec<(usize, Recorded)> = Vec::new();
        {
            let results = batch.results.lock().unwrap_or_else(PoisonError::into_inner);
            for (index, job) in batch.jobs.iter().enumerate() {
                if let Some(known) = results.in_place(job) {
                    done.push((index, known.clone()));
                }
            }
        }
        for (index, known) in done {
            let job = &batch.jobs[index];
            let line: serde_json::Value = serde_json::from_str(&known.line).unwrap_or_default();
            let written = batch
                .sidecars
                .write_recorded(&batch.vendors, &batch.jobs, index, &line)
                .await;
            if let Err(failure) = written {
                // It is worked on again.
                self.output.note(&failure.message);
                continue;
            }
            self.output.recorded(&line)?;
            self.lines[index] = Some(line);
            self.view.over(job, Outcome::Done, cost(&known), None);
            let frame = job.last_frame();
            self.phases[index] = Phase::Over {
                outcome: Outcome::Done,
                frame,
            };
        }
        let following = batch.jobs.iter().enumerate().filter(|(index, job)| {
            let is_queued = matches!(self.phases[*index], Phase::Queued { .. });
            job.after.is_some() && is_queued
        });
        let batch = &batch;
        let mut read = together(following.map(|(index, job)| async move { (index, batch.was_submitted(job).await) }));
        let mut submitted = Vec::new();
        while let Some((index, was_submitted)) = read.next().await {
            if was_submitted? {
                submitted.push(index);
            }
        }
        drop(read);
        self.submitted.extend(submitted);
        Ok(())
    }

    /// Starts what can be started. Returns when the next job may be.
    fn start(&mut self) -> Result<Option<Instant>, Failure> {
        let now = Instant::now();
        let mut next: Option<Instant> = None;
        for index in 0..self.phases.len() {
            let (from, tries) = match &self.phases[index] {
                Phase::Queued { from, tries } => (*from, *tries),
                Phase::Running { accepted: false, .. } if self.one_by_one => break,
                Phase::Held { refusal, .. } if self.set.is_empty() => {
                    // Nothing more will be freed.
                    let refusal = refusal.clone();
                    self.over(index, &refusal, true)?;
                    continue;
                }
                // What is freed is for the first one.
                Phase::Held { .. } => break,
                _ => continue,
            };
            let job = &self.batch.jobs[index];
            let mut frame = None;
            if let Some(before) = job.after {
                match &self.phases[before] {
                    Phase::Over {
                        outcome: Outcome::Done,
                        frame: Some(path),
                    } => frame = Some(path.clone()),
                    Phase::Over { .. } if self.submitted.contains(&index) => {}
                    Phase::Over { outcome, .. } => {
                        let reason = match outcome {
                            Outcome::Done => "has no last frame".to_owned(),
                            outcome => format!("is {}", super::view::word(*outcome)),
                        };
                        self.skip(index, &reason)?;
                        continue;
                    }
                    _ => continue,
                }
            }
            if from > now {
                next = Some(next.map_or(from, |next| next.min(from)));
                continue;
            }
            let vendor = job.routes[0].vendor;
            let running = self.running.entry(vendor.as_str()).or_default();
            if *running >= self.in_flight {
                continue;
            }
            *running += 1;
            self.phases[index] = Phase::Running {
                vendor,
                tries,
                accepted: false,
                over: self.over,
            };
            // Here, so that the lines have the order of the jobs.
            let line = Line::submitting(self.output, &job.id);
            let batch = Arc::clone(&self.batch);
            self.set
                .spawn(async move { (index, batch.work(index, frame, tries, line).await) });
            if self.one_by_one {
                break;
            }
        }
        Ok(next)
    }

    /// A job that another one should have begun.
    fn skip(&mut self, index: usize, reason: &str) -> Result<(), Failure> {
        let batch = Arc::clone(&self.batch);
        let job = &batch.jobs[index];
        let before = job.after.map_or("", |before| batch.jobs[before].id.as_str());
        let failure = Failure::new(1, ErrorKind::NoVideo, format!("the job {before} {reason}"));
        let mut result = TaskResult::new(job.routes[0].vendor, Outcome::Skipped).failed(Some((*failure.error).clone()));
        result.item = Some(job.id.clone());
        result.attempt = Some(1);
        result.model = job.model_at(result.vendor);
        result.prompt = Some(job.request.prompt.clone());
        result.request_sha256 = Some(job.sha256.clone());
        result.simulated = batch.simulated;
        self.over(index, &result, true)
    }

    fn heard(&mut self, index: usize, what: &News) {
        let News::Accepted(taker) = what;
        let Phase::Running { vendor, accepted, .. } = &mut self.phases[index] else {
            return;
        };
        *accepted = true;
        if vendor != taker {
            *self.running.entry(vendor.as_str()).or_default() -= 1;
            *self.running.entry(taker.as_str()).or_default() += 1;
            *vendor = *taker;
        }
    }

    /// What a job did.
    fn after(&mut self, index: usize, step: Step) -> Result<(), Failure> {
        let Phase::Running {
            vendor, tries, over, ..
        } = self.phases[index]
        else {
            return Ok(());
        };
        if let Some(running) = self.running.get_mut(vendor.as_str()) {
            *running = running.saturating_sub(1);
        }
        let now = Instant::now();
        match step {
            Step::Elsewhere => {
                self.phases[index] = Phase::Queued {
                    from: now + self.batch.claims.look(),
                    tries,
                }
            }
            Step::Again(pause, reason) => {
                if self.stopping.is_none() && self.told.insert(reason.clone()) {
                    let id = &self.batch.jobs[index].id;
                    self.output.note(&format!("{id}: {reason}; trying again"));
                }
                self.phases[index] = Phase::Queued {
                    from: now + pause,
                    tries: tries + 1,
                };
            }
            // Something may have been freed after it was refused.
            Step::OverLimit(_) if self.over > over => self.phases[index] = Phase::Queued { from: now, tries },
            Step::OverLimit(refusal) => self.phases[index] = Phase::Held { tries, refusal },
            Step::Over(result) => self.over(index, &result, true)?,
            Step::Left(result) => self.over(index, &result, false)?,
        }
        Ok(())
    }

    fn over(&mut self, index: usize, result: &TaskResult, is_final: bool) -> Result<(), Failure> {
        let batch = Arc::clone(&self.batch);
        let job = &batch.jobs[index];
        let document = results::document(result);
        if is_final {
            batch
                .results
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(result, &document)?;
        }
        self.output.recorded(&document)?;
        self.lines[index] = Some(document);
        let money = result.cost.as_ref().map(|cost| &cost.money);
        self.view.over(job, result.outcome, money, Some(result));
        self.code = worst([self.code, code(result)]);
        let frame = result
            .files
            .last_frame_file
            .as_ref()
            .and_then(Option::as_ref)
            .and_then(|_| job.last_frame());
        self.phases[index] = Phase::Over {
            outcome: result.outcome,
            frame,
        };
        self.over += 1;
        self.release();
        Ok(())
    }

    /// Tries the jobs again that a limit did not allow: something may have been freed.
    fn release(&mut self) {
        let now = Instant::now();
        for phase in &mut self.phases {
            if let Phase::Held { tries, .. } = phase {
                *phase = Phase::Queued {
                    from: now,
                    tries: *tries,
                };
            }
        }
    }
}

fn cost(known: &Recorded) -> Option<&Money> {
    known.cost.as_ref().map(|cost| &cost.money)
}

/// The exit code of an outcome.
fn code(result: &TaskResult) -> u8 {
    match result.outcome {
        Outcome::Done => 0,
        Outcome::Failed | Outcome::Skipped => NO_VIDEO,
        Outcome::Rejected
            if result
                .error
                .as_ref()
                .is_some_and(|error| error.kind == ErrorKind::Budget.into()) =>
        {
            BUDGET
        }
        Outcome::Rejected => INVALID,
        Outcome::Running | Outcome::NotFound => TIMEOUT,
        Outcome::Ambiguous => AMBIGUOUS,
    }
}
