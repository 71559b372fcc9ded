//! The program; everything is in the library, so that a bank's own binary can do the same.

fn main() -> std::process::ExitCode {
    data_adapter::run(|_| {})
}
