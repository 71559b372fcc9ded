//! What operators and explorers need around the APIs.

mod health;
mod sandbox;
mod status;

pub(crate) use health::{is_health, routes as health_routes};
pub use sandbox::SandboxPages;
pub(crate) use sandbox::routes as sandbox_routes;
pub use status::BuildInfo;
pub(crate) use status::{Status, routes as status_routes};
