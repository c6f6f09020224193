//! Request bodies: which fields they carry, where and how.

/// The vendor's spelling of a normalised value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Normalised value.
    pub value: &'static str,
    /// What the vendor writes for it.
    pub wire: &'static str,
}

/// An item of a list in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Path of the value in the item, with dots for nested objects; empty if the item is the value.
    pub value: &'static str,
    /// The other members of the item.
    pub with: &'static [(&'static str, &'static str)],
}

/// A request body of a create operation. An operation may have several, for different models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// The component schema of the body.
    pub name: &'static str,
    /// `operationId` of the create operation.
    pub create: &'static str,
    /// Path of that operation.
    pub path: &'static str,
    /// The fields that the body, or a header, can carry.
    pub fields: &'static [Field],
    /// The members of the body that carry no field, and are sent by the caller only.
    pub rest: &'static [Member],
    /// Where the caller's own members go that the body itself does not have, if not to its top.
    pub extra: Option<Extra>,
}

/// A property of a create request that carries no normalised field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Path in the body, with dots for nested objects.
    pub wire: &'static str,
    /// The fields in place of which the vendor reads it.
    pub replaces: &'static [&'static str],
}

/// Where the caller's own members go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extra {
    /// The object of the body that holds them.
    pub inside: &'static str,
    /// The members of the body itself, which stay at its top.
    pub own: &'static [&'static str],
}

/// A property of a create request and the normalised field it carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Normalised field, or input role.
    pub name: &'static str,
    /// Path in the body, with dots for nested objects.
    pub wire: &'static str,
    /// Where the request has it.
    pub place: Place,
    /// How it is written, where that is not its own type.
    pub form: Form,
    /// What an item looks like that carries the field, where the property is a list of such items.
    pub item: Option<Item>,
    /// The values that the vendor spells otherwise.
    pub words: &'static [Word],
    /// Smallest value.
    pub minimum: Option<i64>,
    /// Largest value.
    pub maximum: Option<i64>,
    /// Maximum length in characters.
    pub max_length: Option<usize>,
    /// Prefix that a text must have, such as `https://`.
    pub prefix: Option<&'static str>,
    /// Allowed values, when they are a closed set.
    pub values: &'static [&'static str],
    /// Whether every request must have it.
    pub required: bool,
    /// Page the fact comes from.
    pub page: &'static str,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

/// Where a request has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the body.
    Body,
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As its own type.
    Own,
    /// A number as text with this unit, which may be empty.
    Text(&'static str),
    /// An input as its URL.
    Url,
}
