//! The program; everything is in the library, so that a bank's own binary can do the same.

/// Leaves the buffers of idle connections untouched, where the system's allocator writes into each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    data_adapter::run()
}
