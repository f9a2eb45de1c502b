package dev.quickaccess.checks

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * Every public name has KDoc. The sources are read, which explicit API mode makes easy: what is public
 * says so, but for what overrides something and has its words there.
 */
class DocumentationTest {
    @Test
    fun every_public_name_is_documented() {
        val sources = listOf("core", "okhttp", "ktor").flatMap { module ->
            sdk().resolve("$module/src/main/kotlin").walk().filter { it.extension == "kt" }
        }
        assertTrue(sources.sumOf { publicNames(it.readText()).size } > 20, "the sources are not where they were")
        val bare = sources.flatMap { source -> undocumented(source.readText()).map { "${source.name}: $it" } }
        assertEquals(emptyList<String>(), bare)
    }

    @Test
    fun what_has_no_documentation_is_found() {
        val source = """
            /** Documented. */
            @Throws(IOException::class)
            public fun one() {}

            // No documentation.
            public val two: Int = 2

            /** Documented. */
            public class Three
            @Throws(IOException::class)
            constructor() {
                public fun four() {}

                override fun five() {}
            }
        """.trimIndent()
        assertEquals(listOf("public val two: Int = 2", "public fun four() {}"), undocumented(source))
    }

    private fun publicNames(source: String): List<String> =
        source.lines().map { it.trim() }.filter { it.startsWith("public ") && !it.startsWith("public companion") }

    private fun undocumented(source: String): List<String> {
        val lines = source.lines().map { it.trim() }
        return lines.indices.filter { lines[it] in publicNames(source) && !documented(lines, it) }.map { lines[it] }
    }

    /** A comment ends above, with nothing but annotations between. */
    private fun documented(lines: List<String>, at: Int): Boolean =
        lines.take(at).last { !it.startsWith("@") }.endsWith("*/")

    @Test
    fun the_generated_records_and_calls_are_documented_too() {
        val file = File(sdk(), "binding/src/main/kotlin/dev/quickaccess/binding/quickaccess.kt")
        val lines = file.readLines()
        val records = lines.indices.filter { lines[it].startsWith("data class ") && "(" in lines[it] }
        val bare = records.filter { "Uniffi" !in lines[it] && !documented(lines.map(String::trim), it) }
        assertTrue(records.size > 10)
        assertEquals(emptyList<String>(), bare.map { lines[it] })
    }
}
