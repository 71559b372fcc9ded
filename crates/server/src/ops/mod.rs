//! What operators and explorers need around the APIs.

mod build_info;
mod health;
mod hosts;
mod metrics;
mod origin;
mod ready;
mod sandbox;
mod start_page;
mod swagger_ui;

pub use build_info::BuildInfo;
pub(crate) use health::{is_health, routes as health_routes};
pub use metrics::{Metrics, MetricsError};
pub(crate) use metrics::{MetricsPage, PATH as METRICS, routes as metrics_routes};
pub use ready::ReadyChecks;
pub(crate) use sandbox::routes as sandbox_routes;
pub use sandbox::{MadeToken, SandboxPages, TokenDesk};
pub(crate) use start_page::routes as start_page_routes;
pub use start_page::{Overview, StartPage};
pub use swagger_ui::SwaggerUi;
pub(crate) use swagger_ui::{Page, routes as swagger_ui_routes};
