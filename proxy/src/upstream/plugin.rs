//! Exec plugins: programs that print a credential, run beside the async threads and for a bounded time.

use std::process::Stdio;
use std::time::Duration;

use kube_client::config::{ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// A credential that a plugin printed.
#[derive(Debug)]
pub struct PluginCredential {
    /// A bearer token.
    pub token: Option<SecretString>,
    /// A client certificate and its key, in PEM.
    pub certificate: Option<(String, SecretString)>,
    /// When it must be asked for again.
    pub expires: Option<jiff::Timestamp>,
}

/// Why a plugin gave no credential.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// The kubeconfig names no program.
    #[error("The kubeconfig's exec plugin has no command.")]
    NoCommand,
    /// It wants to ask the user.
    #[error("The exec plugin {0:?} insists on a terminal, which pilothouse cannot give it.")]
    Interactive(String),
    /// It cannot be started.
    #[error("The exec plugin {0:?} cannot be started: {1}.{hint}", hint = .2.as_deref().unwrap_or_default())]
    Start(String, std::io::Error, Option<String>),
    /// It did not end in time, and was killed.
    #[error("The exec plugin {0:?} did not end within {1:?}.")]
    Hangs(String, Duration),
    /// It ended with a failure.
    #[error("The exec plugin {0:?} failed with {1}. What it had to say stands above.")]
    Failed(String, std::process::ExitStatus),
    /// It printed something else.
    #[error("The exec plugin {0:?} printed no credential: {1}.")]
    Nonsense(String, String),
}

/// More than any token or certificate chain needs.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// Runs a plugin and reads what it prints; what it says on standard error goes to ours.
pub async fn run(exec: &ExecConfig, bound: Duration) -> Result<PluginCredential, PluginError> {
    let name = exec.command.clone().filter(|name| !name.is_empty()).ok_or(PluginError::NoCommand)?;
    if exec.interactive_mode == Some(ExecInteractiveMode::Always) {
        return Err(PluginError::Interactive(name));
    }
    let output = tokio::time::timeout(bound, output(exec, &name))
        .await
        .map_err(|_| PluginError::Hangs(name.clone(), bound))??;
    credential_from_output(&output).map_err(|fault| PluginError::Nonsense(name, fault))
}

async fn output(exec: &ExecConfig, name: &str) -> Result<Vec<u8>, PluginError> {
    let hint = || exec.install_hint.as_ref().map(|hint| format!(" {}", hint.trim()));
    let start = |error| PluginError::Start(name.to_owned(), error, hint());
    let mut command = Command::new(name);
    command.args(exec.args.iter().flatten()).env("KUBERNETES_EXEC_INFO", exec_info(exec).to_string());
    for pair in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
            command.env(name, value);
        }
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(start)?;
    let mut output = Vec::new();
    let stdout = child.stdout.take().expect("standard output was asked to be a pipe");
    stdout.take(MAX_OUTPUT_BYTES).read_to_end(&mut output).await.map_err(start)?;
    let status = child.wait().await.map_err(start)?;
    if status.success() { Ok(output) } else { Err(PluginError::Failed(name.to_owned(), status)) }
}

fn exec_info(exec: &ExecConfig) -> serde_json::Value {
    let cluster = exec.cluster.as_ref().filter(|_| exec.provide_cluster_info);
    json!({
        "apiVersion": exec.api_version.as_deref().unwrap_or("client.authentication.k8s.io/v1"),
        "kind": "ExecCredential",
        "spec": { "interactive": false, "cluster": cluster },
    })
}

/// `ExecCredential` as a plugin prints it.
#[derive(Deserialize)]
struct ExecCredential {
    status: Option<ExecStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecStatus {
    token: Option<SecretText>,
    client_certificate_data: Option<String>,
    client_key_data: Option<SecretText>,
    expiration_timestamp: Option<String>,
}

/// A string that Debug does not show.
#[derive(Deserialize)]
struct SecretText(String);

fn credential_from_output(output: &[u8]) -> Result<PluginCredential, String> {
    // serde_json's own words tell of positions and types, never of the text.
    let credential: ExecCredential = serde_json::from_slice(output).map_err(|error| error.to_string())?;
    let status = credential.status.ok_or("it has no status")?;
    let expires = match status.expiration_timestamp.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_| format!("{text:?} is no date"))?),
        None => None,
    };
    let token = status.token.filter(|token| !token.0.is_empty()).map(|token| token.0.into());
    let certificate = status.client_certificate_data.zip(status.client_key_data.map(|key| key.0.into()));
    if token.is_none() && certificate.is_none() {
        return Err("it has neither a token nor a certificate with its key".to_owned());
    }
    Ok(PluginCredential { token, certificate, expires })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_certificates_are_read() {
        let check = |output: &str, token: bool, certificate: bool, expires: bool| {
            let credential = credential_from_output(output.as_bytes()).unwrap();
            assert_eq!(credential.token.is_some(), token, "{output}");
            assert_eq!(credential.certificate.is_some(), certificate, "{output}");
            assert_eq!(credential.expires.is_some(), expires, "{output}");
        };
        check(r#"{"status":{"token":"t"}}"#, true, false, false);
        check(r#"{"status":{"token":"t","expirationTimestamp":"2030-01-01T00:00:00Z"}}"#, true, false, true);
        check(r#"{"status":{"clientCertificateData":"c","clientKeyData":"k"}}"#, false, true, false);
    }

    #[test]
    fn anything_else_is_a_fault_without_the_text() {
        for output in [
            "",
            "token",
            "{}",
            r#"{"status":{}}"#,
            r#"{"status":{"token":""}}"#,
            r#"{"status":{"clientCertificateData":"c"}}"#,
            r#"{"status":{"token":"hunter2","expirationTimestamp":"soon"}}"#,
            r#"{"status":{"token":["hunter2"]}}"#,
        ] {
            let fault = credential_from_output(output.as_bytes()).unwrap_err();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
