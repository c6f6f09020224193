//! Text below the options of each command: examples and details. A test in `tests.rs` parses every example.
//! Paragraphs are one line each, because clap wraps them to the terminal. It replaces `{n}` by a line break, unless a control
//! sequence is in it.

use clap::{Arg, ArgAction};

/// Widest help, in columns.
pub(crate) const WIDTH: usize = 100;

/// Hides an option of all commands in one that does not take it. It is still read, so that the command can say why it is refused.
pub(crate) fn hidden(id: &'static str, long: &'static str, conflicts: &[&'static str]) -> Arg {
    Arg::new(id)
        .conflicts_with_all(conflicts.iter().copied())
        .long(long)
        .action(ArgAction::SetTrue)
        .global(true)
        .hide(true)
}

pub(crate) const GENERATE: &str = "\
Examples:
  videogen generate \"a paper boat\" -d 6 -r 720p -a 16:9 -o boat.mp4
  videogen generate \"it sails on\" -i boat.png -m seedance-2.0
  videogen generate \"a paper boat\" --idempotency-key order-4711 --events
  videogen generate \"a paper boat\" --max-cost 2.50
  videogen generate @boat.txt \"a kite\" -n 2 -o \"clips/{index}.mp4\" --parents
  videogen generate \"a paper boat\" --request template.json
  videogen generate \"a paper boat\" --simulate

Each PROMPT is a submission, with -n several: they are sent one after the \
other, and waited for together. All are checked before the first one is sent, \
and --max-cost is for all of them together.

-o PATH names a file, a folder or a template; see `videogen download --help`.

The same request again within 10 minutes is refused with exit code 10, because \
it would be paid for twice: add --again to submit it. It is not refused if the \
first one failed, with --simulate or --no-journal, or with --idempotency-key, \
where a note names the first task if that has another key.

With --draft, the video is a low-cost draft. The final video is another \
submission, which needs no PROMPT: --draft-task TASK with the same model.

With --return-last-frame, the last frame is written next to the video with the \
extension .last-frame.png, or to --last-frame-output.

A webhook of a vendor that signs is trusted if its secret is set \
(TOAPIS_WEBHOOK_SECRET, OPENROUTER_WEBHOOK_SECRET, REPLICATE_WEBHOOK_SECRET; \
during rotation both secrets, separated by a comma). Any other webhook only \
triggers a poll. Polling continues in both cases.";

pub(crate) const BATCH: &str = "\
Examples:
  videogen batch jobs.jsonl --vendor ark --dry-run
  videogen batch jobs.csv --vendor ark=seedance-1-5-pro-251215,token360 -o out/
  videogen batch jobs.yaml --var place=harbour --max-cost 50
  videogen batch jobs.toml --retry-failed --events

A job has the members of a request file, and may have: id, after (the id of the
job whose last frame is its first frame), vars (values for {{name}} in its
texts), vendor and output. Stop the command at any time and run it again, also
in two terminals at once: no job is submitted twice.";

pub(crate) const PLAN: &str = "\
Examples:
  videogen plan \"a paper boat\" --vendor toapis --seed 7
  videogen plan \"it sails\" --reference-video sail.mp4 --vendor toapis
  videogen plan \"a paper boat\" \"a kite\" -n 2 --vendor ark,fal
  videogen plan \"a paper boat\" --resolution 4k --all
  videogen plan \"a paper boat\" --duration 5 --all --cheapest
  videogen plan @prompt.txt --request template.json

It shows the exact request, also the callback URL with any token in it.

The estimated cost is by your own prices (see `videogen prices`), or else by the \
vendor's list prices: before taxes, discounts and fees.";

pub(crate) const STATUS: &str = "\
Examples:
  videogen status token360:videos:video-4f1c
  videogen status token360:videos:video-4f1c --json";

pub(crate) const WAIT: &str = "\
Examples:
  videogen wait token360:videos:video-4f1c alltoken:generations:vgen_81
  videogen wait token360:videos:video-4f1c --timeout 600 --json
  videogen wait token360:videos:video-4f1c --events
  videogen wait token360:videos:video-4f1c -o clips/ --parents

With -o PATH, each task is downloaded as soon as it has ended; see \
`videogen download --help` for the forms of PATH.";

pub(crate) const DOWNLOAD: &str = "\
Examples:
  videogen download token360:videos:video-4f1c -o boat.mp4
  videogen download token360:videos:video-4f1c --last-frame-output boat.png
  videogen download token360:videos:video-4f1c -o - > boat.mp4
  videogen download ark:tasks:cgt-20261120101500-d4kqz -o \"{vendor}-{index}.mp4\"

-o PATH names a file, a folder (one that exists, or with a / at the end), - for \
standard output, which then has the video alone, or a file by a template: {vendor}, {model}, {id} of the task, {index}, the number of \
the task in the call, and {\u{1b}[0mn}, the number of the task, or of the video where a \
single task has several. Missing folders are created with --parents.";

pub(crate) const OPEN: &str = "\
Examples:
  videogen open token360:videos:video-4f1c
  videogen open token360:videos:video-4f1c --print";

pub(crate) const CANCEL: &str = "\
Examples:
  videogen cancel alltoken:generations:vgen_81";

pub(crate) const LIST: &str = "\
Examples:
  videogen list --vendor token360 --limit 20
  videogen list --vendor alltoken --status in_progress
  videogen list --local --since 7d --status failed";

pub(crate) const RECOVER: &str = "\
Examples:
  videogen recover --wait
  videogen recover SUBMISSION --task toapis:generations:tsk_vid_7a10
  videogen recover SUBMISSION --dismiss";

pub(crate) const WORKER: &str = "\
Examples:
  videogen worker --journal postgresql://videogen@db.example/jobs -o /clips
  videogen worker --once --json

Any number of workers share a journal, on any number of machines. Each \
submission is followed by one of them, or by the command that submitted it while \
that runs. What a killed process left is taken over after half a minute, and at \
once after SIGTERM or Ctrl-C. A worker submits nothing. It follows the accounts \
whose keys it has.";

pub(crate) const MODELS: &str = "\
Examples:
  videogen models --vendor toapis
  videogen models --vendor openrouter --live
  videogen models --json";

pub(crate) const PRICES: &str = "\
Examples:
  videogen prices list --vendor ark
  videogen prices set toapis seedance-2 0.05 --unit second
  videogen prices set toapis seedance-2 2 --unit clip --when resolution=1080p
  videogen prices set token360 seedance-2.0 7 --unit token --per 1000000 \\
    --tokens-per-second 21600
  videogen prices unset toapis seedance-2

Your prices are in CONFIG_DIR/videogen/prices.toml, or the file that \
VIDEOGEN_PRICES names, and come before any list price. Of those that fit a \
request, the one with the most --when conditions applies; for the same fields, \
the one that the request itself meets: duration=unset before duration=5. A price \
with the same conditions replaces the earlier one. A price is refused if some \
request would have two prices, and neither came first.

By second and token, the seconds of input videos cost nothing, unless the price \
has --input-video.";

pub(crate) const BALANCE: &str = "\
Examples:
  videogen balance --vendor toapis";

pub(crate) const SPEND: &str = "\
Examples:
  videogen spend --since 30d --by day
  videogen spend --by model --csv
  videogen spend settle token360:videos:video-4f1c 1.20

Amounts are what you entered or vendors reported, else computed from usage and \
its price, else estimated from list prices. What is running or ambiguous is \
`reserved`.";

pub(crate) const SETTLE: &str = "\
Examples:
  videogen spend settle token360:videos:video-4f1c 1.20 --note \"invoice 7\"
  videogen spend settle token360:videos:video-4f1c 30 CNY
  videogen spend settle token360:videos:video-4f1c --nothing

Use it when the vendor's bill shows what this program cannot know. It counts \
for budgets and in `videogen spend` before any other amount, also if the vendor \
reports another one later. Use it again to replace it, or with --undo to remove \
it.";

pub(crate) const BUDGET: &str = "\
Examples:
  videogen budget set 20/day
  videogen budget set 300CNY/month --vendor ark
  videogen budget list
  videogen budget remove day

A submission reserves the most that it may cost before it is sent, in the \
journal, so several processes cannot overrun a budget together. One that does \
not fit is refused with exit code 9, and so is one of unknown cost, unless \
--allow-unknown-cost is given and something is left. Amounts are not converted: for a budget in \
another currency than the price's, the cost is unknown. With --no-journal no \
budget is checked.";

pub(crate) const LOGIN: &str = "\
Examples:
  videogen login token360
  videogen login ark --no-check

The key is read from the terminal, which does not show it, or from standard \
input. It is checked by a free call, and stored in \
CONFIG_DIR/videogen/credentials.toml (or the file that VIDEOGEN_CREDENTIALS \
names), which only its owner may read. A variable and --env-file come first.";

pub(crate) const LOGOUT: &str = "\
Examples:
  videogen logout token360";

pub(crate) const DOCTOR: &str = "\
Examples:
  videogen doctor
  videogen doctor --offline
  videogen doctor --json

Each vendor with a key gets a free call, and has 10 seconds to answer. The \
exit code is 0 if generating can be expected to work at one vendor at least.";

pub(crate) const CONFIG: &str = "\
Examples:
  videogen config
  videogen config set defaults.vendor ark
  videogen config set vendor.ark.resolution 720p
  videogen config unset vendor.ark.resolution
  videogen config list --json

The file is CONFIG_DIR/videogen/config.toml, or the one that VIDEOGEN_CONFIG \
names. [defaults] has vendor, model, output, journal, timeout and key_store. [vendor.NAME] \
has model, base_url and fields of requests, such as duration and aspect_ratio. \
A value applies where neither an option, nor the request file, nor a variable \
has one, and the command prints what it took from the file.";

pub(crate) const JOURNAL: &str = "\
Examples:
  videogen journal check
  videogen journal export --since 30d --format csv > submissions.csv
  videogen journal prune --older-than 90d --dry-run
  videogen journal prune --older-than 2026-06-01 --include-undownloaded
  videogen journal copy journal.db postgresql://videogen@db.example/jobs

`prune` keeps what a promise depends on: submissions of unknown status and their
accounts, unfinished tasks, videos that were not downloaded, idempotency keys,
the running month, and what a budget counts. `check` exits with 7 if the file is
damaged. `copy` changes nothing in FROM, and can be repeated after an interrupt;
end the programs that use FROM first.";

pub(crate) const ASSETS: &str = "\
Examples:
  videogen assets upload boat.png sail.mp4 --vendor token360
  videogen assets list --vendor alltoken --limit 20
  videogen assets show asset://ta_81 --vendor token360
  videogen assets delete asset-81 --vendor alltoken
  videogen assets groups --vendor token360
  videogen assets create-group sailors --vendor token360
  videogen assets verify \"Ada Byron\" --vendor token360
  videogen assets upload face.png --vendor token360 --person --group ag_7

`generate` uploads the local files of a request by itself. An upload costs \
nothing, and a file with the same content is uploaded once.

A vendor may demand that a real person agrees to be shown: `verify` prints a \
link that the person opens on a phone, usually within 120 seconds. With \
--session FILE, a later call continues what an interrupted one began.";

pub(crate) const GALLERY: &str = "\
Examples:
  videogen gallery clips
  videogen gallery clips --recursive --title \"Boats, take 3\" -o boats.html
  videogen gallery clips --results jobs.results.jsonl

What is shown of a clip comes from its sidecar (boat.mp4.json), the results of a \
batch, and the journal. A later run replaces the page; another file of its name \
is kept unless --overwrite is given.";

pub(crate) const SCHEMA: &str = "\
Examples:
  videogen schema request > request.schema.json
  videogen schema events > events.schema.json";

pub(crate) const SIM: &str = "\
Examples:
  videogen sim --speed 10
  videogen sim --listen 127.0.0.1:9000 --strict --any-asset

Signed webhooks of ToAPIs, OpenRouter and Replicate have the secret \
whsec_c2ltdWxhdG9y: set TOAPIS_WEBHOOK_SECRET, OPENROUTER_WEBHOOK_SECRET or \
REPLICATE_WEBHOOK_SECRET to it in the receiver.";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  videogen completions bash > /etc/bash_completion.d/videogen
  videogen completions zsh > ~/.zfunc/_videogen
  videogen completions fish > ~/.config/fish/completions/videogen.fish";

pub(crate) const MAN: &str = "\
Examples:
  videogen man > videogen.1
  videogen man ~/.local/share/man/man1";

/// Below the list of commands.
pub(crate) const ROOT: &str = "\
Exit codes:
  0    done
  1    the task ended without a video (failed, moderated, cancelled, expired)
  2    the request, the command line or a variable is invalid
  3    the API key is missing or refused, or the balance is too low
  4    the vendor or the network failed
  5    timed out, or not finished yet; the task is still running
  6    submission status unknown; it was not resent (see `videogen recover`)
  7    a file, or the journal, could not be read or written
  8    the task exists, but its status or its video could not be read (see `videogen wait`)
  9    a budget or --max-cost does not allow the cost; nothing was sent
  10   the same request was submitted in the last 10 minutes (see --again)
  130  interrupted by Ctrl-C (143: SIGTERM, 129: SIGHUP); the task keeps running

The first interrupt still waits for the response to a submission; a second one \
exits at once. During an upload the first one exits: nothing was submitted.";
