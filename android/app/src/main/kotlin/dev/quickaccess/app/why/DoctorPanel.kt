package dev.quickaccess.app.why

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.FilledTonalButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.FaultText
import dev.quickaccess.app.look.Heading
import dev.quickaccess.app.look.Panel
import dev.quickaccess.app.look.inOwnDirection
import dev.quickaccess.app.look.spoken
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.DoctorVerdict

/** Finds out what is missing on the server. */
@Composable
internal fun DoctorPanel(examination: Examination, intents: WhyIntents) {
    Panel {
        Heading(stringResource(R.string.doctor_title))
        when (examination) {
            Examination.None -> Text(stringResource(R.string.doctor_about), style = MaterialTheme.typography.bodyMedium)
            is Examination.Running -> Steps(examination.steps)
            is Examination.Done -> {
                Text(
                    verdictText(examination.verdict),
                    Modifier.spoken().testTag("verdict"),
                    fontWeight = FontWeight.Medium,
                )
                Steps(examination.steps)
            }
            is Examination.Failed -> FaultText(examination.fault)
        }
        if (examination is Examination.Running) {
            OutlinedButton(intents::stopExamining, Modifier.fillMaxWidth().testTag("stop")) {
                Text(stringResource(R.string.cancel))
            }
        } else {
            FilledTonalButton(intents::examine, Modifier.fillMaxWidth().testTag("examine")) {
                Text(stringResource(R.string.doctor_start))
            }
        }
    }
}

@Composable
private fun Steps(steps: List<Step>) {
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) { steps.forEach { StepLine(it) } }
}

@Composable
private fun StepLine(step: Step) {
    Row(Modifier.semantics(mergeDescendants = true) {}, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        Mark(step.status)
        Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
            Text(stepWords(step.name)?.let { stringResource(it) } ?: step.check?.title ?: step.name)
            // The doctor speaks English: it quotes the server's own menus and answers.
            step.advice.forEach {
                Text(
                    it,
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyMedium.inOwnDirection(),
                )
            }
        }
    }
}

/** A sign that needs no colour to be told from the others. */
@Composable
private fun Mark(status: CheckStatus?) {
    val colors = MaterialTheme.colorScheme
    val (sign, words, color) =
        when (status) {
            CheckStatus.PASSED -> Triple("✓", R.string.check_passed, colors.primary)
            CheckStatus.WARNED -> Triple("!", R.string.check_warned, colors.tertiary)
            CheckStatus.FAILED -> Triple("✗", R.string.check_failed, colors.error)
            CheckStatus.NOT_REACHED -> Triple("–", R.string.check_not_reached, colors.onSurfaceVariant)
            null -> Triple("", R.string.check_running, colors.onSurfaceVariant)
        }
    val spoken = stringResource(words)
    Box(
        Modifier.width(with(LocalDensity.current) { 20.sp.toDp() }).clearAndSetSemantics { contentDescription = spoken },
        contentAlignment = Alignment.Center,
    ) {
        // As tall as a line in each case.
        Text(sign, color = color, fontWeight = FontWeight.Bold)
        if (status == null) CircularProgressIndicator(Modifier.size(16.dp), strokeWidth = 2.dp)
    }
}

@Composable
private fun verdictText(verdict: DoctorVerdict): String =
    stringResource(
        when (verdict) {
            DoctorVerdict.ALL_WELL -> R.string.verdict_all_well
            DoctorVerdict.WITH_REMARKS -> R.string.verdict_with_remarks
            DoctorVerdict.SERVER_WELL -> R.string.verdict_server_well
            DoctorVerdict.BROKEN -> R.string.verdict_broken
        },
    )
