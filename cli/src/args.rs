//! What can be typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use quickaccess_simulator::SimulatorArgs;

use crate::{exit, fingerprint::Fingerprint};

/// Sign in to HPE Aruba ClearPass from a terminal, and see who you are and what you may do.
#[derive(Debug, Parser)]
#[command(
    name = "quickaccess",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "First steps:
  quickaccess demo                                   see all of it work, without a ClearPass
  quickaccess sign-in --server clearpass.example --username qa
  quickaccess whoami
  quickaccess doctor                                 find out why it does not work
  quickaccess help COMMAND                           options and examples",
    after_long_help = exit::HELP.as_str()
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole path: sign in, who and what, refresh, a lost answer, sign out.
    ///
    /// Without --server it starts a simulator of its own and needs nothing. With --server it does
    /// the same to a real ClearPass, without breaking anything there. It leaves nothing behind.
    #[command(
        mut_arg("data_dir", |arg| arg.hide(true)),
        mut_arg("server", |arg| arg.help("Address of a real server, such as clearpass.example")),
        after_help = "Examples:
  quickaccess demo
  quickaccess demo --server clearpass.example --username qa"
    )]
    Demo(Common),

    /// Sign in. The password is asked for, or is the first line of standard input.
    ///
    /// What was signed in to is remembered: the commands that follow need no options. The password
    /// is never an option, since others on this machine could read it there, and it is not kept.
    #[command(after_help = "Examples:
  quickaccess sign-in --server clearpass.example --username qa
  pass show clearpass | quickaccess sign-in --username qa
  quickaccess sign-in --username qa --approve 8D:EA:B8:87:...   once you have compared it
  QUICKACCESS_CLIENT_SECRET=... quickaccess sign-in --client-id Integration --as-client")]
    SignIn(SignIn),

    /// Say who is signed in, where, and for how long.
    #[command(after_help = "Examples:
  quickaccess whoami
  quickaccess whoami --json
  quickaccess whoami --memory --server clearpass.example --username qa   keeps nothing")]
    Whoami(Common),

    /// List what the person may do.
    #[command(after_help = "Examples:
  quickaccess privileges
  quickaccess privileges --json")]
    Privileges(Common),

    /// Ask the server's API, and print what it says as JSON.
    ///
    /// The path is as the API Explorer shows it, with or without /api. Nothing is changed on the
    /// server.
    #[command(after_help = "Examples:
  quickaccess get server/version
  quickaccess get guest --filter '{\"enabled\": false}' --query sort=-id
  quickaccess get endpoint --all > endpoints.json")]
    Get(Get),

    /// Find an endpoint, a guest or somebody's sessions on the network.
    ///
    /// A MAC address is understood however it is written. Without a text, the newest are shown.
    #[command(after_help = "Examples:
  quickaccess find endpoint 00-00-5E-00-53-01
  quickaccess find guest chen
  quickaccess find session qa
  quickaccess find guest --all --json")]
    Find(Find),

    /// Print an access token that is good right now, and nothing else.
    #[command(after_help = "Examples:
  curl -H \"Authorization: Bearer $(quickaccess token)\" https://clearpass.example/api/oauth/me
  quickaccess token --at-least 600")]
    Token(Token),

    /// Sign out: gone from this machine at once, even offline.
    #[command(after_help = "Example:
  quickaccess sign-out")]
    SignOut(Kept),

    /// Tell what happened to the session, and why.
    #[command(after_help = "Examples:
  quickaccess history
  quickaccess history --json")]
    History(Kept),

    /// List the accounts of this machine; choose the one that is used, or remove one.
    ///
    /// Several people can be signed in, at one server or at several: `sign-in --new-account` adds
    /// one, `--account` names one for a single command.
    #[command(after_help = "Examples:
  quickaccess accounts
  quickaccess sign-in --username admin --new-account
  quickaccess whoami --account 3f9c
  quickaccess accounts use 3f9c
  quickaccess accounts remove 3f9c")]
    Accounts(Accounts),

    /// Find out why people can't sign in: what is missing, and where to mend it.
    ///
    /// It walks the steps of the vendor's guide against a live server: the server, the API client,
    /// the user, the OAuth2 service, the operator profile. It signs in once, extends that session
    /// once or twice, revokes the tokens where the server can, and keeps nothing. Exit code 0 when
    /// all is well, 3 when it works and something is worth mending, else what to do (`quickaccess
    /// --help` lists them).
    #[command(
        mut_arg("memory", |arg| arg.hide(true)),
        mut_arg("store", |arg| arg.hide(true)),
        mut_arg("account", |arg| arg.hide(true)),
        after_help = "Examples:
  quickaccess doctor --server clearpass.example --client-id QuickAccess --username qa
  quickaccess doctor --username qa --report for-the-administrator.txt
  quickaccess doctor --server clearpass.example --server-only
  pass show clearpass | quickaccess doctor --username qa --json"
    )]
    Doctor(Doctor),

    /// Run a ClearPass simulator, to try things on or to test against.
    ///
    /// The first line of its output is one JSON object: `http`, `https` and `control` are its
    /// addresses, `ca_pem` is the certificate authority to trust (--ca-file). Ctrl-C ends it.
    #[command(after_help = "Examples:
  quickaccess simulator
  quickaccess simulator --port 0 --certificate self-signed")]
    Simulator(SimulatorArgs),
}

impl Command {
    /// Whether JSON was asked for.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Demo(common) | Self::Whoami(common) | Self::Privileges(common) => {
                common.kept.json
            }
            Self::SignIn(sign_in) => sign_in.common.kept.json,
            Self::Doctor(doctor) => doctor.common.kept.json,
            Self::Token(token) => token.common.kept.json,
            Self::Get(get) => get.common.kept.json,
            Self::Find(find) => find.common.kept.json,
            Self::SignOut(kept) | Self::History(kept) => kept.json,
            Self::Accounts(accounts) => accounts.kept.json,
            Self::Simulator(_) => false,
        }
    }

    /// How much was asked to be said beside the result.
    pub(crate) fn verbose(&self) -> u8 {
        match self {
            Self::Demo(common) | Self::Whoami(common) | Self::Privileges(common) => {
                common.kept.verbose
            }
            Self::SignIn(sign_in) => sign_in.common.kept.verbose,
            Self::Doctor(doctor) => doctor.common.kept.verbose,
            Self::Token(token) => token.common.kept.verbose,
            Self::Get(get) => get.common.kept.verbose,
            Self::Find(find) => find.common.kept.verbose,
            Self::SignOut(kept) | Self::History(kept) => kept.verbose,
            Self::Accounts(accounts) => accounts.kept.verbose,
            Self::Simulator(_) => 0,
        }
    }
}

/// What every command about a session takes: which one, and how to show it.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct Kept {
    /// Address of the server, such as clearpass.example; else the one of the last sign-in
    #[arg(
        long,
        env = "QUICKACCESS_SERVER",
        hide_env_values = true,
        value_name = "ADDRESS",
        help_heading = SESSION
    )]
    pub(crate) server: Option<String>,
    /// Id of the API client; else the one of the last sign-in, at first QuickAccess
    #[arg(
        long,
        env = "QUICKACCESS_CLIENT_ID",
        hide_env_values = true,
        value_name = "ID",
        help_heading = SESSION
    )]
    pub(crate) client_id: Option<String>,
    /// File with CA certificates (PEM) to trust besides the system's; remembered at sign-in
    #[arg(
        long,
        env = "QUICKACCESS_CA_FILE",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = SESSION
    )]
    pub(crate) ca_file: Option<PathBuf>,
    /// Where the session is kept; else where the last sign-in kept it, at first system
    #[arg(long, value_enum, help_heading = SESSION)]
    pub(crate) store: Option<StoreKind>,
    /// The account with this id, or with the one id that begins so; `quickaccess accounts` lists
    /// them. Else the one that was used last, or chosen
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "server", help_heading = SESSION)]
    pub(crate) account: Option<String>,
    /// Folder for what is not secret (which server, the history)
    #[arg(
        long,
        env = "QUICKACCESS_DATA_DIR",
        hide_env_values = true,
        value_name = "FOLDER",
        help_heading = SESSION
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print one JSON object, errors included, for scripts
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) json: bool,
    /// Say on standard error what happens; more with -vv and -vvv. Secrets are never shown
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = OUTPUT)]
    pub(crate) verbose: u8,
}

/// What the commands take that ask the server.
#[derive(Clone, Debug, Default, ClapArgs)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) kept: Kept,
    /// User name, where a password is asked for
    #[arg(
        long,
        env = "QUICKACCESS_USERNAME",
        hide_env_values = true,
        value_name = "NAME",
        help_heading = SESSION
    )]
    pub(crate) username: Option<String>,
    /// Keep nothing: sign in for this command alone, and forget everything
    #[arg(long, conflicts_with_all = ["store", "account"], help_heading = SESSION)]
    pub(crate) memory: bool,
    /// Trust the server's certificate if its SHA-256 fingerprint is this one
    #[arg(long, value_name = "SHA256", help_heading = SESSION)]
    pub(crate) approve: Option<Fingerprint>,
    /// With --approve: also where another certificate was trusted before
    #[arg(long, requires = "approve", help_heading = SESSION)]
    pub(crate) replace_certificate: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SignIn {
    /// Sign the app itself in (client_credentials), without a person; its secret is read from
    /// QUICKACCESS_CLIENT_SECRET
    #[arg(long)]
    pub(crate) as_client: bool,
    /// Sign in beside the accounts that are there, as one more
    #[arg(long, conflicts_with_all = ["memory", "account"])]
    pub(crate) new_account: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Accounts {
    #[command(subcommand)]
    pub(crate) change: Option<AccountChange>,
    #[command(flatten)]
    pub(crate) kept: Kept,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountChange {
    /// Use this account from now on, where none is named.
    Use {
        /// Its id, or how the id begins
        id: String,
    },
    /// Remove an account and its session from this machine. Sign out before, to revoke its tokens.
    Remove {
        /// Its id, or how the id begins
        id: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Doctor {
    /// Check what needs no password: the server and the API client
    #[arg(long)]
    pub(crate) server_only: bool,
    /// Write the report to a file as well, without any secret: JSON if its name ends with .json, else
    /// text
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Token {
    /// Extend the session first
    #[arg(long, conflicts_with = "at_least")]
    pub(crate) refresh: bool,
    /// Extend the session first if the token is good for less than so many seconds; half of its
    /// lifetime at most
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) at_least: u64,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Get {
    /// The path, such as guest/1 or oauth/me
    pub(crate) path: String,
    /// A query parameter; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) query: Vec<(String, String)>,
    /// Which rows of a list are meant: a filter as ClearPass takes it, in JSON
    #[arg(long, value_name = "JSON")]
    pub(crate) filter: Option<String>,
    /// All rows of a list, whatever its length
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Find {
    /// What is looked for
    #[arg(value_enum)]
    pub(crate) what: What,
    /// A MAC address, or a part of a name; for sessions a MAC address or the user name
    pub(crate) text: Option<String>,
    /// All that is found, whatever its length
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
    /// So many at most
    #[arg(long, value_name = "ROWS", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What can be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// A device that was seen on the network.
    Endpoint,
    /// A guest account.
    Guest,
    /// A session on the network that goes on.
    Session,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE, such as sort=-id".to_owned()),
    }
}

/// Where a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// The system's own secret store: Secret Service, keychain or Windows credentials.
    System,
    /// The Linux kernel's keyring: gone after a reboot, and some three days after its last use.
    Kernel,
}

impl StoreKind {
    /// As it is typed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Kernel => "kernel",
        }
    }
}

const SESSION: &str = "Which session";
const OUTPUT: &str = "Output";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_store_is_read_as_it_is_named() {
        for kind in StoreKind::value_variants() {
            assert_eq!(StoreKind::from_str(kind.name(), false), Ok(*kind));
        }
    }
}
