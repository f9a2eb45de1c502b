package dev.quickaccess.android

import android.app.Activity
import android.app.ActivityManager
import android.app.ActivityManager.RunningAppProcessInfo
import android.app.Application
import android.content.Context
import android.os.Bundle

/**
 * Tells when the first activity of the app is shown and when the last one is gone. A rotation, which
 * makes the activity anew, is neither.
 */
internal class ScreenWatch private constructor(
    private val application: Application,
    private var shown: Boolean,
    private val changed: (shown: Boolean) -> Unit,
) : Application.ActivityLifecycleCallbacks,
    AutoCloseable {
    private val started = HashSet<Activity>()

    override fun onActivityStarted(activity: Activity) {
        started.add(activity)
        become(true)
    }

    override fun onActivityStopped(activity: Activity) {
        started.remove(activity)
        if (started.isEmpty() && !activity.isChangingConfigurations) become(false)
    }

    private fun become(shown: Boolean) {
        if (shown == this.shown) return
        this.shown = shown
        changed(shown)
    }

    override fun close() {
        application.unregisterActivityLifecycleCallbacks(this)
    }

    override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) {}

    override fun onActivityResumed(activity: Activity) {}

    override fun onActivityPaused(activity: Activity) {}

    override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) {}

    override fun onActivityDestroyed(activity: Activity) {}

    companion object {
        /** Starts to watch; `null` where there is no application, as in a backup of the app. */
        fun of(context: Context, changed: (shown: Boolean) -> Unit): ScreenWatch? {
            val application = context as? Application ?: return null
            // An activity may be there already, whose start nobody will tell.
            val process = RunningAppProcessInfo().also(ActivityManager::getMyMemoryState)
            val shown = process.importance <= RunningAppProcessInfo.IMPORTANCE_VISIBLE
            return ScreenWatch(application, shown, changed)
                .also(application::registerActivityLifecycleCallbacks)
        }
    }
}
