//! The values of members, against those of the schema and of the page's own models.

use super::called::{Called, Field, Values};
use super::compare::Comparison;
use super::facts::Parameter;
use super::models::{self, Offered};

impl Comparison<'_> {
    /// What the page's own models take, of a field whose schema they may share with other pages' models. What a document
    /// says of a schema is about the schema.
    pub(super) fn offered(&self, field: &Field) -> Option<Vec<Offered>> {
        match self.exact {
            true => None,
            false => models::offered(field, &self.own, self.expected),
        }
    }

    pub(super) fn values(&mut self, parameter: &Parameter, field: &Field, at: &str, call: Option<&Called>) {
        let line = Some(parameter.at.0);
        if field.is_model {
            for id in &parameter.values {
                if !self.expected.models.iter().any(|model| model.id == *id) {
                    self.add(at, "model", (Some(id.clone()), line), None, "/x-models");
                }
            }
            for model in call.map(|call| self.expected.models_of(call)).unwrap_or_default() {
                if model.source == self.name && !self.page.has_word(&model.id) {
                    let pointer = format!("{}/id", model.pointer);
                    self.add(at, "model", (None, line), Some(model.id.clone()), &pointer);
                }
            }
            return;
        }
        let offered = self.offered(field);
        if field.carries.is_none()
            && !parameter.values.is_empty()
            && let (Some(roles), Some(values)) = (&offered, &field.values)
        {
            self.roles(parameter, values, at, roles);
            return;
        }
        match &field.values {
            Some(values) if self.exact && parameter.values.is_empty() && values.is_from(self.name) => {
                let list = values.list.join(", ");
                self.add(at, "values", (None, line), Some(list), &values.pointer);
                self.listed.insert(values.pointer.clone());
            }
            _ if parameter.values.is_empty() => {}
            None => {
                let list = parameter.values.join(", ");
                self.add(at, "values", (Some(list), line), None, &field.pointer);
            }
            Some(values) => {
                self.listed.insert(values.pointer.clone());
                for new in parameter.values.iter().filter(|value| !values.list.contains(value)) {
                    self.add(at, "value", (Some(new.clone()), line), None, &values.pointer);
                }
                for gone in values.list.iter().filter(|value| !parameter.values.contains(value)) {
                    if values.is_from(self.name) && models::is_documented(offered.as_deref(), gone) {
                        self.add(at, "value", (None, line), Some(gone.clone()), &values.pointer);
                    }
                }
            }
        }
    }

    /// Compares the roles that a page lists with those that its own models take.
    fn roles(&mut self, parameter: &Parameter, values: &Values, at: &str, roles: &[Offered]) {
        let line = Some(parameter.at.0);
        self.listed.insert(values.pointer.clone());
        for new in &parameter.values {
            if !roles.iter().any(|role| role.value == *new) {
                let row = self.own.first().filter(|_| values.list.contains(new));
                let pointer = row.map_or_else(|| values.pointer.clone(), |row| format!("{}/inputs", row.pointer));
                self.add(at, "value", (Some(new.clone()), line), None, &pointer);
            }
        }
        for role in roles.iter().filter(|role| role.is_documented) {
            if !parameter.values.contains(&role.value) {
                self.add(at, "value", (None, line), Some(role.value.clone()), &role.pointer);
            }
        }
    }
}
