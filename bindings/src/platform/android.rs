//! Android: the start of the library by one call from Java, and logcat.

#![allow(
    unsafe_code,
    reason = "JNI and the NDK's log are C; each call says why it is sound"
)]

use std::{
    ffi::{CStr, CString, c_char, c_int},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use jni::{
    Env, EnvUnowned, Outcome,
    errors::{Error as JniError, ThrowRuntimeExAndDefault},
    jni_sig, jni_str,
    objects::{JClassLoader, JObject, JString},
};

use crate::{
    failure::CallbackError,
    log::{LogLevel, LogRecord, LogSink},
};

/// The Kotlin part of the certificate verifier, which the app has to bring along.
const VERIFIER: &str = "org.rustls.platformverifier.CertificateVerifier";

/// `QuickAccessAndroid.startNative(Context): String?` in `dev.quickaccess.android`. It hands the
/// app's context to the certificate verifier and to the Keystore. What is wrong comes back as a
/// sentence; `null` is success. Any thread may call it, as often as it likes.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_quickaccess_android_QuickAccessAndroid_startNative<'caller>(
    mut env: EnvUnowned<'caller>,
    _class_or_object: JObject<'caller>,
    context: JObject<'caller>,
) -> JString<'caller> {
    let outcome = env.with_env(|env| -> Result<Result<(), String>, JniError> {
        let started = start(env, &context);
        Ok(started.map_err(|error| told(env, error)))
    });
    let said = match outcome.into_outcome() {
        Outcome::Ok(Ok(())) => return JString::null(),
        Outcome::Ok(Err(sentence)) => sentence,
        Outcome::Err(error) => format!("QuickAccess could not be started: {error}."),
        Outcome::Panic(_) => {
            "QuickAccess could not be started; this is a fault in QuickAccess.".to_owned()
        }
    };
    env.with_env(|env| env.new_string(said))
        .resolve::<ThrowRuntimeExAndDefault>()
}

fn start(env: &mut Env<'_>, context: &JObject<'_>) -> Result<(), StartError> {
    static STARTED: Mutex<bool> = Mutex::new(false);
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if *started {
        return Ok(());
    }
    if context.is_null() {
        return Err(StartError::NoContext);
    }
    let application = application(env, context)?;
    check_verifier(env, &application)?;
    // What can fail comes first, so that a start that failed can be tried again.
    let kept = env.new_global_ref(&application)?;
    let vm = env.get_java_vm()?;
    rustls_platform_verifier::android::init_with_env(env, application)?;
    // A host framework may have set a context of its own; the crate puts ours in its place and
    // panics then. Both are contexts of this app, so that either serves.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the pointers are a Java VM and a global reference, and both stay for as long as
        // the process. The lock lets one thread in, once, and `set_started` publishes what it wrote.
        unsafe {
            ndk_context::initialize_android_context(vm.get_raw().cast(), kept.into_raw().cast());
        }
    }));
    quickaccess::android::set_started();
    *started = true;
    Ok(())
}

/// The context that lives as long as the process. An app that is only being set up has none yet, and
/// what it gives then serves.
fn application<'local>(
    env: &mut Env<'local>,
    context: &JObject<'_>,
) -> Result<JObject<'local>, StartError> {
    let application = env
        .call_method(
            context,
            jni_str!("getApplicationContext"),
            jni_sig!(() -> android.content.Context),
            &[],
        )?
        .l()?;
    if application.is_null() {
        return Ok(env.new_local_ref(context)?);
    }
    Ok(application)
}

/// Loads the verifier's Kotlin class as the verifier will. Without it, every connection would fail
/// much later and say less.
fn check_verifier(env: &mut Env<'_>, context: &JObject<'_>) -> Result<(), StartError> {
    let loader = env
        .call_method(
            context,
            jni_str!("getClassLoader"),
            jni_sig!(() -> JClassLoader),
            &[],
        )?
        .l()?;
    let loader = env.cast_local::<JClassLoader<'_>>(loader)?;
    let name = env.new_string(VERIFIER)?;
    match loader.load_class(env, name) {
        Ok(_) => Ok(()),
        Err(_) => Err(StartError::NoVerifier),
    }
}

enum StartError {
    NoContext,
    NoVerifier,
    Java(JniError),
}

impl From<JniError> for StartError {
    fn from(error: JniError) -> Self {
        Self::Java(error)
    }
}

/// What went wrong, in a sentence. No Java exception is left pending.
fn told(env: &Env<'_>, error: StartError) -> String {
    let thrown = env.exception_catch().err();
    match error {
        StartError::NoContext => {
            "QuickAccess could not be started: the context is null. Give it the Application."
                .to_owned()
        }
        StartError::NoVerifier => format!(
            "QuickAccess could not be started: the class {VERIFIER} is missing. Add the \
             QuickAccess library for Android to the app, and keep org.rustls.platformverifier.** \
             when the app is shrunk."
        ),
        StartError::Java(error) => {
            format!(
                "QuickAccess could not be started: {}.",
                thrown.unwrap_or(error)
            )
        }
    }
}

/// Writes to logcat.
#[derive(Debug)]
pub(super) struct Logcat;

const TAG: &CStr = c"QuickAccess";

// SAFETY: the signature of `android/log.h`; every Android has it in liblog.
#[link(name = "log")]
unsafe extern "C" {
    fn __android_log_write(priority: c_int, tag: *const c_char, text: *const c_char) -> c_int;
}

impl LogSink for Logcat {
    fn line(&self, record: LogRecord) -> Result<(), CallbackError> {
        // The values of `android_LogPriority`.
        let priority = match record.level {
            LogLevel::Fault => 6,
            LogLevel::Warning => 5,
            LogLevel::Info => 4,
            LogLevel::Debug => 3,
            LogLevel::Trace => 2,
        };
        let line = format!("{}: {}", record.target, record.text).replace('\0', " ");
        let line = CString::new(line).map_err(|_| CallbackError::Failed)?;
        // SAFETY: both texts end with a null byte and live until the call returns.
        let written = unsafe { __android_log_write(priority, TAG.as_ptr(), line.as_ptr()) };
        if written < 0 {
            return Err(CallbackError::Failed);
        }
        Ok(())
    }
}
