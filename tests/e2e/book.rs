//! The book: its commands do what it says, its links lead somewhere, and nothing is left out of it.

mod chapter;
mod links;
mod session;

use std::path::{Path, PathBuf};

use chapter::Chapter;
use futures::future::join_all;
use regex::Regex;
use session::Session;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Every chapter, by the name of its file.
fn chapters() -> Vec<Chapter> {
    let entries = std::fs::read_dir(docs()).expect("the folder of the book");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let mut chapters: Vec<_> = paths.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    chapters.sort();
    chapters.iter().map(|path| Chapter::read(path)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_book_do_what_it_says() {
    let chapters = chapters();
    let sessions: Vec<_> = chapters.iter().filter_map(Session::of).collect();
    let runs = sessions.iter().map(Session::run);
    let wrong: Vec<_> = join_all(runs).await.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_block_says_what_it_is_and_every_command_that_is_not_run_says_why() {
    let wrong: Vec<_> = chapters().iter().flat_map(Chapter::unclear_blocks).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_of_the_book_leads_to_a_place_in_it() {
    let broken = links::broken(&chapters(), &docs());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_chapter_is_in_the_summary() {
    let chapters = chapters();
    let summary = chapters.iter().find(|chapter| chapter.name == "SUMMARY.md").expect("a summary");
    for chapter in chapters.iter().filter(|chapter| chapter.name != "SUMMARY.md") {
        let link = format!("]({})", chapter.name);
        assert!(summary.text.contains(&link), "SUMMARY.md leaves out {}", chapter.name);
    }
}

/// The text of every source file below a folder.
fn sources(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    entries.fold(String::new(), |text, path| {
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            text + &sources(&path)
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text + &std::fs::read_to_string(&path).expect("a source file")
        } else {
            text
        }
    })
}

#[test]
fn every_test_and_every_source_file_that_the_book_names_is_there() {
    let root = docs().join("..");
    let sources: String = ["crates", "adapters", "tests"].map(|folder| sources(&root.join(folder))).concat();
    let test = Regex::new("[ET] `([a-z0-9_]+)`").expect("a pattern");
    let file = Regex::new("`((crates|adapters|tests/e2e|tests/src)/[a-z0-9_/-]+\\.rs)`").expect("a pattern");
    let mut named = 0;
    for Chapter { name, text, .. } in chapters() {
        for test in test.captures_iter(&text).map(|found| found[1].to_owned()) {
            assert!(sources.contains(&format!("fn {test}(")), "{name} names {test}, which is no test");
            named += 1;
        }
        for file in file.captures_iter(&text).map(|found| found[1].to_owned()) {
            assert!(root.join(&file).is_file(), "{name} names {file}, which is not there");
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
}

/// Every manifest below a folder.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let below = |path: PathBuf| match path.file_name().and_then(|name| name.to_str()) {
        Some("Cargo.toml") => vec![path],
        Some("target" | "node_modules") | None => Vec::new(),
        Some(_) if path.is_dir() => manifests(&path),
        Some(_) => Vec::new(),
    };
    entries.flat_map(below).collect()
}

#[test]
fn every_package_inherits_the_lints_that_forbid_unsafe_code() {
    let root = docs().join("..");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a manifest");
    assert!(read(&root.join("Cargo.toml")).contains("\nunsafe_code = \"forbid\"\n"));
    let packages = ["crates", "adapters", "tests"].map(|folder| manifests(&root.join(folder))).concat();
    assert!(
        packages.iter().any(|package| package.ends_with("example-bank/program/Cargo.toml")),
        "{packages:?}"
    );
    for package in packages {
        let manifest = read(&package);
        assert!(
            manifest.contains("\n[lints]\nworkspace = true\n"),
            "{} has lints of its own",
            package.display()
        );
    }
}

/// Whether a section of a manifest has a line.
fn says(manifest: &str, section: &str, line: &str) -> bool {
    let rest = manifest.split_once(&format!("\n{section}\n")).map_or("", |(_, rest)| rest);
    rest.lines().take_while(|line| !line.starts_with('[')).any(|found| found == line)
}

/// What has none is not built for them once more.
#[test]
fn no_package_with_tests_or_with_examples_in_comments_leaves_them_out() {
    let root = docs().join("..");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a text");
    let has_tests = |source: &str| source.contains("test]\n") || source.contains("::test(");
    let mut left_out = 0;
    for manifest in ["crates", "adapters"].map(|folder| manifests(&root.join(folder))).concat() {
        let (text, name) = (read(&manifest), manifest.display());
        let source = sources(&manifest.with_file_name("src"));
        if says(&text, "[lib]", "test = false") {
            assert!(!has_tests(&source), "the library of {name} has tests");
        }
        if says(&text, "[lib]", "doctest = false") {
            assert!(!has_example(&source), "the comments of {name} have examples");
            left_out += 1;
        }
        if says(&text, "[[bin]]", "test = false") {
            assert!(
                !has_tests(&read(&manifest.with_file_name("src/main.rs"))),
                "the program of {name} has tests"
            );
        }
    }
    assert!(left_out > 0);
}

/// Whether a comment has a block that is compiled.
fn has_example(source: &str) -> bool {
    let comments = source.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))
    });
    // Each block has a mark at its end, too.
    let mut blocks = comments.filter_map(|comment| comment.trim_start().strip_prefix("```")).step_by(2);
    blocks.any(|words| matches!(words, "" | "rust" | "no_run" | "should_panic" | "compile_fail"))
}
