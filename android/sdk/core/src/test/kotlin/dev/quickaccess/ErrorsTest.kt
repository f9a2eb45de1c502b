package dev.quickaccess

import dev.quickaccess.binding.ErrorRow
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.Why
import dev.quickaccess.binding.errorTable
import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The table of errors is the same in Kotlin as on its page, which is made from the library. */
class ErrorsTest {
    @Test
    fun the_table_of_errors_is_the_one_of_the_page_row_by_row() {
        val root = generateSequence(File("").absoluteFile) { it.parentFile }.first { File(it, "docs").isDirectory }
        var action = ""
        val rows = File(root, "docs/errors.md").readLines().mapNotNull { line ->
            if (line.startsWith("## ")) action = line.removePrefix("## ")
            val cells = line.trim('|').split(" | ").map { it.trim() }
            if (!line.startsWith("| `")) return@mapNotNull null
            ErrorRow(cells[0].trim('`'), action, cells[1], cells[2])
        }
        assertTrue(rows.size > 30, "the page has another form: $rows")
        assertEquals(rows, errorTable())
    }

    @Test
    fun each_action_of_the_table_is_an_exception_and_each_exception_an_action() {
        val actions = errorTable().flatMap { it.action.split(" on a sign-in, else ") }.toSet()
        val exceptions = QuickAccessException::class.java.permittedSubclasses.map { it.simpleName }.toSet()
        assertEquals(exceptions, actions)
    }

    @Test
    fun whatever_there_is_to_do_the_exception_says_why() {
        val why = Why("code", "Text.", 418u, emptyList())
        val all = listOf(
            QuickAccessException.SignIn(why),
            QuickAccessException.Retry(why, null, false),
            QuickAccessException.FixSetup(why),
            QuickAccessException.TrustServer(why, null),
            QuickAccessException.UnlockDevice(why),
            QuickAccessException.RepairStore(why),
            QuickAccessException.NotPermitted(why),
            QuickAccessException.FixRequest(why),
            QuickAccessException.Cancelled(why),
            QuickAccessException.ReportBug(why),
        )
        assertEquals(QuickAccessException::class.java.permittedSubclasses.size, all.size)
        for (exception in all) {
            assertEquals(why, exception.why)
            assertEquals("code", exception.code)
            assertEquals(null, exception.certificate)
        }
    }
}
