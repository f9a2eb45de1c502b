package dev.quickaccess.app.session

import dev.quickaccess.binding.Privilege
import dev.quickaccess.binding.PrivilegeLevel
import java.time.Instant
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/** What the server said of the person, with the time: shown when it cannot be asked, which the screen says. */
data class LastKnown(
    /** The account that it is about. */
    val account: String,
    val name: String?,
    val profile: String?,
    /** The version of ClearPass. */
    val version: String?,
    val privileges: List<HeldPrivilege>,
    /** When the server said so, by this device's clock. */
    val at: Instant,
) {
    /** As text, for the preferences. */
    fun write(): String =
        JSONObject()
            .put("account", account)
            .putOpt("name", name)
            .putOpt("profile", profile)
            .putOpt("version", version)
            .put("at", at.toEpochMilli())
            .put("privileges", JSONArray(privileges.map { JSONArray(listOf(it.name, it.displayName, it.level.name, it.mayRead)) }))
            .toString()

    companion object {
        /** From text; `null` when it is none of ours. */
        fun read(text: String): LastKnown? =
            try {
                val json = JSONObject(text)
                val rows = json.getJSONArray("privileges")
                LastKnown(
                    account = json.getString("account"),
                    name = json.word("name"),
                    profile = json.word("profile"),
                    version = json.word("version"),
                    privileges = (0 until rows.length()).map { rows.getJSONArray(it).held() },
                    at = Instant.ofEpochMilli(json.getLong("at")),
                )
            } catch (_: JSONException) {
                null
            }

        private fun JSONObject.word(name: String): String? = if (has(name)) getString(name) else null

        private fun JSONArray.held(): HeldPrivilege {
            val level = AccessLevel.entries.find { it.name == getString(2) } ?: AccessLevel.SOME
            return HeldPrivilege(getString(0), getString(1), level, getBoolean(3))
        }
    }
}

/** A privilege that the person has. */
data class HeldPrivilege(
    /** The server's name for it, such as `guest_users`. */
    val name: String,
    /** The same for people, in English. */
    val displayName: String,
    val level: AccessLevel,
    /** Whether it is enough to look at things. */
    val mayRead: Boolean,
)

/** How far a privilege goes. */
enum class AccessLevel { FULL, READ_WRITE, READ, VISIBLE, SOME }

/** What the screens keep of a privilege. */
fun Privilege.held(): HeldPrivilege =
    HeldPrivilege(
        name = name,
        displayName = displayName,
        level =
            when (level) {
                PrivilegeLevel.Full -> AccessLevel.FULL
                PrivilegeLevel.ReadWrite -> AccessLevel.READ_WRITE
                PrivilegeLevel.Read -> AccessLevel.READ
                PrivilegeLevel.Allowed -> AccessLevel.VISIBLE
                is PrivilegeLevel.Unknown -> AccessLevel.SOME
            },
        mayRead = mayRead,
    )
