//! What was meant by a name that nobody knows.

/// How alike two names have to be: what clap asks of its suggestions.
const ALIKE: f64 = 0.7;

/// The name that `message`, an error of serde, does not know, and those that it does.
pub(super) fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.split_once("unknown field ")?.1;
    let mut quoted = rest.split('`').skip(1).step_by(2).map(str::to_owned);
    Some((quoted.next()?, quoted.collect()))
}

/// The one of `names` that looks most like `name`; `None` where none does.
pub(super) fn nearest<'a>(name: &str, names: &'a [String]) -> Option<&'a str> {
    let rated = names.iter().map(|other| (strsim::jaro(name, other), other.as_str()));
    let best = rated.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (best.0 > ALIKE).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_looks_alike() {
        let message = "unknown field `prot`, expected one of `host`, `port`, `workers`";
        let (name, names) = unknown_field(message).unwrap();
        assert_eq!(name, "prot");
        assert_eq!(nearest(&name, &names), Some("port"));
        assert_eq!(nearest("colour", &names), None);
        assert_eq!(unknown_field("invalid type: found string \"unknown\""), None);
    }
}
