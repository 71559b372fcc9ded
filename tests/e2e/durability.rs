//! What was answered is kept: over crashes, a full disk and newer versions.

mod crashes;
mod disk;
mod store_file;
mod syncs;
