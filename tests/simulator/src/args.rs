//! The program: its options, and what it says while it runs. The command `quickaccess simulator`
//! takes the same.

use std::{
    io::Write,
    net::IpAddr,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, ValueEnum};

use crate::{
    CertificateSettings, DeadTokenStatus, ErrorStyle, LinkStyle, RefreshMode, Revoke, Running,
    Scenario, ScenarioError, ServeError, ServeOptions, Simulator, Switches, UpdateStatus,
    WrongPasswordStatus,
};

/// A ClearPass simulator. Its first line is one JSON object: `http`, `https` and `control` are its
/// addresses, `ca_pem` is the certificate authority for clients to trust.
#[derive(Debug, Parser)]
#[command(name = "quickaccess-simulator", version, max_term_width = 100)]
struct Program {
    #[command(flatten)]
    args: SimulatorArgs,
}

/// The options of the program.
#[derive(Clone, Debug, Args)]
#[non_exhaustive]
pub struct SimulatorArgs {
    /// HTTPS port; 0 takes any that is free
    #[arg(long, default_value_t = 8443)]
    pub port: u16,
    /// Address of the HTTPS port; 0.0.0.0 lets phones of this network in. Plain HTTP and the
    /// control API stay on this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Plain HTTP port, on this machine alone; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub http_port: u16,
    /// Port of the control API, on this machine alone; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub control_port: u16,
    /// Host name or IP address that the certificate is for, besides this machine's own; may be
    /// given more than once
    #[arg(long = "name", value_name = "NAME")]
    pub names: Vec<String>,
    /// The certificate that is shown
    #[arg(long, value_enum, default_value_t = CertificateKind::Trusted)]
    pub certificate: CertificateKind,
    /// Folder that keeps the certificate authority, so that a phone needs it once only
    #[arg(long, value_name = "FOLDER")]
    pub keep_ca: Option<PathBuf>,
    /// The set-up; --print-scenario shows the default one to start from
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Print the default set-up, and do nothing else
    #[arg(long)]
    pub print_scenario: bool,
    /// Make tokens repeatable
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// What a refresh does with the refresh token; nobody has published what ClearPass does
    #[arg(long, value_enum, default_value_t)]
    pub refresh_mode: RefreshMode,
    /// Status of the answer to a wrong password; sources differ
    #[arg(long, value_enum, default_value_t)]
    pub wrong_password_status: WrongPasswordStatus,
    /// Status of the answer to a dead access token
    #[arg(long, value_enum, default_value_t)]
    pub dead_token_status: DeadTokenStatus,
    /// Whether /api/oauth/revoke exists; the vendor documents none
    #[arg(long, value_enum, default_value_t)]
    pub revoke: Revoke,
    /// Shape of the token endpoint's errors
    #[arg(long, value_enum, default_value_t)]
    pub error_style: ErrorStyle,
    /// Shape of links in collections: objects as seen live, or strings as the vendor's document has
    /// them
    #[arg(long, value_enum, default_value_t)]
    pub link_style: LinkStyle,
    /// Status of the answer to a change of a row; the vendor's document lists both
    #[arg(long, value_enum, default_value_t)]
    pub update_status: UpdateStatus,
}

/// Which certificate the program shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum CertificateKind {
    /// A good one of the simulator's own authority.
    Trusted,
    /// Signed by itself, as on many appliances.
    SelfSigned,
    /// Over since yesterday.
    Expired,
    /// Good from tomorrow on.
    NotYetValid,
    /// For another host.
    WrongName,
}

/// Why the program can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The scenario file can't be read.
    #[error("{} can't be read: {error}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The scenario makes no sense.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// It can't listen.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Runs the program `quickaccess-simulator`.
pub fn main() -> std::process::ExitCode {
    let args = Program::parse().args;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program can't start its threads: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(args)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Serves until the program is told to end.
pub async fn run(args: SimulatorArgs) -> Result<(), RunError> {
    if args.print_scenario {
        say(Scenario::default_json());
        return Ok(());
    }
    let simulator = Simulator::new(args.read_scenario()?);
    simulator.set_switches(|switches| *switches = args.switches());
    let running = simulator.serve(args.serve_options()).await?;
    // Whoever has read the first line may end it at once.
    let end = told_to_end();
    say(&running.json().to_string());
    introduce(&simulator, &running);
    end.await;
    tell("The simulator ends.");
    running.stop().await;
    Ok(())
}

impl SimulatorArgs {
    fn read_scenario(&self) -> Result<Scenario, RunError> {
        let mut scenario = match &self.scenario {
            None => Scenario::default(),
            Some(file) => {
                let json = std::fs::read_to_string(file).map_err(|error| RunError::Read {
                    file: file.clone(),
                    error,
                })?;
                let folder = file.parent().unwrap_or(Path::new(""));
                Scenario::from_json_in(folder, &json)?
            }
        };
        scenario.seed = self.seed.or(scenario.seed);
        Ok(scenario)
    }

    fn switches(&self) -> Switches {
        Switches {
            refresh_mode: self.refresh_mode,
            wrong_password_status: self.wrong_password_status,
            dead_token_status: self.dead_token_status,
            revoke: self.revoke,
            error_style: self.error_style,
            link_style: self.link_style,
            update_status: self.update_status,
            ..Switches::default()
        }
    }

    fn serve_options(&self) -> ServeOptions {
        let mut certificate = match self.certificate {
            CertificateKind::Trusted => CertificateSettings::default(),
            CertificateKind::SelfSigned => CertificateSettings::self_signed(),
            CertificateKind::Expired => CertificateSettings::expired(),
            CertificateKind::NotYetValid => CertificateSettings::not_yet_valid(),
            CertificateKind::WrongName => CertificateSettings::wrong_name(),
        };
        if self.certificate != CertificateKind::WrongName {
            if !self.listen.is_unspecified() && !self.listen.is_loopback() {
                certificate.names.push(self.listen.to_string());
            }
            certificate.names.extend(self.names.iter().cloned());
        }
        ServeOptions {
            address: self.listen,
            port: self.port,
            http_port: self.http_port,
            control_port: self.control_port,
            certificate,
            authority_folder: self.keep_ca.clone(),
        }
    }
}

/// What a person at the terminal wants to know.
fn introduce(simulator: &Simulator, running: &Running) {
    let scenario = simulator.scenario();
    let clients: Vec<&str> = scenario
        .api_clients
        .iter()
        .map(|client| client.id.as_str())
        .collect();
    let users: Vec<&str> = scenario
        .local_users
        .iter()
        .map(|user| user.name.as_str())
        .collect();
    tell(&format!(
        "ClearPass simulator: {}\n\
         \x20 pages:       {}/ (Access Tracker, API)\n\
         \x20 control API: {}/\n\
         \x20 certificate: {}\n\
         \x20 API clients: {}\n\
         \x20 users:       {}\n\
         Ctrl-C ends it.",
        running.https_url(),
        running.http_url(),
        running.control_url(),
        running.certificate_sha256(),
        clients.join(", "),
        users.join(", "),
    ));
}

/// Tells a person something; where nobody listens, the server goes on.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints a line at once: its reader must not have to wait for a buffer to fill.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody reads it any more, which does not stop a server.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Listens for Ctrl-C and a polite kill from now on.
fn told_to_end() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok())
    };
    async move {
        #[cfg(unix)]
        if let [Some(interrupt), Some(terminate)] = &mut terminate {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        // Without a way to be told, it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
