plugins {
    alias(libs.plugins.android.library)
}

android {
    namespace = "dev.quickaccess.android"
    compileSdk = 37

    defaultConfig {
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    // Made by nativeLibraries.
    sourceSets["main"].jniLibs.srcDir(layout.buildDirectory.dir("jni"))
    testOptions.unitTests.isIncludeAndroidResources = true
}

kotlin {
    explicitApi()
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
        allWarningsAsErrors = true
    }
}

dependencies {
    api(project(":core")) { exclude(group = "net.java.dev.jna") }
    implementation(variantOf(libs.jna) { artifactType("aar") })
    // With its native half for this machine.
    testImplementation(libs.jna)
    testImplementation(libs.junit4)
    testImplementation(libs.robolectric)
}

/** By cargo-ndk, which takes an NDK (r28 or newer) in ANDROID_NDK_HOME and the Rust targets. */
val nativeLibraries by tasks.registering(Exec::class) {
    description = "Builds the native library for phones and emulators."
    workingDir(rootProject.layout.projectDirectory.dir(".."))
    commandLine(
        "cargo", "ndk", "--platform", "26",
        "--target", "arm64-v8a", "--target", "armeabi-v7a", "--target", "x86_64",
        "--output-dir", layout.buildDirectory.dir("jni").get().asFile.path,
        "build", "--profile", "phone", "--package", "quickaccess-ffi", "--lib", "--no-default-features",
    )
}

tasks.named("preBuild") {
    dependsOn(nativeLibraries)
}
