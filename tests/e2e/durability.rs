//! What was answered is kept: over crashes, a full disk and newer versions.

mod crashes;
mod disk;
mod refused;
mod stops;
mod store_file;
mod syncs;
