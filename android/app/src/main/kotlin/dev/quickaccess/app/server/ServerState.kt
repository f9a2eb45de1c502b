package dev.quickaccess.app.server

import dev.quickaccess.binding.UntrustedCertificate

/** All that the server screen shows. */
data class ServerState(
    val address: String = "",
    val clientId: String = "",
    val finding: Finding = Finding.None,
) {
    /** Whether there is anything to look at, and nobody is looking yet. */
    val canLook: Boolean
        get() = address.isNotBlank() && clientId.isNotBlank() && finding != Finding.Looking
}

/** What became of the last look at the server. */
sealed interface Finding {
    data object None : Finding

    data object Looking : Finding

    /** It is a ClearPass, and its certificate is trusted. */
    data object Good : Finding

    /** It could not prove who it is: a person has to compare the fingerprint. */
    data class Untrusted(
        val certificate: UntrustedCertificate,
    ) : Finding

    /** Anything else; the sentence is for people and names the next step. */
    data class Refused(
        val sentence: String,
    ) : Finding
}

/** What people do on the server screen. */
interface ServerIntents {
    fun addressTyped(address: String)

    fun clientIdTyped(clientId: String)

    fun look()

    /** The fingerprint was compared. */
    fun trust(certificate: UntrustedCertificate)
}
