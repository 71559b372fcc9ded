use std::path::PathBuf;

use clap::{Args, Subcommand};
use data_adapter_audit::{Verified, verify};

use super::print;
use crate::failure::Failure;

const VERIFY: &str = "\
Check that no line was altered, removed, added or moved: exit code 0 when the chain is whole, else 1

Each line carries the SHA-256 of the line before. The hashes are computed again, and the first line that does not fit is
named by its file and number. Several files are read as one chain, the oldest first:

    data-adapter audit verify audit.jsonl.2 audit.jsonl.1 audit.jsonl
    data-adapter audit verify <(zcat audit.jsonl.2.gz) audit.jsonl.1 audit.jsonl

Nothing comes after the last line that could show that it was altered, or that lines after it were removed. So the hash
of the last line is printed: keep it on another machine and give it to `--expect` the next time.";

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Check that no line was altered, removed, added or moved: exit code 0 when the chain is whole, else 1
    #[command(long_about = VERIFY)]
    Verify(Files),
}

#[derive(Args)]
pub(super) struct Files {
    /// The files of the log, the oldest first
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The hash that was printed another time: a line that has it must still be there
    #[arg(long, value_name = "HASH", value_parser = hash)]
    expect: Option<String>,
}

pub(super) fn run(command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Verify(Files { files, expect }) = command;
    match verify(&files, expect.as_deref()) {
        Ok(verified) => print(&report(&verified, expect.is_some())),
        Err(broken) => Err(Failure::Failed(format!("the audit log is not whole: {broken}"))),
    }
}

fn hash(text: &str) -> Result<String, &'static str> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err("a hash has 64 hexadecimal digits")
}

fn report(verified: &Verified, is_expected: bool) -> String {
    let Verified { lines, first, last, hash, recoveries, lost, torn, unsynced } = verified;
    if *lines == 0 {
        return "There is no line.".to_owned();
    }
    let mut report = vec![format!("The chain is whole. Lines: {lines}, numbered {first} to {last}.")];
    if *first > 1 {
        report.push(format!("It begins in files before these: lines 1 to {} were not looked at.", first - 1));
    }
    if *lost > 0 || *torn > 0 {
        report.push(format!(
            "Something is missing all the same, as the `recovered` lines ({recoveries}) tell. Lines that could not be \
             written: {lost}. Places where one was cut off: {torn}."
        ));
    }
    if *unsynced > 0 {
        report.push(format!(
            "Lines that the disk did not confirm when they were written: {unsynced}. They are here, as everything that the \
             chain has between its first and its last line."
        ));
    }
    if is_expected {
        report.push("The line with the expected hash is there.".to_owned());
    }
    report.push(format!("last hash: {hash}"));
    report.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_of(change: impl FnOnce(&mut Verified)) -> String {
        let mut verified = Verified { lines: 3, first: 1, last: 3, recoveries: 1, ..Verified::default() };
        change(&mut verified);
        report(&verified, false)
    }

    #[test]
    fn lines_that_the_disk_did_not_confirm_are_not_said_to_be_missing() {
        let text = report_of(|verified| verified.unsynced = 2);
        assert!(
            !text.contains("missing") && text.contains("did not confirm when they were written: 2"),
            "{text}"
        );
    }

    #[test]
    fn lines_that_are_missing_are_counted() {
        let text = report_of(|verified| verified.lost = 7);
        assert!(
            text.contains("missing") && text.contains("written: 7") && !text.contains("confirm"),
            "{text}"
        );
        let text = report_of(|verified| verified.torn = 4);
        assert!(text.contains("missing") && text.contains("cut off: 4"), "{text}");
    }
}
