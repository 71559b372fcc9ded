use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_adapter_sca::GatewayError;
use rusmpp::pdus::SubmitSm;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::outcome::{Outcome, is_throttling, refusal};
use crate::session::{End, Job, Told};

/// What those who send see of the session, whichever it is.
pub(crate) struct Link {
    state: watch::Sender<State>,
    window: usize,
    pause: Duration,
    paused_until: Mutex<Option<Instant>>,
}

#[derive(Clone)]
enum State {
    /// There is none, and why.
    Unbound(String),
    Bound(Bound),
}

#[derive(Clone)]
struct Bound {
    jobs: mpsc::Sender<Job>,
    window: Arc<Semaphore>,
}

impl Link {
    pub(crate) fn new(window: usize, pause: Duration) -> Self {
        let state = State::Unbound("it was not bound to yet".to_owned());
        Self { state: watch::Sender::new(state), window, pause, paused_until: Mutex::default() }
    }

    /// There is a session: the messages to send over it come here.
    pub(crate) fn bound(&self) -> mpsc::Receiver<Job> {
        let (jobs, receiver) = mpsc::channel(self.window);
        let window = Arc::new(Semaphore::new(self.window));
        self.state.send_replace(State::Bound(Bound { jobs, window }));
        receiver
    }

    /// There is no session any more. True when that is news, or why is.
    pub(crate) fn unbound(&self, why: &End) -> bool {
        let why = why.to_string();
        let before = self.state.send_replace(State::Unbound(why.clone()));
        !matches!(before, State::Unbound(before) if before == why)
    }

    /// Whether there is a session, or why there is none.
    pub(crate) fn is_bound(&self) -> Result<(), String> {
        match &*self.state.borrow() {
            State::Bound(_) => Ok(()),
            State::Unbound(why) => Err(why.clone()),
        }
    }

    /// Waits until there is a session.
    pub(crate) async fn until_bound(&self) {
        let bound = |state: &State| matches!(state, State::Bound(_));
        // Whoever could say otherwise is here.
        let _ = self.state.subscribe().wait_for(bound).await;
    }

    /// Hands one part over, and says what the SMSC calls it. It leaves before `begin`, or never; the answer is waited for until
    /// `deadline`.
    pub(crate) async fn submit(
        &self,
        submit: SubmitSm,
        begin: Instant,
        deadline: Instant,
    ) -> Result<String, GatewayError> {
        let outcome = match timeout_at(begin, self.begin(submit)).await {
            Ok(outcome) => outcome.ok_or_else(|| unavailable("the session ended before it was sent"))?,
            Err(_) => return Err(GatewayError::Unavailable(self.why_not())),
        };
        match timeout_at(deadline, outcome).await {
            Err(_) => Err(GatewayError::Unknown("it did not answer in time".to_owned())),
            Ok(Err(_)) => Err(GatewayError::Unknown("the session ended before it answered".to_owned())),
            Ok(Ok((Outcome::NotSent, _))) => Err(unavailable("the session ended before it was sent")),
            Ok(Ok((Outcome::Taken(id), _))) => Ok(id),
            Ok(Ok((Outcome::Refused(status), _place))) => {
                if is_throttling(status) {
                    self.pause();
                }
                Err(refusal(status))
            }
        }
    }

    /// Waits for a session with room in its window, and then for the end of a pause, which may have begun meanwhile, and gives the
    /// session the part; `None` when the session ended meanwhile. Once this has an outcome, the part may have left.
    async fn begin(&self, submit: SubmitSm) -> Option<oneshot::Receiver<Told>> {
        let mut state = self.state.subscribe();
        let Ok(State::Bound(bound)) =
            state.wait_for(|state| matches!(state, State::Bound(_))).await.as_deref().cloned()
        else {
            return None;
        };
        let place = bound.window.acquire_owned().await.ok()?;
        while let Some(until) = self.paused_until() {
            sleep_until(until).await;
        }
        let (job, outcome) = Job::new(submit, place);
        bound.jobs.send(job).await.ok()?;
        Some(outcome)
    }

    /// Why nothing could be handed over.
    fn why_not(&self) -> String {
        match self.is_bound() {
            Err(why) => format!("it is not bound: {why}"),
            Ok(()) if self.paused_until().is_some() => "it said that it gets too much".to_owned(),
            Ok(()) => "as many messages are under way as may be".to_owned(),
        }
    }

    fn pause(&self) {
        let until = Instant::now() + self.pause;
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn paused_until(&self) -> Option<Instant> {
        let until = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}

fn unavailable(why: &str) -> GatewayError {
    GatewayError::Unavailable(why.to_owned())
}
