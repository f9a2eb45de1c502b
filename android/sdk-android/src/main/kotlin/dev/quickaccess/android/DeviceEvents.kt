package dev.quickaccess.android

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.net.ConnectivityManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.PlatformEvent

/**
 * Tells this session what happens to the device and the app, until the result is closed: the network
 * comes, goes or is another one; the app comes to the foreground or leaves it; somebody unlocks the
 * device or sets its clock. So a session that waits for one of these goes on at once.
 *
 * Call it once for a session, on any thread, before the first activity is shown if you can. It ends by
 * itself after the session was closed.
 */
public fun QuickAccess.followDevice(context: Context): AutoCloseable =
    DeviceEvents(context.applicationContext ?: context, this::notify)

/** The sources of events, all of which speak on the main thread. */
internal class DeviceEvents(
    private val context: Context,
    private val notify: (PlatformEvent) -> Unit,
) : AutoCloseable {
    private val connectivity = context.getSystemService(ConnectivityManager::class.java)
    private val network = NetworkWatch(connectivity) { tell(PlatformEvent.NETWORK_CHANGED) }
    private val screens = ScreenWatch.of(context) { shown ->
        tell(if (shown) PlatformEvent.FOREGROUND else PlatformEvent.BACKGROUND)
    }
    private val broadcasts =
        object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                BROADCASTS[intent.action]?.let(::tell)
            }
        }
    private var closed = false

    init {
        connectivity?.registerDefaultNetworkCallback(network, Handler(Looper.getMainLooper()))
        val filter = IntentFilter().apply { BROADCASTS.keys.forEach(::addAction) }
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            // The system's own broadcasts come all the same.
            context.registerReceiver(broadcasts, filter, Context.RECEIVER_NOT_EXPORTED)
        } else {
            context.registerReceiver(broadcasts, filter)
        }
    }

    private fun tell(event: PlatformEvent) {
        try {
            notify(event)
        } catch (_: IllegalStateException) {
            // The session was closed.
            close()
        }
    }

    @Synchronized
    override fun close() {
        if (closed) return
        closed = true
        connectivity?.unregisterNetworkCallback(network)
        screens?.close()
        context.unregisterReceiver(broadcasts)
    }

    private companion object {
        val BROADCASTS =
            mapOf(
                // The lock screen is gone; after a start of the device, its storage is open too.
                Intent.ACTION_USER_PRESENT to PlatformEvent.UNLOCKED,
                Intent.ACTION_USER_UNLOCKED to PlatformEvent.UNLOCKED,
                Intent.ACTION_TIME_CHANGED to PlatformEvent.TIME_CHANGED,
                Intent.ACTION_TIMEZONE_CHANGED to PlatformEvent.TIME_CHANGED,
            )
    }
}
