//! A provider that brings pushes to devices, and what it calls back.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::Semaphore;

use crate::support::{Answer, Builder, DataAdapter, PATIENCE};

/// What callbacks are signed with.
const SECRET: &str = "YW4gZXhhbXBsZSwgbm90IGEga2V5OiBtYWtlIHlvdXIgb3du";

/// One that runs until it is dropped.
pub(super) struct Provider {
    url: String,
    handle: ServerHandle,
    manner: Manner,
}

/// How it answers.
#[derive(Clone)]
struct Manner {
    /// The ids of the pushes that it was told.
    pushes: Arc<Mutex<Vec<String>>>,
    /// One answer for each.
    answers: Arc<Semaphore>,
}

impl Provider {
    /// One that takes each push at once.
    pub(super) fn start() -> Self {
        Self::with_answers(Semaphore::MAX_PERMITS)
    }

    /// One that answers nobody until it is [released](Self::release).
    pub(super) fn start_held() -> Self {
        Self::with_answers(0)
    }

    fn with_answers(answers: usize) -> Self {
        let manner = Manner { pushes: Arc::default(), answers: Arc::new(Semaphore::new(answers)) };
        let data = manner.clone();
        let app = move || App::new().app_data(Data::new(data.clone())).route("/", web::post().to(take));
        let server = HttpServer::new(app).workers(1).disable_signals();
        let server = server.bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}/", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, handle, manner }
    }

    pub(super) fn release(&self) {
        self.manner.answers.add_permits(Semaphore::MAX_PERMITS);
    }

    /// A Data Adapter that asks users through it.
    pub(super) fn asked_by(&self, builder: Builder) -> Builder {
        let builder = builder.env("DATA_ADAPTER__PUSH__URL", &self.url);
        builder.env("DATA_ADAPTER__PUSH__CALLBACK__SECRET", SECRET)
    }

    /// The id of the push that it was told last, as soon as there are so many.
    pub(super) async fn push(&self, count: usize) -> String {
        let told = async {
            loop {
                let pushes = self.manner.pushes.lock().expect("nobody panicked").clone();
                if pushes.len() >= count {
                    break pushes.last().expect("a push").clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("it is told")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It ends with the runtime of the test at the latest.
        drop(self.handle.stop(false));
    }
}

async fn take(manner: Data<Manner>, push: web::Json<Value>) -> HttpResponse {
    let id = push["messageId"].as_str().expect("an id").to_owned();
    manner.pushes.lock().expect("nobody panicked").push(id);
    let _answer = manner.answers.acquire().await.expect("it is never closed");
    HttpResponse::Accepted().finish()
}

/// Tells an instance what was decided, in a signed call of this id.
pub(super) async fn call_back(adapter: &DataAdapter, id: &str, push: &str, accepted: bool) -> Answer {
    let decision = if accepted { "accepted" } else { "rejected" };
    let body = json!({"messageId": push, "decision": decision}).to_string();
    let since_1970 = std::time::UNIX_EPOCH.elapsed().expect("it is later");
    let now = since_1970.as_secs().to_string();
    let key = STANDARD.decode(SECRET).expect("base64");
    let mut signature = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
    signature.update(format!("{id}.{now}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(signature.finalize().into_bytes()));
    let request = adapter.client().post(adapter.url("/callbacks/push")).body(body);
    let request = request.header("content-type", "application/json").header("webhook-id", id);
    adapter.send(request.header("webhook-timestamp", now).header("webhook-signature", signature)).await
}
