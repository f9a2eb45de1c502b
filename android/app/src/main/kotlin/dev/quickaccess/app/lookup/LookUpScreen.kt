package dev.quickaccess.app.lookup

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.material3.Button
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.ColumnPage
import dev.quickaccess.app.look.FactText
import dev.quickaccess.app.look.FaultText
import dev.quickaccess.app.look.Heading
import dev.quickaccess.app.look.Panel
import dev.quickaccess.app.look.Working
import dev.quickaccess.app.look.spoken
import dev.quickaccess.app.look.technical

/** Looks things up that the person's privileges allow. */
@Composable
fun LookUpScreen(state: LookUpState, intents: LookUpIntents, back: () -> Unit) {
    ColumnPage(stringResource(R.string.look_up_title), back) {
        Kinds(state, intents)
        state.kind?.let { QueryField(it, state, intents) }
        Button(intents::look, Modifier.fillMaxWidth().testTag("look"), enabled = state.canLook) {
            Text(stringResource(R.string.look_up))
        }
        when (val found = state.found) {
            Found.None -> {}
            Found.Looking -> Working(stringResource(R.string.look_up_looking))
            is Found.Things -> Things(found, state.count)
            is Found.Nothing -> Text(stringResource(found.kind.nothing()), Modifier.spoken().testTag("nothing"))
            Found.NoMacAddress ->
                Text(stringResource(R.string.look_up_no_mac), Modifier.spoken(), color = MaterialTheme.colorScheme.error)
            is Found.Refused -> FaultText(found.fault)
        }
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Kinds(state: LookUpState, intents: LookUpIntents) {
    FlowRow(Modifier.selectableGroup(), horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        state.offered.forEach { kind ->
            FilterChip(
                selected = kind == state.kind,
                onClick = { intents.chosen(kind) },
                label = { Text(stringResource(kind.words())) },
                modifier = Modifier.testTag(kind.name),
            )
        }
    }
}

@Composable
private fun QueryField(kind: Kind, state: LookUpState, intents: LookUpIntents) {
    OutlinedTextField(
        value = state.query,
        onValueChange = intents::typed,
        textStyle = MaterialTheme.typography.bodyLarge.technical(),
        label = { Text(stringResource(kind.label())) },
        supportingText =
            if (kind.goesWithoutQuery) {
                { Text(stringResource(R.string.look_up_all)) }
            } else {
                null
            },
        singleLine = true,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                imeAction = ImeAction.Search,
            ),
        keyboardActions = KeyboardActions(onSearch = { intents.look() }),
        modifier = Modifier.fillMaxWidth().testTag("query"),
    )
}

@Composable
private fun Things(found: Found.Things, count: Int?) {
    if (count != null) {
        Heading(
            if (found.areMore) {
                pluralStringResource(R.plurals.look_up_first, count, count)
            } else {
                pluralStringResource(R.plurals.look_up_sessions, count, count)
            },
            Modifier.spoken(),
        )
    }
    found.things.forEach { thing ->
        Panel(Modifier.testTag("thing")) {
            Heading(thing.title)
            thing.condition?.let { FactText(stringResource(R.string.label_status), stringResource(it.words())) }
            if (thing.facts.isNotEmpty()) SelectionContainer { Facts(thing) }
        }
    }
}

@Composable
private fun Facts(thing: Thing) {
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        thing.facts.forEach { FactText(stringResource(it.label.words()), it.value, isTechnical = true) }
    }
}
