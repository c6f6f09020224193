//! Reads of the journal for many jobs: several at a time, because a database answers each of them late.

use futures_util::stream::{self, Stream, StreamExt as _};

/// Reads at the same time: a few for each connection.
const AT_ONCE: usize = 32;

/// The results in order.
pub(super) fn together<T>(reads: impl IntoIterator<Item = impl Future<Output = T>>) -> impl Stream<Item = T> + Unpin {
    stream::iter(reads).buffered(AT_ONCE)
}
