//! A chapter and its blocks.

use std::path::Path;

/// A file of the book.
pub(super) struct Chapter {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) blocks: Vec<Block>,
    /// The lines outside of blocks.
    pub(super) prose: Vec<(usize, String)>,
}

/// What stands between two fences.
pub(super) struct Block {
    /// The line of the first fence.
    pub(super) line: usize,
    /// What stands behind it, such as `sh no-run: it needs root`.
    pub(super) info: String,
    pub(super) text: String,
    /// Whether it comes right after another one, with nothing in between.
    pub(super) follows: bool,
}

/// What a block is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Purpose<'a> {
    /// Commands to run.
    Run,
    /// A command that goes on running; the one before it ends.
    Background,
    /// A file of that name.
    File(&'a str),
    /// What the block before it prints.
    Output,
    /// To read only.
    Reading,
    /// Something that the book does not know.
    Unclear,
}

impl Chapter {
    pub(super) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a chapter");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (blocks, prose) = split(&text);
        Self { name, text, blocks, prose }
    }

    /// The purpose of each block, in their order.
    pub(super) fn purposes(&self) -> impl Iterator<Item = (&Block, Purpose<'_>)> {
        let mut is_command = false;
        self.blocks.iter().map(move |block| {
            let purpose = block.purpose(is_command);
            is_command = purpose == Purpose::Run;
            (block, purpose)
        })
    }

    pub(super) fn unclear_blocks(&self) -> Vec<String> {
        let unclear = self.purposes().filter(|(_, purpose)| *purpose == Purpose::Unclear);
        unclear.map(|(block, _)| format!("{}:{}: what is `{}`?", self.name, block.line, block.info)).collect()
    }
}

impl Block {
    fn purpose(&self, after_command: bool) -> Purpose<'_> {
        let (kind, rest) = self.info.split_once(' ').unwrap_or((&self.info, ""));
        match (kind, rest) {
            ("sh", "") => Purpose::Run,
            ("sh", "background") => Purpose::Background,
            ("sh", rest) if rest.strip_prefix("no-run: ").is_some_and(|why| why.len() > 10) => {
                Purpose::Reading
            }
            ("json" | "text", "") if after_command && self.follows => Purpose::Output,
            ("sh" | "", _) => Purpose::Unclear,
            (_, "") => Purpose::Reading,
            (_, rest) => rest.strip_prefix("file=").map_or(Purpose::Unclear, Purpose::File),
        }
    }
}

/// The blocks of a text, and the lines outside of them.
fn split(text: &str) -> (Vec<Block>, Vec<(usize, String)>) {
    let (mut blocks, mut prose) = (Vec::<Block>::new(), Vec::new());
    let mut open: Option<(Block, usize)> = None;
    let mut closed_at = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        if let Some((block, indent)) = &mut open {
            if line.trim() == "```" {
                closed_at = number;
                blocks.extend(open.take().map(|(block, _)| block));
            } else {
                block.text += line.get(*indent..).unwrap_or_default();
                block.text.push('\n');
            }
        } else if let Some(info) = line.trim_start().strip_prefix("```") {
            let follows = closed_at > 0 && closed_at + 1 == number;
            open =
                Some((Block { line: number, info: info.to_owned(), text: String::new(), follows }, indent));
        } else {
            prose.push((number, line.to_owned()));
        }
    }
    assert!(open.is_none(), "a block does not end");
    (blocks, prose)
}
