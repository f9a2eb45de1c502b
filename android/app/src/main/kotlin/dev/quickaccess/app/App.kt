package dev.quickaccess.app

import android.app.Application
import android.content.Context
import androidx.work.Configuration
import dev.quickaccess.QuickAccess
import dev.quickaccess.android.QuickAccessAndroid
import dev.quickaccess.android.followDevice
import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.Preferences
import dev.quickaccess.app.session.RealCalls
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.setup.RefreshWorker
import dev.quickaccess.app.setup.canBeExtended
import dev.quickaccess.binding.SessionSettings
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The app, which has the one session of the process. */
open class App :
    Application(),
    Configuration.Provider {
    val memory: Memory by lazy { Preferences(getSharedPreferences("quickaccess", Context.MODE_PRIVATE)) }
    val connection: Connection by lazy { Connection(memory, ::open) }

    /** Of this app, as people read it. */
    val version: String
        get() = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()

    /** WorkManager asks for it at its first call, with which it starts. */
    override val workManagerConfiguration: Configuration
        get() = Configuration.Builder().build()

    override fun onCreate() {
        super.onCreate()
        // Not on the main thread, which has a screen to show: WorkManager opens a database.
        CoroutineScope(Dispatchers.Default).launch { connection.canBeExtended().collect(::refreshDaily) }
    }

    /** Has the session used once a day, or no longer. */
    open fun refreshDaily(isWanted: Boolean) = RefreshWorker.schedule(this, isWanted)

    /** Opens a session that lasts; it reads files, so never on the main thread. Tests open theirs in memory. */
    open fun open(settings: SessionSettings): QuickAccess = QuickAccessAndroid.open(this, settings)

    private suspend fun open(choice: ServerChoice): RealCalls {
        val settings = SessionSettings(server = choice.url, clientId = choice.clientId.trim())
        val session = withContext(Dispatchers.IO) { open(settings) }
        return RealCalls(session, session.followDevice(this))
    }
}
