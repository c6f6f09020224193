//! Tasks that a lost submission may have created, and how well they match.

use std::fmt;

use serde::Serialize;

use crate::model::VideoTask;

/// A task that a lost submission may have created.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// The task.
    pub task: VideoTask,
    /// How well it matches.
    pub grade: Grade,
    /// Results of the comparison.
    pub reasons: Vec<Evidence>,
}

/// How well a task matches a lost submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grade {
    /// Prompt, model, time and parameters match, or the response to the submission named the task.
    Strong,
    /// A possible match: something differs or is not shown, but nothing rules the task out.
    Weak,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strong => "strong",
            Self::Weak => "weak",
        })
    }
}

/// One result of comparing a task with a lost submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Evidence {
    /// The response to the submission named the task.
    NamedInResponse,
    /// The task has the client reference of the submission, which other submissions may have used too.
    SameReference,
    /// The same prompt, apart from whitespace, Unicode normalization and HTML entities.
    SamePrompt,
    /// The task shows the beginning of the prompt.
    TruncatedPrompt,
    /// The prompts agree in letters and digits only, or in a short beginning.
    SimilarPrompt,
    /// The task shows no prompt.
    PromptNotShown,
    /// The task shows another prompt.
    OtherPrompt,
    /// The same model, also under another name of it.
    SameModel,
    /// The task shows no model.
    ModelNotShown,
    /// The task shows a model that this version does not know.
    UnknownModel,
    /// The task shows another model.
    OtherModel,
    /// It was created around the time of the submission.
    SameTime,
    /// The task shows no time.
    TimeNotShown,
    /// It was created at another time.
    OtherTime,
    /// The parameters that the task shows are those of the submission.
    SameParameters,
    /// The task shows other parameters.
    OtherParameters,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NamedInResponse => "named in the response to the submission",
            Self::SameReference => "same reference",
            Self::SamePrompt => "same prompt",
            Self::TruncatedPrompt => "truncated prompt",
            Self::SimilarPrompt => "similar prompt",
            Self::PromptNotShown => "prompt not shown",
            Self::OtherPrompt => "other prompt",
            Self::SameModel => "same model",
            Self::ModelNotShown => "model not shown",
            Self::UnknownModel => "unknown model name",
            Self::OtherModel => "other model",
            Self::SameTime => "same time",
            Self::TimeNotShown => "time not shown",
            Self::OtherTime => "other time",
            Self::SameParameters => "same parameters",
            Self::OtherParameters => "other parameters",
        })
    }
}
