//! The pieces of a request, without a network: `cargo bench --package data-adapter-bench`.

fn main() {
    divan::main();
}

/// What is done with the bytes of a request.
mod requests {
    use std::hint::black_box;

    use data_adapter_protocol::json::Object;
    use data_adapter_protocol::web_flow::{
        BankAccount, FormAttributes, FormDataError, Limits, ObjectRequest, UserLookupRequest, Violations,
        with_bank_accounts,
    };
    use divan::Bencher;

    const FORM: &str = concat!(
        r#"{"title":{"id":"operation.title","message":"Confirm Payment"},"#,
        r#""greeting":{"id":"operation.greeting","message":"Hello,\nplease confirm following payment:"},"#,
        r#""summary":{"id":"operation.summary","message":"Hello, please confirm payment 100 CZK."},"#,
        r#""config":[],"banners":[],"parameters":[{"type":"AMOUNT","id":"operation.amount","label":"Amount","#,
        r#""valueFormatType":"AMOUNT","formattedValues":{"amount":"100.00","currency":"CZK"},"amount":100,"#,
        r#""currency":"CZK","currencyId":"operation.currency"},{"type":"KEY_VALUE","id":"operation.account","#,
        r#""label":"To Account","valueFormatType":"ACCOUNT","formattedValues":{"value":"238400856/0300"},"#,
        r#""value":"238400856/0300"},{"type":"NOTE","id":"operation.note","label":"Note","#,
        r#""valueFormatType":"TEXT","formattedValues":{"value":"Utility Bill Payment - 05/2019"},"#,
        r#""note":"Utility Bill Payment - 05/2019"}],"userInput":{}}"#
    );

    #[divan::bench]
    fn parse_and_validate_a_lookup(bencher: Bencher<'_, '_>) {
        let body = format!(
            r#"{{"requestObject":{{"username":"user1234","organizationId":"RETAIL","operationContext":{{"id":"1","name":"authorize_payment","data":"A1*A100CZK","formData":{FORM},"applicationContext":null}}}}}}"#
        );
        let limits = Limits::default();
        bencher.bench(|| {
            let Object(envelope): Object<ObjectRequest<UserLookupRequest>> =
                serde_json::from_slice(black_box(body.as_bytes())).expect("it is a lookup");
            let Object(request) = envelope.request_object;
            Violations::of(&request, &limits).map(|()| request).is_ok()
        });
    }

    #[divan::bench]
    fn read_the_payment_of_a_form(bencher: Bencher<'_, '_>) {
        bencher.bench(|| {
            let form = FormAttributes::read(black_box(FORM))?;
            Ok::<_, FormDataError>((form.amount(|_| false)?, form.value("operation.account")?))
        });
    }

    #[divan::bench]
    fn add_two_accounts_to_a_form(bencher: Bencher<'_, '_>) {
        let account = |id: &str| BankAccount {
            number: format!("{id}/1234"),
            account_id: format!("CZ401234000000{id}"),
            name: "Běžný účet v CZK".to_owned(),
            balance: "158121.10".parse().expect("it is a number"),
            currency: "CZK".to_owned(),
            usable_for_payment: true,
            unusable_for_payment_reason: None,
        };
        let accounts = [account("12345678"), account("87654321")];
        bencher.bench(|| with_bank_accounts(black_box(FORM), &accounts));
    }
}

/// What is done with codes, over the store in memory.
mod codes {
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use async_trait::async_trait;
    use data_adapter_core::{MessageId, OperationName, SmsOtp as _, SystemClock, SystemRandom};
    use data_adapter_memory::MemoryStore;
    use data_adapter_sca::{
        AttemptPolicy, GatewayError, GuessPolicy, HandedOver, OtpEngine, OtpParts, OtpPolicy, PhoneNumbers,
        SendLimits, ServerKey, ServerKeys, SmsGateway, SmsMessage, SmsOptions, Texts,
    };
    use data_adapter_testkit::{Approval, Directory};
    use divan::Bencher;
    use futures::executor::block_on;
    use jiff::SignedDuration;

    /// Sends nothing.
    struct Nowhere;

    #[async_trait]
    impl SmsGateway for Nowhere {
        async fn send(&self, _: &SmsMessage) -> Result<HandedOver, GatewayError> {
            Ok(HandedOver::default())
        }
    }

    fn engine() -> OtpEngine {
        let failures = AttemptPolicy {
            limit: u32::MAX,
            block_for: SignedDuration::from_mins(30),
            forget_after: SignedDuration::from_hours(24),
        };
        let key = ServerKey::new("1".to_owned(), vec![7; 32]).expect("it is long enough");
        OtpEngine::new(OtpParts {
            store: Arc::new(MemoryStore::default()),
            gateway: Arc::new(Nowhere),
            users: Arc::new(Directory::default()),
            authentication: Arc::new(Directory::default()),
            sms_options: SmsOptions::default(),
            numbers: PhoneNumbers::default(),
            texts: Arc::new(Texts::built_in().expect("they can be read")),
            sms_texts: HashMap::from([(OperationName::new("authorize_payment"), "sms-payment".to_owned())]),
            keys: ServerKeys::new(key, Vec::new()).expect("there is one"),
            require_enrolled: false,
            limits: SendLimits::default(),
            policy: OtpPolicy {
                digits: 8,
                validity: SignedDuration::from_mins(5),
                guesses: GuessPolicy { tries_per_step: 5, failures },
            },
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        })
    }

    /// Each is about an operation of its own.
    fn next() -> Approval {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Approval::payment(&format!("operation-{}", NUMBER.fetch_add(1, Ordering::Relaxed)))
    }

    fn issue(engine: &OtpEngine, approval: &Approval) -> MessageId {
        let issued = block_on(engine.create(&approval.request()));
        issued.expect("the store answers").expect("the user is known").message
    }

    #[divan::bench]
    fn make_derive_hash_keep_and_write_a_code(bencher: Bencher<'_, '_>) {
        let engine = engine();
        bencher.with_inputs(next).bench_values(|approval| issue(&engine, &approval));
    }

    #[divan::bench]
    fn count_and_compare_a_guess(bencher: Bencher<'_, '_>) {
        let engine = engine();
        let asked = || {
            let approval = next();
            approval.answer(&issue(&engine, &approval), "00000000")
        };
        bencher.with_inputs(asked).bench_values(|answer| block_on(engine.verify(&answer)));
    }
}

/// What is recorded.
mod audit {
    use std::sync::Arc;

    use data_adapter_audit::{AuditEvent, AuditLog, EventKind, Target};
    use data_adapter_core::SystemClock;
    use data_adapter_testkit::Approval;
    use divan::Bencher;
    use tokio::runtime::Builder;

    /// There and back through the thread that writes.
    #[divan::bench]
    fn chain_and_append_a_line_to_a_file(bencher: Bencher<'_, '_>) {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::File(folder.path().join("audit.jsonl"));
        let log = AuditLog::open(&target, false, Arc::new(SystemClock)).expect("it can be opened");
        let event = || {
            let approval = Approval::payment("operation-1");
            let of = (approval.user.as_ref(), approval.organization.as_ref());
            let event = AuditEvent::new(EventKind::Authentication).of(of.0, of.1);
            event.within(&approval.operation).bound_to(&approval.binding)
        };
        // Appending has a deadline, and so needs the clock of a runtime.
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        bencher.with_inputs(|| vec![event()]).bench_values(|events| runtime.block_on(log.append(events)));
    }
}
