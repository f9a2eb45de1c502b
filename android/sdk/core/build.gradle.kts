plugins {
    alias(libs.plugins.kotlin.jvm)
    `java-test-fixtures`
}

kotlin {
    explicitApi()
    compilerOptions {
        jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17
        allWarningsAsErrors = true
    }
}

java {
    targetCompatibility = JavaVersion.VERSION_17
}

// The tests of the SDK run by Maven; the simulator among them serves the app's tests too.
sourceSets.testFixtures {
    kotlin {
        srcDir("src/test/kotlin")
        include("dev/quickaccess/Simulator.kt")
    }
}
sourceSets.test {
    kotlin.setSrcDirs(emptyList<String>())
}

dependencies {
    api(project(":binding"))
    testFixturesApi(libs.serialization.json)
}
