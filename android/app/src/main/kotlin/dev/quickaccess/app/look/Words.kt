package dev.quickaccess.app.look

import androidx.annotation.StringRes
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import dev.quickaccess.app.Message
import dev.quickaccess.app.R
import dev.quickaccess.binding.SignedOutCause

/** What an error code means and what helps, in the person's language. */
@Composable
fun errorText(code: String): String = stringResource(errorWords(code))

/** The text of each code of `errorTable()`; a code that is newer than this app is told as what it is: unknown. */
@StringRes
fun errorWords(code: String): Int = ERRORS[code] ?: R.string.error_unknown

/** Why a session is over. */
@Composable
fun causeText(cause: SignedOutCause): String =
    errorText(
        when (cause) {
            SignedOutCause.NEVER_SIGNED_IN, SignedOutCause.SIGNED_OUT -> "signed_out"
            SignedOutCause.SESSION_ENDED -> "session_ended"
            SignedOutCause.REFRESH_UNFINISHED -> "refresh_unfinished"
            SignedOutCause.SINGLE_USE_SPENT -> "single_use_spent"
            SignedOutCause.STORE_LOST -> "store_lost"
            SignedOutCause.KEY_LOST -> "store_key_lost"
            SignedOutCause.CORRUPT -> "store_corrupt"
        },
    )

@Composable
fun messageText(message: Message): String =
    when (message) {
        Message.Refreshed -> stringResource(R.string.message_refreshed)
        Message.SignedOut -> stringResource(R.string.message_signed_out)
        Message.NotRevoked -> stringResource(R.string.message_not_revoked)
        is Message.Failed -> errorText(message.fault.code)
    }

/** What is wrong with a certificate, by the name of the problem; `null` for a newer name. */
@StringRes
fun problemWords(name: String): Int? = PROBLEMS[name]

private val PROBLEMS =
    mapOf(
        "revoked" to R.string.problem_revoked,
        "pin_mismatch" to R.string.problem_pin_mismatch,
        "changed" to R.string.problem_changed,
        "unusable" to R.string.problem_unusable,
        "unknown_issuer" to R.string.problem_unknown_issuer,
        "wrong_name" to R.string.problem_wrong_name,
        "expired" to R.string.problem_expired,
        "not_yet_valid" to R.string.problem_not_yet_valid,
    )

private val ERRORS =
    mapOf(
        "credentials_rejected" to R.string.error_credentials_rejected,
        "session_ended" to R.string.error_session_ended,
        "refresh_unfinished" to R.string.error_refresh_unfinished,
        "single_use_spent" to R.string.error_single_use_spent,
        "signed_out" to R.string.error_signed_out,
        "store_lost" to R.string.error_store_lost,
        "server_refused" to R.string.error_server_refused,
        "offline" to R.string.error_offline,
        "timeout" to R.string.error_timeout,
        "server_busy" to R.string.error_server_busy,
        "server_error" to R.string.error_server_error,
        "bad_reply" to R.string.error_bad_reply,
        "client_unknown" to R.string.error_client_unknown,
        "client_needs_secret" to R.string.error_client_needs_secret,
        "grant_not_enabled" to R.string.error_grant_not_enabled,
        "not_clearpass" to R.string.error_not_clearpass,
        "no_api_access" to R.string.error_no_api_access,
        "redirected" to R.string.error_redirected,
        "certificate_unknown" to R.string.error_certificate_unknown,
        "certificate_changed" to R.string.error_certificate_changed,
        "certificate_expired" to R.string.error_certificate_expired,
        "certificate_not_yet_valid" to R.string.error_certificate_not_yet_valid,
        "certificate_revoked" to R.string.error_certificate_revoked,
        "name_mismatch" to R.string.error_name_mismatch,
        "pin_mismatch" to R.string.error_pin_mismatch,
        "tls_failed" to R.string.error_tls_failed,
        "store_locked" to R.string.error_store_locked,
        "store_key_lost" to R.string.error_store_key_lost,
        "store_corrupt" to R.string.error_store_corrupt,
        "store_denied" to R.string.error_store_denied,
        "store_unavailable" to R.string.error_store_unavailable,
        "not_permitted" to R.string.error_not_permitted,
        "invalid_input" to R.string.error_invalid_input,
        "not_found" to R.string.error_not_found,
        "validation_failed" to R.string.error_validation_failed,
        "action_failed" to R.string.error_action_failed,
        "cancelled" to R.string.error_cancelled,
        "internal" to R.string.error_internal,
    )
