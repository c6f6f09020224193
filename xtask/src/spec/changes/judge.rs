//! The rules, and the judgement of each.

use std::fmt;

use serde::Serialize;

/// The effect of a change on an unchanged application. The worst is last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Judgement {
    /// Documentation, sources and examples; not visible to clients.
    Docs,
    /// Something new that existing code can ignore.
    Addition,
    /// Everything still works, but differently.
    Behaviour,
    /// Something that worked fails, is lost, or no longer compiles.
    Breaking,
}

impl Judgement {
    /// All, the worst first.
    pub const WORST_FIRST: [Self; 4] = [Self::Breaking, Self::Behaviour, Self::Addition, Self::Docs];
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Docs => "docs",
            Self::Addition => "addition",
            Self::Behaviour => "behaviour",
            Self::Breaking => "breaking",
        })
    }
}

/// Direction of a value. A webhook's body is received, although OpenAPI calls it a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the client to the vendor.
    Sent,
    /// From the vendor to the client.
    Received,
}

macro_rules! rules {
    ($($rule:ident $name:literal $sent:ident $received:ident;)*) => {
        /// Kind of change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = concat!("`", $name, "`")] $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// Its name, as the table in [`crate::diff`] has it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name),* }
            }

            /// Whether it is only about words and sources, which affect no name.
            #[must_use]
            pub fn is_about_words(self) -> bool {
                matches!(self, Self::Docs | Self::Page | Self::Unverified | Self::LimitRestated)
            }

            /// The judgement, for a value that is sent (or has no direction) and for one that is received.
            #[must_use]
            pub fn judge(self, direction: Option<Direction>) -> Judgement {
                let (sent, received) = match self {
                    $(Self::$rule => (Judgement::$sent, Judgement::$received)),*
                };
                if direction == Some(Direction::Received) { received } else { sent }
            }
        }
    };
}

rules! {
    OperationRemoved "operation-removed" Breaking Breaking;
    OperationAdded "operation-added" Addition Addition;
    OperationMoved "operation-moved" Breaking Breaking;
    OperationRenamed "operation-renamed" Breaking Breaking;
    FamilyRenamed "family-renamed" Breaking Breaking;
    BodyRemoved "body-removed" Breaking Breaking;
    BodyAdded "body-added" Breaking Addition;
    MediaRemoved "media-removed" Breaking Breaking;
    MediaAdded "media-added" Addition Behaviour;
    StatusRemoved "status-removed" Breaking Breaking;
    StatusAdded "status-added" Behaviour Behaviour;
    ErrorRemoved "error-removed" Docs Docs;
    HeaderRemoved "header-removed" Behaviour Behaviour;
    HeaderAdded "header-added" Addition Addition;
    FieldRemoved "field-removed" Breaking Breaking;
    FieldAdded "field-added" Addition Addition;
    RequiredFieldAdded "required-field-added" Breaking Addition;
    FieldRenamed "field-renamed" Breaking Breaking;
    FieldMoved "field-moved" Breaking Breaking;
    BecameRequired "became-required" Breaking Addition;
    BecameOptional "became-optional" Addition Behaviour;
    TypeChanged "type-changed" Breaking Breaking;
    TypeWidened "type-widened" Addition Behaviour;
    TypeNarrowed "type-narrowed" Breaking Addition;
    SchemaRenamed "schema-renamed" Breaking Breaking;
    SchemaRemoved "schema-removed" Breaking Breaking;
    SchemaAdded "schema-added" Addition Addition;
    EnumNarrowed "enum-narrowed" Breaking Behaviour;
    EnumWidened "enum-widened" Addition Behaviour;
    ValueRenamed "value-renamed" Breaking Breaking;
    Narrowed "narrowed" Breaking Docs;
    Widened "widened" Addition Behaviour;
    PatternChanged "pattern-changed" Breaking Behaviour;
    FormatChanged "format-changed" Behaviour Behaviour;
    BecameNullable "became-nullable" Addition Behaviour;
    NoLongerNullable "no-longer-nullable" Breaking Addition;
    DefaultChanged "default-changed" Behaviour Docs;
    Deprecated "deprecated" Behaviour Behaviour;
    SecretRemoved "secret-removed" Behaviour Behaviour;
    SecretAdded "secret-added" Behaviour Behaviour;
    CarrierRemoved "carrier-removed" Breaking Breaking;
    CarrierMoved "carrier-moved" Behaviour Behaviour;
    CarrierAdded "carrier-added" Addition Addition;
    SecurityChanged "security-changed" Breaking Breaking;
    SecurityRelaxed "security-relaxed" Addition Addition;
    ServerMoved "server-moved" Breaking Breaking;
    ServerListed "server-listed" Docs Docs;
    ModelRemoved "model-removed" Breaking Breaking;
    ModelAdded "model-added" Addition Addition;
    ModelRenamed "model-renamed" Breaking Breaking;
    ModelOrder "model-order" Behaviour Behaviour;
    ModelRerouted "model-rerouted" Breaking Breaking;
    ModelSpecific "model-specific" Behaviour Behaviour;
    WireName "wire-name" Breaking Breaking;
    WordRespelt "word-respelt" Breaking Behaviour;
    FamilyLost "family-lost" Breaking Breaking;
    FamilyAdded "family-added" Addition Addition;
    FamilyChanged "family-changed" Behaviour Behaviour;
    LimitNarrowed "limit-narrowed" Breaking Breaking;
    LimitWidened "limit-widened" Addition Addition;
    LimitRespelt "limit-respelt" Breaking Breaking;
    LimitRestated "limit-restated" Docs Docs;
    ModelDefault "model-default" Behaviour Behaviour;
    UploadRemoved "upload-removed" Breaking Breaking;
    UploadAdded "upload-added" Addition Addition;
    UploadChanged "upload-changed" Behaviour Behaviour;
    PollChanged "poll-changed" Behaviour Behaviour;
    ResultUrlShortened "result-url-shortened" Behaviour Behaviour;
    ResultUrlExtended "result-url-extended" Addition Addition;
    WebhookRemoved "webhook-removed" Breaking Breaking;
    WebhookChanged "webhook-changed" Behaviour Behaviour;
    WebhookAdded "webhook-added" Addition Addition;
    RateLimitLowered "rate-limit-lowered" Behaviour Behaviour;
    RateLimitRaised "rate-limit-raised" Addition Addition;
    TaskStatus "task-status" Behaviour Behaviour;
    TaskChanged "task-changed" Behaviour Behaviour;
    ErrorMeaning "error-meaning" Behaviour Behaviour;
    ListingChanged "listing-changed" Behaviour Behaviour;
    EnvironmentRenamed "environment-renamed" Breaking Breaking;
    PriceChanged "price-changed" Behaviour Behaviour;
    PriceAdded "price-added" Addition Addition;
    PriceRemoved "price-removed" Breaking Breaking;
    Page "page" Docs Docs;
    Unverified "unverified" Docs Docs;
    Other "other" Behaviour Behaviour;
    Docs "docs" Docs Docs;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in the module docs matches the code, row for row.
    #[test]
    fn the_documented_table_is_the_one_in_force() {
        let documented: Vec<String> = include_str!("mod.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `"))
            .map(|row| row.split('|').take(3).map(str::trim).collect::<Vec<_>>().join(" "))
            .collect();
        let in_force: Vec<String> = Rule::ALL
            .iter()
            .map(|rule| {
                let [sent, received] = [None, Some(Direction::Received)].map(|direction| rule.judge(direction));
                format!("{}` {sent} {received}", rule.name())
            })
            .collect();
        assert_eq!(documented, in_force);
    }
}
