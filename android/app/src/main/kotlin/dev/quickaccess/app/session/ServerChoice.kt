package dev.quickaccess.app.session

import java.net.URI
import java.net.URISyntaxException
import java.net.URLDecoder
import java.net.URLEncoder

/** Which server and which API client. */
data class ServerChoice(
    /** The address as it was typed, a host name or a URL. */
    val address: String,
    /** The id of the API client. */
    val clientId: String = USUAL_CLIENT,
) {
    /** Whether there is enough to look at the server. */
    val isComplete: Boolean
        get() = address.isNotBlank() && clientId.isNotBlank()

    /** The address as the library takes it: people type a name, and mean https. */
    val url: String
        get() = address.trim().let { if ("://" in it) it else "https://$it" }

    /** What people call the server. */
    val name: String
        get() = url.removePrefix("https://").trimEnd('/')

    /** This choice as a link, which a QR code can hold too. */
    val link: String
        get() = "$SCHEME://$HOST?server=${encode(url)}&client_id=${encode(clientId.trim())}"

    /** Whether both mean the same server and client. */
    fun isSameAs(other: ServerChoice): Boolean = url == other.url && clientId.trim() == other.clientId.trim()

    companion object {
        /** What the vendor's guide calls the API client. */
        const val USUAL_CLIENT = "QuickAccess"

        private const val SCHEME = "quickaccess"
        private const val HOST = "connect"

        /**
         * The choice in a link `quickaccess://connect?server=…&client_id=…`. It can name a server and nothing else: no
         * person, no password, nothing to trust. `null` for any other link.
         */
        fun ofLink(link: String): ServerChoice? {
            val uri =
                try {
                    URI(link)
                } catch (_: URISyntaxException) {
                    return null
                }
            if (!SCHEME.equals(uri.scheme, ignoreCase = true) || !HOST.equals(uri.host, ignoreCase = true)) return null
            val values =
                uri.rawQuery.orEmpty().split('&').associate { it.substringBefore('=') to decode(it.substringAfter('=', "")) }
            return of(values["server"], values["client_id"])
        }

        /** The choice that an administrator has made, or a link. */
        fun of(server: String?, clientId: String?): ServerChoice? =
            if (server.isNullOrBlank()) null else ServerChoice(server.trim(), clientId?.trim()?.ifEmpty { null } ?: USUAL_CLIENT)

        private fun encode(text: String): String = URLEncoder.encode(text, "UTF-8")

        private fun decode(text: String): String =
            try {
                URLDecoder.decode(text, "UTF-8")
            } catch (_: IllegalArgumentException) {
                ""
            }
    }
}
