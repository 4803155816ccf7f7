//! The certificates and keys of the control plane.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

/// A certificate and its key, as files.
#[derive(Debug)]
pub struct Identity {
    /// The certificate.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Everything that is signed, as files under one folder.
#[derive(Debug)]
pub struct Pki {
    /// The authority that signed all of it.
    pub ca: PathBuf,
    /// What the API server, the kubelets and the metrics server show to those who connect.
    pub server: Identity,
    /// How the API server shows itself to kubelets.
    pub kubelet_client: Identity,
    /// How the API server shows itself to aggregated API servers.
    pub front_proxy: Identity,
    /// The key pair that signs service account tokens: `cert` is the public key.
    pub service_account: Identity,
}

/// The name in the front proxy's certificate, which the API server is told to accept.
pub const FRONT_PROXY: &str = "front-proxy-client";

impl Pki {
    /// Creates everything anew under `folder`.
    pub fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let ca_key = KeyPair::generate()?;
        let mut ca = params("pilothouse-e2e-ca", &[])?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let ca_file = folder.join("ca.crt");
        fs::write(&ca_file, ca.self_signed(&ca_key)?.pem())?;
        let issuer = Issuer::new(ca, ca_key);

        let mut server = params("kube-apiserver", &["localhost", "127.0.0.1", "::1", "kubernetes.default.svc"])?;
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let mut kubelet_client = params("kube-apiserver-kubelet-client", &[])?;
        kubelet_client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let mut front_proxy = params(FRONT_PROXY, &[])?;
        front_proxy.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];

        let service_account_key = KeyPair::generate()?;
        Ok(Self {
            ca: ca_file,
            server: sign(folder, "server", &server, &issuer)?,
            kubelet_client: sign(folder, "kubelet-client", &kubelet_client, &issuer)?,
            front_proxy: sign(folder, "front-proxy", &front_proxy, &issuer)?,
            service_account: write(
                folder,
                "service-account",
                &service_account_key.public_key_pem(),
                &service_account_key.serialize_pem(),
            )?,
        })
    }
}

fn params(common_name: &str, names: &[&str]) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}

fn sign(folder: &Path, name: &str, params: &CertificateParams, issuer: &Issuer<'_, KeyPair>) -> Result<Identity> {
    let key = KeyPair::generate()?;
    let cert = params.signed_by(&key, issuer)?;
    write(folder, name, &cert.pem(), &key.serialize_pem())
}

fn write(folder: &Path, name: &str, cert: &str, key: &str) -> Result<Identity> {
    let identity = Identity { cert: folder.join(format!("{name}.crt")), key: folder.join(format!("{name}.key")) };
    fs::write(&identity.cert, cert)?;
    fs::write(&identity.key, key)?;
    Ok(identity)
}
