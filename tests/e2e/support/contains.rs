//! Whether an answer holds everything that an example holds.

use serde_json::Value;

/// The places where an answer lacks what the example has: one line each, none when it holds everything.
///
/// Numbers are compared as they are printed. An answer may have more members; a list must have as many
/// items. `aside` names paths such as `responseObject.messageId` whose value differs from answer to answer:
/// they must be there, as the same kind of value.
pub(crate) fn missing(answer: &Value, example: &Value, aside: &[&str]) -> Vec<String> {
    let mut differences = Vec::new();
    compare(answer, example, "", aside, &mut differences);
    differences
}

/// Panics when the answer does not hold everything that the example holds.
pub(crate) fn assert_contains(answer: &Value, example: &Value, aside: &[&str]) {
    let differences = missing(answer, example, aside);
    assert!(differences.is_empty(), "{}\nin the answer {answer}", differences.join("\n"));
}

fn compare(answer: &Value, example: &Value, path: &str, aside: &[&str], differences: &mut Vec<String>) {
    if aside.contains(&path) {
        if std::mem::discriminant(answer) != std::mem::discriminant(example) {
            differences.push(format!("{path}: {answer} is another kind of value than {example}"));
        }
        return;
    }
    match (answer, example) {
        (Value::Object(answer), Value::Object(example)) => {
            for (name, expected) in example {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match answer.get(name) {
                    Some(value) => compare(value, expected, &path, aside, differences),
                    None => differences.push(format!("{path}: missing, expected {expected}")),
                }
            }
        }
        (Value::Array(answer), Value::Array(example)) if answer.len() == example.len() => {
            for (index, (value, expected)) in answer.iter().zip(example).enumerate() {
                compare(value, expected, &format!("{path}[{index}]"), aside, differences);
            }
        }
        // Numbers are kept as they are printed, so that 158121.10 and 158121.1 differ.
        _ if answer == example => {}
        _ => differences.push(format!("{path}: {answer} instead of {example}")),
    }
}

#[test]
fn an_answer_that_holds_more_than_the_example_is_good_and_one_that_prints_a_number_otherwise_is_not() {
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let example = parse(r#"{"a":158121.10,"b":[{"c":null}],"id":"x"}"#);
    let more = parse(r#"{"z":1,"a":158121.10,"b":[{"c":null,"d":0}],"id":"y"}"#);
    assert_eq!(missing(&more, &example, &["id"]), Vec::<String>::new());
    for (wrong, difference) in [
        (r#"{"a":158121.1,"b":[{"c":null}],"id":"x"}"#, "a: 158121.1 instead of 158121.10"),
        (r#"{"a":158121.10,"b":[{}],"id":"x"}"#, "b[0].c: missing, expected null"),
        (r#"{"a":158121.10,"b":[],"id":"x"}"#, r#"b: [] instead of [{"c":null}]"#),
        (r#"{"a":158121.10,"b":[{"c":null}],"id":5}"#, r#"id: 5 is another kind of value than "x""#),
    ] {
        assert_eq!(missing(&parse(wrong), &example, &["id"]), [difference]);
    }
}
