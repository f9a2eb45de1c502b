package dev.quickaccess

import dev.quickaccess.binding.LogLevel
import dev.quickaccess.binding.LogRecord
import dev.quickaccess.binding.LogSink
import dev.quickaccess.binding.Persistence
import dev.quickaccess.binding.Processes
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SecretStore
import dev.quickaccess.binding.Session
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.StateObserver
import dev.quickaccess.binding.StoreClaims
import dev.quickaccess.binding.StoreException
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.logToPlatform
import dev.quickaccess.binding.setLogSink
import java.io.File
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

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
    fun an_observer_that_throws_harms_nobody() = runBlocking {
        Simulator().use { server ->
            Session(server.settings(), TokenStore.inMemory()).use { session ->
                val thrower = object : StateObserver {
                    override fun stateChanged(state: SessionState): Unit = throw IllegalStateException("observer")
                }
                session.observe(thrower).use {
                    session.signIn("qa", "abc123".toByteArray())
                    assertEquals("qa", session.whoami().name)
                }
            }
        }
    }

    @Test
    fun a_store_that_throws_is_a_store_that_is_not_available() = runBlocking {
        Simulator().use { server ->
            val store = AppStore()
            val claims = StoreClaims(Persistence.PROCESS, Processes.ONE)
            QuickAccess(server.settings(), TokenStore.custom(store, claims)).use { session ->
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
    fun a_session_goes_on_in_the_next_start_from_the_apps_own_store(@TempDir folder: File) = runBlocking {
        Simulator().use { server ->
            val store = AppStore()
            val claims = StoreClaims(Persistence.DEVICE, Processes.ONE)
            QuickAccess(server.settings(folder), TokenStore.custom(store, claims)).use {
                it.signIn("qa", "abc123".toCharArray())
            }
            QuickAccess(server.settings(folder), TokenStore.custom(store, claims)).use { session ->
                session.until { it is SessionState.SignedIn }
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun a29_no_secret_is_in_a_log_line_a_record_or_an_exception() = runBlocking {
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
            server.session().use { session ->
                val shown = mutableListOf<Any?>()
                shown += runCatching { session.signIn("qa", "wr0ng-Pa55".toCharArray()) }
                session.signIn("qa", "abc123".toCharArray())
                val tokens = mutableListOf(session.accessToken())
                session.refresh()
                tokens += session.accessToken()
                val need = dev.quickaccess.binding.TokenNeed(strict = false)
                session.accessToken(need).use { shown += it }
                shown.addAll(listOf(session, session.state.value, session.whoami(), session.privileges()))
                shown.addAll(listOf(session.probe(), session.serverVersion(), server.settings()))
                shown += session.examine("qa", "abc123".toCharArray())
                shown += session.signOut()
                shown.addAll(session.history())
                shown += runCatching { session.accessToken() }
                val texts = shown.map { it.toString() } + lines
                assertTrue(lines.isNotEmpty())
                for (secret in tokens + listOf("abc123", "wr0ng-Pa55")) {
                    assertFalse(texts.any { secret in it }, "a secret was shown")
                }
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
        // The JVM itself grows for a while; what leaks goes on growing.
        val seen = List(5) {
            repeat(6_000) {
                val settings = SessionSettings("http://127.0.0.1:9", "QuickAccess")
                QuickAccess(settings, TokenStore.inMemory()).close()
            }
            resident()
        }
        // What one session holds is some 10 KiB, so that 6,000 that stay would be 60 MB.
        assertTrue(seen.last() < seen.dropLast(1).max() + 32 * 1024, "KiB after 6,000 each: $seen")
    }

    /** The memory of this process in KiB, garbage of the JVM left out as far as it can be. */
    private fun resident(): Long {
        System.gc()
        val line = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        return line.filter { it.isDigit() }.toLong()
    }

    private class AppStore : SecretStore {
        private val entries = HashMap<String, ByteArray>()

        @Volatile var odd = false

        @Volatile var locked = false

        private fun trouble() {
            if (odd) throw IllegalStateException("odd")
            if (locked) throw StoreException.Locked()
        }

        @Synchronized
        override fun load(name: String): ByteArray {
            trouble()
            return entries[name] ?: throw StoreException.NotFound()
        }

        @Synchronized
        override fun save(name: String, bytes: ByteArray) {
            trouble()
            entries[name] = bytes
        }

        @Synchronized
        override fun delete(name: String) {
            trouble()
            entries.remove(name)
        }
    }
}
