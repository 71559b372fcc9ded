//! A system behind that takes its time, over the Data Adapter API, and fails for those whose names say so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::{Value, json};

use crate::support::{Builder, DataAdapter};

/// It fails for whoever has a name that begins so.
pub(crate) const BROKEN: &str = "broken";

/// One that runs until it is dropped.
pub(crate) struct SlowCore {
    url: String,
    handle: ServerHandle,
    is_down: Arc<AtomicBool>,
}

/// How it answers.
#[derive(Clone)]
struct Manner {
    delay: Duration,
    is_down: Arc<AtomicBool>,
}

impl SlowCore {
    /// One that takes so long for each answer.
    pub(crate) async fn start(delay: Duration) -> Self {
        let is_down = Arc::new(AtomicBool::new(false));
        let manner = Manner { delay, is_down: Arc::clone(&is_down) };
        let app = move || {
            let app = App::new().app_data(Data::new(manner.clone()));
            let app = app.route("/api/auth/user/lookup", web::post().to(look_up));
            let app = app.route("/api/auth/user/info", web::post().to(inform));
            app.route("/api/auth/user/authenticate", web::post().to(authenticate))
        };
        let server =
            HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, handle, is_down }
    }

    /// Has it fail for everybody.
    pub(crate) fn break_down(&self) {
        self.is_down.store(true, Ordering::Relaxed);
    }

    /// A Data Adapter that looks users up there, and has their passwords checked.
    pub(crate) fn adapter(&self, more: &str) -> Builder {
        DataAdapter::builder().config(format!(
            "capabilities = {{ users = \"core\", authentication = \"core\" }}\nsandbox.enabled = true\n\
             backends.memory.demo_users = true\n\
             [backends.core]\nkind = \"rest\"\nurl = \"{}\"\ndefault_organization = \"RETAIL\"\n{more}",
            self.url
        ))
    }
}

impl Drop for SlowCore {
    fn drop(&mut self) {
        // It ends with the runtime of the test at the latest.
        drop(self.handle.stop(false));
    }
}

async fn look_up(manner: Data<Manner>, request: web::Json<Value>) -> HttpResponse {
    tokio::time::sleep(manner.delay).await;
    let request = &request["requestObject"];
    let fails = request["username"].as_str().is_none_or(|name| name.starts_with(BROKEN));
    if fails || manner.is_down.load(Ordering::Relaxed) {
        return HttpResponse::InternalServerError().body("it fails");
    }
    let user = json!({ "id": "12345678", "organizationId": request["organizationId"] });
    HttpResponse::Ok().json(json!({ "status": "OK", "responseObject": user }))
}

async fn inform(manner: Data<Manner>, request: web::Json<Value>) -> HttpResponse {
    tokio::time::sleep(manner.delay).await;
    let request = &request["requestObject"];
    let user = json!({ "id": request["userId"], "organizationId": "RETAIL", "phoneNumber": "+420600000001" });
    HttpResponse::Ok().json(json!({ "status": "OK", "responseObject": user }))
}

async fn authenticate(manner: Data<Manner>, request: web::Json<Value>) -> HttpResponse {
    tokio::time::sleep(manner.delay).await;
    let request = &request["requestObject"];
    let user = json!({ "id": request["userId"], "organizationId": request["organizationId"] });
    let result = json!({ "authenticationResult": "VERIFIED_SUCCEEDED", "userDetail": user });
    HttpResponse::Ok().json(json!({ "status": "OK", "responseObject": result }))
}
