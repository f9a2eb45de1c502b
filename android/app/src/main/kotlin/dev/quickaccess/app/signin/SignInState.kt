package dev.quickaccess.app.signin

import dev.quickaccess.app.session.Fault
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.UntrustedCertificate

/** All that the sign-in screen shows, but for the password itself. */
data class SignInState(
    /** What people call the server. */
    val server: String = "",
    val username: String = "",
    val isRevealed: Boolean = false,
    val isWorking: Boolean = false,
    val trouble: Trouble? = null,
    val notice: Notice? = null,
) {
    /** Whether the doctor may know more than this screen. */
    val canFindOut: Boolean
        get() = trouble is Trouble.Other || trouble == Trouble.Rejected
}

/** Why the last try failed. */
sealed interface Trouble {
    /** Belongs to the field of the user name. */
    data object NameMissing : Trouble

    /** Belongs to the field of the password. */
    data object PasswordMissing : Trouble

    /** Belongs to the field of the password: name and password do not fit. */
    data object Rejected : Trouble

    /** The server could not prove who it is, and the password was not sent. */
    data class Untrusted(val certificate: UntrustedCertificate) : Trouble

    data class Other(val fault: Fault) : Trouble
}

/** Why there is no session. */
sealed interface Notice {
    /** A session is over, and nobody asked for that. */
    data class Ended(val cause: SignedOutCause) : Notice

    /** The secret store is locked until somebody unlocks the device. */
    data object Locked : Notice

    /** The secret store can't be read; the code says why. */
    data class StoreFailed(val code: String) : Notice

    /** The secret store does not let go of an old session yet; that will not be used. */
    data object EraseOwed : Notice
}

/** What people do on the sign-in screen. */
interface SignInIntents {
    fun usernameTyped(username: String)

    /** The field of the password is in use: the connection will be needed soon. */
    fun passwordInUse()

    fun reveal(isRevealed: Boolean)

    fun signIn()

    fun cancel()

    /** The fingerprint was compared. */
    fun trust(certificate: UntrustedCertificate)

    /** Finds out what is missing on the server, with what was typed. */
    fun findOutWhy()
}
