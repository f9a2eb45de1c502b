plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.android.test) apply false
    alias(libs.plugins.kotlin.jvm) apply false
    alias(libs.plugins.kotlin.compose) apply false
}

// The tests of all modules use the library and the simulator of this machine.
val repository = layout.projectDirectory.dir("..")
val built = repository.dir("target/debug")
val hostLibrary by tasks.registering(Exec::class) {
    description = "Builds the native library and the simulator for the tests on this machine."
    workingDir(repository)
    commandLine("cargo", "build", "--workspace", "--lib", "--bin", "quickaccess-simulator")
}

subprojects {
    tasks.withType<Test>().configureEach {
        dependsOn(hostLibrary)
        systemProperty("jna.library.path", built.asFile.path)
        systemProperty("quickaccess.simulator", built.file("quickaccess-simulator").asFile.path)
        jvmArgs("--enable-native-access=ALL-UNNAMED")
    }
}
