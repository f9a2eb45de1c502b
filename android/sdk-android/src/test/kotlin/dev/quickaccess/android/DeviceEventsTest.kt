package dev.quickaccess.android

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import android.net.NetworkCapabilities
import android.os.Looper
import dev.quickaccess.binding.PlatformEvent
import dev.quickaccess.binding.PlatformEvent.BACKGROUND
import dev.quickaccess.binding.PlatformEvent.FOREGROUND
import dev.quickaccess.binding.PlatformEvent.NETWORK_CHANGED
import dev.quickaccess.binding.PlatformEvent.TIME_CHANGED
import dev.quickaccess.binding.PlatformEvent.UNLOCKED
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkCapabilities

/** What a session hears of the device. */
@RunWith(RobolectricTestRunner::class)
class DeviceEventsTest {
    private val app: Application = RuntimeEnvironment.getApplication()
    private val connectivity = app.getSystemService(ConnectivityManager::class.java)
    private val heard = mutableListOf<PlatformEvent>()
    private lateinit var events: DeviceEvents

    @Before
    fun follow() {
        events = DeviceEvents(app) { heard += it }
    }

    @After
    fun stop() {
        events.close()
    }

    @Test
    fun unlocking_and_the_clock_are_told_as_they_come() {
        send(Intent.ACTION_USER_PRESENT)
        send(Intent.ACTION_TIME_CHANGED)
        send(Intent.ACTION_TIMEZONE_CHANGED)
        send(Intent.ACTION_USER_UNLOCKED)
        send(Intent.ACTION_BATTERY_LOW)
        assertEquals(listOf(UNLOCKED, TIME_CHANGED, TIME_CHANGED, UNLOCKED), heard)
    }

    @Test
    fun another_network_is_news_and_the_same_one_is_none() {
        val callback = callback()
        val same = connectivity.activeNetwork!!
        callback.onAvailable(same)
        assertEquals("Android tells the present network right away", emptyList<PlatformEvent>(), heard)

        val other = ShadowNetwork.newInstance(4711)
        callback.onAvailable(other)
        callback.onLost(same)
        assertEquals("the one that was left is no news", listOf(NETWORK_CHANGED), heard)
        callback.onLost(other)
        assertEquals(listOf(NETWORK_CHANGED, NETWORK_CHANGED), heard)
    }

    @Test
    fun a_network_that_begins_to_lead_somewhere_is_news() {
        val callback = callback()
        val network = ShadowNetwork.newInstance(4711)
        callback.onAvailable(network)
        heard.clear()
        val capabilities = ShadowNetworkCapabilities.newInstance()
        callback.onCapabilitiesChanged(network, capabilities)
        assertEquals("still behind the portal", emptyList<PlatformEvent>(), heard)
        shadowOf(capabilities).addCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED)
        callback.onCapabilitiesChanged(network, capabilities)
        callback.onCapabilitiesChanged(network, capabilities)
        assertEquals(listOf(NETWORK_CHANGED), heard)
    }

    @Test
    fun the_first_screen_and_the_last_are_told_and_those_between_are_not() {
        leave()
        val first = Robolectric.buildActivity(Activity::class.java).create().start()
        val second = Robolectric.buildActivity(Activity::class.java).create().start()
        first.stop()
        assertEquals(listOf(FOREGROUND), heard)
        second.stop()
        assertEquals(listOf(FOREGROUND, BACKGROUND), heard)
    }

    @Test
    fun a_rotation_is_no_way_out() {
        leave()
        val activity = Robolectric.buildActivity(Activity::class.java).create().start().resume()
        activity.recreate()
        assertEquals(listOf(FOREGROUND), heard)
    }

    @Test
    fun nothing_is_told_after_the_end_and_an_end_may_come_twice() {
        val callback = callback()
        events.close()
        events.close()
        send(Intent.ACTION_USER_PRESENT)
        Robolectric.buildActivity(Activity::class.java).create().start().stop()
        assertEquals(emptyList<PlatformEvent>(), heard)
        assertTrue(callback !in shadowOf(connectivity).networkCallbacks)
    }

    @Test
    fun a_session_that_was_closed_ends_it() {
        events.close()
        val before = shadowOf(connectivity).networkCallbacks.size
        val closed = DeviceEvents(app) { error("the session was closed") }
        send(Intent.ACTION_USER_PRESENT)
        assertEquals(before, shadowOf(connectivity).networkCallbacks.size)
        closed.close()
    }

    /** The one that the events are registered with. */
    private fun callback(): NetworkCallback = shadowOf(connectivity).networkCallbacks.single { it is NetworkWatch }

    /** So that the app is in the background, whatever the machine says at first. */
    private fun leave() {
        Robolectric.buildActivity(Activity::class.java).create().start().stop()
        heard.clear()
    }

    private fun send(action: String) {
        app.sendBroadcast(Intent(action))
        shadowOf(Looper.getMainLooper()).idle()
    }
}
