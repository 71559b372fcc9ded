use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_adapter_sca::SmsGateway as _;
use data_adapter_sms_smpp::{SmppGateway, SmppSettings};
use data_adapter_testkit::OwnAddress;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::smsc::{Kind, Smsc};
use crate::support::{bound, message, settings, start, until};

/// Files of PEM: an authority, and a certificate of it with its key for each side; and the address that they are for.
struct Files {
    folder: TempDir,
    address: Arc<OwnAddress>,
}

impl Files {
    fn new(name: &str) -> Self {
        let (folder, address) = (TempDir::new().expect("it can be made"), Arc::new(OwnAddress::new()));
        let files = Self { folder, address };
        let key = KeyPair::generate().expect("it can be made");
        let mut authority = CertificateParams::new(Vec::new()).expect("it can be made");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, name);
        files.write("authority", &authority.self_signed(&key).expect("it can be made").pem());
        let issuer = Issuer::new(authority, key);
        for (name, usage) in
            [("server", ExtendedKeyUsagePurpose::ServerAuth), ("client", ExtendedKeyUsagePurpose::ClientAuth)]
        {
            let key = KeyPair::generate().expect("it can be made");
            let mut parameters =
                CertificateParams::new([files.address.ip().to_string()]).expect("it can be made");
            parameters.extended_key_usages = vec![usage];
            parameters.distinguished_name.push(DnType::CommonName, name);
            files.write(name, &parameters.signed_by(&key, &issuer).expect("it can be made").pem());
            files.write(&format!("{name}-key"), &key.serialize_pem());
        }
        files
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("it can be made");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn smsc(&self) -> Smsc {
        let [key, certificate, authority] = ["server-key", "server", "authority"].map(|name| self.path(name));
        let arguments: [&Path; 3] = [&key, &certificate, &authority];
        Smsc::start_at(Kind::Node, Arc::clone(&self.address), &arguments).await
    }

    fn settings(&self, smsc: &Smsc) -> SmppSettings {
        SmppSettings {
            url: format!("smpps://{}", smsc.address()),
            ca_file: Some(self.path("authority")),
            client_certificate_file: Some(self.path("client")),
            client_key_file: Some(self.path("client-key")),
            ..settings(smsc)
        }
    }
}

fn is_left_out() -> bool {
    !Kind::installed().contains(&Kind::Node)
}

#[tokio::test]
async fn codes_go_over_tls_and_each_side_shows_who_it_is() {
    if is_left_out() {
        return;
    }
    let files = Files::new("theirs");
    let mut smsc = files.smsc().await;
    let (gateway, _) = bound(&files.settings(&smsc)).await;
    gateway.send(&message("ě")).await.expect("it is taken");
    assert_eq!(smsc.event("submit").await["text"], "ě");
}

#[tokio::test]
async fn an_smsc_that_nobody_vouches_for_is_not_bound_to() {
    if is_left_out() {
        return;
    }
    let (files, others) = (Files::new("theirs"), Files::new("others"));
    let smsc = files.smsc().await;
    let settings = SmppSettings { ca_file: Some(others.path("authority")), ..files.settings(&smsc) };
    let (gateway, _) = start(&settings);
    let why = until(&gateway, false).await;
    assert!(why.contains("no authority that is trusted here has signed it"), "{why}");
}

#[tokio::test]
async fn who_shows_no_certificate_is_not_let_in() {
    if is_left_out() {
        return;
    }
    let files = Files::new("theirs");
    let smsc = files.smsc().await;
    let settings =
        SmppSettings { client_certificate_file: None, client_key_file: None, ..files.settings(&smsc) };
    let (gateway, _) = start(&settings);
    until(&gateway, false).await;
}

#[test]
fn settings_that_can_not_be_used_are_named() {
    let fine = SmppSettings {
        url: "smpp://127.0.0.1".to_owned(),
        system_id: "bank".to_owned(),
        ..SmppSettings::default()
    };
    assert!(SmppGateway::new("primary".to_owned(), &fine).is_ok());
    let long = || "x".repeat(20);
    let files = Files::new("theirs");
    for (settings, key) in [
        (SmppSettings { url: String::new(), ..fine.clone() }, "url"),
        (SmppSettings { url: "smpp://smsc.test".to_owned(), ..fine.clone() }, "url"),
        (SmppSettings { system_id: String::new(), ..fine.clone() }, "system_id"),
        (SmppSettings { system_id: long(), ..fine.clone() }, "system_id"),
        (SmppSettings { password: Some("ninechars".to_owned().into()), ..fine.clone() }, "password"),
        (SmppSettings { system_type: long(), ..fine.clone() }, "system_type"),
        (SmppSettings { service_type: long(), ..fine.clone() }, "service_type"),
        (SmppSettings { priority: 4, ..fine.clone() }, "priority"),
        (SmppSettings { validity_seconds: 86_401, ..fine.clone() }, "validity_seconds"),
        (SmppSettings { window: 0, ..fine.clone() }, "window"),
        (SmppSettings { enquire_link_seconds: 0, ..fine.clone() }, "enquire_link_seconds"),
        (SmppSettings { pause_ms: 0, ..fine.clone() }, "pause_ms"),
        (SmppSettings { connect_timeout_ms: 0, ..fine.clone() }, "connect_timeout_ms"),
        (SmppSettings { timeout_ms: 60_001, ..fine.clone() }, "timeout_ms"),
        (SmppSettings { ca_file: Some(files.path("authority")), ..fine.clone() }, "ca_file"),
        (
            SmppSettings {
                url: "smpps://localhost".to_owned(),
                ca_file: Some(files.path("authority")),
                client_key_file: Some(files.path("client-key")),
                ..fine.clone()
            },
            "client_certificate_file",
        ),
    ] {
        let refused = SmppGateway::new("primary".to_owned(), &settings).map(drop).unwrap_err();
        assert_eq!(refused.key, key, "{refused}");
    }
}
