//! What can be typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use quickaccess_simulator::SimulatorArgs;

/// Sign in to HPE Aruba ClearPass from a terminal, and see who you are and what you may do.
///
/// Exit codes: 0 done; 2 wrong usage; 10 sign in again; 11 try again; 12 the set-up must be mended;
/// 13 the server's certificate is not trusted; 14 unlock the device; 15 the secret store must be
/// mended; 16 not permitted; 17 the request is wrong; 18 cancelled; 70 a fault in this program.
#[derive(Debug, Parser)]
#[command(name = "quickaccess", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole path: sign in over TLS, who and what, refresh, a lost answer, sign out.
    /// Without --server it starts a simulator of its own.
    Demo,
    /// Sign in. The password is asked for, or is the first line of standard input.
    SignIn(SignInArgs),
    /// Who is signed in, where, and for how long.
    Whoami,
    /// What the person may do.
    Privileges,
    /// Print an access token that is good right now.
    Token(TokenArgs),
    /// Sign out: gone from this machine at once, even offline.
    SignOut,
    /// What happened to the session, and why.
    History,
    /// Run a ClearPass simulator. Its first line is one JSON object with its addresses.
    Simulator(SimulatorArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// Address of the server, such as clearpass.example. The last one is remembered.
    #[arg(
        long,
        global = true,
        env = "QUICKACCESS_SERVER",
        value_name = "ADDRESS"
    )]
    pub(crate) server: Option<String>,
    /// Id of the API client. The last one is remembered; at first it is QuickAccess.
    #[arg(long, global = true, env = "QUICKACCESS_CLIENT_ID", value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// User name.
    #[arg(long, global = true, env = "QUICKACCESS_USERNAME", value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// File with CA certificates (PEM) to trust besides the system's.
    #[arg(long, global = true, env = "QUICKACCESS_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Where the session is kept.
    #[arg(long, global = true, value_enum, default_value_t = StoreKind::System, conflicts_with = "memory")]
    pub(crate) store: StoreKind,
    /// Keep nothing: the session ends with this command.
    #[arg(long, global = true)]
    pub(crate) memory: bool,
    /// Folder for what is not secret (index, history).
    #[arg(
        long,
        global = true,
        env = "QUICKACCESS_DATA_DIR",
        value_name = "FOLDER"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more on standard error; twice says everything. Secrets are never shown.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// The Secret Service, or the system's keychain.
    System,
    /// The kernel's keyring: gone after a reboot, and some three days after its last use.
    Kernel,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SignInArgs {
    /// Trust the server's certificate if its SHA-256 fingerprint is this one.
    #[arg(long, value_name = "SHA256")]
    pub(crate) approve: Option<String>,
    /// With --approve: it replaces a certificate that was trusted before.
    #[arg(long, requires = "approve")]
    pub(crate) replace_certificate: bool,
    /// Sign the app itself in with its secret (client_credentials), without a person. The secret
    /// is read from QUICKACCESS_CLIENT_SECRET.
    #[arg(long)]
    pub(crate) as_client: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TokenArgs {
    /// Extend the session first.
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Wait for a refresh when less than so many seconds are left.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) at_least: u64,
}
