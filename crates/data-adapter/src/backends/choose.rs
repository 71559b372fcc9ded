//! Picks who answers what. Nothing else in the program knows which back ends there are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::{
    AntiFraud, Authentication, Backend, Capabilities, CertificateAuthentication, Consent, OperationName,
    OperationSetup, Operations, OrganizationId, PasswordCheck, Readiness, SmsOtp, UserLookup,
};
use data_adapter_hashing::Verifier;
use data_adapter_layers::{ByOrganization, CachedLookup, Guard, GuardSettings};
use data_adapter_sca::{EndingOperations, SafeConsent};

use super::{BackendContext, Kind, Registry};
use crate::config::{BackendSettings, BackendsSection, Capability, Choice, Choices, ENGINE, Settings};
use crate::failure::Failure;

/// What the program does itself, around and instead of back ends.
pub(crate) trait Parts {
    /// Decrypts passwords, counts failures and blocks, around a check that only compares.
    /// `longest` is how long a check may take.
    fn complete(
        &self,
        bare: Arc<dyn Authentication>,
        longest: Duration,
    ) -> Result<Arc<dyn Authentication>, Failure>;

    /// Makes codes.
    fn sms_otp(
        &self,
        users: &Arc<dyn UserLookup>,
        authentication: &Arc<dyn Authentication>,
    ) -> Result<Arc<dyn SmsOtp>, Failure>;

    /// Asks for consent.
    fn consent(&self) -> Result<Arc<dyn Consent>, Failure>;

    /// Follows operations that no system behind wants to follow.
    fn operations(&self, users: &Arc<dyn UserLookup>) -> Arc<dyn Operations>;

    /// Sets operations up.
    fn setup(&self) -> Arc<dyn OperationSetup>;

    /// Checks certificates.
    fn certificates(
        &self,
        users: &Arc<dyn UserLookup>,
    ) -> Result<Arc<dyn CertificateAuthentication>, Failure>;

    /// Judges risks.
    fn anti_fraud(&self) -> Result<Arc<dyn AntiFraud>, Failure>;
}

/// A back end that can be asked whether the system behind it is there.
pub(crate) type Ready = (String, Arc<dyn Readiness>);

/// Who answers what, and who can be asked whether they are there. `verifier` is told what passwords of users take, and has to be
/// [started](start) before one is checked.
pub(crate) fn choose(
    settings: &Settings,
    registry: &Registry,
    parts: &impl Parts,
    verifier: &Arc<Verifier>,
) -> Result<(Backend, Vec<Ready>), Failure> {
    check_sections(&settings.backends, registry)?;
    let connected = Connected::new(settings, registry, verifier)?;
    let choices = |capability| settings.capabilities.choices(&settings.organizations, capability);
    let users = lookup(settings, &connected)?;
    let authentication = pick(&choices(Capability::Authentication), |choice| {
        match connected.get(choice, |c| c.authentication.clone())? {
            PasswordCheck::Bare(bare) => parts.complete(bare, connected.longest_call(choice)),
            PasswordCheck::Complete(complete) => Ok(complete),
        }
    })?;
    let authentication = authentication
        .join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let sms_otp = pick(&choices(Capability::SmsOtp), |choice| match choice.backend {
        ENGINE => parts.sms_otp(&users, &authentication),
        _ => connected.get(choice, |c| c.sms_otp.clone()),
    })?;
    let sms_otp =
        sms_otp.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let consent = pick(&choices(Capability::Consent), |choice| match choice.backend {
        ENGINE => parts.consent(),
        _ => {
            let consent = connected.get(choice, |c| c.consent.clone())?;
            Ok(Arc::new(SafeConsent::new(consent, settings.consent.html())) as _)
        }
    })?;
    let consent =
        consent.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let operations = pick(&choices(Capability::Operations), |choice| match choice.backend {
        ENGINE => Ok(parts.operations(&users)),
        _ => connected.get(choice, |c| c.operations.clone()),
    })?;
    let operations =
        operations.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let operations = Arc::new(EndingOperations::new(operations, Arc::clone(&sms_otp)));
    let setup = pick(&choices(Capability::Setup), |choice| match choice.backend {
        ENGINE => Ok(parts.setup()),
        _ => connected.get(choice, |c| c.setup.clone()),
    })?;
    let setup =
        setup.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let certificates = pick(&choices(Capability::Certificates), |choice| match choice.backend {
        ENGINE => parts.certificates(&users),
        _ => connected.get(choice, |c| c.certificates.clone()),
    })?;
    let certificates =
        certificates.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let anti_fraud = pick(&choices(Capability::AntiFraud), |choice| match choice.backend {
        ENGINE => parts.anti_fraud(),
        _ => connected.get(choice, |c| c.anti_fraud.clone()),
    })?;
    let anti_fraud =
        anti_fraud.join(|usual, special| Arc::new(ByOrganization::new(usual, special, Arc::clone(&users))));
    let ready = connected.ready();
    let backend =
        Backend { users, authentication, sms_otp, consent, operations, setup, certificates, anti_fraud };
    Ok((backend, ready))
}

/// Who finds users, without anybody else.
pub(crate) fn users(settings: &Settings, registry: &Registry) -> Result<Arc<dyn UserLookup>, Failure> {
    check_sections(&settings.backends, registry)?;
    lookup(settings, &Connected::new(settings, registry, &Arc::default())?)
}

fn lookup(settings: &Settings, connected: &Connected) -> Result<Arc<dyn UserLookup>, Failure> {
    let choices = settings.capabilities.choices(&settings.organizations, Capability::Users);
    let users = pick(&choices, |choice| connected.get(choice, |c| c.users.clone()))?;
    Ok(users.join(|usual, special| Arc::new(ByOrganization::users(usual, special))))
}

/// One capability of whoever was chosen for it.
struct Picked<T: ?Sized> {
    usual: Arc<T>,
    special: HashMap<OrganizationId, Arc<T>>,
}

/// Takes the capability of each choice, once for each back end.
fn pick<T: ?Sized>(
    choices: &Choices<'_>,
    take: impl Fn(&Choice<'_>) -> Result<Arc<T>, Failure>,
) -> Result<Picked<T>, Failure> {
    let mut taken = HashMap::new();
    for choice in choices.all() {
        if !taken.contains_key(choice.backend) {
            taken.insert(choice.backend, take(choice)?);
        }
    }
    let of = |choice: &Choice<'_>| Arc::clone(&taken[choice.backend]);
    let special = choices.special.iter().map(|(id, choice)| (OrganizationId::new(*id), of(choice)));
    Ok(Picked { usual: of(&choices.usual), special: special.collect() })
}

impl<T: ?Sized> Picked<T> {
    /// The usual one alone, unless there are others.
    fn join(self, by_organization: impl FnOnce(Arc<T>, HashMap<OrganizationId, Arc<T>>) -> Arc<T>) -> Arc<T> {
        if self.special.is_empty() { self.usual } else { by_organization(self.usual, self.special) }
    }
}

/// The back end of one section alone, as it is without its guard.
pub(crate) fn connect(name: &str, settings: &Settings, registry: &Registry) -> Result<Capabilities, Failure> {
    let section = settings
        .backends
        .get(name)?
        .ok_or_else(|| Failure::Configuration(format!("there is no `[backends.{name}]`")))?;
    let verifier = Arc::default();
    let decorated = settings.decorated_operations();
    let capabilities = connect_to(name, &section, settings, registry, &decorated, &verifier)?;
    start(&verifier, None)?;
    Ok(capabilities)
}

/// Reserves what everybody who keeps hashes needs to check passwords, or goes on with what there was `before`, where that is as much.
pub(crate) fn start(verifier: &Verifier, before: Option<&Verifier>) -> Result<(), Failure> {
    if before.is_some_and(|before| verifier.go_on_from(before)) {
        return Ok(());
    }
    verifier.start().map_err(|no_room| {
        Failure::Configuration(format!(
            "{no_room}; lower `concurrent_verifications`, or allow the process more"
        ))
    })
}

fn connect_to(
    name: &str,
    section: &BackendSettings,
    settings: &Settings,
    registry: &Registry,
    decorated: &HashSet<OperationName>,
    verifier: &Arc<Verifier>,
) -> Result<Capabilities, Failure> {
    let kind = kind_of(name, section, registry)?;
    let context = BackendContext { name, sandbox: settings.sandbox.enabled, decorated, verifier };
    kind.connect(section.own.clone(), &context).map_err(|why| BackendsSection::refusal(name, &why))
}

fn kind_of<'r>(name: &str, section: &BackendSettings, registry: &'r Registry) -> Result<&'r Kind, Failure> {
    let kind = &section.kind;
    registry.find(kind).map_err(|kinds| {
        let why =
            format!("`backends.{name}.kind`: there is no kind `{kind}` of back ends; there are: {kinds}");
        Failure::Configuration(why)
    })
}

/// Checks the kinds and keys of all sections, those that nothing uses included.
fn check_sections(sections: &BackendsSection, registry: &Registry) -> Result<(), Failure> {
    sections.names().try_for_each(|name| {
        let Some(section) = sections.get(name)? else { return Ok(()) };
        let kind = kind_of(name, &section, registry)?;
        kind.check(section.own).map_err(|why| BackendsSection::refusal(name, &why))
    })
}

/// The back ends that are named, each behind its guard.
struct Connected(BTreeMap<String, Member>);

struct Member {
    kind: String,
    capabilities: Capabilities,
    longest_call: Duration,
}

impl Connected {
    fn new(settings: &Settings, registry: &Registry, verifier: &Arc<Verifier>) -> Result<Self, Failure> {
        let decorated = settings.decorated_operations();
        let mut members = BTreeMap::new();
        for capability in Capability::ALL {
            let choices = settings.capabilities.choices(&settings.organizations, capability);
            for choice in choices.all() {
                let is_engine = choice.backend == ENGINE
                    && !matches!(capability, Capability::Users | Capability::Authentication);
                if !is_engine && !members.contains_key(choice.backend) {
                    let member = Member::connect(choice, settings, registry, &decorated, verifier)?;
                    members.insert(choice.backend.to_owned(), member);
                }
            }
        }
        Ok(Self(members))
    }

    fn get<T>(&self, choice: &Choice<'_>, of: impl Fn(&Capabilities) -> Option<T>) -> Result<T, Failure> {
        let Choice { key, backend } = choice;
        let member = self.0.get(*backend);
        member.and_then(|member| of(&member.capabilities)).ok_or_else(|| {
            let kind = member.map_or("none", |member| &member.kind);
            let can = member.map(Member::names).unwrap_or_default();
            let why =
                format!("`{key}` names `{backend}`, a back end of the kind `{kind}`, which does only: {can}");
            Failure::Configuration(why)
        })
    }

    /// How long its guard lets a call of it take; nothing where there is none.
    fn longest_call(&self, choice: &Choice<'_>) -> Duration {
        self.0.get(choice.backend).map_or(Duration::ZERO, |member| member.longest_call)
    }

    fn ready(&self) -> Vec<Ready> {
        let ready = |(name, member): (&String, &Member)| {
            Some((name.clone(), member.capabilities.readiness.as_ref().map(Arc::clone)?))
        };
        self.0.iter().filter_map(ready).collect()
    }
}

impl Member {
    fn connect(
        choice: &Choice<'_>,
        settings: &Settings,
        registry: &Registry,
        decorated: &HashSet<OperationName>,
        verifier: &Arc<Verifier>,
    ) -> Result<Self, Failure> {
        let Choice { key, backend: name } = choice;
        let section = settings.backends.get(name)?.ok_or_else(|| {
            Failure::Configuration(format!("`{key}` names `{name}`, and there is no `[backends.{name}]`"))
        })?;
        let capabilities = connect_to(name, &section, settings, registry, decorated, verifier)?;
        let calls: GuardSettings = (&section.calls).into();
        let guard = Guard::new(name, calls);
        let mut capabilities = guard.around(capabilities);
        if let Some(cache) = section.lookup_cache.settings() {
            capabilities.users =
                capabilities.users.map(|users| Arc::new(CachedLookup::new(users, cache)) as _);
        }
        Ok(Self { kind: section.kind, capabilities, longest_call: calls.longest_call() })
    }

    /// What it can do, by the keys.
    fn names(&self) -> String {
        let Capabilities {
            users,
            authentication,
            sms_otp,
            consent,
            operations,
            setup,
            certificates,
            anti_fraud,
            readiness: _,
        } = &self.capabilities;
        let can = [
            (users.is_some(), Capability::Users),
            (authentication.is_some(), Capability::Authentication),
            (operations.is_some(), Capability::Operations),
            (sms_otp.is_some(), Capability::SmsOtp),
            (consent.is_some(), Capability::Consent),
            (setup.is_some(), Capability::Setup),
            (certificates.is_some(), Capability::Certificates),
            (anti_fraud.is_some(), Capability::AntiFraud),
        ];
        let names: Vec<_> = can.iter().filter(|(can, _)| *can).map(|(_, which)| which.name()).collect();
        names.join(", ")
    }
}
