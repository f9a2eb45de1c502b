package dev.quickaccess.app.session

import android.content.Context
import java.time.Instant
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** What the app remembers, in Android's own preferences and JSON. */
@RunWith(RobolectricTestRunner::class)
class MemoryTest {
    private val known =
        LastKnown("account", "qa", null, "6.12", somePrivileges().map { it.held() }, Instant.parse("2026-05-04T08:00:00Z"))

    @Test
    fun what_is_remembered_is_there_at_the_next_start_until_it_is_forgotten() {
        assertNull(memory().server)
        memory().apply {
            server = ServerChoice("clearpass.example.com", "Phones")
            username = "qa"
            lastKnown = known
        }
        assertEquals(ServerChoice("clearpass.example.com", "Phones"), memory().server)
        assertEquals("qa", memory().username)
        assertEquals(known, memory().lastKnown)
        memory().lastKnown = null
        assertNull(memory().lastKnown)
    }

    @Test
    fun what_another_version_has_written_is_not_trusted() {
        for (text in listOf("", "{}", "[]", known.write().replace("\"privileges\":[", "\"privileges\":[7,"))) {
            assertNull(text, LastKnown.read(text))
        }
    }

    private fun memory(): Memory =
        Preferences(RuntimeEnvironment.getApplication().getSharedPreferences("memory", Context.MODE_PRIVATE))
}
