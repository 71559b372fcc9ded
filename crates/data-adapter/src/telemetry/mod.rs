//! Traces: a span for each request, exported by OpenTelemetry. A program without the feature has none, and its configuration
//! can't ask for any.

#[cfg(not(feature = "opentelemetry"))]
mod absent;
#[cfg(feature = "opentelemetry")]
mod collector;
#[cfg(feature = "opentelemetry")]
mod export;
#[cfg(feature = "opentelemetry")]
mod losses;
#[cfg(feature = "opentelemetry")]
mod queue;
#[cfg(feature = "opentelemetry")]
mod span;

#[cfg(not(feature = "opentelemetry"))]
pub(crate) use absent::Telemetry;
#[cfg(feature = "opentelemetry")]
pub(crate) use export::Telemetry;
