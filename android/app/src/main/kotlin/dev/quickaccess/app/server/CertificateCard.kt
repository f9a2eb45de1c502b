package dev.quickaccess.app.server

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.binding.UntrustedCertificate

/** Shows a certificate that a person has to compare, with everything that is wrong with it. */
@Composable
fun CertificateCard(
    certificate: UntrustedCertificate,
    trust: (UntrustedCertificate) -> Unit,
    modifier: Modifier = Modifier,
) {
    Card(
        modifier = modifier.fillMaxWidth(),
        colors = CardDefaults.cardColors(containerColor = MaterialTheme.colorScheme.surfaceContainerHigh),
    ) {
        Column(Modifier.padding(16.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
            Text(
                stringResource(R.string.certificate_title),
                modifier = Modifier.semantics { heading() },
                style = MaterialTheme.typography.titleMedium,
            )
            certificate.problems.forEach { Text(it.meaning, color = MaterialTheme.colorScheme.error) }
            Fact(stringResource(R.string.certificate_host), "${certificate.host}:${certificate.port}")
            Fact(stringResource(R.string.certificate_subject), certificate.presented.subject)
            Fact(stringResource(R.string.certificate_issuer), certificate.presented.issuer)
            SelectionContainer {
                Fact(stringResource(R.string.certificate_fingerprint), certificate.presented.fingerprint, FontFamily.Monospace)
            }
            Text(stringResource(R.string.certificate_advice), style = MaterialTheme.typography.bodyMedium)
            OutlinedButton(
                onClick = { trust(certificate) },
                modifier = Modifier.fillMaxWidth().testTag("trust"),
            ) {
                Text(stringResource(R.string.certificate_trust))
            }
        }
    }
}

@Composable
private fun Fact(name: String, value: String, font: FontFamily? = null) {
    Column {
        Text(
            name,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.labelMedium,
        )
        Text(value, fontFamily = font)
    }
}
