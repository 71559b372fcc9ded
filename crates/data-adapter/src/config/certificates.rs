use std::path::PathBuf;

use data_adapter_certificates::{CertificateSettings, Names, Subject};
use data_adapter_sca::CertificatePlan;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::capabilities::{Choices, ENGINE};
use super::refuse;
use crate::failure::Failure;

/// `[certificates]`: those of users, in place of a code or a password.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CertificatesSection {
    /// `None` where the engine takes no certificate for anybody's.
    ca_file: Option<PathBuf>,
    crl_files: Vec<PathBuf>,
    accept_issuers_without_crl: bool,
    subject: Subject,
    names: Names,
    methods: Vec<String>,
    verification_url: Option<String>,
}

impl Default for CertificatesSection {
    fn default() -> Self {
        Self {
            ca_file: None,
            crl_files: Vec::new(),
            accept_issuers_without_crl: false,
            subject: Subject::default(),
            names: Names::default(),
            methods: vec!["LOGIN_SCA".to_owned(), "APPROVAL_SCA".to_owned()],
            verification_url: None,
        }
    }
}

impl CertificatesSection {
    /// `choices` are who checks certificates.
    pub(super) fn validate(&self, choices: &Choices<'_>) -> Result<(), Failure> {
        if self.ca_file.is_none() {
            if !self.crl_files.is_empty() {
                return refuse("certificates.crl_files", "needs `certificates.ca_file`");
            }
            if self.verification_url.is_some() && !self.are_checked(choices) {
                return refuse("certificates.verification_url", "needs `certificates.ca_file`");
            }
        }
        let back_end = choices.all().any(|choice| choice.backend != ENGINE);
        match &self.ca_file {
            Some(_) if !choices.name_engine() => {
                return refuse("certificates.ca_file", "is never asked: back ends check all certificates");
            }
            None if back_end && choices.name_engine() => {
                let why = "is missing, and some organizations have nobody else to check certificates";
                return refuse("certificates.ca_file", why);
            }
            Some(_) | None => {}
        }
        if self.methods.iter().any(|method| method.trim().is_empty()) {
            return refuse("certificates.methods", "has an empty name");
        }
        match &self.verification_url {
            Some(url) if !is_https(url) => refuse(
                "certificates.verification_url",
                "has to be a URL that begins with https://: browsers show certificates nowhere else",
            ),
            _ => Ok(()),
        }
    }

    /// What certificates are checked by; `None` where none is accepted.
    pub(crate) fn settings(&self) -> Option<CertificateSettings> {
        Some(CertificateSettings {
            ca_file: self.ca_file.clone()?,
            crl_files: self.crl_files.clone(),
            accept_issuers_without_crl: self.accept_issuers_without_crl,
            subject: self.subject,
            names: self.names,
        })
    }

    /// Where certificates are offered; `None` for nowhere, because nobody checks them.
    pub(crate) fn plan(&self, choices: &Choices<'_>) -> Option<CertificatePlan> {
        let plan = || CertificatePlan { methods: self.methods.clone(), url: self.verification_url.clone() };
        self.are_checked(choices).then(plan)
    }

    /// Whether certificates are checked: by the engine, or by back ends that can. It is so for all organizations or for none,
    /// which [`validate`](Self::validate) sees to.
    fn are_checked(&self, choices: &Choices<'_>) -> bool {
        self.ca_file.is_some() || !choices.name_engine()
    }
}

fn is_https(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "https")
}

#[cfg(test)]
mod tests {
    use crate::config::{Settings, load_text};

    fn settings(more: &str) -> Result<Settings, String> {
        load_text(&format!("sandbox.enabled = true\n{more}")).map_err(|failure| failure.to_string())
    }

    /// The methods in which certificates are offered.
    fn offered(more: &str) -> Option<Vec<String>> {
        let settings = settings(more).unwrap();
        Some(settings.certificates.plan(&settings.certificate_choices())?.methods)
    }

    #[test]
    fn certificates_are_offered_where_anybody_checks_them() {
        let usual = Some(vec!["LOGIN_SCA".to_owned(), "APPROVAL_SCA".to_owned()]);
        assert_eq!(offered(""), None);
        assert_eq!(offered("certificates.ca_file = \"ca.pem\""), usual);
        assert_eq!(offered("capabilities.certificates = \"core\""), usual);
        let elsewhere = "organizations.SME.certificates = \"core\"\n";
        assert_eq!(offered(&format!("{elsewhere}certificates.ca_file = \"ca.pem\"")), usual);
        assert_eq!(offered("certificates.ca_file = \"ca.pem\"\ncertificates.methods = []"), Some(Vec::new()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_key() {
        let url = "certificates.verification_url = \"https://webflow.bank.test/certificate\"";
        let lists = "certificates.crl_files = [\"crl.pem\"]";
        let ca = "certificates.ca_file = \"ca.pem\"";
        let others = "capabilities.certificates = \"core\"";
        for fine in [format!("{ca}\n{url}\n{lists}"), format!("{others}\n{url}")] {
            assert!(settings(&fine).is_ok(), "{fine}");
        }
        for (more, key) in [
            (lists.to_owned(), "`certificates.crl_files`"),
            (format!("{others}\n{lists}"), "`certificates.crl_files`"),
            (url.to_owned(), "`certificates.verification_url`"),
            (format!("{ca}\n{}", url.replace("https://", "http://")), "`certificates.verification_url`"),
            (format!("{ca}\n{}", url.replace("https://", "")), "`certificates.verification_url`"),
            (format!("{ca}\ncertificates.methods = [\" \"]"), "`certificates.methods`"),
            (format!("{others}\n{ca}"), "`certificates.ca_file`"),
            ("organizations.SME.certificates = \"core\"".to_owned(), "`certificates.ca_file`"),
            ("certificates.ocsp = true".to_owned(), "ocsp"),
        ] {
            let why = settings(&more).unwrap_err();
            assert!(why.contains(key), "{more}: {why}");
        }
    }
}
