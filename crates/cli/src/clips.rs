//! The clips of a folder: what is known of them, and the gallery that shows them. Reads files and the journal, and uses
//! no network. The page's own files are in `crates/cli/assets/gallery`.

mod collect;
mod page;
mod parameters;
mod record;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub(crate) use collect::{Clip, Collection, Places};
pub(crate) use page::{HEAD, is_gallery, page};
