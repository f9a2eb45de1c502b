package dev.quickaccess

import dev.quickaccess.binding.Accounts
import dev.quickaccess.binding.CancelHandle
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.FfiConverterTypeTokenStore
import dev.quickaccess.binding.LogLevel
import dev.quickaccess.binding.LogRecord
import dev.quickaccess.binding.LogSink
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.Session
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.StateObserver
import dev.quickaccess.binding.TokenNeed
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.logToPlatform
import dev.quickaccess.binding.setLogSink
import java.io.File
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Objects that go away while they are used, and code of the app's that throws. */
class GoingAwayTest {
    @Test
    fun a_session_that_is_closed_during_a_call_lets_the_call_end_and_throws_afterwards() = runBlocking {
        Simulator().use { server ->
            val session = server.session()
            val hold = server.hold("token_password", "before_commit")
            val call = async(Dispatchers.Default) { runCatching { session.signIn("qa", "abc123".toCharArray()) } }
            withContext(Dispatchers.IO) { hold.reached() }
            session.close()
            hold.release()
            assertTrue(call.await().isSuccess, "${call.await()}")
            assertThrows<IllegalStateException> { session.notify(dev.quickaccess.binding.PlatformEvent.FOREGROUND) }
            assertThrows<IllegalStateException> { runBlocking { session.whoami() } }
            session.close()
        }
    }

    @Test
    fun a_session_is_dropped_on_a_plain_thread() = runBlocking {
        Simulator().use { server ->
            val session = server.signedIn()
            thread { session.close() }.join()
        }
    }

    @Test
    fun a_call_whose_coroutine_is_cancelled_ends_at_once_and_the_session_goes_on() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val hold = server.hold("me", "before_commit")
                val call = launch(Dispatchers.Default) { session.whoami() }
                withContext(Dispatchers.IO) { hold.reached() }
                // Held all the while, so that nothing but the cancelling can end it.
                withTimeout(PATIENCE) { call.cancelAndJoin() }
                assertTrue(session.serverVersion().version!!.startsWith("6."))
                hold.release()
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun one_sign_in_is_cancelled_by_its_handle_before_and_while_it_runs() = runBlocking {
        Simulator().use { server ->
            Session(server.settings(), TokenStore.inMemory()).use { session ->
                CancelHandle().use { handle ->
                    handle.cancel()
                    val thrown = refusal { session.signIn("qa", "abc123".toByteArray(), handle) }
                    assertTrue(thrown is QuickAccessException.Cancelled, "$thrown")
                }
                val hold = server.hold("token_password", "before_commit")
                CancelHandle().use { handle ->
                    val call = async(Dispatchers.Default) {
                        refusal { session.signIn("qa", "abc123".toByteArray(), handle) }
                    }
                    withContext(Dispatchers.IO) { hold.reached() }
                    handle.cancel()
                    assertEquals("cancelled", call.await().code)
                }
                hold.release()
                session.signIn("qa", "abc123".toByteArray())
            }
        }
    }

    @Test
    fun an_observer_that_throws_harms_nobody_and_is_told_the_next_state_too() = runBlocking {
        Simulator().use { server ->
            Session(server.settings(), TokenStore.inMemory()).use { session ->
                val told = CountDownLatch(3)
                val thrower = object : StateObserver {
                    override fun stateChanged(state: SessionState) {
                        told.countDown()
                        // Neither an exception nor an error of the JVM is the library's.
                        if (told.count % 2 == 0L) throw IllegalStateException("observer") else throw AssertionError("observer")
                    }
                }
                session.observe(thrower).use { observation ->
                    session.signIn("qa", "abc123".toByteArray())
                    assertEquals("qa", session.whoami().name)
                    session.signOut()
                    assertTrue(withContext(Dispatchers.IO) { told.await(PATIENCE, TimeUnit.MILLISECONDS) })
                    observation.stop()
                }
            }
        }
    }

    @Test
    fun a_store_that_throws_is_a_store_that_is_not_available() = runBlocking {
        val folder = dataFolder()
        Simulator().use { server ->
            val store = AppStore()
            QuickAccess(server.settings(folder), store.forSessions()).use { session ->
                store.odd = true
                val thrown = runCatching { session.signIn("qa", "abc123".toCharArray()) }.exceptionOrNull()
                assertTrue(thrown is QuickAccessException.RepairStore, "$thrown")
                store.odd = false
                session.signIn("qa", "abc123".toCharArray())
                store.locked = true
                // The good token is served from memory.
                assertEquals(40, session.accessToken().length)
            }
        }
    }

    @Test
    fun a_session_goes_on_in_the_next_start_from_the_apps_own_store() = runBlocking {
        val folder = dataFolder()
        Simulator().use { server ->
            val store = AppStore()
            QuickAccess(server.settings(folder), store.forSessions()).use {
                it.signIn("qa", "abc123".toCharArray())
            }
            QuickAccess(server.settings(folder), store.forSessions()).use { session ->
                session.until { it is SessionState.SignedIn }
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun a29_no_secret_is_in_a_log_line_a_record_or_an_exception() = runBlocking {
        val folder = dataFolder()
        val lines = ConcurrentLinkedQueue<String>()
        val sink = object : LogSink {
            override fun line(record: LogRecord) {
                lines.add(record.toString())
                // A sink that throws ends nothing.
                throw IllegalStateException("sink")
            }
        }
        setLogSink(sink, LogLevel.TRACE)
        Simulator().use { server ->
            val store = AppStore()
            val secrets = mutableSetOf("abc123", "wr0ng-Pa55", "s3cret")
            val shown = mutableListOf<Any?>()
            QuickAccess(server.settings(folder), store.forSessions()).use { session ->
                shown += runCatching { session.signIn("qa", "wr0ng-Pa55".toCharArray()) }
                session.signIn("qa", "abc123".toCharArray())
                secrets += session.accessToken()
                secrets += tokensIn(store)
                session.refresh()
                secrets += session.accessToken()
                secrets += tokensIn(store)
                session.accessToken(TokenNeed()).use { token ->
                    shown.addAll(listOf(token, session.serverVersion()))
                    server.revokeAccessTokens()
                    val url = "${server.https}/api/guest"
                    val answer = ClientAnswer("GET", url, 403u, "application/json", """{"title": "x"}""".toByteArray())
                    shown.addAll(listOf(answer, runCatching { session.judge(token, answer) }))
                    secrets += session.accessToken()
                    secrets += tokensIn(store)
                }
                shown.addAll(listOf(session, session.state.value, session.whoami(), session.privileges()))
                shown.addAll(listOf(session.probe(), session.serverVersion(), server.settings(folder)))
                shown += session.examine("qa", "abc123".toCharArray())
                Accounts(store.forSessions(), folder.path).use { shown.addAll(listOf(it, it.list())) }
                shown += session.signOut()
                shown.addAll(session.history())
                shown += runCatching { session.accessToken() }
            }
            val settings = server.settings().copy(clientId = "Integration")
            QuickAccess(settings, TokenStore.inMemory(), "s3cret".toCharArray()).use { session ->
                session.signInClient()
                secrets += session.accessToken()
                shown.addAll(listOf(session, session.state.value, session.whoami()))
            }
            // A stranger's certificate, which is shown in an exception.
            server.session(server.settings().copy(rootsPem = null)).use { session ->
                shown += runCatching { session.signIn("qa", "abc123".toCharArray()) }
            }
            val texts = shown.map { it.toString() } + shown.filterIsInstance<Result<*>>().map { "${it.exceptionOrNull()?.stackTraceToString()}" } + lines
            assertTrue(lines.isNotEmpty())
            // Three pairs of tokens and one without a refresh token, beside what was typed.
            assertEquals(3 + 6 + 1, secrets.size)
            for (secret in secrets) {
                assertFalse(texts.any { secret in it }, "a secret was shown")
            }
        }
        setLogSink(null, LogLevel.WARNING)
    }

    @Test
    fun a_jvm_has_no_log_of_its_platform_and_says_so() {
        val refused = assertThrows<QuickAccessException.FixRequest> { logToPlatform(LogLevel.INFO) }
        assertEquals("invalid_input", refused.why.code)
        logToPlatform(null)
    }

    @Test
    fun ten_thousand_sessions_come_and_go_without_growth() {
        val settings = SessionSettings("http://127.0.0.1:9", "QuickAccess")
        // What one holds is some 10 KiB, so that 6,000 that stay would be 60 MB.
        staysSmall(6_000) { QuickAccess(settings, TokenStore.inMemory()).close() }
    }

    @Test
    fun ten_thousand_tokens_and_observations_come_and_go_without_growth() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                // A token is a handle of a few bytes here and of a few hundred in the JVM, until it is let go.
                staysSmall(10_000) { runBlocking { session.accessToken(TokenNeed()).close() } }
            }
            val silent = object : StateObserver {
                override fun stateChanged(state: SessionState) = Unit
            }
            Session(server.settings(), TokenStore.inMemory()).use { session ->
                staysSmall(10_000) { session.observe(silent).close() }
            }
        }
    }

    /** The collector must not free it between the look at its handle and the library's own share. */
    @Test
    fun an_object_that_nobody_else_holds_lasts_until_the_library_has_it() {
        val over = AtomicBoolean()
        val collected = AtomicLong()
        val garbage = thread { while (!over.get()) collected.addAndGet(ByteArray(1 shl 16).size.toLong()) }
        val callers = List(4) {
            thread {
                repeat(10_000) {
                    val handle = FfiConverterTypeTokenStore.lower(TokenStore.inMemory())
                    FfiConverterTypeTokenStore.lift(handle).close()
                }
            }
        }
        callers.forEach { it.join() }
        over.set(true)
        garbage.join()
        assertTrue(collected.get() > 0)
    }

    @Test
    fun what_nobody_closes_is_let_go_with_the_garbage() {
        val settings = SessionSettings("http://127.0.0.1:9", "QuickAccess")
        staysSmall(3_000) { Session(settings, TokenStore.inMemory()) }
    }

    /** The JVM itself grows for a while; what leaks goes on growing. */
    private fun staysSmall(times: Int, one: () -> Unit) {
        val seen = List(5) {
            repeat(times) { one() }
            resident()
        }
        assertTrue(seen.last() < seen.dropLast(1).max() + 32 * 1024, "KiB after $times each: $seen")
    }

    /** The tokens as they lie in the store. */
    private fun tokensIn(store: AppStore): List<String> =
        Regex("(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])").findAll(store.text()).map { it.value }.toList().also { assertEquals(2, it.size) }

    /** The memory of this process in KiB, garbage of the JVM left out as far as it can be. */
    private fun resident(): Long {
        System.gc()
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        return line.filter { it.isDigit() }.toLong()
    }
}
