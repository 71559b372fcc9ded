//! What was meant by a name that nobody knows.

use super::schema::{Place, place};
use super::{COMMON_KEYS, CommonKeys, Settings};

/// How alike two names have to be.
const ALIKE: f64 = 0.75;

/// How many of the pairs of neighbouring characters two variables have to share.
const SHARED: f64 = 0.6;

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

/// The keys of single values, each of which a variable can set.
pub(super) struct Leaves(Vec<Vec<String>>);

impl Leaves {
    /// Those of all settings. `configuration` has the names that the user chose, and the keys of back ends.
    pub(super) fn of(configuration: &toml::Table) -> Self {
        let mut leaves = Self(Vec::new());
        leaves.add(&[], Some(configuration));
        leaves
    }

    fn add(&mut self, key: &[&str], there: Option<&toml::Table>) {
        let inner = |name: &str| there?.get(name)?.as_table();
        match find(key) {
            Some(Place::Table(names)) => {
                names.iter().for_each(|name| self.add(&[key, &[name]].concat(), inner(name)));
            }
            Some(Place::Names) => {
                there
                    .into_iter()
                    .flatten()
                    .for_each(|(name, _)| self.add(&[key, &[name]].concat(), inner(name)));
                if let ["backends", _] = key {
                    COMMON_KEYS.iter().for_each(|name| self.add(&[key, &[name]].concat(), inner(name)));
                }
            }
            Some(Place::Words(_)) => self.push(key),
            Some(Place::Value) if there.is_none() => self.push(key),
            Some(Place::Value | Place::List) | None => {}
        }
    }

    fn push(&mut self, key: &[&str]) {
        let key: Vec<String> = key.iter().map(|part| (*part).to_owned()).collect();
        if !self.0.contains(&key) {
            self.0.push(key);
        }
    }

    /// The key that was most likely meant by `name`, the rest of a variable; `None` where none is near enough.
    pub(super) fn meant(&self, name: &str) -> Option<&[String]> {
        self.same(name).or_else(|| self.alike(name)).map(Vec::as_slice)
    }

    /// The only key with the same words, however they are joined.
    fn same(&self, name: &str) -> Option<&Vec<String>> {
        let words = words(name);
        let mut same = self.0.iter().filter(|key| key_words(key) == words);
        same.next().filter(|_| same.next().is_none())
    }

    fn alike(&self, name: &str) -> Option<&Vec<String>> {
        let name = words(name);
        let rated = self.0.iter().filter_map(|key| {
            let words = key_words(key);
            let same = name.iter().zip(&words).take_while(|(one, other)| one == other).count();
            let (one, other) = (name[same..].join("_"), words[same..].join("_"));
            let shared = strsim::sorensen_dice(&name.join("_"), &words.join("_"));
            (shared > SHARED && strsim::jaro(&one, &other) > ALIKE).then_some((shared, key))
        });
        rated.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, key)| key)
    }
}

/// What is at a key of the settings. Of the keys of a back end only those that all have are known; any other may be a value.
pub(super) fn find(key: &[&str]) -> Option<Place> {
    match key {
        ["backends", _, common, ..] if COMMON_KEYS.contains(common) => place::<CommonKeys>(&key[2..]),
        ["backends", _, _, ..] => Some(Place::Value),
        _ => place::<Settings>(key),
    }
}

fn key_words(key: &[String]) -> Vec<String> {
    words(&key.join("_"))
}

fn words(name: &str) -> Vec<String> {
    let parts = name.split(['_', '-', '.']).filter(|word| !word.is_empty());
    parts.map(str::to_lowercase).collect()
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

    /// Whatever is suggested is taken as a variable.
    #[test]
    fn every_leaf_of_the_demo_can_be_set_by_a_variable() {
        let demo: toml::Table = crate::demo::CONFIGURATION.parse().unwrap();
        let leaves = Leaves::of(&demo).0;
        assert!(leaves.len() > 100, "{}", leaves.len());
        for key in leaves {
            let name = crate::config::environment::name_of(&key);
            let variable = (name.clone().into(), "x".into());
            let refused =
                crate::config::load_with_variables(crate::demo::CONFIGURATION, std::iter::once(variable));
            let why = refused.map(drop).err().map(|why| why.to_string()).unwrap_or_default();
            for wrong in ["is no setting", "is a table", "is a list", "nothing to change"] {
                assert!(!why.contains(wrong), "{name}: {why}");
            }
        }
    }
}
