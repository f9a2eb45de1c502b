//! The simulator on real ports: the product's API over HTTPS and, for this machine alone, plain
//! HTTP; beside them the control API for tests. The accept loop is our own, so that a fault can
//! cut a connection and a test can change the certificate.

mod certificate;
mod connection;
mod halves;

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::json;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use certificate::{Authority, Shown};
pub use certificate::{CertificateSettings, SignedBy};

use crate::{control, simulator::Simulator};

/// Where to listen, and with which certificate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServeOptions {
    /// The address of the HTTPS port. Plain HTTP and the control API are on loopback always.
    pub address: IpAddr,
    /// The HTTPS port; 0 takes any that is free.
    pub port: u16,
    /// The plain HTTP port; 0 takes any that is free.
    pub http_port: u16,
    /// The control API's port; 0 takes any that is free.
    pub control_port: u16,
    /// The certificate that is shown.
    pub certificate: CertificateSettings,
    /// The folder of a certificate authority that outlives this run; a new one each time if none.
    pub authority_folder: Option<PathBuf>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            http_port: 0,
            control_port: 0,
            certificate: CertificateSettings::default(),
            authority_folder: None,
        }
    }
}

/// Why the simulator can't be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A port can't be had.
    #[error("{address} can't be listened on ({error}); another port, or 0 for any, may work")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The certificate can't be made.
    #[error("the certificate can't be made: {0}")]
    Certificate(String),
}

/// A simulator that listens. When this is dropped, all its ports are closed and its connections
/// are cut.
pub struct Running {
    server: Arc<Server>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the listeners, the control API and the handle share.
pub(crate) struct Server {
    pub(crate) simulator: Simulator,
    authority: Authority,
    shown: Mutex<Shown>,
    /// Counts up to cut all connections.
    cuts: watch::Sender<u64>,
    https: SocketAddr,
    http: SocketAddr,
    control: SocketAddr,
}

impl Simulator {
    /// Opens the ports: HTTPS, plain HTTP on loopback, and the control API on loopback.
    pub async fn serve(&self, options: ServeOptions) -> Result<Running, ServeError> {
        let authority = match &options.authority_folder {
            Some(folder) => Authority::kept_in(folder)?,
            None => Authority::new()?,
        };
        let shown = authority.issue(&options.certificate)?;
        let local = |port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
        let (https, https_address) = listen(SocketAddr::new(options.address, options.port)).await?;
        let (http, http_address) = listen(local(options.http_port)).await?;
        let (control, control_address) = listen(local(options.control_port)).await?;
        let server = Arc::new(Server {
            simulator: self.clone(),
            authority,
            shown: Mutex::new(shown),
            cuts: watch::Sender::new(0),
            https: https_address,
            http: http_address,
            control: control_address,
        });
        let routes = control::routes(server.clone());
        let tasks = vec![
            tokio::spawn(connection::accept_product(https, server.clone(), true)),
            tokio::spawn(connection::accept_product(http, server.clone(), false)),
            tokio::spawn(connection::accept_control(control, routes)),
        ];
        Ok(Running { server, tasks })
    }
}

impl Running {
    /// The product's HTTPS address, such as `https://127.0.0.1:8443`.
    pub fn https_url(&self) -> String {
        self.server.https_url()
    }

    /// The product's plain address, on this machine alone.
    pub fn http_url(&self) -> String {
        self.server.http_url()
    }

    /// The control API's address, on this machine alone.
    pub fn control_url(&self) -> String {
        self.server.control_url()
    }

    /// The HTTPS port.
    pub fn https_port(&self) -> u16 {
        self.server.https.port()
    }

    /// The certificate authority that clients may trust, as PEM.
    pub fn ca_pem(&self) -> &str {
        self.server.authority.pem()
    }

    /// The SHA-256 of the certificate that is shown, in lower-case hex digits.
    pub fn certificate_sha256(&self) -> String {
        self.server.certificate_sha256()
    }

    /// Shows another certificate, with another key, to every connection from now on; says its
    /// SHA-256. Connections that are open stay.
    pub fn change_certificate(&self, settings: &CertificateSettings) -> Result<String, ServeError> {
        self.server.change_certificate(settings)
    }

    /// Cuts every connection that is open, as a restart of the server would; they are closed when this
    /// returns.
    pub async fn cut_connections(&self) {
        self.server.cut_connections().await;
    }

    /// The addresses and the authority: what the program prints first.
    pub fn json(&self) -> serde_json::Value {
        self.server.json()
    }

    /// Closes the ports and cuts the connections; the ports are free when this returns.
    pub async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            // It was aborted, and that is all that it can say.
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Each task owns its listener and its connections.
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("https", &self.server.https)
            .field("http", &self.server.http)
            .field("control", &self.server.control)
            .finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn json(&self) -> serde_json::Value {
        json!({
            "http": self.http_url(),
            "https": self.https_url(),
            "control": self.control_url(),
            "ca_pem": self.authority.pem(),
            "certificate_sha256": self.certificate_sha256(),
        })
    }

    pub(crate) fn change_certificate(
        &self,
        settings: &CertificateSettings,
    ) -> Result<String, ServeError> {
        let shown = self.authority.issue(settings)?;
        let sha256 = shown.sha256.clone();
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(sha256)
    }

    pub(crate) fn certificate_sha256(&self) -> String {
        self.shown().sha256
    }

    pub(crate) async fn cut_connections(&self) {
        let open = |simulator: &Simulator| {
            let connections = simulator.connections().into_iter();
            connections.filter(|one| one.open).map(|one| one.number)
        };
        let newest = open(&self.simulator).max().unwrap_or_default();
        self.cuts.send_modify(|cuts| *cuts += 1);
        let cut = |simulator: &Simulator| open(simulator).all(|number| number > newest);
        self.simulator.wait_for(cut).await;
    }

    fn shown(&self) -> Shown {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn https_url(&self) -> String {
        // A wildcard is no address to connect to; this machine's own is.
        let address = match self.https.ip() {
            ip if ip.is_unspecified() => {
                SocketAddr::new(Ipv4Addr::LOCALHOST.into(), self.https.port())
            }
            _ => self.https,
        };
        format!("https://{address}")
    }

    fn http_url(&self) -> String {
        format!("http://{}", self.http)
    }

    fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let fault = |error| ServeError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    Ok((listener, address))
}
