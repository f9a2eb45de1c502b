//! The doctor: walks the six steps of the vendor's guide against a live server, and says which one
//! is missing, where to mend it and what it saw. It signs in beside the session of its handle, with
//! requests of its own, and touches neither that session nor the secret store.

mod access;
mod client;
mod examination;
mod exchange;
mod finding;
mod held;
mod render;
mod report;
mod server;
mod tokens;
mod words;

pub use report::{
    CheckStatus, DoctorCheck, DoctorProgress, DoctorReport, DoctorStep, DoctorVerdict,
};

use self::examination::Examination;
use crate::{quickaccess::QuickAccess, secret::Secret};

/// Finds out why people can't sign in, made by [`QuickAccess::doctor`].
///
/// ```no_run
/// use quickaccess::{DoctorVerdict, MemoryStore, QuickAccess, Secret};
///
/// # async fn run() -> Result<(), quickaccess::Error> {
/// // A handle that keeps nothing is enough; so is one that somebody is signed in with.
/// let handle = QuickAccess::builder("https://clearpass.example", "QuickAccess")
///     .store(MemoryStore::new())
///     .build()?;
/// let password = Secret::from("abc123");
/// let report = handle.doctor().examine("qa", Some(password), |_| {}).await;
/// if report.verdict != DoctorVerdict::AllWell {
///     println!("{}", report.to_text());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Doctor {
    handle: QuickAccess,
}

impl QuickAccess {
    /// The doctor for this handle's server and API client, with its trust and its client secret.
    /// The session goes on untouched, whether somebody is signed in or not.
    pub fn doctor(&self) -> Doctor {
        Doctor {
            handle: self.clone(),
        }
    }
}

impl Doctor {
    /// Checks every step in turn, and tells of each as it begins and ends.
    ///
    /// Without a password it checks what needs none: the server and the API client. With one it
    /// signs in once, asks who and what, extends the session once or twice to learn how that
    /// behaves, and revokes the tokens where the server can. A made-up refresh token asks for the
    /// API client before any password is sent; that, like everything else here, makes a row in
    /// the server's Access Tracker at most.
    ///
    /// Whatever goes wrong is in the report. Dropping the future ends the examination; tokens that
    /// it holds by then are revoked in the background. The report holds no secret: no text of the
    /// server gets into it that repeats one, for which the password is kept until the end, and
    /// wiped then.
    pub async fn examine(
        &self,
        username: impl Into<String>,
        password: Option<Secret>,
        mut tell: impl FnMut(DoctorProgress) + Send,
    ) -> DoctorReport {
        let username = username.into();
        Examination::new(&self.handle, username, password, &mut tell)
            .run()
            .await
    }
}
