package dev.quickaccess.app.home

import dev.quickaccess.app.Message
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.session.AccessLevel
import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.FakeMemory
import dev.quickaccess.app.session.LastKnown
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.signedIn
import dev.quickaccess.app.session.why
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.Revocation
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignOutReport
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.Stays
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneId
import java.time.ZoneOffset
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class HomePresenterTest {
    private val calls = FakeCalls()
    private val memory = FakeMemory()
    private val said = mutableListOf<Message>()
    private val scope = TestScope(UnconfinedTestDispatcher())

    @Test
    fun it_shows_who_and_what_and_remembers_it() = test {
        val home = shown()
        val state = home.now()
        assertEquals(listOf("qa", "Operators", "6.12.4"), listOf(state.name, state.profile, state.version))
        assertEquals(Freshness.Fresh, state.freshness)
        assertEquals(5, state.privileges)
        assertEquals(listOf(Area.GUEST, Area.POLICY_MANAGER, Area.API, Area.OTHER), state.groups.map { it.area })
        assertEquals(listOf(Kind.ENDPOINT, Kind.GUEST), home.offered.value)
        assertTrue(state.canLookUp)
        assertEquals("qa", memory.lastKnown?.name)
    }

    @Test
    fun privileges_are_found_by_their_words_and_by_the_servers_names() = test {
        val home = shown()
        home.searched("ACCOUNTS")
        assertEquals(listOf("guest_users"), home.now().groups.flatMap { it.rows }.map { it.name })
        home.searched("cppm_")
        assertEquals(2, home.now().groups.single().rows.size)
        home.searched("nothing like it")
        assertTrue(home.now().groups.isEmpty())
        assertEquals("what there is stays", 5, home.now().privileges)
    }

    @Test
    fun the_version_may_be_forbidden() = test {
        calls.onVersion = { throw QuickAccessException.NotPermitted(why("not_permitted")) }
        assertNull(shown().now().version)
        calls.onVersion = { throw QuickAccessException.FixRequest(why("not_found")) }
        val home = shown()
        assertNull(home.now().version)
        assertEquals(Freshness.Fresh, home.now().freshness)
    }

    @Test
    fun offline_shows_the_last_known_state_says_so_and_asks_again_while_it_shows() = test {
        val then = Instant.parse("2026-05-04T07:00:00Z")
        memory.lastKnown = LastKnown("account", "qa", "Operators", "6.12", emptyList(), then)
        calls.onWhoami = { throw offline() }
        val home = home()
        val looking = look(home)
        assertEquals(Freshness.Old(then, "offline"), home.now().freshness)
        assertEquals("Operators", home.now().profile)

        calls.onWhoami = { dev.quickaccess.binding.Identity("qa", "Admins", emptyList()) }
        looking.cancel()
        runCurrent()
        val before = calls.asked.size
        advanceTimeBy(60_000)
        assertEquals("nobody looks", before, calls.asked.size)
        look(home)
        advanceTimeBy(15_001)
        assertEquals(Freshness.Fresh, home.now().freshness)
        assertEquals("Admins", home.now().profile)
    }

    @Test
    fun what_another_account_was_told_is_not_shown() = test {
        memory.lastKnown = LastKnown("another", "root", "Admins", null, emptyList(), Instant.EPOCH)
        calls.onWhoami = { throw offline() }
        val state = shown().now()
        assertEquals(Freshness.Nothing("offline"), state.freshness)
        assertNull(state.name)
        assertEquals("qa", state.username)
    }

    @Test
    fun the_countdown_runs_while_somebody_looks_and_costs_nothing_else() = test {
        val home = home(expiresIn = Duration.ofSeconds(3_661))
        val looking = look(home)
        assertEquals(Left.For(Duration.ofMinutes(62)), home.now().left)
        advanceTimeBy(62_000)
        assertEquals("seconds in the last hour", Left.For(Duration.ofSeconds(3_599)), home.now().left)

        looking.cancel()
        runCurrent()
        val frozen = home.now()
        advanceTimeBy(600_000)
        assertEquals(frozen, home.now())

        look(home)
        assertEquals(Left.For(Duration.ofSeconds(2_999)), home.now().left)
        advanceTimeBy(3_000_000)
        assertEquals(Left.Over, home.now().left)
        calls.state.value = SessionState.SignedIn(signedIn(expiresAt = null))
        assertEquals(Left.UntilRejected, home.now().left)
    }

    @Test
    fun renewing_says_what_came_of_it() = test {
        val home = shown()
        home.refreshNow()
        assertEquals(listOf<Message>(Message.Refreshed), said)
        calls.onRefresh = { throw offline() }
        home.refreshNow()
        assertEquals("offline", (said.last() as Message.Failed).fault.code)
    }

    @Test
    fun what_cannot_be_renewed_is_not_asked_for() = test {
        val home = shown()
        for (refresh in listOf(RefreshState.InFlight, RefreshState.NotOffered, RefreshState.Ended(SignedOutCause.SESSION_ENDED))) {
            calls.state.value = SessionState.SignedIn(signedIn(refresh = refresh))
            assertFalse("$refresh", home.now().canRefresh)
            if (refresh != RefreshState.InFlight) assertNull("nothing is promised", home.now().promise)
            home.refreshNow()
        }
        assertFalse("refresh" in calls.asked)
        calls.state.value = SessionState.SignedIn(signedIn(refresh = RefreshState.Blocked("client_unknown"), isSaved = false))
        assertTrue("somebody may have mended it", home.now().canRefresh)
        assertFalse(home.now().isSaved)
        assertEquals(Stays.WhileUsed, home.now().promise)
    }

    @Test
    fun a_sign_out_is_asked_about_and_forgets_the_person() = test {
        val home = shown()
        home.askToSignOut()
        assertTrue(home.now().asksToSignOut)
        home.staySignedIn()
        assertFalse(home.now().asksToSignOut)

        home.askToSignOut()
        home.signOut()
        assertFalse(home.now().asksToSignOut)
        assertNull(memory.lastKnown)
        assertNull(home.now().name)
        assertTrue(home.offered.value.isEmpty())
        assertEquals(listOf<Message>(Message.SignedOut), said)

        calls.state.value = SessionState.SignedIn(signedIn())
        assertEquals("the same person comes back", "qa", home.now().name)
    }

    @Test
    fun a_sign_out_is_done_once() = test {
        val erased = CompletableDeferred<Boolean>()
        var times = 0
        calls.onSignOut = {
            times++
            SignOutReport(erased.await(), Revocation.NotOffered)
        }
        val home = shown()
        home.signOut()
        home.signOut()
        assertTrue(home.now().isSigningOut)
        erased.complete(false)
        assertEquals(1, times)
        assertEquals(listOf<Message>(Message.SignedOut), said)
        assertFalse(home.now().isSigningOut)
    }

    @Test
    fun a_sign_out_that_the_server_does_not_hear_of_says_so() = test {
        calls.onSignOut = { SignOutReport(true, Revocation.Failed("offline")) }
        shown().signOut()
        assertEquals(listOf<Message>(Message.NotRevoked), said)
    }

    @Test
    fun a_renewal_that_a_sign_out_ends_is_not_told_as_a_failure() = test {
        val end = CompletableDeferred<Unit>()
        calls.onRefresh = {
            end.await()
            throw QuickAccessException.SignIn(why("signed_out"))
        }
        calls.onSignOut = {
            end.complete(Unit)
            SignOutReport(true, Revocation.Revoked)
        }
        val home = shown()
        home.refreshNow()
        home.signOut()
        assertEquals(listOf<Message>(Message.SignedOut), said)
    }

    @Test
    fun what_there_is_to_say_of_privileges_is_one_thing() {
        val none = HomeState()
        assertEquals(Listing.ASKING, none.listing)
        assertEquals(Listing.NONE, none.copy(freshness = Freshness.Fresh).listing)
        assertEquals(Listing.UNKNOWN, none.copy(freshness = Freshness.Nothing("offline")).listing)
        assertEquals(Listing.NO_MATCH, none.copy(privileges = 1).listing)
        val row = PrivilegeRow("guest_users", "Guest accounts", AccessLevel.FULL)
        assertEquals(Listing.SOME, none.copy(privileges = 1, groups = listOf(PrivilegeGroup(Area.GUEST, listOf(row)))).listing)
        assertEquals("guest_users", row.technicalName)
        assertNull("the words say it", row.copy(words = "guest_users").technicalName)
    }

    @Test
    fun why_a_renewal_waits_is_said_once_on_the_screen() {
        val waits = HomeState(refresh = RefreshState.Waiting("offline"))
        assertEquals("offline", waits.refreshReason)
        assertNull(waits.copy(freshness = Freshness.Nothing("offline")).refreshReason)
        val blocked = HomeState(refresh = RefreshState.Blocked("client_unknown"))
        assertEquals("client_unknown", blocked.copy(freshness = Freshness.Old(Instant.EPOCH, "offline")).refreshReason)
        assertNull(HomeState().refreshReason)
    }

    @Test
    fun a_sign_out_that_fails_keeps_the_screen() = test {
        calls.onSignOut = { throw QuickAccessException.UnlockDevice(why("store_locked")) }
        val home = shown()
        home.signOut()
        assertEquals("store_locked", (said.single() as Message.Failed).fault.code)
        assertEquals("qa", home.now().name)
    }

    @Test
    fun an_app_that_shows_again_asks_for_what_may_be_old() = test {
        val home = shown()
        fun asked() = calls.asked.count { it == "whoami" }
        home.shown()
        assertEquals("it was asked just now", 1, asked())
        advanceTimeBy(301_000)
        home.shown()
        assertEquals(2, asked())
        home.askAgain()
        assertEquals(3, asked())
    }

    @Test
    fun an_unknown_level_and_a_visible_parent_are_told_apart() = test {
        val rows = shown().now().groups.flatMap { it.rows }.associate { it.name to it.level.name }
        assertEquals("VISIBLE", rows["api_index"])
        assertEquals("SOME", rows["own_thing"])
        assertEquals("READ_WRITE", rows["cppm_certificates"])
    }

    private fun TestScope.home(expiresIn: Duration = Duration.ofHours(8)): HomePresenter {
        val clock = VirtualClock { currentTime }
        calls.state.value = SessionState.SignedIn(signedIn(expiresAt = clock.instant() + expiresIn))
        return HomePresenter(backgroundScope, calls, memory, "clearpass.example.com", clock = clock, say = { said += it })
    }

    /** What the screen shows when nothing is left to be done at this moment. */
    private fun HomePresenter.now(): HomeState {
        scope.runCurrent()
        return state.value
    }

    private fun TestScope.shown(): HomePresenter = home().also { look(it) }

    private fun TestScope.look(home: HomePresenter): Job = backgroundScope.launch { home.state.collect {} }

    private fun test(body: suspend TestScope.() -> Unit) = scope.runTest(testBody = body)
}

/** Reads the time of a test. */
private class VirtualClock(
    private val elapsed: () -> Long,
) : Clock() {
    override fun instant(): Instant = Instant.parse("2026-05-04T08:00:00Z").plusMillis(elapsed())

    override fun getZone(): ZoneId = ZoneOffset.UTC

    override fun withZone(zone: ZoneId): Clock = this
}
