package dev.quickaccess.app.server

import androidx.compose.ui.test.junit4.v2.createComposeRule
import dev.quickaccess.app.EmptyActivity
import dev.quickaccess.app.comparePicture
import dev.quickaccess.app.look.QuickAccessTheme
import dev.quickaccess.binding.Certificate
import dev.quickaccess.binding.CertificateProblem
import dev.quickaccess.binding.UntrustedCertificate
import java.time.Instant
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Each state of the server screen as a picture. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(qualifiers = "w411dp-h891dp-xhdpi")
class ServerPicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createComposeRule()

    @Test
    fun the_certificate_is_shown_in_light() {
        show(untrusted, dark = false)
        rule.comparePicture("server-untrusted-light")
    }

    @Test
    fun the_certificate_is_shown_in_dark() {
        show(untrusted, dark = true)
        rule.comparePicture("server-untrusted-dark")
    }

    private fun show(finding: Finding, dark: Boolean) {
        rule.setContent {
            QuickAccessTheme(dark = dark, dynamic = false) {
                ServerScreen(ServerState("clearpass.example.com", "QuickAccess", finding), NoIntents)
            }
        }
    }

    private val untrusted =
        Finding.Untrusted(
            UntrustedCertificate(
                host = "clearpass.example.com",
                port = 443u,
                problems =
                    listOf(
                        CertificateProblem(
                            name = "unknown_issuer",
                            meaning = "Nobody that this device trusts has issued the certificate.",
                            canBeApproved = true,
                        ),
                    ),
                presented =
                    Certificate(
                        fingerprint = List(32) { "%02X".format(it * 7 % 256) }.joinToString(":"),
                        subject = "CN=clearpass.example.com",
                        issuer = "CN=Example Authority",
                        names = listOf("clearpass.example.com"),
                        notBefore = Instant.parse("2026-01-01T00:00:00Z"),
                        notAfter = Instant.parse("2027-01-01T00:00:00Z"),
                        validity = "2026-01-01 to 2027-01-01",
                        pin = "sha256/example",
                    ),
                previous = null,
                canBeApproved = true,
                isChange = false,
            ),
        )

    private object NoIntents : ServerIntents {
        override fun addressTyped(address: String) {}

        override fun clientIdTyped(clientId: String) {}

        override fun look() {}

        override fun trust(certificate: UntrustedCertificate) {}
    }
}
