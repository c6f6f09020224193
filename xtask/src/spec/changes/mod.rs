//! Changes between two states of the specs, judged from the client's side.
//!
//! Usual diff tools judge from the server's side: a renamed optional field is one optional field less and one more, so
//! harmless. Here a change is judged by its effect on an application that keeps sending and reading the same, and on
//! Rust code written against the generated surface. A change is
//!
//! - `breaking` when something that worked is rejected, lost or misread, or a name is removed or has another type;
//! - `behaviour` when everything still works, but differently;
//! - `addition` when there is something new that existing code can ignore. A Rust type may gain a member, an `Option`
//!   or an argument at the next regeneration;
//! - `docs` when it is not visible to clients.
//!
//! The direction matters: accepting less breaks, accepting more does not. Responses are read
//! leniently (open enums, nothing required), so additions to them only change behaviour. A component that is both
//! sent and received is judged in both directions, and the worse applies. Any difference without a rule is `other`:
//! none is missed.
//!
//! | rule | sent | received | what it means for the client |
//! |---|---|---|---|
//! | `operation-removed` | breaking | breaking | calls are rejected; the method is removed |
//! | `operation-added` | addition | addition | a new method |
//! | `operation-moved` | breaking | breaking | calls go to a path or method that no longer exists |
//! | `operation-renamed` | breaking | breaking | same call, but the Rust method has another name |
//! | `family-renamed` | breaking | breaking | the first tag names the family, which adapters and stored task ids contain |
//! | `body-removed` | breaking | breaking | the request body is not accepted, or the response body is missing |
//! | `body-added` | breaking | addition | a request without one may be rejected; a response contains more |
//! | `media-removed` | breaking | breaking | the content type is no longer accepted, or no longer returned |
//! | `media-added` | addition | behaviour | another content type is accepted, or may be returned |
//! | `status-removed` | breaking | breaking | the expected success status is not returned |
//! | `status-added` | behaviour | behaviour | another outcome; judged by its class |
//! | `error-removed` | docs | docs | one outcome less; errors are classified by status, listed or not |
//! | `header-removed` | behaviour | behaviour | such as `Retry-After`, which is no longer sent |
//! | `header-added` | addition | addition | one more value to read |
//! | `field-removed` | breaking | breaking | the user's value is dropped; the value that the application reads is missing |
//! | `field-added` | addition | addition | existing code can ignore it; a query parameter is one more argument |
//! | `required-field-added` | breaking | addition | requests without it are rejected |
//! | `field-renamed` | breaking | breaking | the old name is silently dropped or rejected; nothing is found under it |
//! | `field-moved` | breaking | breaking | likewise, to another object |
//! | `became-required` | breaking | addition | requests without it are rejected |
//! | `became-optional` | addition | behaviour | may be omitted; may be missing |
//! | `type-changed` | breaking | breaking | the value is rejected or unreadable; the Rust type changes |
//! | `type-widened` | addition | behaviour | more types are accepted, or may be returned |
//! | `type-narrowed` | breaking | addition | fewer are accepted, or returned |
//! | `schema-renamed` | breaking | breaking | no change on the wire, but the Rust type has another name |
//! | `schema-removed` | breaking | breaking | a type that no operation uses is removed |
//! | `schema-added` | addition | addition | likewise, new |
//! | `enum-narrowed` | breaking | behaviour | the value is rejected; it is no longer returned, and the variant is removed |
//! | `enum-widened` | addition | behaviour | one more choice; open enums read it as unknown until regenerated |
//! | `value-renamed` | breaking | breaking | the old value is rejected; the expected value is never returned |
//! | `narrowed` | breaking | docs | a bound or another constraint rejects values that were valid |
//! | `widened` | addition | behaviour | more values are valid |
//! | `pattern-changed` | breaking | behaviour | values that matched may no longer match |
//! | `format-changed` | behaviour | behaviour | the same Rust type; the meaning of the value may differ |
//! | `became-nullable` | addition | behaviour | null may be sent; null may be returned |
//! | `no-longer-nullable` | breaking | addition | null is rejected; null is no longer returned |
//! | `default-changed` | behaviour | docs | omitting it has another meaning |
//! | `deprecated` | behaviour | behaviour | it still works (or is no longer deprecated) |
//! | `secret-removed` | behaviour | behaviour | `x-secret`: `Debug` would now show the value |
//! | `secret-added` | behaviour | behaviour | `Debug` now hides the value |
//! | `carrier-removed` | breaking | breaking | `x-field`: no property carries the normalised field |
//! | `carrier-moved` | behaviour | behaviour | another property carries it |
//! | `carrier-added` | addition | addition | the normalised field can now be sent |
//! | `security-changed` | breaking | breaking | the key is not accepted where the client puts it |
//! | `security-relaxed` | addition | addition | the client's authentication is still sufficient |
//! | `server-moved` | breaking | breaking | the default base URL is another |
//! | `server-listed` | docs | docs | a server that the client does not use by default |
//! | `model-removed` | breaking | breaking | `x-models`: the vendor rejects it |
//! | `model-added` | addition | addition | one more choice |
//! | `model-renamed` | breaking | breaking | the old id is rejected |
//! | `model-order` | behaviour | behaviour | another default model, or another entry matches first |
//! | `model-rerouted` | breaking | breaking | tasks of this model are created by another operation |
//! | `model-specific` | behaviour | behaviour | an entry of its own takes less than the pattern that described the id, or is sent otherwise |
//! | `wire-name` | breaking | breaking | the model's requests carry the field under another name |
//! | `word-respelt` | breaking | behaviour | `x-words`: the vendor's word for a value changes |
//! | `family-lost` | breaking | breaking | task ids that users and journals hold name it, and cannot be used any more |
//! | `family-added` | addition | addition | task ids may name one more |
//! | `family-changed` | behaviour | behaviour | new task ids name another family, or another operation polls them |
//! | `limit-narrowed` | breaking | breaking | values that were valid for the model, or files that were accepted, are rejected |
//! | `limit-widened` | addition | addition | the model accepts more, or more files are accepted |
//! | `limit-respelt` | breaking | breaking | the vendor's word for a role, or for "let the model decide", changes |
//! | `limit-restated` | docs | docs | `without` names what could not be sent anyway, an entry the only body there was, or `x-media` has an entry more or less: the inputs that name it tell what that means |
//! | `model-default` | behaviour | behaviour | omitting it has another meaning |
//! | `upload-removed` | breaking | breaking | `x-uploads`: local files that went this way cannot be sent |
//! | `upload-added` | addition | addition | more local files can be sent |
//! | `upload-changed` | behaviour | behaviour | files are uploaded otherwise, kept for another time, or uploaded again |
//! | `poll-changed` | behaviour | behaviour | `x-poll`: another poll interval or timeout |
//! | `result-url-shortened` | behaviour | behaviour | `x-result-url`: links expire sooner, or cannot be renewed |
//! | `result-url-extended` | addition | addition | links expire later, or can be renewed |
//! | `webhook-removed` | breaking | breaking | `x-webhook`: no deliveries, or none whose signature can be verified |
//! | `webhook-changed` | behaviour | behaviour | deliveries differ, or are now signed |
//! | `webhook-added` | addition | addition | deliveries are available |
//! | `rate-limit-lowered` | behaviour | behaviour | `x-rate-limits`: requests are rejected and retried more often |
//! | `rate-limit-raised` | addition | addition | requests are rejected less often |
//! | `task-status` | behaviour | behaviour | `x-tasks`: a status word has another meaning, so that a wait may end elsewhere |
//! | `task-changed` | behaviour | behaviour | `x-tasks`: another first status, other conditions of a cancellation, or another lifetime |
//! | `error-meaning` | behaviour | behaviour | `x-errors`: an error code has another meaning |
//! | `listing-changed` | behaviour | behaviour | `x-listed-models`: other members of the vendor's own list of models are read |
//! | `environment-renamed` | breaking | breaking | `x-vendor`: the key or the base URL is read from another variable |
//! | `price-changed` | behaviour | behaviour | `x-prices`, `x-sizes`, `x-billing`: the same request costs another amount |
//! | `price-added` | addition | addition | the cost of a request is known |
//! | `price-removed` | breaking | breaking | the cost of a request is unknown, so that it is refused where costs are limited |
//! | `page` | docs | docs | the page that a fact comes from, its address, or the day on which it was read |
//! | `unverified` | docs | docs | a fact is documented now, or no longer |
//! | `other` | behaviour | behaviour | a difference that no rule above covers |
//! | `docs` | docs | docs | descriptions, examples, sources, pages, `unverified` marks |

mod call;
mod change;
mod compare;
mod components;
mod facts;
mod families;
mod judge;
mod keywords;
mod limits;
mod media;
pub mod models;
pub mod names;
mod operations;
mod parts;
mod place;
mod prices;
mod properties;
mod provenance;
pub(crate) mod rename;
mod rerouted;
mod rest;
mod schemas;
mod security;
mod sets;
pub mod show;
mod uploads;

pub use self::change::Change;
pub use self::compare::{between, changes, diff};
pub use self::judge::{Direction, Judgement, Rule};
pub(crate) use self::prices::percent;
