package dev.quickaccess

import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.UntrustedCertificate
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Certificates that nobody vouches for: shown, compared, approved, and changed. */
class CertificateTest {
    @Test
    fun a_certificate_is_approved_as_it_was_shown_and_a_changed_one_in_a_step_of_its_own() = runBlocking {
        Simulator().use { server ->
            server.session(server.settings().copy(rootsPem = null)).use { session ->
                val shown = untrusted(session, "certificate_unknown")
                assertTrue(shown.canBeApproved && !shown.isChange)
                assertEquals("unknown_issuer", shown.problems.first().name)
                val other = shown.copy(presented = shown.presented.copy(fingerprint = "AB:CD"))
                assertEquals("invalid_input", refusal { session.approve(other) }.code)
                assertEquals("invalid_input", refusal { session.approveChanged(shown.copy(port = 1u)) }.code)
                session.approve(shown)
                session.signIn("qa", "abc123".toCharArray())

                server.changeCertificate()
                val changed = untrusted(session, "certificate_changed")
                assertTrue(changed.isChange)
                assertEquals(shown.presented.fingerprint, changed.previous!!.fingerprint)
                assertNotEquals(shown.presented.fingerprint, changed.presented.fingerprint)
                assertEquals("invalid_input", refusal { session.approve(changed) }.code)
                session.approveChanged(changed)
                session.signIn("qa", "abc123".toCharArray())
                assertEquals("qa", session.whoami().name)
            }
        }
    }

    @Test
    fun the_doctors_report_shows_the_certificate_too() = runBlocking {
        Simulator().use { server ->
            server.session(server.settings().copy(rootsPem = null)).use { session ->
                val report = session.examine("qa")
                session.approve(report.certificate!!)
                session.probe()
                assertFalse(session.examine("qa").checks.any { it.code == "certificate_unknown" })
            }
        }
    }

    private suspend fun untrusted(session: QuickAccess, code: String): UntrustedCertificate {
        val thrown = refusal { session.signIn("qa", "abc123".toCharArray()) } as QuickAccessException.TrustServer
        assertEquals(code, thrown.code)
        return thrown.certificate!!
    }
}
