package dev.quickaccess.app.server

import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.FakeMemory
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.Link
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.untrusted
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class ServerPresenterTest {
    private val memory = FakeMemory()
    private val opened = mutableListOf<FakeCalls>()
    private var onProbe: suspend () -> Unit = {}
    private var refusal: QuickAccessException? = null
    private var chosen = 0
    private val connection =
        Connection(memory) {
            refusal?.let { throw it }
            FakeCalls().also {
                it.onProbe = { onProbe() }
                opened += it
            }
        }

    @Test
    fun a_good_server_becomes_the_apps_and_is_remembered() = test {
        val server = presenter()
        assertFalse(server.state.value.canLook)
        server.addressTyped("clearpass.example.com")
        assertTrue("the usual client id is there", server.state.value.canLook)
        server.clientIdTyped("Phones")
        server.look()

        assertEquals(ServerChoice("clearpass.example.com", "Phones"), memory.server)
        assertEquals(opened.single(), (connection.link.value as Link.Open).calls)
        assertEquals(1, chosen)
        server.close()
        assertFalse("it is the app's now", opened.single().isClosed)
    }

    @Test
    fun a_certificate_is_compared_before_the_server_is_good() = test {
        onProbe = { throw untrusted() }
        val server = presenter("clearpass.example.com")
        server.look()
        val finding = server.state.value.finding as Finding.Untrusted
        assertEquals(0, chosen)

        onProbe = {}
        server.trust(finding.certificate)
        assertEquals(listOf("probe", "approve clearpass.example.com", "probe"), opened.single().asked)
        assertEquals(1, chosen)
    }

    @Test
    fun what_cannot_be_approved_is_told_and_not_offered() = test {
        onProbe = { throw untrusted(canBeApproved = false) }
        val server = presenter("clearpass.example.com")
        server.look()
        assertEquals("certificate_unknown", (server.state.value.finding as Finding.Refused).fault.code)
    }

    @Test
    fun a_server_that_does_not_answer_is_told_until_something_else_is_typed() = test {
        onProbe = { throw offline() }
        val server = presenter("clearpass.example.com")
        server.look()
        assertEquals("offline", (server.state.value.finding as Finding.Refused).fault.code)
        server.addressTyped("other.example.com")
        assertEquals(Finding.None, server.state.value.finding)
        assertTrue("the session with the first is let go", opened.single().isClosed)
    }

    @Test
    fun what_cannot_be_a_server_is_told_too() = test {
        refusal = QuickAccessException.FixRequest(dev.quickaccess.app.session.why("invalid_input", "Not a host."))
        val server = presenter("http://other")
        server.look()
        val fault = (server.state.value.finding as Finding.Refused).fault
        assertTrue(fault.isSpecific)
        assertEquals("Not a host.", fault.sentence)
    }

    @Test
    fun while_it_looks_it_does_not_look_again() = test {
        onProbe = { awaitCancellation() }
        val server = presenter("clearpass.example.com")
        server.look()
        assertFalse(server.state.value.canLook)
        server.look()
        assertEquals(listOf("probe"), opened.single().asked)
        server.addressTyped("other")
        assertTrue(server.state.value.canLook)
    }

    @Test
    fun a_link_fills_the_fields_and_sends_nothing() = test {
        val server = presenter("clearpass.example.com")
        server.linkOpened(ServerChoice("https://other.example.com", "Phones"))
        assertEquals(ServerState("https://other.example.com", "Phones", Origin.LINK), server.state.value)
        assertTrue(opened.isEmpty())
        server.addressTyped("third")
        assertEquals(Origin.TYPED, server.state.value.origin)
    }

    @Test
    fun the_administrators_server_is_looked_at_at_once_and_cannot_be_changed() = test {
        onProbe = { throw untrusted() }
        val server = presenter()
        val choice = ServerChoice("clearpass.example.com")
        server.managed(choice)
        server.managed(choice)
        assertEquals("once", listOf("probe"), opened.single().asked)
        assertFalse(server.state.value.canType)
    }

    @Test
    fun a_session_that_could_not_be_opened_says_why() = test {
        val server = presenter()
        server.failed(ServerChoice("clearpass.example.com", "Phones"), Fault("store_locked"))
        assertEquals("clearpass.example.com", server.state.value.address)
        assertEquals(Finding.Refused(Fault("store_locked")), server.state.value.finding)
    }

    @Test
    fun the_server_in_use_is_looked_at_with_the_session_in_use() = test {
        presenter("clearpass.example.com").look()
        presenter("https://clearpass.example.com").look()
        assertEquals(1, opened.size)
        presenter("other.example.com").look()
        assertTrue("another server takes its place", opened[0].isClosed)
        assertFalse(opened[1].isClosed)
    }

    private fun TestScope.presenter(address: String = "") =
        ServerPresenter(backgroundScope, connection, ServerState(address)) { chosen++ }

    private fun test(body: suspend TestScope.() -> Unit) = runTest(UnconfinedTestDispatcher(), testBody = body)
}
