package dev.quickaccess.app.lookup

import dev.quickaccess.binding.AccountState
import dev.quickaccess.binding.Endpoint
import dev.quickaccess.binding.EndpointStatus
import dev.quickaccess.binding.Guest
import dev.quickaccess.binding.NetworkSession
import dev.quickaccess.binding.NetworkSessionState

/** What the screen shows of an endpoint. */
internal fun Endpoint.thing(): Thing {
    val (condition, word) =
        when (val status = status) {
            EndpointStatus.Known -> Condition.KNOWN to null
            EndpointStatus.Unknown -> Condition.UNKNOWN to null
            EndpointStatus.Disabled -> Condition.DISABLED to null
            is EndpointStatus.Other -> null to status.word
        }
    return Thing(
        mac ?: macAddress,
        condition,
        facts(
            Label.STATUS to word,
            Label.DESCRIPTION to description,
            Label.ADDED to addedAt,
            Label.UPDATED to updatedAt,
        ) + attributes.map { Fact(Label.NOTES, "${it.name}: ${it.value}") },
    )
}

/** What the screen shows of a guest. */
internal fun Guest.thing(): Thing {
    val (condition, word) =
        when (val state = currentState) {
            AccountState.Active -> Condition.ACTIVE to null
            AccountState.Disabled -> Condition.DISABLED to null
            AccountState.Expired -> Condition.EXPIRED to null
            AccountState.Pending -> Condition.PENDING to null
            is AccountState.Other -> null to state.word
        }
    return Thing(
        username,
        condition,
        facts(
            Label.STATUS to word,
            Label.VISITOR to visitorName,
            Label.COMPANY to visitorCompany,
            Label.ROLE to roleName,
            Label.STARTS to startTime,
            Label.EXPIRES to expireTime,
            Label.SPONSOR to sponsorName,
            Label.EMAIL to email,
            Label.PHONE to visitorPhone,
            Label.MAC to macAddress,
            Label.NOTES to notes,
        ),
    )
}

/** What the screen shows of a session on the network. */
internal fun NetworkSession.thing(): Thing {
    val (condition, word) =
        when (val state = state) {
            NetworkSessionState.Active -> Condition.ACTIVE to null
            NetworkSessionState.Stale -> Condition.STALE to null
            NetworkSessionState.Closed -> Condition.CLOSED to null
            is NetworkSessionState.Other -> null to state.word
        }
    return Thing(
        username ?: mac ?: macAddress ?: id,
        condition,
        facts(
            Label.STATUS to word,
            Label.MAC to (mac ?: macAddress),
            Label.IP to framedipaddress,
            Label.SINCE to acctstarttime,
            Label.ROLE to (arubauserrole ?: tipsrole),
            Label.NETWORK to ssid,
            Label.ACCESS_POINT to apName,
            Label.NAS to (nasName ?: nasipaddress),
        ),
    )
}

private fun facts(vararg facts: Pair<Label, String?>): List<Fact> =
    facts.mapNotNull { (label, value) -> value?.takeIf { it.isNotBlank() }?.let { Fact(label, it) } }
