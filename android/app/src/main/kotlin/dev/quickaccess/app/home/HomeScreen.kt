package dev.quickaccess.app.home

import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.testTagsAsResourceId
import dev.quickaccess.app.R
import dev.quickaccess.app.look.Page
import dev.quickaccess.app.look.Panes

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
        Panes(
            padding,
            "home",
            before = { item { Person(state, intents, lookUp) } },
            list = { privileges(state, intents) },
        )
    }
    if (state.asksToSignOut) SignOutQuestion(intents)
}

@Composable
private fun SignOutQuestion(intents: HomeIntents) {
    AlertDialog(
        onDismissRequest = intents::staySignedIn,
        // A window of its own, which inherits this from no other.
        modifier = Modifier.semantics { testTagsAsResourceId = true },
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
