package dev.quickaccess.app.server

import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.binding.UntrustedCertificate

/** All that the server screen shows. */
data class ServerState(
    val address: String = "",
    val clientId: String = ServerChoice.USUAL_CLIENT,
    val origin: Origin = Origin.TYPED,
    val finding: Finding = Finding.None,
) {
    /** Whether there is anything to look at, and nobody is looking yet. */
    val canLook: Boolean
        get() = choice.isComplete && finding != Finding.Looking

    /** What the person may change. */
    val canType: Boolean
        get() = origin != Origin.MANAGED

    internal val choice: ServerChoice
        get() = ServerChoice(address, clientId)
}

/** Where address and client id come from. */
enum class Origin {
    TYPED,

    /** A link, which anybody can write: the person has to look at it. */
    LINK,

    /** The administrator of the device. */
    MANAGED,
}

/** What became of the last look at the server. */
sealed interface Finding {
    data object None : Finding

    data object Looking : Finding

    /** It could not prove who it is: a person has to compare the fingerprint. */
    data class Untrusted(val certificate: UntrustedCertificate) : Finding

    /** Anything else. */
    data class Refused(val fault: Fault) : Finding
}

/** What people do on the server screen. */
interface ServerIntents {
    fun addressTyped(address: String)

    fun clientIdTyped(clientId: String)

    fun look()

    /** The fingerprint was compared. */
    fun trust(certificate: UntrustedCertificate)
}
