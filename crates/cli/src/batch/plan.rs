//! Checks all jobs of a file, and what they cost, before anything is sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use videogen::price::{Estimate, PriceBook};
use videogen::route::Route;
use videogen::submit::{Note, Plan, plan};
use videogen::{ErrorKind, Role, Vendor, VideoRequest};

use super::item::{Job, digest, stand_in};
use super::outputs::Outputs;
use super::reader::{self, OWN, Raw};
use super::vars::{self, Vars};
use crate::account::with_variable;
use crate::error::JobProblem;
use crate::exit::{Failure, INVALID};
use crate::options;
use crate::output::file;
use crate::request_file;
use crate::routes::{check_routes, parse_route};
use crate::text::many;

/// Longest id, which is also part of the names of files.
const ID: usize = 64;

/// What holds for all jobs.
pub(crate) struct Common {
    /// Vendors of jobs that name none.
    pub(crate) routes: Vec<Route>,
    /// Values of variables.
    pub(crate) vars: BTreeMap<String, String>,
    /// Folder or template of the output files.
    pub(crate) output: Option<PathBuf>,
    /// Whether missing folders of output files are created.
    pub(crate) parents: bool,
    /// The base URL of each vendor, if it is not the vendor's own.
    pub(crate) base_url: fn(Vendor) -> Option<String>,
    pub(crate) prices: PriceBook,
}

/// The jobs of a file that were checked.
pub(crate) struct Checked {
    /// As far as they are right.
    pub(crate) jobs: Vec<Job>,
    /// The vendors that they name, if it can be read.
    pub(crate) vendors: Vec<Vendor>,
    /// Everything that is wrong with them.
    pub(crate) fault: Option<Failure>,
}

/// Reads and checks the file at `path`.
pub(crate) fn jobs(path: &Path, common: &Common) -> Checked {
    let of_option = common.routes.iter().map(|route| route.vendor).collect();
    let outputs = Outputs::new(common.output.as_deref(), common.parents);
    let found = match reader::read(path) {
        Ok(found) => found,
        Err(failure) => {
            return Checked {
                jobs: Vec::new(),
                vendors: of_option,
                fault: Failure::all([failure].into_iter().chain(outputs.failures(0, 0))),
            };
        }
    };
    let unreadable = found.problems.len();
    let mut checks = Checks {
        common,
        folder: path.parent().unwrap_or(Path::new("")),
        texts: reader::texts(),
        problems: found.problems,
        used: BTreeSet::new(),
        given: BTreeMap::new(),
        outputs,
        vendors: Vec::new(),
        has_listed: false,
    };
    let jobs = checks.jobs(found.jobs);
    checks.check_used();
    let Checks {
        mut problems,
        used,
        outputs,
        vendors,
        ..
    } = checks;
    problems.sort_by(|one, other| (one.line, &one.message).cmp(&(other.line, &other.message)));
    problems.dedup();
    for problem in &mut problems {
        let job = jobs.iter().find(|job| job.line == problem.line);
        problem.item = job.map(|job| job.id.clone());
    }
    let mut faults = Vec::from_iter((!problems.is_empty()).then(|| refused(path, &problems)));
    faults.extend(outputs.failures(jobs.len(), unreadable));
    // Jobs that cannot be read may use others.
    let unused = common
        .vars
        .keys()
        .filter(|name| unreadable == 0 && !used.contains(*name));
    faults.extend(unused.map(|name| {
        let message = format!("--var {name}: no job uses the variable `{name}`");
        Failure::new(INVALID, ErrorKind::InvalidRequest, message)
    }));
    Checked {
        jobs,
        vendors: if vendors.is_empty() { of_option } else { vendors },
        fault: Failure::all(faults),
    }
}

/// Reports every problem with its line.
pub(crate) fn refused(path: &Path, problems: &[JobProblem]) -> Failure {
    let count = many(problems.len(), "problem");
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    let message = format!("{}: {count}; nothing was sent\n{}", file(path), lines.join("\n"));
    let mut failure = Failure::new(INVALID, ErrorKind::InvalidRequest, message);
    failure.error.jobs = problems.to_vec();
    failure
}

struct Checks<'a> {
    common: &'a Common,
    folder: &'a Path,
    texts: std::collections::HashSet<String>,
    problems: Vec<JobProblem>,
    /// The variables that texts have.
    used: BTreeSet<String>,
    /// The variables that jobs have values of, with the first line of each.
    given: BTreeMap<String, usize>,
    outputs: Outputs<'a>,
    /// The vendors that jobs name.
    vendors: Vec<Vendor>,
    /// Whether the members that a job can have were listed.
    has_listed: bool,
}

/// A job whose members were read, as far as they are right.
struct Read {
    line: usize,
    id: String,
    after: Option<String>,
    output: Option<String>,
    request: VideoRequest,
    /// Empty if they are wrong.
    routes: Vec<Route>,
    /// Whether the rules of the vendors can be checked without the members that are wrong.
    is_checkable: bool,
}

impl Checks<'_> {
    fn problem(&mut self, line: usize, text: impl Into<String>) {
        self.problems.push(JobProblem::new(line, text));
    }

    fn jobs(&mut self, raw: Vec<Raw>) -> Vec<Job> {
        let read: Vec<Read> = raw.into_iter().map(|raw| self.read(raw)).collect();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (index, job) in read.iter().enumerate() {
            if let Some(first) = places.insert(job.id.clone(), index) {
                let first_line = read[first].line;
                self.problem(
                    job.line,
                    format!("the id `{}` is that of line {first_line} too", job.id),
                );
            }
        }
        let mut after = vec![None; read.len()];
        for (index, job) in read.iter().enumerate() {
            let Some(name) = &job.after else { continue };
            after[index] = places.get(name).copied();
            if *name == job.id {
                after[index] = None;
                let text = format!("after: the job `{name}` cannot follow itself; name another job, or remove `after`");
                self.problem(job.line, text);
            } else if after[index].is_none() {
                self.problem(job.line, format!("after: no job has the id `{name}`"));
            }
            if job.request.inputs.iter().any(|input| input.role == Role::FirstFrame) {
                let text = "after: its first frame is the last frame of the other job, so it can have no first_frame";
                self.problem(job.line, text);
            }
        }
        self.check_cycles(&read, &after);
        let followed: BTreeSet<usize> = after.iter().copied().flatten().collect();
        let mut jobs: Vec<Job> = Vec::new();
        for (index, mut job) in read.into_iter().enumerate() {
            let is_followed = followed.contains(&index);
            if is_followed {
                job.request.return_last_frame = Some(true);
            }
            let own = job.output.as_deref();
            let (output, problems) = self
                .outputs
                .of(job.line, index, &job.id, own, &job.routes, &job.request);
            problems.into_iter().for_each(|text| self.problem(job.line, text));
            for route in &job.routes {
                if !self.vendors.contains(&route.vendor) {
                    self.vendors.push(route.vendor);
                }
            }
            let (estimates, notes) = self.estimates(&job, is_followed);
            jobs.push(Job {
                sha256: digest(&job.request, job.after.as_deref()),
                line: job.line,
                id: job.id,
                after: after[index],
                request: job.request,
                routes: job.routes,
                output,
                estimates,
                notes,
            });
        }
        self.problems.extend(self.outputs.check(&jobs));
        jobs
    }

    /// The members of a job, with its variables replaced. What is wrong is reported, and left out.
    fn read(&mut self, raw: Raw) -> Read {
        let Raw {
            line,
            mut members,
            written,
        } = raw;
        let mut knows_vars = true;
        let own = match members.remove("vars") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(own)) => own,
            Some(_) => {
                self.problem(line, "vars: must be an object, such as {\"sky\": \"blue\"}");
                knows_vars = false;
                Map::new()
            }
        };
        for name in own.keys() {
            self.given.entry(name.clone()).or_insert(line);
        }
        let mut vars = Vars {
            own,
            written: &written,
            common: &self.common.vars,
            used: BTreeSet::new(),
            problems: Vec::new(),
            wrong: BTreeSet::new(),
        };
        vars.replace_in(&mut members, &self.texts);
        let Vars {
            used,
            problems,
            mut wrong,
            ..
        } = vars;
        self.used.extend(used);
        for problem in problems.into_iter().filter(|_| knows_vars) {
            self.problem(line, problem);
        }
        // Text is text, whatever the variables in it are.
        members.retain(|name, _| !wrong.contains(name) || (self.texts.contains(name) && !OWN.contains(&name.as_str())));
        // A number may be a name.
        for name in ["id", "after", "output"] {
            let value = members.get(name);
            if let Some(problem) = value.and_then(|value| vars::changed(value, written.get(name))) {
                self.problem(line, format!("{name}: {problem}"));
            }
        }
        let mut text = |name: &str| match members.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            // An id may be a number.
            Some(other) => Some(other.to_string()),
        };
        let (id, after, output, vendor) = (text("id"), text("after"), text("output"), text("vendor"));
        let id = id.unwrap_or_else(|| line.to_string());
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || id.len() > ID || !id.chars().all(is_plain) || id.starts_with('.') {
            let text =
                format!("id: `{id}` must be up to {ID} letters, digits, `-`, `_` and `.`, and not begin with `.`");
            self.problem(line, text);
        }
        let routes = match vendor {
            Some(vendor) => routes(&vendor).map_err(|reason| format!("vendor: {reason}")),
            None if wrong.contains("vendor") => Ok(Vec::new()),
            None if self.common.routes.is_empty() => {
                Err("it names no vendor; add `vendor`, or pass --vendor for all jobs".to_owned())
            }
            None => Ok(self.common.routes.clone()),
        };
        let routes = routes.map_err(|text| self.problem(line, text)).unwrap_or_default();
        let parsed = request_file::from_members(members);
        for reason in parsed.problems {
            let reason = match reason
                .strip_suffix(')')
                .and_then(|reason| reason.split_once(" (members: "))
            {
                // Once: the list is long.
                Some((unknown, _)) if std::mem::replace(&mut self.has_listed, true) => unknown.to_owned(),
                Some((unknown, known)) => format!("{unknown} (members: {known}, {})", OWN.join(", ")),
                None => reason,
            };
            self.problem(line, reason);
        }
        wrong.extend(parsed.wrong);
        let mut request = parsed.request;
        request_file::in_folder(&mut request, self.folder);
        if request.prompt.is_empty() && !wrong.is_empty() {
            // It may be the one that is wrong.
            "x".clone_into(&mut request.prompt);
        }
        Read {
            line,
            id,
            after,
            output,
            request,
            routes,
            is_checkable: request_file::is_checkable(&wrong),
        }
    }

    /// A value that no text of any job has is a misspelt name.
    fn check_used(&mut self) {
        let mut given = std::mem::take(&mut self.given);
        given.retain(|name, _| !self.used.contains(name));
        for (name, line) in given {
            self.problem(line, format!("vars: no text of a job has `{{{{{name}}}}}`"));
        }
    }

    fn check_cycles(&mut self, read: &[Read], after: &[Option<usize>]) {
        for (start, job) in read.iter().enumerate() {
            let mut chain = vec![start];
            while let Some(next) = chain.last().and_then(|last| after[*last]) {
                if next == start {
                    // Reported once, at its first line.
                    if chain.iter().all(|index| read[*index].line >= job.line) {
                        let ids: Vec<&str> = chain.iter().map(|index| read[*index].id.as_str()).collect();
                        let text = format!(
                            "after: the jobs {} wait for one another; remove `after` of one of them",
                            ids.join(", ")
                        );
                        self.problem(job.line, text);
                    }
                    break;
                }
                if chain.contains(&next) {
                    break;
                }
                chain.push(next);
            }
        }
    }

    /// What the job may cost at each vendor, and what is noted of it. Reports each rule that it violates at one of them.
    fn estimates(&mut self, job: &Read, is_followed: bool) -> (Vec<Estimate>, Vec<Note>) {
        let (mut estimates, mut notes, mut plans) = (Vec::new(), Vec::new(), Vec::<Plan>::new());
        let routes = job.routes.iter().filter(|_| job.is_checkable);
        for route in routes {
            let mut request = match route.request(&job.request) {
                Ok(request) => request,
                Err(error) => {
                    self.problem(job.line, format!("model: {}", error.message()));
                    continue;
                }
            };
            if job.after.is_some() {
                request = request.input(Role::FirstFrame, stand_in());
            }
            match plan(route.vendor, (self.common.base_url)(route.vendor).as_deref(), &request) {
                Ok(mut plan) => {
                    plan.price_with(&self.common.prices);
                    estimates.push(plan.cost().clone());
                    let new = plan.notes.iter().filter(|note| !notes.contains(*note));
                    notes.extend(new.cloned().collect::<Vec<_>>());
                    plans.push(plan);
                }
                // It is the same for every job: one line is enough.
                Err(error) if error.kind() == ErrorKind::Config => {
                    let text = with_variable(route.vendor, format!("{error:#}"));
                    if self.problems.iter().all(|problem| problem.message != text) {
                        self.problem(job.line, text);
                    }
                }
                Err(error) if error.violations().is_empty() => self.problem(job.line, format!("{error:#}")),
                Err(error) => {
                    for violation in error.violations() {
                        let reason = match violation.field.as_str() {
                            "return_last_frame" if is_followed => " (another job begins with its last frame)",
                            "first_frame" if job.after.is_some() => " (it begins with the last frame of another job)",
                            _ => "",
                        };
                        let text = format!("{}: {}{reason}", route.vendor.name(), options::in_job(violation));
                        self.problems.push(JobProblem {
                            vendor: Some(route.vendor),
                            violation: Some(Box::new(violation.clone())),
                            ..JobProblem::new(job.line, text)
                        });
                    }
                }
            }
        }
        let mut plans = plans.iter();
        if let Some(first) = plans.next()
            && let Some(other) = plans.find(|other| other.scope() != first.scope())
        {
            // Otherwise two of them could be paid for the same job.
            let text = format!(
                "vendor: several vendors of a job need base URLs that are all public, or all at one host and port; {} is at \
                 {}, and {} at {}",
                first.vendor.name(),
                first.scope(),
                other.vendor.name(),
                other.scope(),
            );
            self.problem(job.line, text);
        }
        (estimates, notes)
    }
}

/// The vendors of `ark,token360=MODEL`.
fn routes(text: &str) -> Result<Vec<Route>, String> {
    let routes = text
        .split(',')
        .map(parse_route)
        .collect::<Result<Vec<Route>, String>>()?;
    check_routes(&routes)?;
    Ok(routes)
}
