package dev.quickaccess.checks

import com.android.tools.r8.ClassFileResourceProvider
import com.android.tools.r8.CompilationFailedException
import com.android.tools.r8.CompilationMode
import com.android.tools.r8.Diagnostic
import com.android.tools.r8.DiagnosticsHandler
import com.android.tools.r8.DiagnosticsLevel
import com.android.tools.r8.JdkClassFileProvider
import com.android.tools.r8.OutputMode
import com.android.tools.r8.ProgramResource
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import com.android.tools.r8.origin.Origin
import dev.quickaccess.QuickAccess
import dev.quickaccess.Simulator
import dev.quickaccess.binding.Session
import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream
import kotlin.io.path.div
import kotlin.io.path.exists
import kotlin.io.path.extension
import kotlin.io.path.fileSize
import kotlin.io.path.invariantSeparatorsPathString
import kotlin.io.path.isDirectory
import kotlin.io.path.readBytes
import kotlin.io.path.relativeTo
import kotlin.io.path.writeText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The rules that travel with the SDK: enough for R8, and none of them in vain. */
class KeepRulesTest {
    @TempDir lateinit var folder: Path

    @Test
    fun a01_the_guides_example_passes_when_it_is_shrunk_and_fails_without_any_one_rule() {
        val rules = rules()
        Simulator().use { server ->
            val authority = folder / "authority.pem"
            authority.writeText(server.caPem)
            fun passes(rules: List<String>): String? {
                val shrunk = folder / "shrunk.jar"
                return shrink(rules, shrunk) ?: run(shrunk, server.https, authority)
            }
            assertEquals(null, passes(rules), "with all rules")
            val whole = inputs().sumOf { it.fileSize() }
            val left = (folder / "shrunk.jar").fileSize()
            println("R8 leaves ${left / 1024} of ${whole / 1024} KiB")
            assertTrue(left < whole, "nothing was shrunk")
            // Whether a rule is needed shows without optimising too, and sooner.
            val vain = rules.filter { rule ->
                val fault = passes(rules - rule + "-dontoptimize")
                println("without $rule: ${fault ?: "passes"}")
                fault == null
            }
            assertEquals(emptyList<String>(), vain, "rules that are in vain")
        }
    }

    /** One rule a line, as in the file that lies in the artifact. */
    private fun rules(): List<String> {
        val file = checkNotNull(Session::class.java.getResource("/META-INF/proguard/quickaccess.pro"))
        val rules = file.readText().lines().filter { it.startsWith("-") }
        assertTrue(rules.isNotEmpty())
        return rules
    }

    /** What fails of the shrinking, or `null`. */
    private fun shrink(rules: List<String>, to: Path): String? {
        val faults = mutableListOf<String>()
        val handler = object : DiagnosticsHandler {
            override fun error(error: Diagnostic) {
                faults += error.diagnosticMessage
            }

            override fun warning(warning: Diagnostic) {}

            override fun info(info: Diagnostic) {}

            override fun modifyDiagnosticsLevel(level: DiagnosticsLevel, diagnostic: Diagnostic) = level
        }
        val entry = "-keep class ${GuideExample::class.java.name} { public static void main(java.lang.String[]); }"
        val command = R8Command.builder(handler)
            .setMode(CompilationMode.RELEASE)
            .setOutput(to, OutputMode.ClassFile)
            .addProgramFiles(inputs())
            .addLibraryResourceProvider(PhoneLikeJdk())
            .addProguardConfiguration(rules + entry, Origin.unknown())
            .build()
        return try {
            R8.run(command)
            null
        } catch (_: CompilationFailedException) {
            "R8 refuses: ${faults.joinToString().lines().first().take(100)}"
        }
    }

    /** What the program says when it fails, or `null`. */
    private fun run(jar: Path, server: String, authority: Path): String? {
        val java = Path.of(System.getProperty("java.home")) / "bin" / "java"
        val library = System.getProperty("jna.library.path")
        // JNA's own native half comes from its artifact, as it does from the AAR on a phone.
        val path = listOf(jar, resources()).joinToString(":")
        val said = folder / "said.txt"
        val process = ProcessBuilder(
            "$java", "-Djna.library.path=$library", "-Djna.nosys=true", "-cp", path,
            GuideExample::class.java.name, server, "$authority",
        ).redirectErrorStream(true).redirectOutput(said.toFile()).start()
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor()
            return "does not end"
        }
        val text = said.toFile().readText()
        if (process.exitValue() == 0 && GuideExample.DONE in text) return null
        val fault = text.lines().firstOrNull { line -> FAULTS.any { line.contains(it, ignoreCase = true) } }
        return fault ?: "exit ${process.exitValue()}: $text"
    }

    /** JNA's native libraries, which are no classes. */
    private fun resources(): Path {
        val to = folder / "native.jar"
        if (!to.exists()) {
            ZipOutputStream(Files.newOutputStream(to)).use { zip ->
                java.util.zip.ZipFile(placeOf(com.sun.jna.Native::class.java).toFile()).use { jna ->
                    for (entry in jna.entries().asSequence().filter { it.name.endsWith(".so") }) {
                        zip.putNextEntry(ZipEntry(entry.name))
                        jna.getInputStream(entry).copyTo(zip)
                    }
                }
            }
        }
        return to
    }

    /** The SDK, what it needs, and the example; all as jars. */
    private fun inputs(): List<Path> {
        val ours = listOf(QuickAccess::class.java, Session::class.java)
        val others = listOf(com.sun.jna.Native::class.java, Unit::class.java, kotlinx.coroutines.Job::class.java)
        return ours.map { classesOf(it) } + others.map { placeOf(it) }.plusElement(exampleJar())
    }

    private fun exampleJar(): Path = packed(GuideExample::class.java) {
        it.fileName.toString().startsWith("GuideExample")
    }

    /** Classes alone: R8 would take the rules that lie beside them by itself, as it does those of others. */
    private fun classesOf(type: Class<*>): Path = packed(type) { true }

    private fun packed(type: Class<*>, takes: (Path) -> Boolean): Path {
        val to = folder / "${type.name}.jar"
        if (to.exists()) return to
        val place = placeOf(type)
        if (place.isDirectory()) {
            pack(place, to, takes)
        } else {
            FileSystems.newFileSystem(place).use { pack(it.getPath("/"), to, takes) }
        }
        return to
    }

    private fun pack(classes: Path, to: Path, takes: (Path) -> Boolean) {
        ZipOutputStream(Files.newOutputStream(to)).use { zip ->
            val files = Files.walk(classes).use { all ->
                all.filter { it.extension == "class" && takes(it) }.toList()
            }
            val named = files.associateBy { it.relativeTo(classes).invariantSeparatorsPathString }
            for ((name, file) in named.filterKeys { !it.startsWith("META-INF/") }) {
                zip.putNextEntry(ZipEntry(name))
                zip.write(file.readBytes())
            }
        }
    }

    private fun placeOf(type: Class<*>): Path = Path.of(type.protectionDomain.codeSource.location.toURI())

    /** This JDK without the windows that no phone has. */
    private class PhoneLikeJdk : ClassFileResourceProvider {
        private val jdk = JdkClassFileProvider.fromJdkHome(Path.of(System.getProperty("java.home")))

        private fun has(descriptor: String) = HIDDEN.none { descriptor.startsWith(it) }

        override fun getClassDescriptors(): Set<String> = jdk.classDescriptors.filter { has(it) }.toSet()

        override fun getProgramResource(descriptor: String): ProgramResource? =
            if (has(descriptor)) jdk.getProgramResource(descriptor) else null
    }

    private companion object {
        val FAULTS = listOf("error", "exception")
        val HIDDEN = listOf("Ljava/awt/", "Ljavax/swing/")
    }
}
