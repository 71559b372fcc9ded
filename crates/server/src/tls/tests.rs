use std::path::Path;

use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, KeyPair, SanType};

use super::*;

/// A certificate that vouches for itself, and its key.
fn pair(names: &[&str], expired: bool) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.distinguished_name = DistinguishedName::new();
    for name in names {
        parameters.distinguished_name.push(DnType::CommonName, *name);
    }
    if expired {
        parameters.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    (parameters.self_signed(&key).unwrap(), key)
}

/// A folder of its own for each test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("data-adapter-tls-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn refusal(certificate: &Path, key: &Path, client_ca: Option<PathBuf>) -> String {
    let files = TlsFiles { certificate: certificate.to_owned(), key: key.to_owned(), client_ca };
    Tls::load(files).err().expect("a refusal").to_string()
}

#[test]
fn what_can_not_be_used_is_refused_by_the_name_of_the_file() {
    let folder = Folder::new("refused");
    let ((certificate, key), (_, other_key)) = (pair(&["a"], false), pair(&["b"], false));
    let certificate = folder.write("certificate.pem", &certificate.pem());
    let key = folder.write("key.pem", &key.serialize_pem());
    let other_key = folder.write("other.pem", &other_key.serialize_pem());
    let empty = folder.write("empty.pem", "");
    let broken =
        folder.write("broken.pem", "-----BEGIN PRIVATE KEY-----\nTUFSSw*\n-----END PRIVATE KEY-----\n");
    let missing = folder.0.join("missing.pem");

    let message = refusal(&certificate, &other_key, None);
    assert!(message.contains("does not belong") && message.contains("other.pem"), "{message}");
    assert!(refusal(&empty, &key, None).contains("empty.pem holds no certificate"));
    assert!(refusal(&key, &key, None).contains("key.pem holds no certificate"));
    assert!(refusal(&certificate, &empty, None).contains("empty.pem holds no private key"));
    assert!(refusal(&certificate, &certificate, None).contains("certificate.pem holds no private key"));
    assert!(refusal(&missing, &key, None).contains("missing.pem can't be read"));
    assert!(refusal(&certificate, &missing, None).contains("missing.pem can't be read"));
    assert!(refusal(&certificate, &key, Some(empty)).contains("empty.pem holds no certificate"));
    assert!(refusal(&certificate, &key, Some(missing)).contains("missing.pem can't be read"));
    let message = refusal(&certificate, &broken, None);
    assert!(message.contains("broken.pem is not valid PEM") && !message.contains("TUFSSw"), "{message}");
}

#[test]
fn a_wrong_pair_at_reload_leaves_the_old_one_in_use() {
    let folder = Folder::new("reload");
    let ((first, key), (second, second_key)) = (pair(&["a"], false), pair(&["a"], true));
    let files = TlsFiles {
        certificate: folder.write("certificate.pem", &first.pem()),
        key: folder.write("key.pem", &key.serialize_pem()),
        client_ca: None,
    };
    let tls = Tls::load(files).unwrap();
    assert!(!tls.has_changed());
    assert_eq!(in_use(&tls), first.der().as_ref());

    folder.write("certificate.pem", &second.pem());
    assert!(tls.has_changed());
    assert!(tls.reload().is_err());
    assert_eq!(in_use(&tls), first.der().as_ref());
    assert!(!tls.has_changed(), "one attempt for each change");

    folder.write("key.pem", &second_key.serialize_pem());
    assert!(tls.has_changed());
    tls.reload().unwrap();
    assert_eq!(in_use(&tls), second.der().as_ref(), "an expired one can be used");
}

fn in_use(tls: &Tls) -> Vec<u8> {
    tls.live.certificate()
}

#[test]
fn a_subject_has_one_common_name_or_none_that_counts() {
    let name_of = |names: &[&str]| ClientCertificate::read(pair(names, false).0.der()).common_name;
    assert_eq!(name_of(&["web-flow"]), Some("web-flow".to_owned()));
    assert_eq!(name_of(&[]), None);
    assert_eq!(name_of(&["a b/c=\u{17e}"]), Some("a b/c=\u{17e}".to_owned()));
    assert_eq!(ClientCertificate::read([0, 1, 2]).common_name, None);
}

/// What is read of a certificate with these names.
fn named(names: Vec<SanType>) -> ClientCertificate {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "web-flow");
    parameters.subject_alt_names = names;
    ClientCertificate::read(parameters.self_signed(&key).expect("a certificate").der())
}

#[test]
fn dns_names_and_uris_are_read_as_they_stand_in_a_certificate_and_others_are_left_out() {
    let text = |text: &str| text.try_into().expect("ASCII");
    let read = named(vec![
        SanType::DnsName(text("WF.bank.test")),
        SanType::URI(text("urn:bank:wf")),
        SanType::IpAddress([127, 0, 0, 1].into()),
        SanType::Rfc822Name(text("wf@bank.test")),
        SanType::DnsName(text("*.bank.test")),
        SanType::URI(text("https://bank.test/wf")),
    ]);
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(read.common_name.as_deref(), Some("web-flow"));
    assert_eq!(read.dns_names, owned(&["WF.bank.test", "*.bank.test"]));
    assert_eq!(read.uris, owned(&["urn:bank:wf", "https://bank.test/wf"]));
}

#[test]
fn a_spiffe_id_counts_only_where_it_is_the_only_uri() {
    let uri = |uri: &str| SanType::URI(uri.try_into().expect("ASCII"));
    let id = "spiffe://bank.test/wf";
    assert_eq!(named(vec![uri(id)]).uris, [id]);
    assert_eq!(named(vec![uri(id), uri("spiffe://bank.test/other")]).uris, [""; 0]);
    assert_eq!(named(vec![uri("urn:x"), uri("SPIFFE://bank.test/wf")]).uris, ["urn:x"]);
}

/// One of its names is no name, and so nobody knows what the whole says.
#[test]
fn a_certificate_with_a_name_that_cannot_be_read_has_no_name_at_all() {
    // A DNS name that is no ASCII, a URI that is no text, and a sequence that ends too early.
    for names in [&[0x30, 4, 0x82, 2, 0xc3, 0xa9][..], &[0x30, 3, 0x86, 1, 0xff], &[0x30, 9, 0x82, 1, b'a']] {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "web-flow");
        let names = CustomExtension::from_oid_content(&[2, 5, 29, 17], names.to_vec());
        parameters.custom_extensions = vec![names];
        let read = ClientCertificate::read(parameters.self_signed(&key).expect("a certificate").der());
        assert_eq!(read, ClientCertificate::default());
    }
}
