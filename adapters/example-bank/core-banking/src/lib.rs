//! The imagined core banking behind the example bank: a small service with a few people and their accounts, which keeps what it
//! is told. `data-adapter-example-bank` describes its requests. For trying and testing only: its token is known to everybody,
//! and it keeps passwords in clear.

mod people;
mod requests;
mod state;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use serde_json::Value;
use tokio::task::JoinHandle;

use state::State;

/// A core banking that runs.
pub struct CoreBanking {
    address: SocketAddr,
    state: Arc<State>,
    server: ServerHandle,
    task: JoinHandle<std::io::Result<()>>,
}

impl CoreBanking {
    /// What callers have to show.
    pub const TOKEN: &str = "example-core-token";

    /// Starts on a free port of this machine.
    ///
    /// # Errors
    ///
    /// When there is no such port.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_at("127.0.0.1:0".parse().map_err(std::io::Error::other)?).await
    }

    /// Starts at this address, with nothing told yet.
    ///
    /// # Errors
    ///
    /// When the address can't be listened on.
    pub async fn start_at(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let data = web::Data::from(Arc::clone(&state));
        let app = move || {
            App::new().app_data(data.clone()).wrap(from_fn(requests::admit)).configure(requests::routes)
        };
        let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0);
        let server = server.listen(listener)?.run();
        Ok(Self { address, state, server: server.handle(), task: tokio::spawn(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The `url` of a back end that asks it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets every request wait this long for its answer, those under way too.
    pub fn answer_after(&self, delay: Duration) {
        self.state.set_delay(delay);
    }

    /// Every request so far, as method and path.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.state.asked()
    }

    /// What it was told, each once.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        self.state.events()
    }

    /// Runs until it is stopped by somebody else.
    pub async fn run(self) -> std::io::Result<()> {
        self.task.await.map_err(std::io::Error::other)?
    }

    /// Stops at once, with the requests under way unanswered.
    pub async fn stop(self) {
        self.server.stop(false).await;
        // How it ended does not matter any more.
        let _ = self.task.await;
    }
}
