package dev.quickaccess.android

import android.app.Activity
import android.content.Context
import dev.quickaccess.binding.SessionSettings
import java.lang.reflect.Modifier
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** The start of the library; what it starts exists on phones alone and is replaced here. */
@RunWith(RobolectricTestRunner::class)
class StartupTest {
    private val app: Context = RuntimeEnvironment.getApplication()
    private val steps = mutableListOf<String>()

    @Test
    fun the_library_is_loaded_then_started_with_the_application_and_once() {
        val startup = Startup({ steps += "load" }) { given ->
            assertSame("an activity would be kept for ever", app, given)
            steps += "start"
            null
        }
        startup.once(Robolectric.buildActivity(Activity::class.java).get())
        startup.once(app)
        assertEquals(listOf("load", "start"), steps)
    }

    @Test
    fun a_start_that_fails_says_why_and_may_be_tried_again() {
        var answer: String? = "the Keystore is not there"
        val startup = Startup({}) { answer }
        val refused = assertThrows(IllegalStateException::class.java) { startup.once(app) }
        assertEquals(answer, refused.message)
        answer = null
        startup.once(app)
    }

    @Test
    fun an_app_without_the_native_library_is_told_what_to_do() {
        val startup = Startup({ throw UnsatisfiedLinkError("no quickaccess_ffi") }) { error("not reached") }
        val refused = assertThrows(IllegalStateException::class.java) { startup.once(app) }
        assertTrue(refused.message, "artifact with native libraries" in refused.message.orEmpty())
    }

    @Test
    fun the_public_entry_is_the_one_that_the_library_has() {
        val entry = QuickAccessAndroid::class.java
        assertEquals("dev.quickaccess.android.QuickAccessAndroid", entry.name)
        val start = entry.getDeclaredMethod("startNative", Context::class.java)
        assertTrue(Modifier.isNative(start.modifiers) && Modifier.isStatic(start.modifiers))
        assertEquals(String::class.java, start.returnType)
        // This machine has no library with such a start, and perhaps none at all.
        val refused = assertThrows(IllegalStateException::class.java) { QuickAccessAndroid.start(app) }
        assertTrue(refused.cause is UnsatisfiedLinkError)
    }

    @Test
    fun an_app_that_names_a_folder_keeps_it() {
        val settings = SessionSettings(server = "https://clearpass.example", clientId = "QuickAccess")
        val usual = QuickAccessAndroid.withDataFolder(app, settings)
        assertEquals(QuickAccessAndroid.dataFolder(app).path, usual.dataDir)
        val own = settings.copy(dataDir = "/data/own")
        assertSame(own, QuickAccessAndroid.withDataFolder(app, own))
    }
}
