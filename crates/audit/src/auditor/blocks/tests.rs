use std::fs;

use super::*;

fn time(text: &str) -> Timestamp {
    format!("2026-11-22T{text}Z").parse().unwrap()
}

fn block(user: &str, until: &str) -> UserBlock {
    let until = time(until);
    UserBlock {
        user: UserId::new(user),
        factor: Factor::Code,
        since: until - jiff::SignedDuration::from_mins(30),
        until,
    }
}

#[test]
fn a_block_without_a_line_is_overdue_only_when_it_was_there_the_last_time_too() {
    let told = Told::default();
    let blocks = || vec![block("told", "10:00:00"), block("untold", "10:00:00")];
    told.add(&UserId::new("told"), Factor::Code, time("10:00:00"));
    assert_eq!(told.overdue(blocks(), time("09:40:00")), []);
    assert_eq!(told.overdue(blocks(), time("09:41:00")), [block("untold", "10:00:00")]);
    assert_eq!(told.overdue(vec![], time("09:42:00")), []);
    assert_eq!(
        told.overdue(vec![block("untold", "10:00:00")], time("09:43:00")),
        [],
        "it was lifted in between"
    );
}

#[test]
fn a_block_that_is_over_is_forgotten_and_the_next_one_is_new() {
    let told = Told::default();
    let user = UserId::new("71");
    assert!(told.add(&user, Factor::Code, time("10:00:00")));
    assert!(!told.add(&user, Factor::Code, time("10:00:00")));
    assert!(told.add(&user, Factor::Password, time("10:00:00")));
    told.overdue(vec![], time("10:00:00"));
    assert!(told.until.lock().unwrap().is_empty());
    assert!(told.add(&user, Factor::Code, time("11:00:00")));
}

#[test]
fn a_file_tells_of_the_blocks_in_it_and_of_those_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let lines = [
        r#"{"time":"2026-11-22T09:00:00.000Z","event":"opened","user":null}"#,
        r#"{"time":"2026-11-22T09:20:00.000Z","event":"blocked","user":"told","factor":"code","blockedUntil":"2026-11-22T09:50:00.000Z"}"#,
        r#"{"time":"2026-11-22T09:21:00.000Z","event":"consent","user":"\"event\":\"blocked\"","factor":"code"}"#,
        r#"{"time":"2026-11-22T09:2"#,
    ];
    fs::write(&file, lines.join("\n")).unwrap();
    let blocks = [("told", "09:50:00"), ("told", "09:51:00"), ("before", "09:29:59"), ("untold", "09:30:01")];
    let blocks = blocks.map(|(user, until)| block(user, until)).to_vec();
    let told = told_in(&file, blocks.clone()).unwrap();
    assert_eq!(told, [blocks[0].clone(), blocks[2].clone()]);
}
