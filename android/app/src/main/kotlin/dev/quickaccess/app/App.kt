package dev.quickaccess.app

import android.app.Application
import dev.quickaccess.QuickAccess
import dev.quickaccess.android.QuickAccessAndroid
import dev.quickaccess.binding.SessionSettings

/** The app, which opens sessions. */
open class App : Application() {
    /** Opens a session that lasts; it reads files, so never on the main thread. Tests open theirs in memory. */
    open fun open(settings: SessionSettings): QuickAccess = QuickAccessAndroid.open(this, settings)
}
