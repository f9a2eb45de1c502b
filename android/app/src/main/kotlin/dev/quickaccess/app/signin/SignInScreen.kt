package dev.quickaccess.app.signin

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextObfuscationMode
import androidx.compose.material3.Button
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.OutlinedSecureTextField
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Modifier
import androidx.compose.ui.autofill.ContentType
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentType
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import dev.quickaccess.app.R
import dev.quickaccess.app.look.ColumnPage
import dev.quickaccess.app.look.FactText
import dev.quickaccess.app.look.FaultText
import dev.quickaccess.app.look.NoticePanel
import dev.quickaccess.app.look.causeText
import dev.quickaccess.app.look.errorText
import dev.quickaccess.app.look.spoken
import dev.quickaccess.app.server.CertificateCard
import kotlinx.coroutines.flow.drop

/** Asks for name and password. */
@Composable
fun SignInScreen(
    state: SignInState,
    password: Password,
    intents: SignInIntents,
    changeServer: () -> Unit,
    showHistory: () -> Unit,
) {
    val name = remember { FocusRequester() }
    val secret = remember { FocusRequester() }
    LaunchedEffect(state.trouble) {
        when (state.trouble) {
            Trouble.NameMissing -> name.requestFocus()
            Trouble.PasswordMissing, Trouble.Rejected -> secret.requestFocus()
            is Trouble.Untrusted, is Trouble.Other, null -> {}
        }
    }
    ColumnPage(stringResource(R.string.sign_in_title)) {
        state.notice?.let { NoticePanel(noticeText(it), Modifier.testTag("notice")) }
        FactText(stringResource(R.string.certificate_host), state.server, isTechnical = true)
        NameField(state, intents, name)
        PasswordField(state, password, intents, secret)
        if (state.isWorking) {
            LinearProgressIndicator(Modifier.fillMaxWidth())
            OutlinedButton(intents::cancel, Modifier.fillMaxWidth().testTag("cancel")) {
                Text(stringResource(R.string.cancel))
            }
        } else {
            Button(intents::signIn, Modifier.fillMaxWidth().testTag("sign_in")) {
                Text(stringResource(R.string.sign_in))
            }
        }
        TroubleBelow(state, intents)
        TextButton(changeServer, Modifier.fillMaxWidth().testTag("change_server"), enabled = !state.isWorking) {
            Text(stringResource(R.string.sign_in_other_server))
        }
        TextButton(showHistory, Modifier.fillMaxWidth().testTag("history")) { Text(stringResource(R.string.why_title)) }
    }
}

@Composable
private fun NameField(state: SignInState, intents: SignInIntents, focus: FocusRequester) {
    val isMissing = state.trouble == Trouble.NameMissing
    OutlinedTextField(
        value = state.username,
        onValueChange = intents::usernameTyped,
        enabled = !state.isWorking,
        label = { Text(stringResource(R.string.sign_in_username)) },
        isError = isMissing,
        supportingText =
            if (isMissing) {
                { Text(stringResource(R.string.sign_in_username_missing), Modifier.spoken()) }
            } else {
                null
            },
        singleLine = true,
        keyboardOptions =
            KeyboardOptions(
                capitalization = KeyboardCapitalization.None,
                autoCorrectEnabled = false,
                imeAction = ImeAction.Next,
            ),
        modifier =
            Modifier
                .fillMaxWidth()
                .focusRequester(focus)
                .semantics { contentType = ContentType.Username }
                .testTag("username"),
    )
}

@Composable
private fun PasswordField(state: SignInState, password: Password, intents: SignInIntents, focus: FocusRequester) {
    LaunchedEffect(password) {
        snapshotFlow { password.input.text.length }.drop(1).collect { intents.passwordInUse() }
    }
    val fault = passwordFault(state.trouble)
    OutlinedSecureTextField(
        state = password.input,
        enabled = !state.isWorking,
        label = { Text(stringResource(R.string.sign_in_password)) },
        isError = fault != null,
        supportingText = fault?.let { { Text(it, Modifier.spoken()) } },
        textObfuscationMode = if (state.isRevealed) TextObfuscationMode.Visible else TextObfuscationMode.Hidden,
        trailingIcon = {
            IconButton({ intents.reveal(!state.isRevealed) }, Modifier.testTag("reveal")) {
                Icon(
                    painterResource(if (state.isRevealed) R.drawable.ic_hide else R.drawable.ic_show),
                    stringResource(if (state.isRevealed) R.string.sign_in_hide else R.string.sign_in_show),
                )
            }
        },
        keyboardOptions = KeyboardOptions(keyboardType = KeyboardType.Password, imeAction = ImeAction.Go),
        onKeyboardAction = { intents.signIn() },
        modifier =
            Modifier
                .fillMaxWidth()
                .focusRequester(focus)
                .onFocusChanged { if (it.isFocused) intents.passwordInUse() }
                .semantics { contentType = ContentType.Password }
                .testTag("password"),
    )
}

@Composable
private fun passwordFault(trouble: Trouble?): String? =
    when (trouble) {
        Trouble.PasswordMissing -> stringResource(R.string.sign_in_password_missing)
        Trouble.Rejected -> errorText("credentials_rejected")
        Trouble.NameMissing, is Trouble.Untrusted, is Trouble.Other, null -> null
    }

@Composable
private fun TroubleBelow(state: SignInState, intents: SignInIntents) {
    when (val trouble = state.trouble) {
        is Trouble.Untrusted -> CertificateCard(trouble.certificate, intents::trust, Modifier.spoken())
        is Trouble.Other -> FaultText(trouble.fault, Modifier.testTag("trouble"))
        Trouble.NameMissing, Trouble.PasswordMissing, Trouble.Rejected, null -> {}
    }
    if (state.canFindOut) {
        TextButton(intents::findOutWhy, Modifier.fillMaxWidth().testTag("find_out")) {
            Text(stringResource(R.string.sign_in_find_out))
        }
    }
}

@Composable
private fun noticeText(notice: Notice): String =
    when (notice) {
        is Notice.Ended -> causeText(notice.cause)
        Notice.Locked -> errorText("store_locked")
        is Notice.StoreFailed -> errorText(notice.code)
        Notice.EraseOwed -> stringResource(R.string.message_erase_owed)
    }
