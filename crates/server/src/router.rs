//! The router of each worker, which is made anew when what the server answers with was replaced.

use std::cell::RefCell;
use std::fmt::Debug;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use actix_http::Request;
use actix_service::{Service, ServiceFactory, fn_factory};
use futures::future::{Either, LocalBoxFuture};
use tokio::sync::watch;

use crate::app::Parts;
use crate::current::Current;

/// Has `make` make a router for each worker, and another one whenever `current` was replaced.
pub(crate) fn routers<F>(
    current: Current,
    make: impl Fn(Parts) -> F + Clone + 'static,
) -> impl ServiceFactory<Request, Config = (), Response = F::Response, Error = F::Error, InitError = F::InitError>
where
    F: ServiceFactory<Request, Config = (), InitError: Debug> + 'static,
{
    fn_factory(move || Renewed::new(current.subscribe(), Box::new(make.clone())))
}

/// The router of one worker. While nothing is replaced, it costs a request one look at an atomic number.
struct Renewed<F: ServiceFactory<Request>>(Rc<Router<F>>);

struct Router<F: ServiceFactory<Request>> {
    make: Box<dyn Fn(Parts) -> F>,
    parts: RefCell<watch::Receiver<Parts>>,
    service: RefCell<F::Service>,
}

impl<F> Renewed<F>
where
    F: ServiceFactory<Request, Config = (), InitError: Debug> + 'static,
{
    async fn new(
        mut parts: watch::Receiver<Parts>,
        make: Box<dyn Fn(Parts) -> F>,
    ) -> Result<Self, F::InitError> {
        let first = parts.borrow_and_update().clone();
        let service = make(first).new_service(()).await?;
        let replaced = parts.clone();
        let router = Router { make, parts: RefCell::new(parts), service: RefCell::new(service) };
        let router = Rc::new(router);
        actix_web::rt::spawn(renew_unasked(Rc::downgrade(&router), replaced));
        Ok(Self(router))
    }
}

impl<F> Router<F>
where
    F: ServiceFactory<Request, Config = (), InitError: Debug> + 'static,
{
    fn is_outdated(&self) -> bool {
        self.parts.borrow().has_changed().unwrap_or(false)
    }

    /// Nothing in it waits for anything, so that no request comes between.
    async fn renew(&self) {
        let parts = self.parts.borrow_mut().borrow_and_update().clone();
        match (self.make)(parts).new_service(()).await {
            Ok(service) => drop(self.service.replace(service)),
            Err(error) => tracing::error!(?error, "a worker goes on with what was replaced"),
        }
    }

    fn call(&self, request: Request) -> <F::Service as Service<Request>>::Future {
        self.service.borrow().call(request)
    }
}

/// A worker that nobody asks gives up what was replaced as well.
async fn renew_unasked<F>(router: Weak<Router<F>>, mut replaced: watch::Receiver<Parts>)
where
    F: ServiceFactory<Request, Config = (), InitError: Debug> + 'static,
{
    while replaced.changed().await.is_ok()
        && let Some(router) = router.upgrade()
    {
        if router.is_outdated() {
            router.renew().await;
        }
    }
}

impl<F> Service<Request> for Renewed<F>
where
    F: ServiceFactory<Request, Config = (), InitError: Debug> + 'static,
{
    type Response = F::Response;
    type Error = F::Error;
    type Future = Either<
        <F::Service as Service<Request>>::Future,
        LocalBoxFuture<'static, Result<F::Response, F::Error>>,
    >;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), F::Error>> {
        self.0.service.borrow().poll_ready(context)
    }

    fn call(&self, request: Request) -> Self::Future {
        if !self.0.is_outdated() {
            return Either::Left(self.0.call(request));
        }
        let router = Rc::clone(&self.0);
        Either::Right(Box::pin(async move {
            router.renew().await;
            router.call(request).await
        }))
    }
}
