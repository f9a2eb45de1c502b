package dev.quickaccess.app

import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.Link
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.signedIn
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignedOutCause
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class AppPresenterTest {
    private val calls = FakeCalls()
    private val choice = ServerChoice("clearpass.example.com")
    private val link = MutableStateFlow<Link>(Link.Opening)

    @Test
    fun the_session_decides_which_screen_shows() = test {
        val app = AppPresenter(backgroundScope, link)
        assertEquals(Place.START, app.state.value.place)
        link.value = Link.None
        assertEquals(Place.SERVER, app.state.value.place)
        link.value = Link.Failed(choice, Fault("store_locked"))
        assertEquals(Place.SERVER, app.state.value.place)

        link.value = Link.Open(choice, calls)
        assertEquals(Place.SIGN_IN, app.state.value.place)
        val places =
            listOf(
                SessionState.Loading to Place.START,
                SessionState.Locked to Place.SIGN_IN,
                SessionState.StoreFailed("store_denied") to Place.SIGN_IN,
                SessionState.SigningIn(null) to Place.SIGN_IN,
                SessionState.SignedIn(signedIn()) to Place.HOME,
                SessionState.SigningIn(signedIn()) to Place.HOME,
                SessionState.SignedOut(SignedOutCause.SESSION_ENDED, false) to Place.SIGN_IN,
            )
        for ((state, place) in places) {
            calls.state.value = state
            assertEquals("$state", place, app.state.value.place)
        }
    }

    @Test
    fun only_the_screen_with_a_password_is_kept_out_of_screenshots() {
        assertEquals(listOf(Place.SIGN_IN), Place.entries.filter { it.isSecret })
    }

    @Test
    fun what_is_opened_over_the_session_is_left_by_going_back() = test {
        val app = atHome()
        assertFalse(app.state.value.canGoBack)
        app.show(Place.LOOK_UP)
        assertEquals(Place.LOOK_UP, app.state.value.place)
        assertTrue(app.state.value.canGoBack)
        app.back()
        assertEquals(Place.HOME, app.state.value.place)
    }

    @Test
    fun the_screen_below_is_seen_while_a_person_goes_back_to_it() = test {
        val app = atHome()
        assertEquals(listOf(Place.HOME), app.state.value.layers(isBelowSeen = true))
        app.show(Place.WHY)
        assertEquals(listOf(Place.WHY), app.state.value.layers(isBelowSeen = false))
        assertEquals(listOf(Place.HOME, Place.WHY), app.state.value.layers(isBelowSeen = true))
    }

    @Test
    fun who_signs_in_next_finds_no_screen_as_another_person_left_it() {
        for (place in Place.entries) {
            val forgotten = if (place == Place.SIGN_IN) listOf(Place.HOME, Place.LOOK_UP) else emptyList()
            assertEquals("$place", forgotten, place.forgets)
        }
    }

    @Test
    fun a_session_that_ends_takes_the_look_up_with_it_and_leaves_the_history() = test {
        val app = atHome()
        app.show(Place.LOOK_UP)
        calls.state.value = SessionState.SignedOut(SignedOutCause.SESSION_ENDED, false)
        assertEquals(Place.SIGN_IN, app.state.value.place)

        app.show(Place.WHY)
        calls.state.value = SessionState.SignedIn(signedIn())
        assertEquals(Place.WHY, app.state.value.place)
        app.show(Place.HOME)
        assertEquals("no screen covers itself", Place.HOME, app.state.value.place)
        assertFalse(app.state.value.canGoBack)
    }

    @Test
    fun what_was_open_when_the_process_ended_opens_when_the_session_is_there_again() = test {
        val app = AppPresenter(backgroundScope, link, opened = Place.LOOK_UP)
        assertEquals(Place.START, app.state.value.place)
        calls.state.value = SessionState.SignedIn(signedIn())
        link.value = Link.Open(choice, calls)
        assertEquals(Place.LOOK_UP, app.state.value.place)
    }

    @Test
    fun a_message_is_said_once() = test {
        val app = atHome()
        app.say(Message.Refreshed)
        assertEquals(Message.Refreshed, app.state.value.message)
        app.messageShown()
        assertNull(app.state.value.message)
    }

    private fun TestScope.atHome(): AppPresenter {
        calls.state.value = SessionState.SignedIn(signedIn())
        link.value = Link.Open(choice, calls)
        return AppPresenter(backgroundScope, link)
    }

    private fun test(body: suspend TestScope.() -> Unit) = runTest(UnconfinedTestDispatcher(), testBody = body)
}
