//! What differs between operating systems: only this module has code for one of them. Depends on nothing else in this crate.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as platform;
#[cfg(unix)]
use unix as platform;

pub(crate) use platform::{Hidden, is_open_to_others, listen, owner_only, usual_mode};

/// What ends the standard input that is typed.
pub(crate) const END_OF_INPUT: &str = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };

/// The command that sets the clock.
pub(crate) const SET_CLOCK: &str = if cfg!(windows) {
    "w32tm /resync"
} else if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else {
    "sudo timedatectl set-ntp true"
};

/// The command that shows how much of the disk of a path is free.
pub(crate) fn show_free_space(path: &str) -> String {
    match cfg!(windows) {
        true => "Get-PSDrive -PSProvider FileSystem".to_owned(),
        false => format!("df -h {}", shell_words::quote(path)),
    }
}
