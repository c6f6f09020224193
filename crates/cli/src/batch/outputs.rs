//! The output files of the jobs: a file of each, in a folder that exists.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

use videogen::route::Route;
use videogen::{ErrorKind, VideoRequest};

use super::item::{Job, place};
use crate::error::JobProblem;
use crate::exit::{Failure, INVALID};
use crate::output::file;
use crate::text::many;

/// Output file of a job that names none.
const OUTPUT: &str = "{item}.mp4";

/// What --output and the jobs name.
pub(super) struct Outputs<'a> {
    /// Folder or template of the output files.
    output: Option<&'a Path>,
    /// Whether missing folders of output files are created.
    parents: bool,
    /// The lines of the jobs that name an output file.
    own: BTreeSet<usize>,
    /// Whether --output names one file for several jobs.
    is_shared: bool,
}

impl<'a> Outputs<'a> {
    pub(super) fn new(output: Option<&'a Path>, parents: bool) -> Self {
        Self {
            output,
            parents,
            own: BTreeSet::new(),
            is_shared: false,
        }
    }

    /// The output file of the job in a line, which names `own`, and what is wrong with it. `index`: from 0.
    pub(super) fn of(
        &mut self,
        line: usize,
        index: usize,
        item: &str,
        own: Option<&str>,
        routes: &[Route],
        request: &VideoRequest,
    ) -> (PathBuf, Vec<String>) {
        let mut problems = Vec::new();
        let (folder, template) = self.template();
        if own.is_some() {
            self.own.insert(line);
        }
        let mut name = own
            .unwrap_or(&template)
            .replace("{item}", item)
            .replace("{index}", &(index + 1).to_string());
        match routes {
            [] => name = name.replace("{vendor}", "x").replace("{model}", "x"),
            [only] => {
                let model = only.request(request).map(|request| request.model).unwrap_or_default();
                name = name.replace("{vendor}", only.vendor.as_str());
                name = name.replace("{model}", &model.replace(['/', '\\', ':'], "-"));
            }
            _ if name.contains("{vendor}") || name.contains("{model}") => {
                problems.push(format!(
                    "output: `{name}`: the vendor and the model of a job with several vendors are not known \
                     before its submission; use {{item}} or {{index}}"
                ));
                name = name.replace("{vendor}", "x").replace("{model}", "x");
            }
            _ => {}
        }
        if let Some(begin) = name.find('{')
            && let Some(end) = name[begin..].find('}')
        {
            let unknown = &name[begin..=begin + end];
            problems.push(format!(
                "output: `{unknown}` is not known before the submission; use {{item}}, {{index}}, {{vendor}} or {{model}}"
            ));
        }
        let is_below = |part: Component<'_>| matches!(part, Component::Normal(_));
        if own.is_some() && (name == "-" || !Path::new(&name).components().all(is_below)) {
            problems.push(format!(
                "output: `{name}` is no file in the folder of --output; name one there"
            ));
            // Nothing more is wrong with it.
            name = format!("line {line}");
        }
        (folder.join(name), problems)
    }

    /// The folder of the files, and the template of their names.
    fn template(&self) -> (&'a Path, String) {
        match self.output {
            None => (Path::new(""), OUTPUT.to_owned()),
            Some(path) if is_folder(path) => (path, OUTPUT.to_owned()),
            Some(path) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                let name = path.file_name().unwrap_or_default();
                (folder, name.to_string_lossy().to_string())
            }
        }
    }

    /// What is wrong with the files of all jobs together: each is written by one job, in a folder that exists.
    pub(super) fn check(&mut self, jobs: &[Job]) -> Vec<JobProblem> {
        let mut problems = Vec::new();
        let mut names: HashMap<PathBuf, &Job> = HashMap::new();
        // Each is reported once, with the first job.
        let mut missing: BTreeSet<&Path> = BTreeSet::new();
        missing.extend(self.missing_folder());
        for job in jobs {
            for path in std::iter::once(job.output.clone()).chain(job.last_frame()) {
                let place = place(&path);
                match names.get(&place) {
                    None => drop(names.insert(place, job)),
                    // Two jobs with one id are reported as such.
                    Some(first) if first.id == job.id && first.line != job.line => {}
                    Some(first) if !self.own.contains(&first.line) && !self.own.contains(&job.line) => {
                        self.is_shared = true;
                    }
                    Some(first) => {
                        let text = format!("output: line {} writes {} too", first.line, file(&path));
                        problems.push(JobProblem::new(job.line, text));
                    }
                }
            }
            if job.output.is_dir() {
                let text = format!("output: {} is a folder", file(&job.output));
                problems.push(JobProblem::new(job.line, text));
            } else if let Some(folder) = job.output.parent().filter(|folder| self.is_missing(folder))
                && missing.insert(folder)
            {
                let text = format!("output: {}", no_folder(folder));
                problems.push(JobProblem::new(job.line, text));
            }
        }
        problems
    }

    /// What is wrong with --output. `jobs`: how many there are; `unreadable`: how many others could not be read.
    pub(super) fn failures(&self, jobs: usize, unreadable: usize) -> Vec<Failure> {
        let mut failures = Vec::new();
        let Some(path) = self.output else { return failures };
        let count = jobs + unreadable - self.own.len();
        let is_one = !is_folder(path) && !self.template().1.contains('{');
        if self.is_shared || (is_one && unreadable > 0 && count > 1) {
            let folder = match path.extension() {
                None => format!("write {}", file(&path.join(""))),
                Some(_) => "name a folder".to_owned(),
            };
            failures.push(invalid(format!(
                "-o {} names one file for {}; {folder}, or add {{item}} to the name",
                file(path),
                many(count, "job")
            )));
        }
        if let Some(folder) = self.missing_folder() {
            failures.push(invalid(format!("-o {}: {}", file(path), no_folder(folder))));
        }
        failures
    }

    /// The folder of --output, if it does not exist.
    fn missing_folder(&self) -> Option<&'a Path> {
        let folder = self.template().0;
        self.is_missing(folder).then_some(folder)
    }

    fn is_missing(&self, folder: &Path) -> bool {
        !self.parents && !folder.as_os_str().is_empty() && !folder.is_dir()
    }
}

fn no_folder(folder: &Path) -> String {
    format!(
        "the folder {} does not exist; create it, or add --parents",
        file(folder)
    )
}

fn invalid(message: String) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}

/// Whether a path names a folder for the files.
fn is_folder(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) || path.is_dir()
}
