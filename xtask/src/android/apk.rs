//! Looks into the finished app with Android's own tools.

use std::{collections::BTreeSet, fmt::Debug, fs, path::Path, process::Command};

use crate::command::{self, Failure, Result};

/// The library's two, the one by which WorkManager lets the daily use of the session outlive a restart
/// of the device, and the one by which androidx keeps other apps away from an app's own receivers.
const PERMISSIONS: &[&str] = &[
    "android.permission.ACCESS_NETWORK_STATE",
    "android.permission.INTERNET",
    "android.permission.RECEIVE_BOOT_COMPLETED",
    "dev.quickaccess.app.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION",
];
/// What others may start, and the permission that keeps them few: the first screen for all, androidx's
/// receiver for profiles for the shell, and WorkManager's service for the system that runs its jobs.
const EXPORTED: &[(&str, Option<&str>)] = &[
    (".MainActivity", None),
    (
        "androidx.profileinstaller.ProfileInstallReceiver",
        Some("android.permission.DUMP"),
    ),
    (
        "androidx.work.impl.background.systemjob.SystemJobService",
        Some("android.permission.BIND_JOB_SERVICE"),
    ),
];
/// Attributes of the application that keep secrets on the device and off the network in plain text.
const APPLICATION: &[&str] = &[
    "dataExtractionRules",
    "fullBackupContent",
    "usesCleartextTraffic",
];
/// Found by name by the library, and the worker by WorkManager, whose database has its name and outlives
/// an update of the app; so they keep theirs.
const KEPT: &[&str] = &[
    "Ldev/quickaccess/android/QuickAccessAndroid;",
    "Lorg/rustls/platformverifier/CertificateVerifier;",
    "Lcom/sun/jna/Native;",
    "startNative",
    "verifyCertificateChain",
    "Ldev/quickaccess/app/setup/RefreshWorker;",
];

/// Fails with what is wrong in the app; `aapt2` reads what is in it.
pub(super) fn inspect(app: &Path, aapt2: &Path) -> Result {
    command::run(Command::new("apksigner").arg("verify").arg(app))?;
    let manifest = said(
        Command::new(aapt2)
            .args(["dump", "xmltree", "--file", "AndroidManifest.xml"])
            .arg(app),
    )?;
    check(&Element::read(&manifest))?;

    let scratch = tempfile::tempdir().map_err(|error| Failure::new(format!("{error}")))?;
    let mut unzip = Command::new("unzip");
    unzip.arg("-q").arg(app).arg("classes*.dex").arg("-d");
    command::run(unzip.arg(scratch.path()))?;
    let mut code = Vec::new();
    for file in fs::read_dir(scratch.path()).into_iter().flatten().flatten() {
        code.extend(fs::read(file.path()).map_err(|error| wrong(&format!("{error}")))?);
    }
    for name in KEPT {
        if !code.windows(name.len()).any(|part| part == name.as_bytes()) {
            return Err(wrong(&format!("R8 has removed or renamed {name}")));
        }
    }
    let size = fs::metadata(app).map_or(0, |data| data.len());
    println!("{}: as it should be, {} KB", app.display(), size / 1024);
    Ok(())
}

fn check(elements: &[Element]) -> Result {
    let permissions = elements
        .iter()
        .filter(|element| element.kind == "uses-permission")
        .filter_map(|element| element.value("name"));
    same("permissions", permissions, PERMISSIONS)?;
    let exported = elements
        .iter()
        .filter(|element| element.value("exported") == Some("true"))
        .filter_map(|element| Some((element.value("name")?, element.value("permission"))));
    same("exported components", exported, EXPORTED)?;
    let application = elements
        .iter()
        .find(|element| element.kind == "application");
    for name in APPLICATION {
        if application
            .and_then(|element| element.value(name))
            .is_none()
        {
            return Err(wrong(&format!("the application has no {name}")));
        }
    }
    if application.and_then(|element| element.value("usesCleartextTraffic")) != Some("false") {
        return Err(wrong("the app may speak plain HTTP"));
    }
    if application.and_then(|element| element.value("debuggable")) == Some("true") {
        return Err(wrong("the app can be debugged"));
    }
    Ok(())
}

/// An element of the manifest, as aapt2 prints it.
#[derive(Debug, Default)]
struct Element {
    kind: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn read(text: &str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for line in text.lines().map(str::trim_start) {
            if let Some(rest) = line.strip_prefix("E: ") {
                let kind = rest.split(' ').next().unwrap_or_default().to_owned();
                found.push(Self {
                    kind,
                    attributes: Vec::new(),
                });
            } else if let (Some(rest), Some(element)) = (line.strip_prefix("A: "), found.last_mut())
            {
                let Some((name, value)) = rest.split_once('=') else {
                    continue;
                };
                // The name may have its namespace before it and its number behind it.
                let name = name.rsplit(':').next().unwrap_or(name);
                let name = name.split('(').next().unwrap_or(name);
                let value = value
                    .split(" (Raw")
                    .next()
                    .unwrap_or(value)
                    .trim_matches('"');
                element.attributes.push((name.to_owned(), value.to_owned()));
            }
        }
        found
    }

    fn value(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

fn same<T>(what: &str, found: impl Iterator<Item = T>, expected: &[T]) -> Result
where
    T: Copy + Debug + Ord,
{
    let found: BTreeSet<_> = found.collect();
    if found == expected.iter().copied().collect() {
        return Ok(());
    }
    Err(wrong(&format!("{what} are {found:?}")))
}

fn said(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .map_err(|error| wrong(&format!("{}: {error}", command::shown(command))))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(wrong(&format!("{} failed", command::shown(command))))
}

fn wrong(what: &str) -> Failure {
    Failure::new(format!("the app for Android: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"N: android=http://schemas.android.com/apk/res/android (line=2)
  E: manifest (line=2)
      E: uses-permission (line=8)
        A: http://schemas.android.com/apk/res/android:name(0x01010003)="android.permission.INTERNET" (Raw: "android.permission.INTERNET")
      E: uses-permission (line=9)
        A: http://schemas.android.com/apk/res/android:name(0x01010003)="android.permission.ACCESS_NETWORK_STATE" (Raw: "x")
      E: uses-permission (line=10)
        A: http://schemas.android.com/apk/res/android:name(0x01010003)="android.permission.RECEIVE_BOOT_COMPLETED" (Raw: "x")
      E: uses-permission (line=11)
        A: http://schemas.android.com/apk/res/android:name(0x01010003)="dev.quickaccess.app.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION" (Raw: "x")
      E: application (line=11)
        A: http://schemas.android.com/apk/res/android:fullBackupContent(0x010104eb)=@0x7f120000
        A: http://schemas.android.com/apk/res/android:usesCleartextTraffic(0x010104ec)=false
        A: http://schemas.android.com/apk/res/android:dataExtractionRules(0x0101063e)=@0x7f120001
          E: activity (line=20)
            A: http://schemas.android.com/apk/res/android:name(0x01010003)=".MainActivity" (Raw: "x")
            A: http://schemas.android.com/apk/res/android:exported(0x01010010)=true
          E: receiver (line=30)
            A: http://schemas.android.com/apk/res/android:name(0x01010003)="androidx.profileinstaller.ProfileInstallReceiver" (Raw: "x")
            A: http://schemas.android.com/apk/res/android:permission(0x01010006)="android.permission.DUMP" (Raw: "x")
            A: http://schemas.android.com/apk/res/android:exported(0x01010010)=true
          E: service (line=40)
            A: http://schemas.android.com/apk/res/android:name(0x01010003)="androidx.work.impl.background.systemjob.SystemJobService" (Raw: "x")
            A: http://schemas.android.com/apk/res/android:permission(0x01010006)="android.permission.BIND_JOB_SERVICE" (Raw: "x")
            A: http://schemas.android.com/apk/res/android:exported(0x01010010)=true
"#;

    #[test]
    fn a_manifest_that_opens_more_than_it_has_to_is_refused() {
        check(&Element::read(GOOD)).unwrap();
        for (from, to) in [
            (
                "android.permission.INTERNET\" (",
                "android.permission.CAMERA\" (",
            ),
            (
                "usesCleartextTraffic(0x010104ec)=false",
                "usesCleartextTraffic(0x010104ec)=true",
            ),
            ("fullBackupContent", "other"),
            ("dataExtractionRules", "other"),
            (".MainActivity", "dev.quickaccess.app.Another"),
            ("android.permission.BIND_JOB_SERVICE", "x.y"),
            (
                "fullBackupContent(0x010104eb)=@0x7f120000",
                "fullBackupContent(0x1)=@0x7f120000\nA: x:debuggable(0x1)=true",
            ),
        ] {
            let changed = GOOD.replace(from, to);
            assert_ne!(changed, GOOD, "{from}");
            check(&Element::read(&changed)).unwrap_err();
        }
    }
}
