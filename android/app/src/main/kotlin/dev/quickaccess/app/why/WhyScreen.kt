package dev.quickaccess.app.why

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.Heading
import dev.quickaccess.app.look.Page
import dev.quickaccess.app.look.Panel
import dev.quickaccess.app.look.READABLE
import dev.quickaccess.app.look.errorText
import dev.quickaccess.app.look.timeText
import dev.quickaccess.binding.HistoryEntry

/** Why was I signed out? The history, the doctor, and about this app. */
@Composable
fun WhyScreen(state: WhyState, intents: WhyIntents, share: () -> Unit, back: () -> Unit) {
    Page(
        stringResource(R.string.why_title),
        back,
        actions = {
            IconButton(share, Modifier.testTag("share")) {
                Icon(painterResource(R.drawable.ic_share), stringResource(R.string.why_share))
            }
        },
    ) { padding ->
        Box(Modifier.fillMaxSize().padding(padding), contentAlignment = Alignment.TopCenter) {
            LazyColumn(
                Modifier.widthIn(max = READABLE).testTag("why"),
                contentPadding = PaddingValues(horizontal = 16.dp, vertical = 8.dp),
                verticalArrangement = Arrangement.spacedBy(12.dp),
            ) {
                item { DoctorPanel(state.examination, intents) }
                item { Heading(stringResource(R.string.why_history), Modifier.padding(top = 8.dp)) }
                if (state.entries?.isEmpty() == true) item { Text(stringResource(R.string.why_history_empty)) }
                items(state.entries.orEmpty()) { EntryLine(it) }
                item { LinkPanel(state, intents) }
                item { About(state) }
            }
        }
    }
}

@Composable
private fun EntryLine(entry: HistoryEntry) {
    Column(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        verticalArrangement = Arrangement.spacedBy(2.dp),
    ) {
        Text(
            timeText(entry.at),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.labelMedium,
        )
        val words = kindWords(entry.kind)
        Text(if (words == null) entry.text else stringResource(words))
        // A sign-out that was asked for needs no reason.
        entry.code?.takeIf { words != null && it != "signed_out" }?.let {
            Text(errorText(it), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
        }
        HorizontalDivider(Modifier.padding(top = 8.dp))
    }
}

@Composable
private fun LinkPanel(state: WhyState, intents: WhyIntents) {
    Panel {
        Heading(stringResource(R.string.set_up_title))
        Text(stringResource(R.string.set_up_about), style = MaterialTheme.typography.bodyMedium)
        if (state.showsLink) QrPicture(state.link, Modifier.align(Alignment.CenterHorizontally).testTag("qr"))
        OutlinedButton({ intents.showLink(!state.showsLink) }, Modifier.fillMaxWidth().testTag("show_link")) {
            Text(stringResource(if (state.showsLink) R.string.set_up_hide else R.string.set_up_show))
        }
    }
}

@Composable
private fun About(state: WhyState) {
    Column(Modifier.padding(vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Heading(stringResource(R.string.about_title))
        Text(stringResource(R.string.about_version, state.version))
        Text(state.server, color = MaterialTheme.colorScheme.onSurfaceVariant)
        Text(stringResource(R.string.about_privacy), style = MaterialTheme.typography.bodyMedium)
        Text(stringResource(R.string.about_licence), style = MaterialTheme.typography.bodyMedium)
    }
}
