package dev.quickaccess.app.home

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Button
import androidx.compose.material3.FilledTonalButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.FactText
import dev.quickaccess.app.look.NoticePanel
import dev.quickaccess.app.look.Panel
import dev.quickaccess.app.look.durationText
import dev.quickaccess.app.look.errorText
import dev.quickaccess.app.look.timeText
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.Stays

/** Who is signed in, where, and for how long. */
@Composable
internal fun Person(state: HomeState, intents: HomeIntents, lookUp: () -> Unit) {
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        FreshnessNotice(state.freshness, intents)
        if (!state.isSaved) NoticePanel(stringResource(R.string.home_not_saved))
        Panel {
            Text(
                state.calledBy,
                Modifier.semantics { heading() }.testTag("name"),
                style = MaterialTheme.typography.headlineSmall,
            )
            state.profile?.let { FactText(stringResource(R.string.home_profile), it) }
            FactText(stringResource(R.string.certificate_host), state.server, isTechnical = true)
            state.version?.let { FactText(stringResource(R.string.home_version), it, isTechnical = true) }
        }
        TimePanel(state, intents)
        if (state.canLookUp) {
            Button(lookUp, Modifier.fillMaxWidth().testTag("look_up")) { Text(stringResource(R.string.look_up_title)) }
        }
    }
}

@Composable
private fun TimePanel(state: HomeState, intents: HomeIntents) {
    Panel {
        // Read as one, and not each second anew.
        Column(Modifier.semantics(mergeDescendants = true) {}) {
            Text(
                stringResource(R.string.home_left),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.labelMedium,
            )
            Text(leftText(state.left), Modifier.testTag("left"), style = MaterialTheme.typography.titleLarge)
        }
        state.promise?.let { Text(staysText(it), style = MaterialTheme.typography.bodyMedium) }
        refreshText(state)?.let { Text(it, style = MaterialTheme.typography.bodyMedium) }
        FilledTonalButton(
            intents::refreshNow,
            Modifier.fillMaxWidth().testTag("refresh"),
            enabled = state.canRefresh,
        ) {
            Text(stringResource(R.string.home_refresh))
        }
    }
}

@Composable
private fun FreshnessNotice(freshness: Freshness, intents: HomeIntents) {
    val text =
        when (freshness) {
            Freshness.Asking, Freshness.Fresh -> return
            is Freshness.Old ->
                errorText(freshness.code) + "\n" + stringResource(R.string.home_as_of, timeText(freshness.saidAt))
            is Freshness.Nothing -> errorText(freshness.code)
        }
    NoticePanel(text, Modifier.testTag("old")) {
        TextButton(intents::askAgain, Modifier.align(Alignment.End).testTag("ask_again")) { Text(stringResource(R.string.try_again)) }
    }
}

@Composable
private fun leftText(left: Left): String =
    when (left) {
        is Left.For -> durationText(left.time)
        Left.Over -> stringResource(R.string.home_left_over)
        Left.UntilRejected -> stringResource(R.string.home_left_unknown)
    }

@Composable
private fun staysText(stays: Stays): String =
    when (stays) {
        is Stays.Until -> stringResource(R.string.home_stays_until, timeText(stays.at))
        Stays.WhileUsed -> stringResource(R.string.home_stays_while_used)
        Stays.Unknown -> stringResource(R.string.home_stays_unknown)
    }

@Composable
private fun refreshText(state: HomeState): String? {
    val text =
        when (state.refresh) {
            RefreshState.Ready -> return null
            RefreshState.InFlight, RefreshState.Elsewhere -> R.string.home_refreshing
            is RefreshState.Waiting -> R.string.home_refresh_waits
            is RefreshState.Blocked -> R.string.home_refresh_blocked
            is RefreshState.Ended -> R.string.home_refresh_ended
            RefreshState.NotOffered -> R.string.home_refresh_not_offered
        }
    return listOfNotNull(stringResource(text), state.refreshReason?.let { errorText(it) }).joinToString("\n")
}
