use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair,
};

/// An authority, and a certificate that it made for this machine, in PEM.
pub(crate) struct Certificates {
    pub(crate) authority: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Certificates {
    /// For `localhost` and the other names, each of a host or an address.
    pub(crate) fn new(names: &[&str]) -> Self {
        Self::made_by(names, |_| {})
    }

    /// For `localhost` until the year 2000.
    #[cfg(feature = "slapd")]
    pub(crate) fn expired() -> Self {
        Self::made_by(&[], |server| server.not_after = rcgen::date_time_ymd(2000, 1, 1))
    }

    fn made_by(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let authority_key = KeyPair::generate().expect("a key");
        let mut authority = parameters("authority of the directory", names);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_pem = authority.self_signed(&authority_key).expect("a certificate").pem();
        let key = KeyPair::generate().expect("a key");
        let mut server = parameters("directory", names);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut server);
        let issuer = Issuer::new(authority, authority_key);
        let certificate = server.signed_by(&key, &issuer).expect("a certificate").pem();
        Self { authority: authority_pem, certificate, key: key.serialize_pem() }
    }
}

fn parameters(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<_> = ["localhost"].iter().chain(names).map(|name| (*name).to_owned()).collect();
    let mut parameters = CertificateParams::new(names).expect("names");
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    parameters
}
