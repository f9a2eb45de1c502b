// Tests of the finished app, shrunk as a phone gets it, on a device or an emulator. They run in a process
// of their own, so they can end the app's. Maven's build compiles them with the tests of the app.
plugins {
    alias(libs.plugins.android.test)
}

android {
    namespace = "dev.quickaccess.device"
    compileSdk = 37

    defaultConfig {
        minSdk = 26
        targetSdk = 36
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }
    buildTypes {
        create("device") {
            isDebuggable = true
            signingConfig = getByName("debug").signingConfig
            matchingFallbacks += "release"
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    targetProjectPath = ":app"
    experimentalProperties["android.experimental.self-instrumenting"] = true
}

kotlin {
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
        allWarningsAsErrors = true
    }
}

androidComponents {
    beforeVariants(selector().all()) {
        it.enable = it.buildType == "device"
    }
}

dependencies {
    implementation(libs.junit4)
    implementation(libs.test.runner)
    implementation(libs.uiautomator)
}
