//! The step that tests the real secret stores of Linux: gives the tests a session bus, a Secret
//! Service, a session keyring of the kernel and a home of their own, so that nobody's keyring is
//! touched, and makes sure that they have really run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{self, Failure, Result},
    suite::Outcome,
    test_output::{Results, TestOutput},
    tools,
    workspace::{Workspace, forget_own_package, is_build_machine},
};

/// Tells the tests that a Secret Service is there for them.
const SECRET_SERVICE: &str = "QUICKACCESS_TEST_SECRET_SERVICE";
/// Tells the tests that a session keyring of the kernel is there for them.
const KERNEL_KEYRING: &str = "QUICKACCESS_TEST_KERNEL_KEYRING";

/// The test programs with tests for this step, and where they are: each is given an environment of
/// its own.
const TESTS: &[(&str, &str)] = &[
    ("stores_linux", "core/tests/stores_linux.rs"),
    ("stores", "cli/tests/stores.rs"),
    ("processes", "cli/tests/processes.rs"),
];
/// The one that watches the program's calls of the kernel.
const KILL: (&str, &str) = ("kill", "cli/tests/kill/main.rs");

/// Runs their ignored tests.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        println!("only Linux has stores that a test can bring with it");
        return Ok(Outcome::Done);
    }
    if let Some(missing) = tools::set_up(workspace)? {
        return Ok(Outcome::LeftOut(missing));
    }
    let mut kernel = Command::new("keyctl");
    kernel.args(["session", "-", "keyctl", "add", "user", "probe", "x", "@s"]);
    if !command::succeeds(&mut kernel) {
        return Ok(Outcome::LeftOut(
            "this kernel, or the container round us, refuses `keyctl session`".to_owned(),
        ));
    }
    let keys = PersistentKeys::before();
    for (name, file) in TESTS {
        run_tests(workspace, name, file)?;
        keys.forget_newer();
    }
    if let Some(why) = untraceable(workspace)? {
        return Ok(Outcome::LeftOut(why));
    }
    run_tests(workspace, KILL.0, KILL.1)?;
    Ok(Outcome::Done)
}

/// Why no program can be watched here, if that is so.
fn untraceable(workspace: &Workspace) -> Result<Option<String>> {
    if !cfg!(target_arch = "x86_64") {
        let why = "the tests that kill the program know the registers of x86-64 alone";
        return Ok(Some(why.to_owned()));
    }
    let test = ["test", "--workspace", "--test", KILL.0];
    // What does not build is a failure, and no refusal of the kernel.
    command::run(&mut workspace.cargo(test.iter().chain(&["--no-run"])))?;
    let probe = ["--", "--ignored", "--exact", "a_program_can_be_traced"];
    let mut probe = workspace.cargo(test.iter().chain(&probe));
    let refused = "this kernel, or the container round us, refuses ptrace";
    Ok((!command::succeeds(&mut probe)).then(|| refused.to_owned()))
}

/// Lists the program's own keys in the person's persistent keyring.
const LIST: &str = r#"
ring=$(keyctl get_persistent @s) &&
keyctl list "$ring" | sed -n 's/^ *\([0-9]*\):.* user: keyring:.*@QuickAccess$/\1/p'
"#;
/// Takes keys out of it.
const UNLINK: &str = r#"
ring=$(keyctl get_persistent @s) &&
for key in "$@"; do keyctl unlink "$key" "$ring"; done
"#;

/// The program's own keys that the kernel kept for this person before the tests. What the tests
/// add would stay there for days, and there is room for 200 keys; it is taken out again when this
/// goes.
struct PersistentKeys(Vec<String>);

impl PersistentKeys {
    fn before() -> Self {
        // On a build machine nobody's own sign-in lies there, and all of it is an earlier run's.
        let keys = if is_build_machine() {
            Vec::new()
        } else {
            own_keys()
        };
        let keys = Self(keys);
        keys.forget_newer();
        keys
    }

    fn forget_newer(&self) {
        let mut keys = own_keys();
        keys.retain(|key| !self.0.contains(key));
        if keys.is_empty() {
            return;
        }
        let mut unlink = in_own_session(UNLINK);
        if !command::succeeds(unlink.arg("unlink").args(keys)) {
            println!("what the tests have left in the kernel's keyring stays there");
        }
    }
}

impl Drop for PersistentKeys {
    fn drop(&mut self) {
        self.forget_newer();
    }
}

fn own_keys() -> Vec<String> {
    let listed = in_own_session(LIST).output();
    let keys = listed.map(|output| output.stdout).unwrap_or_default();
    let keys = String::from_utf8_lossy(&keys);
    keys.lines().map(str::to_owned).collect()
}

/// A shell with a session keyring of its own, from which the persistent one can be reached.
fn in_own_session(script: &str) -> Command {
    let mut command = Command::new("keyctl");
    command.args(["session", "-", "sh", "-c", script]);
    command
}

fn run_tests(workspace: &Workspace, name: &str, source: &str) -> Result {
    let file = workspace.results_file()?;
    let home = Home::new()?;
    let this_program = env::current_exe()
        .map_err(|error| Failure::new(format!("where this program lies is unknown: {error}")))?;
    // As in the other steps, so that nothing is built twice.
    let cargo = workspace.cargo(["test", "--workspace", "--test", name, "--", "--ignored"]);

    let mut command = Command::new("keyctl");
    command.args(["session", "-", "dbus-run-session", "--"]);
    command.arg(this_program).arg("with-secret-service");
    command
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .current_dir(workspace.root());
    forget_own_package(&mut command);
    home.give_to(&mut command);
    command.env(SECRET_SERVICE, "1").env(KERNEL_KEYRING, "1");

    let mut output = TestOutput::default();
    let outcome = command::run_watched(command, |line| output.line(line));
    let results = Results::from(output);
    let passed = results.passed();
    Results::load(&file)?.merge(results).save(&file)?;
    outcome?;
    if passed == 0 {
        return Err(Failure::new(format!("no test of {source} has run")));
    }
    Ok(())
}

/// A home of the tests' own, gone when they have ended.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Result<Self> {
        // Readable by the owner alone, as a run-time folder has to be.
        let home = tempfile::Builder::new().prefix("quickaccess-").tempdir();
        let home = home.map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
        let run = home.path().join("run");
        fs::create_dir(&run).map_err(|error| Failure::new(format!("no run folder: {error}")))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&run, fs::Permissions::from_mode(0o700))
                .map_err(|error| Failure::new(format!("no private run folder: {error}")))?;
        }
        Ok(Self(home))
    }

    fn give_to(&self, command: &mut Command) {
        // The build tools live in the real home.
        for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let real = env::home_dir()
                .map(|home| home.join(folder))
                .filter(|path| path.is_dir());
            if let (None, Some(real)) = (env::var_os(variable), real) {
                command.env(variable, real);
            }
        }
        let path = |name: &str| -> PathBuf { Path::new(self.0.path()).join(name) };
        command
            .env("HOME", self.0.path())
            .env("XDG_DATA_HOME", path("data"))
            .env("XDG_CONFIG_HOME", path("config"))
            .env("XDG_CACHE_HOME", path("cache"))
            .env("XDG_STATE_HOME", path("state"))
            .env("XDG_RUNTIME_DIR", path("run"));
        // Nothing of the person's own session, and nowhere to ask a question.
        for variable in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(variable);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_of_the_tests_is_not_the_persons_and_goes_away() {
        let home = Home::new().unwrap();
        let path = home.0.path().to_path_buf();
        let mut command = Command::new("true");
        home.give_to(&mut command);
        let home_variables = command.get_envs().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name == "HOME" || name.starts_with("XDG_")
        });
        let mut count = 0;
        for (name, value) in home_variables {
            assert!(
                Path::new(value.unwrap()).starts_with(&path),
                "{}",
                name.display()
            );
            count += 1;
        }
        assert_eq!(count, 6);
        drop(home);
        assert!(!path.exists());
    }
}
