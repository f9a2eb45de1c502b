package quickstart

import dev.quickaccess.Simulator
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The program of `docs/quick-start-kotlin.md` is the one of the page, and works. */
class QuickStartTest {
    @Test
    fun the_page_shows_the_program_in_less_than_twenty_lines() {
        val root = generateSequence(File("").absoluteFile) { it.parentFile }.first { File(it, "docs").isDirectory }
        val page = File(root, "docs/quick-start-kotlin.md").readText()
        val shown = page.substringAfter("```kotlin\n").substringBefore("```")
        val program = File("src/test/kotlin/quickstart/QuickStart.kt").readText().substringAfter("\n\n")
        assertEquals(program, shown)
        assertTrue(shown.lines().count { it.isNotBlank() } < 20)
    }

    @Test
    fun the_program_signs_in_and_makes_a_call(@TempDir folder: File) = runBlocking {
        Simulator().use { server ->
            File(folder, "ca.pem").writeText(server.caPem)
            val said = ByteArrayOutputStream()
            val before = System.out
            System.setOut(PrintStream(said))
            try {
                main(arrayOf(server.https, folder.path))
            } finally {
                System.setOut(before)
            }
            assertEquals("qa has 16 privileges", said.toString().trim())
        }
    }
}
