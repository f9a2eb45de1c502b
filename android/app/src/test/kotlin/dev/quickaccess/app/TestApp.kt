package dev.quickaccess.app

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.TokenStore
import java.io.File

/** The app with its tokens in memory, since this machine has no Keystore; all else is real. */
open class TestApp : App() {
    private val store = TokenStore.inMemory()

    override fun open(settings: SessionSettings): QuickAccess =
        QuickAccess(settings.copy(dataDir = File(noBackupFilesDir, "quickaccess").path), store)
}

/** The same without its daily work: WorkManager is one for a process, and here each test has an app of its own. */
class TestAppWithoutWork : TestApp() {
    override fun refreshDaily(isWanted: Boolean) = Unit
}
