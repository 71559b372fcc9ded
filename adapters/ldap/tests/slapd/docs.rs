//! The examples that operators copy.

use data_adapter_ldap::LdapSettings;
use toml::{Table, Value};

#[test]
fn the_configurations_of_the_documentation_can_be_used() {
    let text = include_str!("../../../../docs/ldap.md");
    let blocks = text.split("```toml").skip(1).filter_map(|rest| rest.split("```").next());
    let examples = blocks.filter_map(|block| block.split_once('\n').map(|(_, example)| example));
    let examples: Vec<_> = examples.collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let configuration: Table = example.parse().expect("it is TOML");
        let mut backend = configuration["backends"]["directory"].as_table().expect("a section").clone();
        assert_eq!(backend.remove("kind").as_ref().and_then(Value::as_str), Some("ldap"));
        if backend.remove("bind_password_file").is_some() {
            backend.insert("bind_password".to_owned(), "that of the file".into());
        }
        let settings: LdapSettings = backend.try_into().expect("every key is known");
        settings.validate().expect("they can be used");
    }
}
