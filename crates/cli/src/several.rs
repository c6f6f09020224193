//! Several requests of one command, which differ in the prompt only. Depends on `exit` only.

use std::collections::BTreeMap;

use videogen::{ErrorKind, VideoRequest};

use crate::exit::{Failure, INVALID};

/// The most submissions of one command.
pub(crate) const MOST: u16 = 100;

/// Gives each request the fields of `complete`, except its prompt, and repeats it `count` times.
pub(crate) fn variations(requests: Vec<VideoRequest>, complete: &VideoRequest, count: u16) -> Vec<VideoRequest> {
    let completed = requests.into_iter().map(|mut request| {
        let prompt = std::mem::take(&mut request.prompt);
        request.clone_from(complete);
        request.prompt = prompt;
        request
    });
    let repeated = |request| std::iter::repeat_n(request, count.into());
    completed.flat_map(repeated).collect()
}

/// Rejects what several submissions of one command cannot share. `listens`: whether webhooks are received.
pub(crate) fn check(requests: &[VideoRequest], listens: bool) -> Result<(), Failure> {
    let count = requests.len();
    if count < 2 {
        return Ok(());
    }
    let mut faults = Vec::new();
    if count > usize::from(MOST) {
        faults.push(format!(
            "{count} submissions in one command; at most {MOST} are possible, for more there is `batch`"
        ));
    }
    // A negative seed is random.
    let is_fixed = |request: &VideoRequest| request.seed.is_some_and(|seed| seed >= 0);
    let repeats = |(index, request): (usize, &VideoRequest)| requests[..index].contains(request);
    if requests.iter().any(is_fixed) && requests.iter().enumerate().any(repeats) {
        let message = "with a fixed seed, several videos of one prompt are the same video; remove the seed, or --count";
        faults.push(message.to_owned());
    }
    if requests.iter().any(|request| request.client_reference.is_some()) {
        faults.push(format!(
            "client_reference identifies one request, but there are {count}; remove it"
        ));
    }
    if listens {
        faults.push(format!(
            "--listen-for-webhook is for one task, but there are {count}; remove it"
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(INVALID, ErrorKind::InvalidRequest, faults.join("\n"))),
    }
}

/// The failures of requests, by their places, each with the prompts that it is about, unless it is about all.
pub(crate) fn of_prompts(requests: &[&VideoRequest], failures: Vec<(usize, Failure)>) -> Vec<Failure> {
    let mut numbers: Vec<usize> = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        let is_next = index > 0 && request.prompt != requests[index - 1].prompt;
        numbers.push(numbers.last().map_or(1, |last| last + usize::from(is_next)));
    }
    let count = numbers.last().copied().unwrap_or_default();
    let mut found: Vec<(Failure, BTreeMap<usize, String>)> = Vec::new();
    for (index, failure) in failures {
        let place = found.iter().position(|(other, _)| other.message == failure.message);
        let place = place.unwrap_or_else(|| {
            found.push((failure, BTreeMap::new()));
            found.len() - 1
        });
        let number = numbers[index];
        let prompt = match beginning(&requests[index].prompt).as_str() {
            "" => number.to_string(),
            beginning => format!("{number} ({beginning})"),
        };
        found[place].1.insert(numbers[index], prompt);
    }
    let named = found.into_iter().map(|(failure, prompts)| {
        if prompts.len() == count {
            return failure;
        }
        let word = if prompts.len() == 1 { "prompt" } else { "prompts" };
        let prompts: Vec<String> = prompts.into_values().collect();
        failure.of(&format!("{word} {}", prompts.join(", ")))
    });
    named.collect()
}

/// Enough of a prompt to recognize it.
fn beginning(prompt: &str) -> String {
    const LENGTH: usize = 40;
    let line = prompt.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_prompts_unless_it_is_about_all() {
        let long = format!("{} and more", "x".repeat(60));
        let prompts = ["a kite", "a kite", &long, ""];
        let requests = prompts.map(|prompt| VideoRequest::new("m", prompt));
        let requests: Vec<&VideoRequest> = requests.iter().collect();
        let failure = |message: &str| Failure::new(INVALID, ErrorKind::InvalidRequest, message);
        let shown = |failures: &[(usize, &str)]| -> Vec<String> {
            let failures = failures.iter().map(|(index, message)| (*index, failure(message)));
            let named = of_prompts(&requests, failures.collect());
            named.into_iter().map(|failure| failure.message).collect()
        };
        assert_eq!(shown(&[(0, "a"), (1, "a"), (2, "a"), (3, "a")]), ["a"]);
        let beginning = "x".repeat(40);
        assert_eq!(
            shown(&[(0, "a"), (1, "a"), (2, "a"), (2, "b"), (3, "c")]),
            [
                format!("prompts 1 (a kite), 2 ({beginning}...): a"),
                format!("prompt 2 ({beginning}...): b"),
                "prompt 3: c".to_owned(),
            ]
        );
        assert_eq!(of_prompts(&requests[..2], vec![(0, failure("a"))])[0].message, "a");
    }
}
