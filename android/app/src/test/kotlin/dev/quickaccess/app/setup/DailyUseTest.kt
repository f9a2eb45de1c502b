package dev.quickaccess.app.setup

import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.FakeMemory
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.rejected
import dev.quickaccess.app.session.signedIn
import dev.quickaccess.app.session.untrusted
import dev.quickaccess.app.session.why
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignedOutCause
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class DailyUseTest {
    private val choice = ServerChoice("clearpass.example.com")
    private val calls = FakeCalls()
    private val connection = Connection(FakeMemory(choice)) { calls }

    @Test
    fun the_session_is_used_and_that_is_enough_for_the_day() = runTest {
        assertFalse(connection.useToday())
        assertEquals(listOf("use"), calls.asked)
    }

    @Test
    fun what_passes_by_itself_is_worth_another_try() = runTest {
        for (passing in listOf(offline(), QuickAccessException.UnlockDevice(why("store_locked")))) {
            calls.onUse = { throw passing }
            assertTrue("$passing", connection.useToday())
        }
    }

    @Test
    fun what_takes_a_person_is_not_tried_again() = runTest {
        val faults = listOf(
            rejected(),
            untrusted(),
            QuickAccessException.FixSetup(why("unknown_client")),
            QuickAccessException.RepairStore(why("store_unavailable")),
            QuickAccessException.NotPermitted(why("no_api_access")),
            QuickAccessException.FixRequest(why("invalid_input")),
            QuickAccessException.Cancelled(why("cancelled")),
            QuickAccessException.ReportBug(why("internal")),
        )
        for (fault in faults) {
            calls.onUse = { throw fault }
            assertFalse("$fault", connection.useToday())
        }
    }

    @Test
    fun without_a_session_nothing_is_tried() = runTest {
        assertFalse(Connection(FakeMemory()) { calls }.useToday())
        assertFalse(Connection(FakeMemory(choice)) { throw QuickAccessException.FixSetup(why("invalid_url")) }.useToday())
        assertEquals(emptyList<String>(), calls.asked)
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    @Test
    fun work_is_wanted_while_a_session_can_be_extended_and_nothing_changes_while_nobody_knows() = runTest {
        val told = mutableListOf<Boolean>()
        backgroundScope.launch(UnconfinedTestDispatcher(testScheduler)) { connection.canBeExtended().toList(told) }
        calls.state.value = SessionState.Loading
        connection.restore()
        assertEquals(emptyList<Boolean>(), told)

        calls.state.value = SessionState.SignedIn(signedIn())
        calls.state.value = SessionState.SignedIn(signedIn(refresh = RefreshState.Waiting("offline")))
        calls.state.value = SessionState.SigningIn(signedIn())
        calls.state.value = SessionState.Locked
        calls.state.value = SessionState.StoreFailed("store_unavailable")
        assertEquals(listOf(true), told)

        calls.state.value = SessionState.SignedIn(signedIn(refresh = RefreshState.NotOffered))
        calls.state.value = SessionState.SignedIn(signedIn(refresh = RefreshState.Blocked("server_refused")))
        calls.state.value = SessionState.SignedIn(signedIn(refresh = RefreshState.Ended(SignedOutCause.SESSION_ENDED)))
        calls.state.value = SessionState.SignedIn(signedIn())
        calls.state.value = SessionState.SignedOut(SignedOutCause.SIGNED_OUT, false)
        assertEquals(listOf(true, false, true, false, true, false), told)

        // A server that is chosen anew is another session.
        val other = FakeCalls().also { it.state.value = SessionState.SignedIn(signedIn()) }
        connection.adopt(ServerChoice("other.example.com"), other)
        assertEquals(listOf(true, false, true, false, true, false, true), told)
    }
}
