package dev.quickaccess

import dev.quickaccess.binding.AnswerVerdict
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.DoctorObserver
import dev.quickaccess.binding.DoctorVerdict
import dev.quickaccess.binding.LogLevel
import dev.quickaccess.binding.PlatformEvent
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.Revocation
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.TokenNeed
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.libraryFits
import dev.quickaccess.binding.logToPlatform
import dev.quickaccess.binding.mostJudged
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the calls of a session give, each against the simulator over TLS. */
class CallsTest {
    @Test
    fun an_app_signs_itself_in_with_its_secret() = runBlocking {
        Simulator().use { server ->
            val settings = server.settings().copy(clientId = "Integration")
            server.session(settings).use { session ->
                val thrown = refusal { session.signInClient() }
                assertEquals("client_needs_secret", thrown.code)
                assertTrue(thrown is QuickAccessException.FixSetup, "$thrown")
            }
            val secret = "s3cret".toCharArray()
            QuickAccess(settings, TokenStore.inMemory(), secret).use { session ->
                secret.fill('x')
                session.signInClient()
                assertEquals("Integration", session.whoami().name)
            }
            assertEquals(1, server.counter("token_requests.client_credentials"))
        }
    }

    @Test
    fun a_token_is_given_by_what_its_caller_needs() = runBlocking<Unit> {
        Simulator().use { server ->
            server.lifetime(seconds = 600)
            server.signedIn().use { session ->
                val near = session.accessToken(TokenNeed(prefer = Duration.ofMinutes(1)))
                near.use {
                    assertEquals(session.accessToken(), it.expose())
                    assertEquals(1uL, it.generation())
                    assertFalse(it.isShort())
                }
                // No more than half of its life can be asked for.
                val hour = TokenNeed(atLeast = Duration.ofHours(1), strict = true)
                session.accessToken(hour).use { assertEquals(1uL, it.generation()) }
            }
        }
    }

    @Test
    fun a_refresh_brings_the_next_pair() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val first = session.accessToken()
                session.refresh()
                assertNotEquals(first, session.accessToken())
                val state = session.until { session.generation()!! >= 2uL } as SessionState.SignedIn
                assertEquals(RefreshState.Ready, state.session.refresh)
                assertTrue(state.session.expiresAt!! > Instant.now())
            }
        }
    }

    @Test
    fun who_what_and_where_are_told() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val me = session.whoami()
                assertEquals("qa" to "Help Desk", me.name to me.profile)
                assertTrue(me.members.any { it.name == "info" })
                val guests = session.privileges().single { it.name == "guest_users" }
                assertEquals("Guest accounts", guests.displayName)
                assertTrue(guests.mayRead && guests.mayWrite && guests.mayDelete)
                val version = session.serverVersion()
                assertTrue(version.members.any { it.value == version.version })
            }
        }
    }

    @Test
    fun a_look_at_the_server_tells_its_certificate_and_clock() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val probe = session.probe()
                assertNotNull(probe.certificate)
                assertTrue(probe.took > Duration.ZERO)
                assertTrue(probe.clockAhead!! in -5..5)
                assertEquals(0, server.counter("token_requests.password"))
            }
            server.session(server.settings().copy(server = server.http + "/elsewhere")).use { session ->
                assertEquals("not_clearpass", refusal { session.probe() }.code)
            }
        }
    }

    @Test
    fun the_doctor_walks_all_steps_with_and_without_a_password() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val look = session.examine("qa")
                assertEquals(DoctorVerdict.SERVER_WELL, look.verdict)
                assertEquals(0, server.counter("token_requests.password"))
                val whole = session.examine("qa", "abc123".toCharArray())
                assertTrue(whole.verdict in setOf(DoctorVerdict.ALL_WELL, DoctorVerdict.WITH_REMARKS), whole.asText)
                val wrong = session.examine("qa", "wrong".toCharArray())
                assertEquals(DoctorVerdict.BROKEN, wrong.verdict)
                val broken = wrong.checks.first { it.status == CheckStatus.FAILED }
                assertEquals("credentials_rejected", broken.code)
                // It leaves the session as it was.
                assertFalse(session.state.value is SessionState.SignedIn)
            }
        }
    }

    @Test
    fun the_doctor_tells_of_each_step_before_it_reports() = runBlocking {
        Simulator().use { server ->
            server.session().use { session ->
                val told = ConcurrentLinkedQueue<String>()
                val observer = object : DoctorObserver {
                    override fun began(step: String, title: String) {
                        told.add("began $step")
                    }

                    override fun ended(check: DoctorCheck) {
                        told.add("ended ${check.step}")
                        // One that throws ends nothing.
                        throw IllegalStateException("observer")
                    }
                }
                val report = session.examine("qa", "abc123".toCharArray(), observer)
                assertEquals(report.checks.map { "ended ${it.step}" }, told.filter { it.startsWith("ended") })
                assertTrue("began api_access" in told, "$told")
            }
        }
    }

    @Test
    fun a_sign_out_says_what_became_of_the_tokens() = runBlocking {
        Simulator().use { server ->
            server.call("PATCH", "/switches", """{"revoke": "present"}""")
            server.signedIn().use { session ->
                val report = session.signOut()
                assertTrue(report.erased)
                assertEquals(Revocation.Revoked, report.revocation)
                assertEquals(Revocation.NothingToRevoke, session.signOut().revocation)
            }
        }
    }

    @Test
    fun the_history_is_told_in_order_and_survives_a_restart() = runBlocking {
        val folder = dataFolder()
        Simulator().use { server ->
            val store = AppStore()
            QuickAccess(server.settings(folder), store.forSessions()).use {
                it.signIn("qa", "abc123".toCharArray())
                it.refresh()
            }
            QuickAccess(server.settings(folder), store.forSessions()).use { session ->
                session.signOut()
                val history = session.history()
                assertEquals("signed_in", history.first().kind)
                assertEquals("signed_out", history.last().kind)
                assertEquals(history.sortedBy { it.at }, history)
                assertTrue(history.all { it.text.isNotBlank() })
            }
        }
    }

    @Test
    fun a_store_that_was_locked_is_read_when_the_platform_says_so() = runBlocking {
        val folder = dataFolder()
        Simulator().use { server ->
            val store = AppStore()
            val account = QuickAccess(server.settings(folder), store.forSessions()).use {
                it.signIn("qa", "abc123".toCharArray())
                it.account
            }
            store.locked = true
            QuickAccess(server.settings(folder), store.forSessions()).use { session ->
                session.until { it is SessionState.Locked }
                assertTrue(refusal { session.accessToken() } is QuickAccessException.UnlockDevice)
                store.locked = false
                session.notify(PlatformEvent.UNLOCKED)
                session.until { it is SessionState.SignedIn }
                assertEquals(account, session.account)
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun every_event_of_a_platform_is_taken() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                PlatformEvent.entries.forEach { session.notify(it) }
                session.notify(PlatformEvent.FOREGROUND)
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun a_token_is_for_the_sessions_own_server_and_an_answer_is_judged() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                assertNull(session.tokenFor("https://elsewhere.example/api/guest"))
                assertEquals("invalid_input", refusal { session.tokenFor("guest") }.code)
                val url = "${server.https}/api/server/version"
                session.tokenFor(url)!!.use { token ->
                    val fine = ClientAnswer("GET", url, 200u, "application/json")
                    assertEquals(AnswerVerdict.Deliver, session.judge(token, fine))
                    val rejected = fine.copy(status = 403u, body = """{"title": "Forbidden"}""".toByteArray())
                    assertEquals(AnswerVerdict.NotPermitted, session.judge(token, rejected))
                    server.revokeAccessTokens()
                    val elsewhere = rejected.copy(url = "${server.https}/api/guest")
                    val verdict = session.judge(token, elsewhere) as AnswerVerdict.Replay
                    verdict.token.use { assertEquals(session.accessToken(), it.expose()) }
                }
                assertEquals(1, server.counter("token_requests.refresh_token"))
            }
        }
    }

    @Test
    fun so_much_of_a_body_is_judged() {
        assertEquals(65_536u, mostJudged())
    }

    @Test
    fun the_library_knows_the_file_that_was_generated_from_it() {
        assertTrue(libraryFits())
        assertFalse(libraryFits("another build"))
    }

    @Test
    fun a_machine_without_a_secret_store_says_so() {
        // The address of its bus is none, as `pom.xml` has it.
        val thrown = runCatching { TokenStore.ofThisDevice("dev.quickaccess.test") }.exceptionOrNull()
        assertEquals("store_unavailable", (thrown as QuickAccessException.RepairStore).code)
    }

    @Test
    fun a_jvm_has_no_log_of_its_platform() = runBlocking {
        assertEquals("invalid_input", refusal { logToPlatform(LogLevel.INFO) }.code)
        logToPlatform(null)
    }

    @Test
    fun a_pin_in_another_form_is_refused_before_anything_is_sent() {
        val settings = SessionSettings("https://clearpass.example", "QuickAccess", pins = listOf("sha256/none"))
        val thrown = runCatching { QuickAccess(settings, TokenStore.inMemory()) }.exceptionOrNull()
        assertEquals("invalid_input", (thrown as QuickAccessException.FixRequest).code)
    }
}

/** What a call throws; it has to. */
internal suspend fun refusal(call: suspend () -> Any?): QuickAccessException {
    val done = runCatching { call() }
    return checkNotNull(done.exceptionOrNull()) { "not refused: ${done.getOrNull()}" } as QuickAccessException
}
