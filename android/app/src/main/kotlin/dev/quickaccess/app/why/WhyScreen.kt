package dev.quickaccess.app.why

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
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
import dev.quickaccess.app.look.Panes
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
        Panes(
            padding,
            "why",
            before = { item { DoctorPanel(state.examination, intents) } },
            list = { history(state, intents) },
            after = {
                item { LinkPanel(state, intents) }
                item { About(state) }
            },
        )
    }
}

private fun LazyListScope.history(state: WhyState, intents: WhyIntents) {
    item { Heading(stringResource(R.string.why_history), Modifier.padding(top = 8.dp)) }
    if (state.isEmpty) item { Text(stringResource(R.string.why_history_empty)) }
    items(state.shown) { EntryLine(it) }
    if (state.areOlder) {
        item {
            TextButton(intents::showOlder, Modifier.fillMaxWidth().testTag("older")) {
                Text(stringResource(R.string.why_history_older))
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
        entry.reason?.takeIf { words != null }?.let {
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
