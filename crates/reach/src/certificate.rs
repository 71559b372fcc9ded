use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError};

/// What is wrong with the certificate that a server showed, and what to do about it; `None` when that is not what `error` came
/// from. It holds names and times of the certificate, and nothing else of it.
#[must_use]
pub fn refused_certificate(error: &(dyn Error + 'static)) -> Option<String> {
    let rustls::Error::InvalidCertificate(why) = tls_error(error)? else { return None };
    Some(format!("the certificate of the server is refused: {}", describe(why)))
}

/// Whether `error` came from a server that refused the certificate that it was shown, or wanted to be shown one. It has taken nothing
/// of what was sent then.
#[must_use]
pub fn refused_by_server(error: &(dyn Error + 'static)) -> bool {
    let Some(rustls::Error::AlertReceived(alert)) = tls_error(error) else { return false };
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired
    )
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    // An I/O error does not give what it was made from as its source, but the source of that.
    let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let within = within.map(|within| within as &(dyn Error + 'static));
    within.into_iter().chain(error.source()).find_map(tls_error)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is rare is said in the words of rustls")]
fn describe(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => {
            "no authority that is trusted here has signed it; put the certificate of the authority that has, in PEM, \
             into the file that `ca_file` names"
                .to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            for_another_name(&expected.to_str(), presented)
        }
        CertificateError::ExpiredContext { time, not_after } => format!(
            "it expired at {}, and it is {} by the clock here; renew it at the server",
            shown(*not_after),
            shown(*time)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "it is not valid before {}, and it is {} by the clock here; set the clock that is wrong",
            shown(*not_before),
            shown(*time)
        ),
        CertificateError::Revoked => "it was revoked; give the server another one".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for servers (extended key usage); give the server one that is".to_owned()
        }
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is that of an authority; give the server one of its own that the authority has signed".to_owned()
        }
        other => format!("{other}; give the server another one"),
    }
}

fn for_another_name(expected: &str, presented: &[String]) -> String {
    // As in `DnsName("dc1.bank.test")`.
    let names: Vec<_> = presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
    if names.is_empty() {
        return format!(
            "it names no host (it has no `subjectAltName`, as the one that Samba makes by itself); give the server one \
             that names {expected}"
        );
    }
    format!(
        "it is for {}, and not for {expected}; write a name that it is for into the URL, or give the server one that \
         names {expected}",
        names.join(", ")
    )
}

fn shown(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    seconds
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(String::new, |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::ServerName;

    use super::*;

    fn said(why: CertificateError) -> String {
        let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(why));
        refused_certificate(&error).expect("it is about the certificate")
    }

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn each_way_to_refuse_a_certificate_says_what_to_do() {
        let expected = ServerName::try_from("dc1.bank.test").unwrap();
        let name = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: expected.clone(),
            presented: presented.iter().map(|name| (*name).to_owned()).collect(),
        };
        for (why, words) in [
            (CertificateError::UnknownIssuer, &["no authority", "`ca_file`"][..]),
            (name(&[]), &["names no host", "Samba", "dc1.bank.test"]),
            (name(&["DnsName(\"localhost\")"]), &["is for localhost, and not for dc1.bank.test", "URL"]),
            (
                CertificateError::ExpiredContext { time: at(86_400), not_after: at(0) },
                &["expired at 1970-01-01T00:00:00Z", "1970-01-02", "renew"],
            ),
            (
                CertificateError::NotValidYetContext { time: at(0), not_before: at(86_400) },
                &["not valid before 1970-01-02", "clock"],
            ),
        ] {
            let said = said(why);
            assert!(words.iter().all(|word| said.contains(word)), "{said}");
        }
    }

    #[test]
    fn a_server_that_refuses_a_certificate_is_told_from_one_that_refuses_something_else() {
        let refused = |alert| {
            let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::AlertReceived(alert));
            refused_by_server(&error)
        };
        assert!(refused(AlertDescription::CertificateRequired) && refused(AlertDescription::UnknownCA));
        assert!(!refused(AlertDescription::InternalError));
        assert!(!refused_by_server(&io::Error::from(io::ErrorKind::ConnectionReset)));
    }

    #[test]
    fn what_is_about_something_else_is_not_about_the_certificate() {
        let errors: [Box<dyn Error>; 3] = [
            Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)),
            Box::new(io::Error::other(rustls::Error::DecryptError)),
            Box::new(std::fmt::Error),
        ];
        for error in errors {
            assert_eq!(refused_certificate(error.as_ref()), None, "{error}");
        }
    }
}
