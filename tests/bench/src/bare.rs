//! What the Data Adapter is compared with: actix-web that checks that a body is JSON, and answers from memory.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::de::IgnoredAny;

/// Bodies of answers by path.
pub(crate) type Answers = HashMap<String, String>;

/// Serves what is in a file of [`Answers`] on a free port, which it prints.
pub(crate) fn serve(answers: &Path, workers: usize) -> std::io::Result<()> {
    let answers: Answers = serde_json::from_slice(&std::fs::read(answers)?)?;
    let answers: HashMap<String, web::Bytes> =
        answers.into_iter().map(|(path, body)| (path, body.into())).collect();
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            answers.iter().fold(App::new(), |app, (path, known)| {
                let known = known.clone();
                app.route(path, web::post().to(move |body| std::future::ready(answer(&body, &known))))
            })
        });
        let server = server.workers(workers).keep_alive(Duration::from_secs(75)).bind(("127.0.0.1", 0))?;
        for address in server.addrs() {
            writeln!(std::io::stderr(), "listening on http://{address}")?;
        }
        server.run().await
    })
}

fn answer(body: &web::Bytes, known: &web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => HttpResponse::Ok().content_type("application/json").body(known.clone()),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
