package dev.quickaccess.app

import android.app.Application
import android.content.Context
import dev.quickaccess.QuickAccess
import dev.quickaccess.android.QuickAccessAndroid
import dev.quickaccess.android.followDevice
import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.Preferences
import dev.quickaccess.app.session.RealCalls
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.setup.RefreshJob
import dev.quickaccess.binding.SessionSettings
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** The app, which has the one session of the process. */
open class App : Application() {
    val memory: Memory by lazy { Preferences(getSharedPreferences("quickaccess", Context.MODE_PRIVATE)) }
    val connection: Connection by lazy { Connection(memory, ::open) }

    /** Of this app, as people read it. */
    val version: String
        get() = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()

    override fun onCreate() {
        super.onCreate()
        RefreshJob.schedule(this)
    }

    /** Opens a session that lasts; it reads files, so never on the main thread. Tests open theirs in memory. */
    open fun open(settings: SessionSettings): QuickAccess = QuickAccessAndroid.open(this, settings)

    private suspend fun open(choice: ServerChoice): RealCalls {
        val settings = SessionSettings(server = choice.url, clientId = choice.clientId.trim())
        val session = withContext(Dispatchers.IO) { open(settings) }
        return RealCalls(session, session.followDevice(this))
    }
}
