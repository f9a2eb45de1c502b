package dev.quickaccess.app.why

import androidx.annotation.StringRes
import dev.quickaccess.app.R

/** What happened, by the kind of a history entry; `null` for a kind that is newer than this app. */
@StringRes
fun kindWords(kind: String): Int? = KINDS[kind]

/** What the doctor checks, by the name of the step; `null` for a newer one. */
@StringRes
fun stepWords(step: String): Int? = STEPS[step]

private val KINDS =
    mapOf(
        "signed_in" to R.string.history_signed_in,
        "sign_in_failed" to R.string.history_sign_in_failed,
        "refreshed" to R.string.history_refreshed,
        "refresh_failed" to R.string.history_refresh_failed,
        "refresh_blocked" to R.string.history_refresh_blocked,
        "refresh_ended" to R.string.history_refresh_ended,
        "signed_out" to R.string.history_signed_out,
        "not_saved" to R.string.history_not_saved,
        "saved" to R.string.history_saved,
        "sent_unjournaled" to R.string.history_sent_unjournaled,
        "token_rejected" to R.string.history_token_rejected,
        "no_api_access" to R.string.history_no_api_access,
        "adopted" to R.string.history_adopted,
        "taken_over" to R.string.history_taken_over,
        "store_lost" to R.string.history_set_aside,
        "set_aside" to R.string.history_set_aside,
        "erase_owed" to R.string.message_erase_owed,
    )

private val STEPS =
    mapOf(
        "reachable" to R.string.step_reachable,
        "certificate" to R.string.step_certificate,
        "api" to R.string.step_api,
        "client" to R.string.step_client,
        "grant" to R.string.step_grant,
        "refresh" to R.string.step_refresh,
        "user" to R.string.step_user,
        "tokens" to R.string.step_tokens,
        "api_access" to R.string.step_api_access,
        "privileges" to R.string.step_privileges,
    )
