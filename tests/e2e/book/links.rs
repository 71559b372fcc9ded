//! Links from one chapter to another, to a heading, and to a file beside them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::chapter::Chapter;

/// Where links lead nowhere, or out of the folder, which the printed book has not.
pub(super) fn broken(chapters: &[Chapter], docs: &Path) -> Vec<String> {
    let headings: HashMap<_, _> =
        chapters.iter().map(|chapter| (chapter.name.as_str(), anchors(chapter))).collect();
    let mut broken = Vec::new();
    for chapter in chapters {
        for (line, text) in &chapter.prose {
            for target in targets(text).filter(|target| !target.contains("://")) {
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let file = if file.is_empty() { &chapter.name } else { file };
                let is_there = !file.contains("..") && docs.join(file).is_file();
                let known = headings.get(file).is_some_and(|anchors| anchors.contains(anchor));
                if !is_there || !(anchor.is_empty() || known) {
                    broken.push(format!("docs/{}:{line}: {target} leads nowhere", chapter.name));
                }
            }
        }
    }
    broken
}

/// What `[text](target)`, `![text](target)` and `<img src="target">` name.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.chain(line.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()))
}

/// The anchors that mdbook and GitHub make of headings, in lower case, with `-` for spaces and without other signs.
fn anchors(chapter: &Chapter) -> HashSet<String> {
    let headings = chapter.prose.iter().filter_map(|(_, line)| line.split_once("# "));
    let headings = headings.filter(|(level, _)| level.bytes().all(|byte| byte == b'#'));
    headings.map(|(_, heading)| anchor(heading)).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    });
    kept.collect()
}
