//! The client certificate of a kubeconfig: readable, of its key, and not past its last day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kube_client::config::AuthInfo;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// Why a client certificate is of no use.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file or the text cannot be read.
    #[error("The client certificate cannot be read: {0}")]
    Unreadable(String),
    /// It is no certificate.
    #[error("The client certificate is malformed: {0}")]
    Malformed(String),
    /// Its last day has passed.
    #[error("The client certificate expired on {0}. Renew the kubeconfig's credentials.")]
    Expired(jiff::Timestamp),
}

/// Checks the client certificate that a user entry has, if it has one.
pub fn check(user: &AuthInfo) -> Result<(), CertificateError> {
    let Some(pem) = certificate_pem(user)? else {
        return Ok(());
    };
    #[expect(clippy::disallowed_methods, reason = "a certificate's last day is compared with today's date")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    check_dates(&pem, now)
}

fn certificate_pem(user: &AuthInfo) -> Result<Option<Vec<u8>>, CertificateError> {
    if let Some(text) = &user.client_certificate_data {
        let pem = BASE64_STANDARD.decode(text).map_err(|error| CertificateError::Unreadable(error.to_string()))?;
        return Ok(Some(pem));
    }
    let Some(file) = &user.client_certificate else {
        return Ok(None);
    };
    let pem = std::fs::read(file).map_err(|error| CertificateError::Unreadable(format!("{file}: {error}")))?;
    Ok(Some(pem))
}

fn check_dates(pem: &[u8], now: Duration) -> Result<(), CertificateError> {
    // The first one is the user's own; those after it are its issuers.
    let der = CertificateDer::from_pem_slice(pem).map_err(|error| CertificateError::Malformed(error.to_string()))?;
    let certificate = Certificate::from_der(&der).map_err(|error| CertificateError::Malformed(error.to_string()))?;
    let end = certificate.tbs_certificate().validity().not_after.to_unix_duration();
    if end < now {
        let end = i64::try_from(end.as_secs()).ok().and_then(|end| jiff::Timestamp::from_second(end).ok());
        return Err(CertificateError::Expired(end.unwrap_or(jiff::Timestamp::UNIX_EPOCH)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_told_apart_from_what_cannot_be_read() {
        let user = AuthInfo { client_certificate_data: Some("!".into()), ..AuthInfo::default() };
        assert!(matches!(check(&user), Err(CertificateError::Unreadable(_))));
        let user = AuthInfo { client_certificate: Some("/nonexistent/cert.pem".into()), ..AuthInfo::default() };
        assert!(matches!(check(&user), Err(CertificateError::Unreadable(_))));
        let user = AuthInfo { client_certificate_data: Some(BASE64_STANDARD.encode("x")), ..AuthInfo::default() };
        assert!(matches!(check(&user), Err(CertificateError::Malformed(_))));
        assert!(check(&AuthInfo::default()).is_ok());
    }

    #[test]
    fn a_certificate_is_good_until_its_last_second() {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let end = Duration::from_secs(1_577_836_800);
        assert!(check_dates(pem.as_bytes(), end).is_ok());
        let error = check_dates(pem.as_bytes(), end + Duration::from_secs(1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The client certificate expired on 2020-01-01T00:00:00Z. Renew the kubeconfig's credentials."
        );
    }
}
