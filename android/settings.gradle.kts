// The build for machines with an Android SDK; pom.xml builds the same sources without one.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "quickaccess-android"

include(":binding", ":core", ":sdk-android", ":app", ":device-tests")
project(":binding").projectDir = file("sdk/binding")
project(":core").projectDir = file("sdk/core")
