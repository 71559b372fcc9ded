//! What is wrong with a request, in the words of the Java Data Adapter.
//!
//! The derive of `validator` hands the limits neither to nested structs nor keeps values out of its errors, so requests
//! implement its trait by hand, with [`Check`].

use validator::{ValidateArgs, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::Limits;

/// The codes that one text may be refused with.
pub(super) struct Codes {
    pub(super) empty: &'static str,
    pub(super) long: &'static str,
    pub(super) invalid: &'static str,
}

/// Collects what is wrong, by wire name.
#[derive(Default)]
pub(super) struct Check {
    errors: ValidationErrors,
}

impl Check {
    pub(super) fn refuse(mut self, field: &'static str, code: &'static str) -> Self {
        self.errors.add(field, ValidationError::new(code));
        self
    }

    pub(super) fn refuse_if(self, wrong: bool, field: &'static str, code: &'static str) -> Self {
        if wrong { self.refuse(field, code) } else { self }
    }

    /// A text that has to be there.
    pub(super) fn required(self, field: &'static str, text: &str, max: usize, codes: &Codes) -> Self {
        if text.trim().is_empty() {
            return self.refuse(field, codes.empty);
        }
        self.optional(field, Some(text), max, codes)
    }

    /// A text that may be absent or empty.
    pub(super) fn optional(self, field: &'static str, text: Option<&str>, max: usize, codes: &Codes) -> Self {
        let Some(text) = text else { return self };
        if is_longer(text, max) {
            return self.refuse(field, codes.long);
        }
        self.refuse_if(text.chars().any(char::is_control), field, codes.invalid)
    }

    /// A part that has to be there and to be valid itself.
    pub(super) fn part(
        mut self,
        field: &'static str,
        part: Option<Result<(), ValidationErrors>>,
        missing: &'static str,
    ) -> Self {
        match part {
            None => self.refuse(field, missing),
            Some(result) => {
                self.errors.merge_self(field, result);
                self
            }
        }
    }

    pub(super) fn done(self) -> Result<(), ValidationErrors> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// Whether a text has more than `max` characters.
pub(super) fn is_longer(text: &str, max: usize) -> bool {
    text.len() > max && text.chars().nth(max).is_some()
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, from the root of the body: `requestObject.username`.
    pub path: String,
    /// What, as a key of the Java Data Adapter where it has one.
    pub code: String,
}

/// Everything that is wrong with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Validates the content of `requestObject`.
    ///
    /// # Errors
    ///
    /// When there is anything wrong.
    pub fn of<'a, T: ValidateArgs<'a, Args = &'a Limits>>(
        request: &T,
        limits: &'a Limits,
    ) -> Result<(), Self> {
        request.validate_with_args(limits).map_err(|errors| {
            let mut violations = Vec::new();
            flatten(&errors, "requestObject", &mut violations);
            violations.into()
        })
    }

    /// The key of what the person reads: the ones of username and password joined by a space, and for anything else
    /// alone the general one.
    #[must_use]
    pub fn message(&self) -> String {
        let shown: Vec<&str> = self.0.iter().filter(|v| is_shown(&v.code)).map(|v| v.code.as_str()).collect();
        if shown.is_empty() { "login.authenticationFailed".to_owned() } else { shown.join(" ") }
    }

    /// For each violation, the five variants of its code that Spring would list.
    #[must_use]
    pub fn variants(&self) -> Vec<String> {
        self.0.iter().flat_map(variants).collect()
    }
}

impl From<Vec<Violation>> for Violations {
    /// In the order of the Java validators: username, password, then the rest by path.
    fn from(mut violations: Vec<Violation>) -> Self {
        let rank = |violation: &Violation| {
            [USERNAME, PASSWORD]
                .iter()
                .position(|field| violation.code.starts_with(field))
                .unwrap_or(usize::MAX)
        };
        violations.sort_by(|a, b| (rank(a), &a.path, &a.code).cmp(&(rank(b), &b.path, &b.code)));
        Self(violations)
    }
}

const USERNAME: &str = "login.username.";
const PASSWORD: &str = "login.password.";

fn is_shown(code: &str) -> bool {
    code.starts_with(USERNAME) || code.starts_with(PASSWORD)
}

fn variants(violation: &Violation) -> [String; 5] {
    let Violation { path, code } = violation;
    let last = path.rsplit('.').next().unwrap_or(path);
    [
        format!("{code}.objectRequest.{path}"),
        format!("{code}.{path}"),
        format!("{code}.{last}"),
        format!("{code}.{}", java_type(last)),
        code.clone(),
    ]
}

/// The class behind a member in Web Flow's own model.
fn java_type(member: &str) -> &'static str {
    match member {
        "operationContext" => "io.getlime.security.powerauth.lib.dataadapter.model.entity.OperationContext",
        "formData" => "io.getlime.security.powerauth.lib.dataadapter.model.entity.FormData",
        "options" => "java.util.List",
        _ => "java.lang.String",
    }
}

fn flatten(errors: &ValidationErrors, path: &str, violations: &mut Vec<Violation>) {
    for (field, kind) in errors.errors() {
        let path = format!("{path}.{field}");
        match kind {
            ValidationErrorsKind::Field(errors) => violations
                .extend(errors.iter().map(|e| Violation { path: path.clone(), code: e.code.to_string() })),
            ValidationErrorsKind::Struct(errors) => flatten(errors, &path, violations),
            ValidationErrorsKind::List(items) => {
                for (index, errors) in items {
                    flatten(errors, &format!("{path}[{index}]"), violations);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(path: &str, code: &str) -> Violation {
        Violation { path: path.into(), code: code.into() }
    }

    #[test]
    fn the_keys_of_username_and_password_are_joined_in_this_order() {
        let violations = Violations::from(vec![
            violation("requestObject.organizationId", "login.organizationId.empty"),
            violation("requestObject.password", "login.password.long"),
            violation("requestObject.username", "login.username.empty"),
        ]);
        assert_eq!(violations.message(), "login.username.empty login.password.long");
    }

    #[test]
    fn any_other_field_alone_gives_the_general_key() {
        let violations = Violations::from(vec![violation("requestObject.userId", "login.userId.empty")]);
        assert_eq!(violations.message(), "login.authenticationFailed");
    }

    #[test]
    fn a_violation_has_the_five_variants_of_the_document() {
        let violations = Violations::from(vec![violation("requestObject.username", "login.username.empty")]);
        let expected = [
            "login.username.empty.objectRequest.requestObject.username",
            "login.username.empty.requestObject.username",
            "login.username.empty.username",
            "login.username.empty.java.lang.String",
            "login.username.empty",
        ];
        assert_eq!(violations.variants(), expected);
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(!is_longer("žluť", 4));
        assert!(is_longer("žluťo", 4));
    }
}
