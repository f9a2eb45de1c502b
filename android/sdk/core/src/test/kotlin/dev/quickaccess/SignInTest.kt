package dev.quickaccess

import dev.quickaccess.binding.PrivilegeLevel
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.TokenStore
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Signing in: the vendor's example, every refusal, and changing one's mind. */
class SignInTest {
    @Test
    fun a01_the_vendor_guides_example_signs_in_and_lists_its_privileges() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val certificate = session.probe().certificate
                assertTrue(certificate!!.fingerprint.contains(':'))
                session.signIn("qa", "abc123".toCharArray())
                assertTrue(session.state.value is SessionState.SignedIn)
                assertTrue(session.accessToken().matches(Regex("[0-9a-f]{40}")))
                assertEquals("qa", session.whoami().name)
                val privileges = session.privileges()
                fun level(name: String) = privileges.single { it.name == name }.level
                assertEquals(PrivilegeLevel.Full, level("guest_users"))
                assertEquals(PrivilegeLevel.Read, level("cppm_endpoints"))
                assertEquals(PrivilegeLevel.Allowed, level("api_index"))
                assertEquals(PrivilegeLevel.ReadWrite, level("cppm_certificates"))
                assertTrue(session.serverVersion().version!!.startsWith("6."))
            }
        }
    }

    @Test
    fun a02_every_refusal_says_what_to_do_and_why() = runBlocking {
        val refusals = listOf(
            Refusal(401, "invalid_grant", "credentials_rejected", QuickAccessException.SignIn::class),
            Refusal(400, "invalid_client", "client_unknown", QuickAccessException.FixSetup::class),
            Refusal(400, "unauthorized_client", "grant_not_enabled", QuickAccessException.FixSetup::class),
            Refusal(400, "the_cat_sat_on_it", "server_refused", QuickAccessException.SignIn::class),
        )
        Simulator().use { server ->
            for (refusal in refusals) {
                val problem = """{"problem": {"status": ${refusal.status}, "title": "${refusal.title}", "detail": "x"}}"""
                server.fault("\"token_password\"", problem)
                server.session().use { session ->
                    val thrown = refused(session)
                    assertEquals(refusal.code, thrown.code, refusal.title)
                    assertEquals(refusal.action, thrown::class, refusal.title)
                }
            }
            for (reply in listOf("{\"html502\": {}}", "\"empty_body\"", "\"truncated\"", "{\"oversized\": {\"bytes\": 10000000}}")) {
                server.fault("\"token_password\"", reply)
                server.session().use { session ->
                    val thrown = refused(session)
                    assertTrue(thrown is QuickAccessException.Retry, "$reply: $thrown")
                    assertFalse(thrown.why.text.contains("<html"), reply)
                }
            }
        }
    }

    @Test
    fun a02_an_unknown_title_is_shown() = runBlocking {
        Simulator().use { server ->
            server.fault("\"token_password\"", """{"problem": {"status": 400, "title": "banned", "detail": "User is banned"}}""")
            server.session().use { session ->
                assertTrue(refused(session).why.text.contains("banned"))
            }
        }
    }

    @Test
    fun a05_a_sign_in_is_cancelled_at_any_moment_and_its_late_answer_changes_nothing() = runBlocking {
        Simulator().use { server ->
            for (moment in listOf("before_commit", "after_commit", "mid_body")) {
                server.session().use { session ->
                    val hold = server.hold("token_password", moment)
                    val first = launch(Dispatchers.Default) { session.signIn("qa", "abc123".toCharArray()) }
                    withContext(Dispatchers.IO) { hold.reached() }
                    first.cancelAndJoin()
                    session.until { it is SessionState.SignedOut }
                    session.signIn("guest-desk", "abc123".toCharArray())
                    hold.release()
                    assertEquals("guest-desk", session.whoami().name, moment)
                }
            }
        }
    }

    @Test
    fun a05_a_sign_in_that_is_cancelled_by_name_tells_its_caller() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val hold = server.hold("token_password", "before_commit")
                val call = async(Dispatchers.Default) { runCatching { session.signIn("qa", "abc123".toCharArray()) } }
                withContext(Dispatchers.IO) { hold.reached() }
                session.cancelSignIn()
                val thrown = call.await().exceptionOrNull()
                assertTrue(thrown is QuickAccessException.Cancelled, "$thrown")
                hold.release()
            }
        }
    }

    @Test
    fun a05_a_wrong_password_leaves_the_session_as_it_was_with_its_refresh_in_flight() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val hold = server.hold("token_refresh", "after_commit")
                val refresh = async(Dispatchers.Default) { session.refresh() }
                withContext(Dispatchers.IO) { hold.reached() }
                val thrown = runCatching { session.signIn("qa", "wrong".toCharArray()) }.exceptionOrNull()
                assertEquals("credentials_rejected", (thrown as QuickAccessException).code)
                hold.release()
                refresh.await()
                assertEquals("qa", session.whoami().name)
                assertEquals(1, server.counter("token_requests.refresh_token"))
            }
        }
    }

    @Test
    fun a_password_is_wiped_by_its_caller_alone() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val password = "abc123".toCharArray()
                session.signIn("qa", password)
                assertEquals("abc123", String(password), "the array is the caller's")
            }
        }
    }

    @Test
    fun an_unusable_setting_is_named() {
        val settings = dev.quickaccess.binding.SessionSettings("http://clearpass.example", "QuickAccess")
        val thrown = assertThrows<QuickAccessException.FixRequest> { QuickAccess(settings, TokenStore.inMemory()) }
        assertEquals("invalid_input", thrown.code)
        assertTrue(thrown.why.text.contains("https://"), thrown.why.text)
        assertNull(thrown.certificate)
    }

    @Test
    fun a_certificate_that_nobody_knows_is_told_before_the_password_leaves_and_can_be_approved() = runBlocking {
        Simulator().use { server ->
            server.session(server.settings().copy(rootsPem = null)).use { session ->
                val thrown = refused(session) as QuickAccessException.TrustServer
                assertEquals("certificate_unknown", thrown.code)
                assertEquals(0, server.counter("token_requests.password"))
                session.approve(thrown.certificate!!)
                session.signIn("qa", "abc123".toCharArray())
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    private class Refusal(
        val status: Int,
        val title: String,
        val code: String,
        val action: kotlin.reflect.KClass<out QuickAccessException>,
    )

    private suspend fun refused(session: QuickAccess): QuickAccessException =
        runCatching { session.signIn("qa", "abc123".toCharArray()) }.exceptionOrNull() as QuickAccessException
}
