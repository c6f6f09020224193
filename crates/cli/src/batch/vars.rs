//! Replaces `{{name}}` in the texts of a job.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::reader::typed;

/// The variables of a job: its own, and those of the command line, which all jobs have. `{{{{` is a literal `{{`.
pub(super) struct Vars<'a> {
    pub(super) own: Map<String, Value>,
    pub(super) common: &'a BTreeMap<String, String>,
    /// The names that were used.
    pub(super) used: BTreeSet<String>,
    /// What cannot be replaced.
    pub(super) problems: Vec<String>,
    /// The members that it is in, which are unchanged.
    pub(super) wrong: BTreeSet<String>,
}

impl Vars<'_> {
    fn value(&mut self, name: &str) -> Option<Value> {
        self.used.insert(name.to_owned());
        let found = self.own.get(name).cloned();
        let found = found.or_else(|| Some(self.common.get(name)?.as_str().into()));
        if found.is_none() {
            self.problems.push(format!(
                "the variable `{name}` has no value; add it to `vars` of the job, or pass --var {name}=VALUE"
            ));
        }
        found
    }

    /// Replaces the variables of all members. `texts`: the members whose values stay text.
    pub(super) fn replace_in(&mut self, members: &mut Map<String, Value>, texts: &HashSet<String>) {
        for (name, value) in members {
            let was_text = value.is_string();
            let (original, problems) = (value.clone(), self.problems.len());
            self.replace(value);
            if self.problems.len() > problems {
                *value = original;
                self.wrong.insert(name.clone());
                continue;
            }
            // `"duration": "{{seconds}}"` is a number, `"prompt": "{{take}}"` is none.
            match value {
                Value::String(text) => *value = typed(texts, name, text),
                Value::Number(_) | Value::Bool(_) if was_text && texts.contains(name) => {
                    self.problems.extend(changed(value));
                    *value = value.to_string().into();
                }
                _ => {}
            }
        }
    }

    fn replace(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(replaced) = self.replaced(text) {
                    *value = replaced;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.replace(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.replace(value)),
            _ => {}
        }
    }

    /// `None`: it has no variables. A text that is one variable becomes its value, of any type.
    fn replaced(&mut self, text: &str) -> Option<Value> {
        let mut rest = text;
        let mut replaced = String::new();
        let mut any = false;
        while let Some((before, after)) = rest.split_once("{{") {
            if let Some(after) = after.strip_prefix("{{") {
                any = true;
                replaced.push_str(before);
                replaced.push_str("{{");
                rest = after;
                continue;
            }
            let Some((name, after)) = after.split_once("}}") else {
                self.problems.push(format!(
                    "`{{{{` without `}}}}` in `{text}`; write a literal `{{{{` as `{{{{{{{{`"
                ));
                return None;
            };
            if name.trim().is_empty() {
                self.problems.push(format!(
                    "`{{{{{name}}}}}` names no variable; write {{{{name}}}}, or a literal `{{{{` as `{{{{{{{{`"
                ));
                (any, rest) = (true, after);
                continue;
            }
            let value = self.value(name.trim()).unwrap_or_default();
            if before.is_empty() && after.is_empty() && !any {
                return Some(value);
            }
            any = true;
            replaced.push_str(before);
            match value {
                Value::String(text) => replaced.push_str(&text),
                value => {
                    self.problems.extend(changed(&value));
                    replaced.push_str(&value.to_string());
                }
            }
            rest = after;
        }
        replaced.push_str(rest);
        any.then(|| replaced.into())
    }
}

/// A number that is not written as in the file: `1.10` is read as 1.1, and `007` in YAML as 7.0.
pub(super) fn changed(value: &Value) -> Option<String> {
    let is_changed = value.as_number().is_some_and(serde_json::Number::is_f64);
    is_changed.then(|| format!("the number {value} may be written in another way in the file; put it in quotes"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_replaced_everywhere() {
        let common = BTreeMap::from([("who".to_owned(), "a fox".to_owned()), ("n".to_owned(), "4".to_owned())]);
        let own = json!({"who": "a kite", "seed": 7})
            .as_object()
            .cloned()
            .unwrap_or_default();
        let mut vars = Vars {
            own,
            common: &common,
            used: BTreeSet::new(),
            problems: Vec::new(),
            wrong: BTreeSet::new(),
        };
        let texts = super::super::reader::texts();
        let members = json!({"prompt": "{{who}} and {{ n }} birds", "duration": "{{n}}", "seed": "{{seed}}",
            "model": "{{seed}}", "metadata": {"x": ["{{who}}"]}});
        let mut members = members.as_object().cloned().unwrap_or_default();
        vars.replace_in(&mut members, &texts);
        let expected = json!({"prompt": "a kite and 4 birds", "duration": 4, "seed": 7, "model": "7",
            "metadata": {"x": ["a kite"]}});
        assert_eq!(Value::Object(members), expected);
        assert!(vars.problems.is_empty());
        for (text, shown) in [
            ("{{{{who}}", "{{who}}"),
            ("{{{{}} and {{who}}", "{{}} and a kite"),
            ("a }} {{{{", "a }} {{"),
        ] {
            let mut members = Map::from_iter([("prompt".to_owned(), text.into())]);
            vars.replace_in(&mut members, &texts);
            assert_eq!(members["prompt"], shown);
        }
        assert!(vars.problems.is_empty());
        for (text, words) in [
            ("{{nobody}} flies", "--var nobody=VALUE"),
            ("{{who", "without `}}` in `{{who`; write a literal `{{` as `{{{{`"),
            (
                "{{}} flies",
                "`{{}}` names no variable; write {{name}}, or a literal `{{` as `{{{{`",
            ),
            ("{{ }}", "`{{ }}` names no variable"),
        ] {
            let mut members = Map::from_iter([("prompt".to_owned(), text.into())]);
            vars.replace_in(&mut members, &texts);
            let problem = vars.problems.pop().unwrap_or_default();
            assert!(problem.contains(words), "{problem}");
        }
    }
}
