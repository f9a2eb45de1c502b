package dev.quickaccess.app.session

import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.UntrustedCertificate
import dev.quickaccess.certificate
import dev.quickaccess.why

/**
 * What went wrong, as a screen shows it: a text for the [code] in the person's language and, where the server has said
 * something of its own, the library's [sentence].
 */
data class Fault(
    val code: String,
    val sentence: String = "",
    /** Another try may help by itself: the way to the server is broken, or it is busy. */
    val passes: Boolean = false,
    /** What a person may approve after comparing the fingerprint. */
    val certificate: UntrustedCertificate? = null,
) {
    /** Whether the sentence says what the code can't. */
    val isSpecific: Boolean
        get() = code in SPECIFIC && sentence.isNotBlank()

    private companion object {
        val SPECIFIC = setOf("server_refused", "validation_failed", "action_failed", "invalid_input", "redirected", "internal")
    }
}

/** What an exception of the library means for a screen. */
fun QuickAccessException.asFault(): Fault =
    Fault(
        code = why.code,
        sentence = why.text,
        passes = this is QuickAccessException.Retry,
        certificate = certificate?.takeIf { it.canBeApproved },
    )
