package dev.quickaccess.app.server

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R

/** Asks for the server and the client id, and says what was found there. */
@Composable
fun ServerScreen(state: ServerState, intents: ServerIntents) {
    Surface(Modifier.fillMaxSize()) {
        Column(
            modifier = Modifier.fillMaxSize().safeDrawingPadding().imePadding().verticalScroll(rememberScrollState()),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            Column(
                modifier = Modifier.widthIn(max = 560.dp).fillMaxWidth().padding(24.dp),
                verticalArrangement = Arrangement.spacedBy(16.dp),
            ) {
                Text(
                    stringResource(R.string.server_title),
                    modifier = Modifier.semantics { heading() },
                    style = MaterialTheme.typography.headlineMedium,
                )
                Text(
                    stringResource(R.string.server_about),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyMedium,
                )
                Fields(state, intents)
                Button(
                    onClick = intents::look,
                    enabled = state.canLook,
                    modifier = Modifier.fillMaxWidth().testTag("look"),
                ) {
                    Text(stringResource(R.string.server_look))
                }
                Found(state.finding, intents)
            }
        }
    }
}

@Composable
private fun Fields(state: ServerState, intents: ServerIntents) {
    OutlinedTextField(
        value = state.address,
        onValueChange = intents::addressTyped,
        label = { Text(stringResource(R.string.server_address)) },
        placeholder = { Text(stringResource(R.string.server_address_example)) },
        singleLine = true,
        keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.Uri, imeAction = ImeAction.Next),
        modifier = Modifier.fillMaxWidth().testTag("address"),
    )
    OutlinedTextField(
        value = state.clientId,
        onValueChange = intents::clientIdTyped,
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

@Composable
private fun Found(finding: Finding, intents: ServerIntents) {
    val spoken = Modifier.semantics { liveRegion = LiveRegionMode.Polite }
    when (finding) {
        Finding.None -> {}
        Finding.Looking ->
            Row(
                modifier = spoken,
                horizontalArrangement = Arrangement.spacedBy(12.dp),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                CircularProgressIndicator(Modifier.size(20.dp), strokeWidth = 2.dp)
                Text(stringResource(R.string.server_looking))
            }
        Finding.Good ->
            Text(
                stringResource(R.string.server_good),
                modifier = spoken,
                color = MaterialTheme.colorScheme.primary,
            )
        is Finding.Refused -> Text(finding.sentence, modifier = spoken, color = MaterialTheme.colorScheme.error)
        is Finding.Untrusted -> CertificateCard(finding.certificate, intents::trust, spoken)
    }
}
