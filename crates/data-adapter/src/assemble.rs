//! Puts together what the configuration asks for: the store, the gateway, the engine, and the back ends around it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use data_adapter_audit::Auditor;
use data_adapter_certificates::{SettingsError, X509Certificates};
use data_adapter_core::{
    AntiFraud, Authentication, Backend, BindingKind, CertificateAuthentication, Consent, OperationName,
    OperationSetup, Operations, Readiness, SmsOtp, UserLookup,
};
use data_adapter_hashing::Verifier;
use data_adapter_layers::{BlockCounter, CountedAuthentication, CountedSmsOtp, StricterOnFailure};
use data_adapter_push_sandbox::{SandboxDevices, SandboxPushes};
use data_adapter_sca::{
    BlockDurations, ConsentEngine, DecryptingAuthentication, FactorEngine, LockingAuthentication,
    NoAntiFraud, NoCertificates, NoPushes, OtpEngine, OtpParts, PAYMENT_NAMES, PlannedSetup, PushCallbacks,
    PushGateway, RequestEngine, SetupPlan, SmsGateway, Store, Texts, TextsError, UndecoratedOperations,
    Wording,
};
use data_adapter_server::{
    Access, Apis, BuildInfo, Overview, Parts, ReadyChecks, SandboxPages, StartPage, SwaggerUi,
};
use jiff::Timestamp;

use crate::apis::{Behind, KnownPartners, KnownProgrammes, apis};
use crate::audit::{AuditedDenials, AuditedGateway, audited};
use crate::backends::{self, Ready, Registry, choose};
use crate::config::{OperationSettings, PushProvider, Settings};
use crate::factors::EnrolledFactors;
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::housekeeping::Keeping;
use crate::requests::{self, Requests};
use crate::sms::Gateways;
use crate::stores::{CodesReadiness, retention};

/// The parts of the server, and what has to be done beside it.
pub(crate) struct Assembled {
    pub(crate) parts: Parts,
    pub(crate) keeping: Keeping,
    pub(crate) shared: Shared,
}

/// What goes on in what is assembled from the next settings, where they have the same.
pub(crate) struct Shared {
    pub(crate) gateways: Gateways,
    verifier: Arc<Verifier>,
}

/// The version of the program and the time it was built.
pub(crate) fn build_info() -> BuildInfo {
    let seconds = env!("BUILT_AT_SECONDS").parse().unwrap_or_default();
    let built_at = Timestamp::from_second(seconds).unwrap_or_default();
    BuildInfo { version: env!("CARGO_PKG_VERSION"), built_at }
}

/// Everything that the configuration asks for, over what lasts. `before` is what the settings before had; `None` at the start.
pub(crate) fn assemble(
    settings: &Settings,
    registry: &Registry,
    foundation: &Foundation,
    before: Option<&Shared>,
) -> Result<Assembled, Failure> {
    let store: Arc<dyn Store> = Arc::clone(&foundation.store) as _;
    let (clock, random) = (Arc::clone(&foundation.clock), Arc::clone(&foundation.random));
    let auditor = foundation.auditor.as_ref();
    let inbox = Arc::clone(&foundation.inbox);
    let gateways = Gateways::new(settings, &foundation.recorder, before.map(|before| &before.gateways))?;
    let gateway = if settings.sandbox.enabled { Arc::clone(&inbox) as _ } else { gateways.gateway() };
    let house = House {
        settings,
        foundation,
        store: Arc::clone(&store),
        gateway: audited_gateway(gateway, auditor),
        engine: OnceLock::new(),
    };
    let verifier = Arc::default();
    let (backend, ready) = choose(settings, registry, &house, &verifier)?;
    let partners = KnownPartners::new(settings, &verifier, &store, foundation)?;
    backends::start(&verifier, before.map(|before| before.verifier.as_ref()))?;
    let checked = Arc::clone(&foundation.store) as _;
    let codes = foundation.codes.clone().map(|codes| Arc::new(CodesReadiness(codes)) as _);
    let audit = auditor.and_then(Auditor::readiness);
    let ready = ready_checks(settings, checked, [("store.codes", codes), ("audit", audit)], ready);
    let ready = Arc::new(ready.with_warnings(gateways.checks()));
    let blocks = BlockCounter::new(house.store, Arc::clone(&clock), block_durations(settings));
    let backend = counted(backend, &blocks);
    let backend = judged_in_time(settings, backend);
    let callers = settings.callers.callers(settings.web_flow.context_paths(), &settings.tls)?;
    let callers = if settings.metrics.anonymous { callers.with_open_metrics() } else { callers };
    let (backend, callers) = match auditor {
        Some(auditor) => {
            (audited(backend, auditor), callers.watched_by(Arc::new(AuditedDenials(Arc::clone(auditor)))))
        }
        None => (backend, callers),
    };
    let pushes = Arc::clone(&foundation.pushes);
    let (push, push_callbacks) = push_gateway(settings, &pushes)?;
    let engine = house.engine.into_inner();
    let factors =
        engine.clone().map(|otp| EnrolledFactors::new(settings, otp, push.clone(), &blocks, auditor));
    let push = push.unwrap_or_else(|| Arc::new(NoPushes));
    let requests = engine.map(|otp| Requests::new(otp, push, settings.otp.resends(), &blocks, auditor));
    let sandbox = SandboxPages::new(
        inbox,
        Arc::clone(&store) as _,
        Arc::clone(&clock),
        settings.sandbox.hosts.clone(),
        limits(settings),
    );
    let sandbox = match &requests {
        Some(Requests { decisions, .. }) => {
            sandbox.with_pushes(Arc::new(SandboxDevices::new(pushes, Arc::clone(decisions))))
        }
        None => sandbox,
    };
    let programmes = KnownProgrammes::new(settings, &clock, &foundation.keys)?;
    let sandbox = match &programmes {
        Some(known) => sandbox.with_tokens(known.desk(Arc::clone(&backend.users))),
        None => sandbox,
    };
    let (devices, sessions) = (requests::devices(&store, auditor), requests::sessions(&store, auditor));
    let behind = Behind {
        backend,
        requests,
        push_callbacks,
        sms_callbacks: gateways.callbacks(),
        factors: factors.transpose()?,
        devices,
        sessions,
        store,
        health: Arc::clone(&ready) as _,
        partners,
        programmes,
        texts: texts(settings)?,
        auditor: auditor.cloned(),
        build: build_info(),
        clock,
        random: Arc::clone(&random),
    };
    let apis = apis(settings, &behind, &foundation.keys)?;
    let access = callers.access(settings.tls.asks_clients());
    let parts = Parts {
        swagger_ui: swagger_ui(settings, &apis, access),
        start_page: start_page(settings, &apis, access)?,
        apis,
        bodies: settings.server.bodies(),
        sandbox: settings.sandbox.enabled.then(|| Arc::new(sandbox)),
        callers: Arc::new(callers),
        ready,
        metrics: foundation.metrics.clone(),
        tracer: foundation.tracer.clone(),
        random,
    };
    Ok(Assembled { parts, keeping: keeping(settings), shared: Shared { gateways, verifier } })
}

/// Who asks users on their devices, `None` where nobody does; and what reads what comes back, `None` for the sandbox, where it
/// comes from its page.
type PushParts = (Option<Arc<dyn PushGateway>>, Option<Arc<dyn PushCallbacks>>);

fn push_gateway(settings: &Settings, sandbox: &Arc<SandboxPushes>) -> Result<PushParts, Failure> {
    Ok(match settings.push.provider()? {
        Some(PushProvider { gateway, callbacks }) => {
            (Some(Arc::new(gateway) as _), Some(Arc::new(callbacks) as _))
        }
        None if settings.sandbox.enabled => (Some(Arc::clone(sandbox) as _), None),
        None => (None, None),
    })
}

/// What `/health/ready` asks: the store, its codes where they are elsewhere, the audit log where it is required, and each back end that has a system behind it,
/// by the name of its section.
fn ready_checks(
    settings: &Settings,
    store: Arc<dyn Readiness>,
    others: [(&str, Option<Arc<dyn Readiness>>); 2],
    backends: Vec<Ready>,
) -> ReadyChecks {
    let others = others.into_iter().filter_map(|(name, check)| Some((name, check?)));
    let ours = std::iter::once(("store", store)).chain(others);
    let ours = ours.map(|(name, check)| (name.to_owned(), check));
    let backends = backends.into_iter().map(|(name, check)| (format!("backends.{name}"), check));
    ReadyChecks::new(ours.chain(backends).collect(), settings.health.deadline())
}

/// Counts codes and passwords, whoever makes and checks them, and blocks.
fn counted(backend: Backend, blocks: &Arc<BlockCounter>) -> Backend {
    Backend {
        authentication: Arc::new(CountedAuthentication::new(backend.authentication, Arc::clone(blocks))),
        sms_otp: Arc::new(CountedSmsOtp::new(backend.sms_otp, Arc::clone(blocks))),
        ..backend
    }
}

fn block_durations(settings: &Settings) -> BlockDurations {
    BlockDurations {
        code: settings.otp.failures().block_for,
        password: settings.password.failures().block_for,
    }
}

/// Lets no step wait, or fail, for whoever judges risks.
fn judged_in_time(settings: &Settings, backend: Backend) -> Backend {
    let anti_fraud = StricterOnFailure::new(backend.anti_fraud, settings.anti_fraud.deadline());
    Backend { anti_fraud: Arc::new(anti_fraud), ..backend }
}

fn audited_gateway(gateway: Arc<dyn SmsGateway>, auditor: Option<&Arc<Auditor>>) -> Arc<dyn SmsGateway> {
    match auditor {
        Some(auditor) => Arc::new(AuditedGateway::new(gateway, Arc::clone(auditor))),
        None => gateway,
    }
}

/// What the engine is made of.
pub(crate) struct House<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) foundation: &'a Foundation,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) gateway: Arc<dyn SmsGateway>,
    /// Who makes codes; none where back ends of the bank's own do.
    pub(crate) engine: OnceLock<Arc<OtpEngine>>,
}

impl backends::Parts for House<'_> {
    /// From the outside in: decrypt, count, check.
    fn complete(
        &self,
        bare: Arc<dyn Authentication>,
        longest: Duration,
    ) -> Result<Arc<dyn Authentication>, Failure> {
        let settings = self.settings;
        let locking = LockingAuthentication::new(
            bare,
            Arc::clone(&self.store) as _,
            settings.password.failures(),
            longest,
            Arc::clone(&self.foundation.clock),
            Arc::clone(&self.foundation.random),
        );
        Ok(Arc::new(DecryptingAuthentication::new(
            Arc::new(locking),
            settings.password.key()?,
            settings.password.allow_clear,
            settings.web_flow.limits().password,
            Arc::clone(&self.foundation.random),
        )))
    }

    fn sms_otp(
        &self,
        users: &Arc<dyn UserLookup>,
        authentication: &Arc<dyn Authentication>,
    ) -> Result<Arc<dyn SmsOtp>, Failure> {
        let settings = self.settings;
        let engine = OtpEngine::new(OtpParts {
            store: Arc::clone(&self.store),
            gateway: Arc::clone(&self.gateway),
            users: Arc::clone(users),
            authentication: Arc::clone(authentication),
            texts: texts(settings)?,
            sms_texts: by_operation(settings, |operation| operation.sms_text.clone()),
            sms_options: settings.sms.options()?,
            numbers: settings.sms.numbers()?,
            keys: settings.otp.keys(settings.sandbox.enabled.then_some(&self.foundation.keys.codes))?,
            require_enrolled: settings.factors.require_enrolled,
            limits: settings.sms.send_limits()?,
            policy: settings.otp.policy(),
            clock: Arc::clone(&self.foundation.clock),
            random: Arc::clone(&self.foundation.random),
        });
        let engine = engine.in_pace(Arc::clone(&self.foundation.pace));
        Ok(Arc::clone(self.engine.get_or_init(|| Arc::new(engine))) as _)
    }

    fn consent(&self) -> Result<Arc<dyn Consent>, Failure> {
        let settings = self.settings;
        let forms = settings.consent.forms().map(|(name, form)| (OperationName::new(name), form)).collect();
        let known = by_operation(settings, OperationSettings::binding);
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.foundation.clock));
        Ok(Arc::new(ConsentEngine::new(
            forms,
            settings.consent.html(),
            known,
            store,
            texts(settings)?,
            clock,
        )))
    }

    fn operations(&self, users: &Arc<dyn UserLookup>) -> Arc<dyn Operations> {
        Arc::new(UndecoratedOperations::new(Arc::clone(users)))
    }

    fn setup(&self) -> Arc<dyn OperationSetup> {
        Arc::new(PlannedSetup::new(setup_plan(self.settings)))
    }

    fn certificates(
        &self,
        users: &Arc<dyn UserLookup>,
    ) -> Result<Arc<dyn CertificateAuthentication>, Failure> {
        let Some(settings) = self.settings.certificates.settings() else {
            return Ok(Arc::new(NoCertificates));
        };
        let checked = X509Certificates::new(&settings, Arc::clone(users), Arc::clone(&self.foundation.clock));
        let refuse =
            |SettingsError { key, reason }| Failure::Configuration(format!("`certificates.{key}` {reason}"));
        Ok(Arc::new(checked.map_err(refuse)?))
    }

    fn anti_fraud(&self) -> Result<Arc<dyn AntiFraud>, Failure> {
        let settings = &self.settings.anti_fraud;
        if !settings.judges() {
            return Ok(Arc::new(NoAntiFraud));
        }
        let payments = self.settings.operations.iter();
        let payments = payments.filter(|(_, operation)| operation.binding() == BindingKind::Payment);
        let rules = settings.rules(payments.map(|(name, _)| OperationName::new(name)).collect())?;
        Ok(Arc::new(rules))
    }
}

/// What people read, whatever is in it checked: half a text is none.
pub(crate) fn texts(settings: &Settings) -> Result<Arc<Texts>, Failure> {
    let texts = settings.texts.texts()?;
    let mut names: BTreeSet<_> = PAYMENT_NAMES.into_iter().map(str::to_owned).collect();
    for (name, operation) in &settings.operations {
        let wording = operation.wording(name)?;
        let unusable = |error| Failure::Configuration(format!("`operations.{name}.sms_text`: {error}"));
        texts.check(&operation.sms_text, &wording).map_err(unusable)?;
        names.extend(wording.names);
    }
    let unusable = |error: TextsError| Failure::Configuration(format!("`texts.folder`: {error}"));
    ConsentEngine::TEXTS
        .iter()
        .try_for_each(|name| texts.check(name, &Wording::default()))
        .map_err(unusable)?;
    RequestEngine::texts()
        .iter()
        .chain(&FactorEngine::texts())
        .try_for_each(|(name, wording)| texts.check(name, wording))
        .map_err(unusable)?;
    data_adapter_security::texts()
        .iter()
        .try_for_each(|(name, wording)| texts.check(name, wording))
        .map_err(unusable)?;
    texts.check_all(&names).map_err(unusable)?;
    Ok(Arc::new(texts))
}

fn setup_plan(settings: &Settings) -> SetupPlan {
    let of = |(name, operation): (&String, &OperationSettings)| {
        let name = OperationName::new(name);
        let mappings = operation.mappings();
        mappings.map(|(method, plan)| ((name.clone(), method.to_owned()), plan)).collect::<Vec<_>>()
    };
    SetupPlan {
        logins: settings.login_operations.usual(),
        clients: settings.login_operations.clients(),
        mappings: settings.operations.iter().flat_map(of).collect(),
        certificates: settings.certificates.plan(&settings.certificate_choices()),
    }
}

fn by_operation<T>(settings: &Settings, of: impl Fn(&OperationSettings) -> T) -> HashMap<OperationName, T> {
    settings.operations.iter().map(|(name, operation)| (OperationName::new(name), of(operation))).collect()
}

fn swagger_ui(settings: &Settings, apis: &Apis, access: Access) -> Option<Arc<SwaggerUi>> {
    let sandbox = settings.sandbox.enabled;
    let is_shown = settings.swagger_ui.is_enabled(sandbox);
    is_shown.then(|| Arc::new(SwaggerUi::new(apis, access, sandbox, settings.server.bodies().max)))
}

/// `None` where neither the sandbox nor Swagger UI is there to explore.
fn start_page(settings: &Settings, apis: &Apis, access: Access) -> Result<Option<Arc<StartPage>>, Failure> {
    let has_swagger_ui = settings.swagger_ui.is_enabled(settings.sandbox.enabled);
    if !settings.sandbox.enabled && !has_swagger_ui {
        return Ok(None);
    }
    let page = StartPage::new(Overview {
        apis: apis.clone(),
        has_swagger_ui,
        version: build_info().version,
        sandbox: settings.sandbox.enabled.then(|| settings.sandbox.hosts.clone()),
        has_metrics: settings.metrics.enabled,
        has_open_metrics: settings.metrics.anonymous,
        access,
    });
    page.map(|page| Some(Arc::new(page))).map_err(|error| Failure::Failed(error.to_string()))
}

/// What the inbox says about blocks.
fn limits(settings: &Settings) -> Vec<String> {
    let sentence = |what: &str, policy: data_adapter_sca::AttemptPolicy| {
        let (limit, seconds) = (policy.limit, policy.block_for.as_secs());
        format!("After {limit} wrong {what} in a row a user's {what} are blocked for {seconds} seconds.")
    };
    let mut sentences = vec![
        sentence("codes", settings.otp.failures()),
        sentence("passwords", settings.password.failures()),
        format!("A code is good for {} seconds.", settings.otp.policy().validity.as_secs()),
    ];
    sentences.extend(settings.factors.enabled.then(|| settings.sandbox.about_factors()));
    sentences
}

/// How long things are kept.
pub(crate) fn keeping(settings: &Settings) -> Keeping {
    Keeping { retention: retention(settings), blocks: block_durations(settings) }
}
