//! The HTTP shell: what an API needs around it, and what operators and explorers need. It knows no API: each is a crate of its
//! own behind [`Api`].

mod api;
mod app;
mod asked;
mod body;
mod callers;
mod clash;
mod connection;
mod current;
mod drain;
mod fault;
mod limits;
mod media_type;
mod metering;
mod openapi;
mod ops;
mod path;
mod proxies;
mod refusal;
mod refused;
mod request;
mod router;
mod serve;
mod shell;
mod stop;
mod tls;
mod tracer;
mod walk;

pub use api::{Api, Apis};
pub use app::{Parts, router};
pub use asked::{CallerShare, let_in, turn_away};
pub use body::{Body, BodyLimits};
pub use callers::{Caller, Callers, CertificateNames, Denial, DenialWatcher, is_caller_name};
pub use clash::PathClash;
pub use current::Current;
pub use fault::Fault;
pub use media_type::{is_json, media_type, only_media_type};
pub use metering::named;
pub use openapi::{Access, Certificates, Place, in_openapi_3_0, license, open_schema, schemas_of};
pub use ops::{
    BuildInfo, MadeToken, Metrics, MetricsError, Overview, ReadyChecks, SandboxPages, StartPage, SwaggerUi,
    TokenDesk,
};
pub use proxies::{ForwardedHeader, Proxies};
pub use refusal::{Refusal, Wording};
pub use refused::{Refused, method_not_allowed};
pub use serve::{HttpSettings, listen, serve};
pub use tls::{CertificateFault, Tls, TlsError, TlsFiles};
pub use tracer::{Answered, Arrival, RequestSpan, Tracer};
pub use walk::{Visit, Walk};
