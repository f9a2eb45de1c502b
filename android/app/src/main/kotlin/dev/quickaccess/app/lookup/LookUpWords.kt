package dev.quickaccess.app.lookup

import androidx.annotation.StringRes
import dev.quickaccess.app.R

@StringRes
internal fun Kind.words(): Int =
    when (this) {
        Kind.ENDPOINT -> R.string.kind_endpoint
        Kind.GUEST -> R.string.kind_guest
        Kind.SESSIONS -> R.string.kind_sessions
    }

/** What is to be typed. */
@StringRes
internal fun Kind.label(): Int =
    when (this) {
        Kind.ENDPOINT -> R.string.label_mac
        Kind.GUEST, Kind.SESSIONS -> R.string.label_user
    }

@StringRes
internal fun Kind.nothing(): Int =
    when (this) {
        Kind.ENDPOINT -> R.string.look_up_no_endpoint
        Kind.GUEST -> R.string.look_up_no_guest
        Kind.SESSIONS -> R.string.look_up_no_session
    }

@StringRes
internal fun Condition.words(): Int =
    when (this) {
        Condition.KNOWN -> R.string.condition_known
        Condition.UNKNOWN -> R.string.condition_unknown
        Condition.DISABLED -> R.string.condition_disabled
        Condition.ACTIVE -> R.string.condition_active
        Condition.EXPIRED -> R.string.condition_expired
        Condition.PENDING -> R.string.condition_pending
        Condition.STALE -> R.string.condition_stale
        Condition.CLOSED -> R.string.condition_closed
    }

@StringRes
internal fun Label.words(): Int =
    when (this) {
        Label.STATUS -> R.string.label_status
        Label.DESCRIPTION -> R.string.label_description
        Label.ADDED -> R.string.label_added
        Label.UPDATED -> R.string.label_updated
        Label.ROLE -> R.string.label_role
        Label.STARTS -> R.string.label_starts
        Label.EXPIRES -> R.string.label_expires
        Label.SPONSOR -> R.string.label_sponsor
        Label.EMAIL -> R.string.label_email
        Label.VISITOR -> R.string.label_visitor
        Label.COMPANY -> R.string.label_company
        Label.PHONE -> R.string.label_phone
        Label.MAC -> R.string.label_mac
        Label.NOTES -> R.string.label_notes
        Label.IP -> R.string.label_ip
        Label.SINCE -> R.string.label_since
        Label.NETWORK -> R.string.label_network
        Label.ACCESS_POINT -> R.string.label_access_point
        Label.NAS -> R.string.label_nas
    }
