//! The step of the Swift SDK: builds the library and the simulator, then has SwiftPM compile and test
//! `ios/` against them. Where no Swift is installed, a Debian 13 in a folder of its own brings one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use crate::{
    command::{Failure, Result, fault},
    debian, junit,
    suite::Outcome,
    tools,
    workspace::Workspace,
};

const FOLDER: &str = "ios";
/// The Debian that has a Swift of language mode 6.
const RELEASE: &str = "trixie";
/// What SwiftPM needs there.
const PACKAGES: &[&str] = &[
    "swiftlang",
    "libc6-dev",
    "libstdc++-14-dev",
    "gcc",
    "git",
    "pkg-config",
];
/// Written into that Debian when all is in it, with what that is.
const MARK: &str = "quickaccess-set-up";
/// The authorities that its programs believe. Foundation lets no program add one, so the tests of
/// `URLSession` over TLS add theirs to a copy, which lies in its place as long as they run.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";
/// A program and the Debian package that brings it.
const PROGRAMS: &[(&str, &str)] = &[("debootstrap", "debootstrap"), ("unshare", "util-linux")];

/// Runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let place = match Place::find(workspace)? {
        Ok(place) => place,
        Err(missing) => return Ok(Outcome::LeftOut(missing)),
    };
    if let Place::In(system) = &place {
        see_to(system)?;
    }
    workspace.build_for_other_languages("quickaccess-simulator")?;
    let scratch = workspace.target()?.join("swift");
    fs::create_dir_all(&scratch).map_err(|error| Failure::new(format!("swift: {error}")))?;
    // SwiftPM puts the words of Swift Testing behind the name that it is given.
    let reports = scratch.join("reports");
    let _ = fs::remove_dir_all(&reports);
    fs::create_dir_all(&reports).map_err(|error| Failure::new(format!("swift: {error}")))?;
    let tests = place.test(workspace)?;
    junit::run(workspace, FOLDER, tests, &[reports], "swift")
}

/// What is being set up while other steps run.
static SET_UP_EARLY: Mutex<Option<JoinHandle<Result>>> = Mutex::new(None);

/// Begins to set Swift up where that has to be: it is fetched and unpacked while other steps compute.
pub(crate) fn set_up_early(workspace: &Workspace) -> Result {
    if let Ok(Place::In(system)) = Place::find(workspace)?
        && !is_set_up(&system)
    {
        let early = thread::spawn(move || set_up(&system));
        *SET_UP_EARLY.lock().unwrap_or_else(PoisonError::into_inner) = Some(early);
    }
    Ok(())
}

/// Sees to it that Swift is set up, and waits where that is under way.
fn see_to(system: &Path) -> Result {
    let early = SET_UP_EARLY.lock();
    let early = early.unwrap_or_else(PoisonError::into_inner).take();
    match early {
        Some(early) => early
            .join()
            .map_err(|_| Failure::new("setting a Debian up failed"))?,
        None if is_set_up(system) => Ok(()),
        None => set_up(system),
    }
}

/// Where Swift runs.
enum Place {
    /// On this system.
    Here(PathBuf),
    /// In the folder of another one, which may still have to be set up.
    In(PathBuf),
}

impl Place {
    /// Finds a Swift, or where one can be set up; else what would help.
    fn find(workspace: &Workspace) -> Result<std::result::Result<Self, String>> {
        if let Some(swift) = workspace.tool("swift") {
            return Ok(Ok(Self::Here(swift)));
        }
        if !cfg!(target_os = "linux") || !tools::is_root() {
            let how = "no Swift is installed; install Swift 6, or run this as root on a Debian";
            return Ok(Err(how.to_owned()));
        }
        if let Some(missing) = tools::bring(workspace, PROGRAMS)? {
            return Ok(Err(missing));
        }
        let system = workspace.root().join(".tools/debian-13");
        Ok(Ok(Self::In(system)))
    }

    /// The command that builds and tests the package.
    fn test(&self, workspace: &Workspace) -> Result<Command> {
        let target = workspace.target()?;
        let arguments = |target: &Path| {
            let scratch = target.join("swift");
            let report = scratch.join("reports/tests.xml");
            let mut arguments = vec![
                "test".into(),
                "--scratch-path".into(),
                scratch.into_os_string(),
            ];
            arguments.extend(["--xunit-output".into(), report.into_os_string()]);
            // One of them looks at the memory of its process, in which no other should run then.
            arguments.push("--no-parallel".into());
            arguments
        };
        let variables = |command: &mut Command, target: &Path| {
            let built = target.join("debug");
            command.env("LD_LIBRARY_PATH", &built);
            command.env("DYLD_LIBRARY_PATH", &built);
            command.env("QUICKACCESS_LIBRARY", &built);
            command.env("QUICKACCESS_SIMULATOR", built.join("quickaccess-simulator"));
            command.env("QUICKACCESS_STRICT", "1");
        };
        Ok(match self {
            Self::Here(swift) => {
                let mut command = Command::new(swift);
                command
                    .current_dir(workspace.root().join(FOLDER))
                    .args(arguments(&target));
                variables(&mut command, &target);
                command
            }
            Self::In(system) => {
                let authorities = target.join("swift/authorities.pem");
                fs::copy(system.join(AUTHORITIES), &authorities).map_err(fault(&authorities))?;
                let mut command = inside(
                    system,
                    &[
                        (workspace.root(), "project"),
                        (&target, "target"),
                        (&authorities, AUTHORITIES),
                    ],
                );
                command.env("QUICKACCESS_CA_BUNDLE", format!("/{AUTHORITIES}"));
                let target = Path::new("/target");
                command
                    .args(["sh", "-c", "cd \"$0\" && exec swift \"$@\"", "/project/ios"])
                    .args(arguments(target));
                variables(&mut command, target);
                command
            }
        })
    }
}

/// Makes a Debian with Swift in a folder, from the mirror that this machine itself uses.
fn set_up(system: &Path) -> Result {
    // One that was left half-made is made anew. Nothing is mounted there: see `inside`.
    if system.exists() {
        fs::remove_dir_all(system).map_err(fault(system))?;
    }
    fs::create_dir_all(system).map_err(fault(system))?;
    let mut bootstrap = Command::new("debootstrap");
    bootstrap
        .args(["--variant=minbase", "--include=ca-certificates", RELEASE])
        .arg(system)
        .arg(debian::mirror()?);
    // Its hundreds of lines, and the mirror's name, help nobody unless it fails.
    debian::quietly(&mut bootstrap, "setting up a Debian 13")?;
    let mut update = inside(system, &[]);
    update.args(["apt-get", "update", "-qq"]);
    debian::quietly(&mut update, "reading the lists of packages")?;
    let mut install = inside(system, &[]);
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["apt-get", "install", "-y", "-qq", "--no-install-recommends"])
        .args(PACKAGES);
    debian::quietly(&mut install, "installing Swift there")?;
    fs::write(system.join(MARK), PACKAGES.join("\n")).map_err(fault(system))
}

/// Whether it was made to the end, with what is needed today.
fn is_set_up(system: &Path) -> bool {
    fs::read_to_string(system.join(MARK)).is_ok_and(|made| made == PACKAGES.join("\n"))
}

/// A command in the other system, with these folders and files of ours in it. Its mounts are in a name space of
/// their own and go away with it, however it ends.
fn inside(system: &Path, ours: &[(&Path, &str)]) -> Command {
    const SCRIPT: &str = r#"
set -e
system=$1
shift
mount --bind /dev "$system/dev"
mount -t proc proc "$system/proc"
while [ "$1" != -- ]; do
    [ -e "$system/$2" ] || mkdir -p "$system/$2"
    mount --bind "$1" "$system/$2"
    shift 2
done
shift
exec chroot "$system" "$@"
"#;
    let mut command = Command::new("unshare");
    command
        .args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            SCRIPT,
            "sh",
        ])
        .arg(system);
    for (ours, there) in ours {
        command.arg(ours).arg(there);
    }
    command.arg("--").env("HOME", "/root");
    command
}
