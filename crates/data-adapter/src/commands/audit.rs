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
    let Verified { lines, first, last, hash, recoveries, lost } = verified;
    if *lines == 0 {
        return "There is no line.".to_owned();
    }
    let mut report = vec![format!("The chain is whole. Lines: {lines}, numbered {first} to {last}.")];
    if *first > 1 {
        report.push(format!("It begins in files before these: lines 1 to {} were not looked at.", first - 1));
    }
    if *recoveries > 0 {
        report.push(format!(
            "Something is missing all the same: {recoveries} of them (`recovered`) tell of lines that were cut off, or could \
             not be written ({lost})."
        ));
    }
    if is_expected {
        report.push("The line with the expected hash is there.".to_owned());
    }
    report.push(format!("last hash: {hash}"));
    report.join("\n")
}
