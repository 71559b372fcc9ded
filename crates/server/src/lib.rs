//! The HTTP shell: a module per API, and what operators and explorers need around them.
//!
//! A request goes one way: bytes, protocol type, core type, one call on a capability, outcome, protocol type, bytes.

mod app;
mod callers;
mod connection;
mod drain;
mod limits;
mod metering;
mod ops;
mod path;
mod request;
mod serve;
mod tls;
mod tracer;
mod web_flow;

pub use app::Parts;
pub use callers::{Caller, Callers, Denial, DenialWatcher, is_caller_name};
pub use ops::{
    BuildInfo, DemoUser, Metrics, MetricsError, Overview, ReadyChecks, SandboxPages, ServedApi, StartPage,
    SwaggerUi,
};
pub use serve::{HttpSettings, listen, serve};
pub use tls::{CertificateFault, Tls, TlsError, TlsFiles};
pub use tracer::{Answered, Arrival, RequestSpan, Tracer};
pub use web_flow::{Access, Certificates, OperationRules, Place, WebFlowSettings, in_openapi_3_0, openapi};
