//! What changed between two states of the specs, judged from the client's side.
//!
//! Usual diff tools judge from the server's side: a renamed optional field is one optional field less and one more, so
//! harmless. Here the question is what happens to an application that keeps sending and reading what it did, and of
//! Rust code written against the generated surface. A change is
//!
//! - `breaking` when something that worked is refused, lost or misread, or a name is gone or has another type;
//! - `behaviour` when everything still works, but differently;
//! - `addition` when there is something new that existing code can ignore. That a Rust type then gains a member, an `Option`
//!   or an argument is no more than the next regeneration shows;
//! - `docs` when clients do not notice.
//!
//! The direction decides: what a vendor takes less of breaks, what it takes more of does not; what it answers is read
//! leniently (open enums, nothing required), so that more of it is a change of behaviour only. A component that is both
//! sent and received is judged both ways, and the worse holds. Where nothing below applies, a difference is `other`:
//! none goes unseen.
//!
//! | rule | sent | received | what it means for the client |
//! |---|---|---|---|
//! | `operation-removed` | breaking | breaking | calls are refused; the method is gone |
//! | `operation-added` | addition | addition | a new method |
//! | `operation-moved` | breaking | breaking | calls go to a path or method that is no more |
//! | `operation-renamed` | breaking | breaking | same call, but the Rust method has another name |
//! | `family-renamed` | breaking | breaking | the first tag names the family, which adapters and stored task ids hold |
//! | `body-removed` | breaking | breaking | what was sent is not wanted, or what was read is gone |
//! | `body-added` | breaking | addition | a request without one may be refused; an answer holds more |
//! | `media-removed` | breaking | breaking | the content type is no longer understood, or no longer said |
//! | `media-added` | addition | behaviour | another content type is taken, or may come |
//! | `status-removed` | breaking | breaking | the success that was waited for does not come |
//! | `status-added` | behaviour | behaviour | another outcome; judged by its class |
//! | `error-removed` | docs | docs | one outcome less; errors are judged by status, listed or not |
//! | `header-removed` | behaviour | behaviour | such as `Retry-After`, which is no longer sent |
//! | `header-added` | addition | addition | something more to read |
//! | `field-removed` | breaking | breaking | what the user requests is dropped; what the application reads is gone |
//! | `field-added` | addition | addition | existing code can ignore it; a query parameter is one more argument |
//! | `required-field-added` | breaking | addition | requests without it are refused |
//! | `field-renamed` | breaking | breaking | the old name is dropped in silence or refused; nothing is found under it |
//! | `field-moved` | breaking | breaking | likewise, to another object |
//! | `became-required` | breaking | addition | requests without it are refused |
//! | `became-optional` | addition | behaviour | may be left out; may be missing |
//! | `type-changed` | breaking | breaking | the value is refused or unreadable; the Rust type is another |
//! | `type-widened` | addition | behaviour | more kinds of value are taken, or may come |
//! | `type-narrowed` | breaking | addition | fewer are taken, or come |
//! | `schema-renamed` | breaking | breaking | nothing on the wire, but the Rust type has another name |
//! | `schema-removed` | breaking | breaking | a type that no operation uses is gone |
//! | `schema-added` | addition | addition | likewise, new |
//! | `enum-narrowed` | breaking | behaviour | the value is refused; it no longer comes, and the variant is gone |
//! | `enum-widened` | addition | behaviour | one more to choose; open enums take it as unknown until regenerated |
//! | `value-renamed` | breaking | breaking | the old word is refused; the word that is waited for never comes |
//! | `narrowed` | breaking | docs | a bound or another constraint refuses what was fine |
//! | `widened` | addition | behaviour | it lets more through |
//! | `pattern-changed` | breaking | behaviour | what matched may not match now |
//! | `format-changed` | behaviour | behaviour | of the same Rust type; what is meant by the value may differ |
//! | `became-nullable` | addition | behaviour | null may be sent; null may come |
//! | `no-longer-nullable` | breaking | addition | null is refused; null no longer comes |
//! | `default-changed` | behaviour | docs | what is left out now means something else |
//! | `deprecated` | behaviour | behaviour | it works, for now (or is no longer on its way out) |
//! | `secret-removed` | behaviour | behaviour | `x-secret`: from now on the value would show in `Debug` |
//! | `secret-added` | behaviour | behaviour | from now on it is hidden there |
//! | `carrier-removed` | breaking | breaking | `x-field`: nothing carries the normalised field any more |
//! | `carrier-moved` | behaviour | behaviour | another property carries it |
//! | `carrier-added` | addition | addition | the normalised field can now be sent |
//! | `security-changed` | breaking | breaking | the key is not accepted where the client puts it |
//! | `security-relaxed` | addition | addition | what the client does is enough, as before |
//! | `server-moved` | breaking | breaking | the default base URL leads elsewhere |
//! | `server-listed` | docs | docs | a server that the client does not use by itself |
//! | `model-removed` | breaking | breaking | `x-models`: the vendor refuses it |
//! | `model-added` | addition | addition | one more to choose |
//! | `model-renamed` | breaking | breaking | the old id is refused |
//! | `model-order` | behaviour | behaviour | another default model, or another entry matches first |
//! | `model-rerouted` | breaking | breaking | tasks of this model are created by another operation |
//! | `limit-narrowed` | breaking | breaking | what was fine for the model is refused |
//! | `limit-widened` | addition | addition | the model takes more |
//! | `limit-respelt` | breaking | breaking | the vendor's word for a role, or for "let the model decide", is another |
//! | `model-default` | behaviour | behaviour | what is left out now means something else |
//! | `poll-changed` | behaviour | behaviour | `x-poll`: polled at another pace, given up at another time |
//! | `result-url-shortened` | behaviour | behaviour | `x-result-url`: links die sooner, or cannot be renewed |
//! | `result-url-extended` | addition | addition | they live longer, or can be |
//! | `webhook-removed` | breaking | breaking | `x-webhook`: no deliveries, or none whose signature can be verified |
//! | `webhook-changed` | behaviour | behaviour | deliveries come otherwise, or are signed now |
//! | `webhook-added` | addition | addition | there are deliveries now |
//! | `rate-limit-lowered` | behaviour | behaviour | `x-rate-limits`: refused, and tried again, more often |
//! | `rate-limit-raised` | addition | addition | less often |
//! | `environment-renamed` | breaking | breaking | `x-vendor`: the key or the base URL is looked for under another name |
//! | `other` | behaviour | behaviour | a difference that no rule above knows |
//! | `docs` | docs | docs | descriptions, examples, sources, pages, what is unverified |

mod call;
mod change;
mod compare;
mod components;
mod facts;
mod judge;
mod keywords;
mod limits;
pub mod models;
pub mod names;
mod operations;
mod parts;
mod place;
mod properties;
pub(crate) mod rename;
mod schemas;
mod security;
pub mod show;

pub use self::change::Change;
pub use self::compare::{between, changes, diff};
pub use self::judge::{Direction, Judgement, Rule};
