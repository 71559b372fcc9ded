use actix_web::{HttpResponse, web};
use data_adapter_protocol::web_flow::{ObjectResponse, ServiceStatusResponse};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::state::WebFlow;

/// What runs here.
pub(crate) async fn status(state: web::Data<WebFlow>) -> HttpResponse {
    HttpResponse::Ok().json(ObjectResponse::of(ServiceStatusResponse {
        application_name: "powerauth-data-adapter".into(),
        application_display_name: "PowerAuth Data Adapter".into(),
        application_environment: state.settings.environment.as_str().into(),
        version: state.build.version.into(),
        build_time: java_timestamp(state.build.built_at).into(),
        timestamp: java_timestamp(state.clock.now()).into(),
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
