package dev.quickaccess.app.home

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.Page
import dev.quickaccess.app.look.READABLE

/** Who is signed in, for how long, and what they may do. */
@Composable
fun HomeScreen(state: HomeState, intents: HomeIntents, lookUp: () -> Unit, showHistory: () -> Unit) {
    Page(
        stringResource(R.string.app_name),
        actions = {
            IconButton(showHistory, Modifier.testTag("history")) {
                Icon(painterResource(R.drawable.ic_history), stringResource(R.string.why_title))
            }
            TextButton(intents::askToSignOut, Modifier.testTag("sign_out"), enabled = !state.isSigningOut) {
                Text(stringResource(R.string.sign_out))
            }
        },
    ) { padding ->
        BoxWithConstraints(Modifier.fillMaxSize().padding(padding), contentAlignment = Alignment.TopCenter) {
            if (maxWidth >= TWO_PANES) TwoPanes(state, intents, lookUp) else OnePane(state, intents, lookUp)
        }
    }
    if (state.asksToSignOut) SignOutQuestion(intents)
}

@Composable
private fun OnePane(state: HomeState, intents: HomeIntents, lookUp: () -> Unit) {
    LazyColumn(
        modifier = Modifier.widthIn(max = READABLE).testTag("home"),
        contentPadding = EDGES,
        verticalArrangement = Arrangement.spacedBy(GAP),
    ) {
        item { Person(state, intents, lookUp) }
        privileges(state, intents)
    }
}

@Composable
private fun TwoPanes(state: HomeState, intents: HomeIntents, lookUp: () -> Unit) {
    Row(Modifier.widthIn(max = READABLE * 2), horizontalArrangement = Arrangement.spacedBy(GAP)) {
        Column(Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(EDGES)) { Person(state, intents, lookUp) }
        LazyColumn(
            Modifier.weight(1f).testTag("home"),
            contentPadding = EDGES,
            verticalArrangement = Arrangement.spacedBy(GAP),
        ) { privileges(state, intents) }
    }
}

@Composable
private fun SignOutQuestion(intents: HomeIntents) {
    AlertDialog(
        onDismissRequest = intents::staySignedIn,
        title = { Text(stringResource(R.string.sign_out_question)) },
        text = { Text(stringResource(R.string.sign_out_meaning)) },
        confirmButton = {
            TextButton(intents::signOut, Modifier.testTag("sign_out_now")) {
                Text(stringResource(R.string.sign_out), color = MaterialTheme.colorScheme.error)
            }
        },
        dismissButton = {
            TextButton(intents::staySignedIn, Modifier.testTag("stay")) { Text(stringResource(R.string.cancel)) }
        },
    )
}

/** From here on, a tablet's or an open foldable's, two panes have room. */
private val TWO_PANES: Dp = 760.dp
private val GAP = 12.dp
private val EDGES = PaddingValues(horizontal = 16.dp, vertical = 8.dp)
