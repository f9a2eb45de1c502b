package dev.quickaccess.app.server

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import dev.quickaccess.app.R
import dev.quickaccess.app.look.ColumnPage
import dev.quickaccess.app.look.FaultText
import dev.quickaccess.app.look.NoticePanel
import dev.quickaccess.app.look.Working
import dev.quickaccess.app.look.spoken
import dev.quickaccess.app.look.technical

/** Asks for the server and the client id, and says what was found there. */
@Composable
fun ServerScreen(state: ServerState, intents: ServerIntents, back: (() -> Unit)? = null) {
    ColumnPage(stringResource(R.string.server_title), back) {
        when (state.origin) {
            Origin.TYPED ->
                Text(
                    stringResource(R.string.server_about),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyMedium,
                )
            Origin.LINK -> NoticePanel(stringResource(R.string.server_from_link))
            Origin.MANAGED -> NoticePanel(stringResource(R.string.server_managed))
        }
        Fields(state, intents)
        Button(onClick = intents::look, enabled = state.canLook, modifier = Modifier.fillMaxWidth().testTag("look")) {
            Text(stringResource(R.string.server_look))
        }
        when (val finding = state.finding) {
            Finding.None -> {}
            Finding.Looking -> Working(stringResource(R.string.server_looking))
            is Finding.Refused -> FaultText(finding.fault)
            is Finding.Untrusted -> CertificateCard(finding.certificate, intents::trust, Modifier.spoken())
        }
    }
}

@Composable
private fun Fields(state: ServerState, intents: ServerIntents) {
    // Addresses run from left to right in every language.
    val style = MaterialTheme.typography.bodyLarge.technical()
    OutlinedTextField(
        value = state.address,
        onValueChange = intents::addressTyped,
        readOnly = !state.canType,
        textStyle = style,
        label = { Text(stringResource(R.string.server_address)) },
        placeholder = { Text(stringResource(R.string.server_address_example)) },
        singleLine = true,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                keyboardType = KeyboardType.Uri,
                imeAction = ImeAction.Next,
            ),
        modifier = Modifier.fillMaxWidth().testTag("address"),
    )
    OutlinedTextField(
        value = state.clientId,
        onValueChange = intents::clientIdTyped,
        readOnly = !state.canType,
        textStyle = style,
        label = { Text(stringResource(R.string.server_client_id)) },
        singleLine = true,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                imeAction = ImeAction.Go,
            ),
        keyboardActions = KeyboardActions(onGo = { intents.look() }),
        modifier = Modifier.fillMaxWidth().testTag("client"),
    )
}
