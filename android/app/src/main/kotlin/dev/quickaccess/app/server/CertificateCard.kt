package dev.quickaccess.app.server

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextAlign
import dev.quickaccess.app.R
import dev.quickaccess.app.look.FactText
import dev.quickaccess.app.look.Heading
import dev.quickaccess.app.look.Panel
import dev.quickaccess.app.look.dayText
import dev.quickaccess.app.look.problemWords
import dev.quickaccess.binding.UntrustedCertificate

/** Shows a certificate that a person has to compare, with everything that is wrong with it. */
@Composable
fun CertificateCard(
    certificate: UntrustedCertificate,
    trust: (UntrustedCertificate) -> Unit,
    modifier: Modifier = Modifier,
) {
    val isChange = certificate.isChange
    Panel(modifier, MaterialTheme.colorScheme.surfaceContainerHigh) {
        Heading(stringResource(if (isChange) R.string.certificate_title_changed else R.string.certificate_title))
        certificate.problems.forEach { problem ->
            Text(problemWords(problem.name)?.let { stringResource(it) } ?: problem.meaning, color = MaterialTheme.colorScheme.error)
        }
        FactText(stringResource(R.string.certificate_host), "${certificate.host}:${certificate.port}", isTechnical = true)
        FactText(stringResource(R.string.certificate_subject), certificate.presented.subject, isTechnical = true)
        FactText(stringResource(R.string.certificate_issuer), certificate.presented.issuer, isTechnical = true)
        FactText(
            stringResource(R.string.certificate_valid),
            stringResource(
                R.string.certificate_from_to,
                dayText(certificate.presented.notBefore),
                dayText(certificate.presented.notAfter),
            ),
        )
        SelectionContainer {
            Fingerprint(stringResource(R.string.certificate_fingerprint), certificate.presented.fingerprint)
        }
        certificate.previous?.let { Fingerprint(stringResource(R.string.certificate_fingerprint_before), it.fingerprint) }
        Text(
            stringResource(if (isChange) R.string.certificate_advice_changed else R.string.certificate_advice),
            style = MaterialTheme.typography.bodyMedium,
        )
        OutlinedButton(onClick = { trust(certificate) }, modifier = Modifier.fillMaxWidth().testTag("trust")) {
            Text(
                stringResource(if (isChange) R.string.certificate_trust_changed else R.string.certificate_trust),
                textAlign = TextAlign.Center,
            )
        }
    }
}

@Composable
private fun Fingerprint(name: String, fingerprint: String) {
    // In groups that no line breaks apart, since people compare it.
    val groups = fingerprint.split(':').chunked(4) { it.joinToString(":") }
    FactText(name, groups.joinToString(" "), isTechnical = true, FontFamily.Monospace)
}
