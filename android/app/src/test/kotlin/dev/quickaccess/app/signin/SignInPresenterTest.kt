package dev.quickaccess.app.signin

import androidx.compose.foundation.text.input.setTextAndPlaceCursorAtEnd
import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.FakeMemory
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.rejected
import dev.quickaccess.app.session.signedIn
import dev.quickaccess.app.session.untrusted
import dev.quickaccess.app.session.why
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignedOutCause
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class SignInPresenterTest {
    private val calls = FakeCalls()
    private val memory = FakeMemory()
    private var now = Duration.ofDays(1).toNanos()
    private val examined = mutableListOf<String>()

    @Test
    fun name_and_password_sign_in_and_the_password_is_gone_afterwards() = test {
        val signIn = presenter("qa", "abc123")
        signIn.signIn()
        assertEquals(listOf("signIn qa abc123"), calls.asked)
        assertTrue(calls.password!!.all { it == '\u0000' })
        assertTrue(signIn.password.isEmpty)
        assertEquals("qa", memory.username)
        assertEquals(signedIn(), (calls.state.value as SessionState.SignedIn).session)
    }

    @Test
    fun what_is_missing_is_told_at_its_field_and_nothing_is_sent() = test {
        val signIn = presenter(" ", "")
        signIn.signIn()
        assertEquals(Trouble.NameMissing, signIn.state.value.trouble)
        signIn.usernameTyped("qa")
        assertNull("typing is an answer", signIn.state.value.trouble)
        signIn.signIn()
        assertEquals(Trouble.PasswordMissing, signIn.state.value.trouble)
        assertFalse("no doctor is needed", signIn.state.value.canFindOut)
        assertTrue(calls.asked.isEmpty())
    }

    @Test
    fun a_wrong_password_is_told_at_its_field_and_can_be_mended() = test {
        calls.onSignIn = { throw rejected() }
        val signIn = presenter("qa", "abc124")
        signIn.reveal(true)
        signIn.signIn()
        assertEquals(Trouble.Rejected, signIn.state.value.trouble)
        assertTrue(signIn.state.value.canFindOut)
        assertFalse(signIn.state.value.isWorking)
        assertFalse("nobody reads it over a shoulder while it is sent", signIn.state.value.isRevealed)
        assertFalse(signIn.password.isEmpty)
        assertEquals("not remembered", "", memory.username)
    }

    @Test
    fun a_sign_in_can_be_cancelled() = test {
        calls.onSignIn = { awaitCancellation() }
        val signIn = presenter("qa", "abc123")
        signIn.signIn()
        assertTrue(signIn.state.value.isWorking)
        signIn.signIn()
        assertEquals("one at a time", 1, calls.asked.size)
        signIn.cancel()
        assertFalse(signIn.state.value.isWorking)
        assertNull(signIn.state.value.trouble)
        assertTrue(calls.password!!.all { it == '\u0000' })
    }

    @Test
    fun what_was_cancelled_elsewhere_is_no_trouble() = test {
        calls.onSignIn = { throw QuickAccessException.Cancelled(why("cancelled")) }
        val signIn = presenter("qa", "abc123")
        signIn.signIn()
        assertNull(signIn.state.value.trouble)
    }

    @Test
    fun another_certificate_is_compared_before_the_password_goes_again() = test {
        calls.onSignIn = { throw untrusted(isChange = true) }
        val signIn = presenter("qa", "abc123")
        signIn.signIn()
        val trouble = signIn.state.value.trouble as Trouble.Untrusted
        calls.onSignIn = {}
        signIn.trust(trouble.certificate)
        assertEquals(listOf("approve clearpass.example.com", "signIn qa abc123"), calls.asked.drop(1))
    }

    @Test
    fun any_other_fault_is_told_and_the_doctor_may_look_with_what_was_typed() = test {
        calls.onSignIn = { throw offline() }
        val signIn = presenter("qa", "abc123")
        signIn.signIn()
        assertEquals("offline", (signIn.state.value.trouble as Trouble.Other).fault.code)
        signIn.findOutWhy()
        signIn.password.clear()
        signIn.findOutWhy()
        assertEquals(listOf("qa abc123", "qa null"), examined)
    }

    @Test
    fun the_connection_is_warm_before_it_is_needed_and_not_asked_for_too_often() = test {
        val probe = CompletableDeferred<Unit>()
        calls.onProbe = { probe.await() }
        val signIn = presenter("qa", "")
        signIn.passwordInUse()
        now += Duration.ofMillis(2_999).toNanos()
        signIn.passwordInUse()
        assertEquals(listOf("probe"), calls.asked)
        now += Duration.ofMillis(1).toNanos()
        signIn.passwordInUse()
        assertEquals(listOf("probe", "probe"), calls.asked)
    }

    @Test
    fun a_probe_that_fails_says_nothing() = test {
        calls.onProbe = { throw offline() }
        val signIn = presenter("qa", "")
        signIn.passwordInUse()
        assertNull(signIn.state.value.trouble)
    }

    @Test
    fun why_there_is_no_session_is_said_when_nobody_asked_for_that() = test {
        val signIn = presenter("", "")
        val notices =
            listOf(
                SessionState.SignedOut(SignedOutCause.NEVER_SIGNED_IN, false) to null,
                SessionState.SignedOut(SignedOutCause.SIGNED_OUT, false) to null,
                SessionState.SignedOut(SignedOutCause.SIGNED_OUT, true) to Notice.EraseOwed,
                SessionState.SignedOut(SignedOutCause.SESSION_ENDED, false) to Notice.Ended(SignedOutCause.SESSION_ENDED),
                SessionState.Locked to Notice.Locked,
                SessionState.StoreFailed("store_denied") to Notice.StoreFailed("store_denied"),
                SessionState.SigningIn(null) to null,
            )
        for ((state, notice) in notices) {
            calls.state.value = state
            assertEquals("$state", notice, signIn.state.value.notice)
        }
    }

    @Test
    fun the_name_of_the_last_sign_in_is_there_unless_another_was_typed() = test {
        memory.username = "qa"
        assertEquals("qa", presenter(null, "").state.value.username)
        assertEquals("", presenter("", "").state.value.username)
    }

    private fun TestScope.presenter(username: String?, password: String): SignInPresenter {
        val presenter =
            SignInPresenter(backgroundScope, calls, memory, "clearpass.example.com", username, { now }) { name, secret ->
                examined += "$name ${secret?.concatToString()}"
            }
        presenter.password.input.setTextAndPlaceCursorAtEnd(password)
        return presenter
    }

    private fun test(body: suspend TestScope.() -> Unit) = runTest(UnconfinedTestDispatcher(), testBody = body)
}
