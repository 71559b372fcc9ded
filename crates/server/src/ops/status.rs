use std::sync::Arc;

use actix_web::{HttpResponse, web};
use data_adapter_core::Clock;
use data_adapter_protocol::web_flow::{ObjectResponse, ServiceStatusResponse};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::Parts;
use crate::metering::Operation;
use crate::web_flow::{WebFlowSettings, method_not_allowed};

/// What runs here.
#[derive(Clone, Copy, Debug)]
pub struct BuildInfo {
    /// The version of the program.
    pub version: &'static str,
    /// When it was built.
    pub built_at: Timestamp,
}

/// What the service status is made of.
pub(crate) struct Status {
    build: BuildInfo,
    settings: Arc<WebFlowSettings>,
    clock: Arc<dyn Clock>,
}

impl Status {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { build: parts.build, settings: Arc::clone(&parts.web_flow), clock: Arc::clone(&parts.clock) }
    }
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/api/service/status")
            .name(Operation::ServiceStatus.name())
            .route(web::get().to(service_status))
            .default_service(web::to(|| method_not_allowed("GET"))),
    );
}

async fn service_status(status: web::Data<Status>) -> HttpResponse {
    HttpResponse::Ok().json(ObjectResponse::of(ServiceStatusResponse {
        application_name: "powerauth-data-adapter".into(),
        application_display_name: "PowerAuth Data Adapter".into(),
        application_environment: status.settings.environment.as_str().into(),
        version: status.build.version.into(),
        build_time: java_timestamp(status.build.built_at).into(),
        timestamp: java_timestamp(status.clock.now()).into(),
    }))
}

/// `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`
fn java_timestamp(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_milliseconds_even_when_there_are_none() {
        assert_eq!(java_timestamp(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000+0000");
        let time: Timestamp = "2019-06-21T12:49:22.9594Z".parse().unwrap();
        assert_eq!(java_timestamp(time), "2019-06-21T12:49:22.959+0000");
    }
}
