package dev.quickaccess

import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignedOutCause
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Refreshes: one for all, whoever goes away, and a sign-out that wins. */
class StayingSignedInTest {
    @Test
    fun a06_a_thousand_callers_share_one_refresh() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val first = session.accessToken()
                session.serverVersion()
                server.revokeAccessTokens()
                val hold = server.hold("token_refresh", "before_commit")
                // Finds out that the token is no good any more; whoever comes then has to wait.
                val finder = async(Dispatchers.Default) { session.serverVersion() }
                withContext(Dispatchers.IO) { hold.reached() }
                val callers = List(1_000) { async(start = CoroutineStart.UNDISPATCHED) { session.accessToken() } }
                hold.release()
                finder.await()
                val tokens = callers.awaitAll().toSet()
                assertEquals(1, tokens.size)
                assertTrue(first !in tokens)
                assertEquals(1, server.counter("token_requests.refresh_token"))
            }
        }
    }

    @Test
    fun a07_a_caller_that_is_cancelled_during_a_refresh_loses_nothing() = runBlocking {
        Simulator().use { server ->
            for (moment in listOf("before_commit", "after_commit", "mid_body")) {
                server.signedIn().use { session ->
                    val refreshes = server.counter("token_requests.refresh_token")
                    val first = session.accessToken()
                    val hold = server.hold("token_refresh", moment)
                    val caller = launch(Dispatchers.Default) { session.refresh() }
                    withContext(Dispatchers.IO) { hold.reached() }
                    caller.cancelAndJoin()
                    hold.release()
                    session.until { session.generation() == 2uL }
                    assertTrue(session.accessToken() != first, moment)
                    assertEquals(refreshes + 1, server.counter("token_requests.refresh_token"), moment)
                }
            }
            assertEquals(0, server.counter("refresh_reuse"))
        }
    }

    @Test
    fun a17_sign_out_during_a_refresh_wins_and_the_next_person_hears_nothing_of_it() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val hold = server.hold("token_refresh", "after_commit")
                val refresh = async(Dispatchers.Default) { runCatching { session.refresh() } }
                withContext(Dispatchers.IO) { hold.reached() }
                session.signOut()
                val thrown = refresh.await().exceptionOrNull()
                assertEquals("signed_out", (thrown as QuickAccessException.SignIn).code)
                session.signIn("guest-desk", "abc123".toCharArray())
                val token = session.accessToken()
                hold.release()
                assertEquals("guest-desk", session.whoami().name)
                assertEquals(token, session.accessToken())
                assertEquals(1uL, session.generation())
            }
        }
    }

    @Test
    fun the_states_of_a_session_are_seen_in_the_flow() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                session.until { it == SessionState.SignedOut(SignedOutCause.NEVER_SIGNED_IN, false) }
                session.signIn("qa", "abc123".toCharArray())
                session.until { it is SessionState.SignedIn }
                val report = session.signOut()
                assertTrue(report.erased)
                session.until { it == SessionState.SignedOut(SignedOutCause.SIGNED_OUT, false) }
                val kinds = session.history().map { it.kind }
                assertTrue(kinds.size >= 2, "$kinds")
            }
        }
    }
}
