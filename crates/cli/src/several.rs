//! Several requests of one command, which differ in the prompt only. Depends on `exit` only.

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
