package dev.quickaccess.app.shrunk

import dev.quickaccess.Simulator
import java.io.File
import java.lang.management.ManagementFactory
import java.util.concurrent.TimeUnit
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/**
 * The classes that R8 left of the app, run on this machine: a JVM that has none but them of the app, of
 * Compose, of coroutines and of JNA. They are what the APK is made of; `maven/apk.xml` makes both.
 */
class ShrunkAppTest {
    @Test
    fun a01_the_shrunk_app_leads_from_the_server_to_the_sign_out() {
        Simulator().use { simulator ->
            assertEquals(null, visit("shrunk.jar", simulator))
            assertEquals(1, simulator.counter("token_requests.password"))
        }
    }

    @Test
    fun without_the_rules_of_the_sdk_the_shrunk_app_does_not_reach_its_library() {
        Simulator().use { simulator ->
            val fault = checkNotNull(visit("without-rules.jar", simulator)) { "the rules are in vain" }
            assertTrue(fault, "UnsatisfiedLinkError" in fault)
            assertEquals(0, simulator.counter("requests"))
        }
    }

    /** What is said when the visit fails, or `null`. */
    private fun visit(app: String, simulator: Simulator): String? {
        val row = simulator.call("GET", "/rows/endpoints?limit=1").jsonObject.getValue("rows").jsonArray.first()
        val told = mapOf(
            "visit.server" to simulator.https,
            "visit.mac" to row.jsonObject.getValue("mac_address").jsonPrimitive.content,
            "jna.nosys" to "true",
        )
        val said = File(APK, "$app.said")
        val process = ProcessBuilder(
            listOf(File(System.getProperty("java.home"), "bin/java").path, "-cp", classPath(File(APK, app))) + UNVERIFIED +
                ManagementFactory.getRuntimeMXBean().inputArguments.filter { it.startsWith("--") } +
                (told + PASSED_ON.associateWith { System.getProperty(it) }).map { (name, value) -> "-D$name=$value" } +
                listOf("org.junit.runner.JUnitCore", ShrunkVisit::class.java.name),
        ).redirectErrorStream(true).redirectOutput(said).start()
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor()
            return "does not end"
        }
        val text = said.readText()
        return if (process.exitValue() == 0 && "OK (1 test)" in text) null else text
    }

    /** What R8 left first, so that Kotlin's library is there for the visit alone. */
    private fun classPath(app: File): String {
        val all = System.getProperty("surefire.test.class.path").split(File.pathSeparator).map(::File)
        val others = all.filter { jar -> jar.extension == "jar" && BEFORE_R8.none { jar.name.startsWith(it) } }
        val monitor = checkNotNull(File(TEST_LIBRARIES).listFiles { file -> file.name.startsWith("androidx.test.monitor-") }).single()
        val own = listOf(app, File(APK, "native"), File(APK, "visit"), File("target/robolectric-config"), File(monitor, "classes.jar"))
        return (own + others).joinToString(File.pathSeparator) { it.absolutePath }
    }

    private companion object {
        const val APK = "target/apk"
        const val TEST_LIBRARIES = "../test-libraries/target/aar"

        /** What R8 has taken in; the rest is Robolectric, JUnit and what they need. */
        val BEFORE_R8 = listOf("quickaccess", "kotlinx-", "jna-")
        /**
         * R8 leaves the joining of texts to the JVM, in calls whose types its verifier does not always accept. A
         * phone has no such calls.
         */
        val UNVERIFIED = listOf("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote")
        val PASSED_ON = listOf("jna.library.path", "robolectric.offline", "robolectric.dependency.dir")
    }
}
