package dev.quickaccess.app.session

import android.content.SharedPreferences
import androidx.core.content.edit

/** What the app remembers between starts: nothing secret. */
interface Memory {
    /** The server that was connected to last. */
    var server: ServerChoice?

    /** Who signed in last, as typed. */
    var username: String

    /** What the server last said of the person. */
    var lastKnown: LastKnown?
}

/** In the app's preferences, which backups may carry. */
class Preferences(
    private val preferences: SharedPreferences,
) : Memory {
    override var server: ServerChoice?
        get() = ServerChoice.of(preferences.getString(SERVER, null), preferences.getString(CLIENT, null))
        set(value) = preferences.edit { putString(SERVER, value?.address).putString(CLIENT, value?.clientId) }

    override var username: String
        get() = preferences.getString(USERNAME, null).orEmpty()
        set(value) = preferences.edit { putString(USERNAME, value) }

    override var lastKnown: LastKnown?
        get() = preferences.getString(LAST_KNOWN, null)?.let(LastKnown::read)
        set(value) = preferences.edit { putString(LAST_KNOWN, value?.write()) }

    private companion object {
        const val SERVER = "server"
        const val CLIENT = "client_id"
        const val USERNAME = "username"
        const val LAST_KNOWN = "last_known"
    }
}
