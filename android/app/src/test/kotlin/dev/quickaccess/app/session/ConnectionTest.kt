package dev.quickaccess.app.session

import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.async
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test

class ConnectionTest {
    private val choice = ServerChoice("clearpass.example.com")
    private val opened = mutableListOf<FakeCalls>()

    @Test
    fun without_a_server_there_is_no_session() = runTest {
        val connection = connection(FakeMemory())
        assertNull(connection.restore())
        assertEquals(Link.None, connection.link.value)
    }

    @Test
    fun the_session_of_the_remembered_server_is_opened_once() = runTest {
        val connection = connection(FakeMemory(choice))
        val both = List(2) { async { connection.restore() } }.map { it.await() }
        assertSame(both[0], both[1])
        assertEquals(1, opened.size)
    }

    @Test
    fun a_session_that_cannot_be_opened_says_why_and_is_tried_again() = runTest {
        var refusal: QuickAccessException? = QuickAccessException.UnlockDevice(why("store_locked"))
        val connection = Connection(FakeMemory(choice)) { refusal?.let { throw it } ?: FakeCalls() }
        assertNull(connection.restore())
        assertEquals("store_locked", (connection.link.value as Link.Failed).fault.code)
        refusal = null
        assertTrue(connection.restore() != null)
    }

    @Test
    fun a_candidate_that_is_dropped_is_closed_and_the_session_in_use_is_not() = runTest {
        val connection = connection(FakeMemory(choice))
        val current = connection.restore()!!
        connection.drop(current)
        assertEquals(listOf(false), opened.map { it.isClosed })
        connection.drop(connection.candidate(ServerChoice("other.example.com")))
        assertEquals(listOf(false, true), opened.map { it.isClosed })
        connection.close()
        assertTrue(opened[0].isClosed)
        assertEquals(Link.Opening, connection.link.value)
    }

    @Test
    fun a_fault_keeps_a_sentence_where_it_says_more_than_the_code() {
        assertTrue(QuickAccessException.SignIn(why("server_refused", "Account locked.")).asFault().isSpecific)
        assertEquals(false, offline().asFault().isSpecific)
        assertTrue(offline().asFault().passes)
        assertNull("nobody may let that pass", untrusted(canBeApproved = false).asFault().certificate)
    }

    private fun connection(memory: Memory) = Connection(memory) { FakeCalls().also(opened::add) }
}
