package dev.quickaccess.app.lookup

import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.HeldPrivilege

/** All that the look-up screen shows. */
data class LookUpState(
    /** What the person may look up; nothing else is offered. */
    val offered: List<Kind> = emptyList(),
    val kind: Kind? = null,
    val query: String = "",
    val found: Found = Found.None,
) {
    val canLook: Boolean
        get() = kind != null && (query.isNotBlank() || kind.goesWithoutQuery) && found != Found.Looking

    /** How many things show, where there can be several. */
    val count: Int?
        get() = (found as? Found.Things)?.things?.size?.takeIf { kind == Kind.SESSIONS }
}

/** What can be looked up, and the privilege that it needs. */
enum class Kind(
    internal val privilege: String,
    /** Whether nothing typed means all of them. */
    val goesWithoutQuery: Boolean = false,
) {
    /** By MAC address. */
    ENDPOINT("cppm_endpoints"),

    /** By name. */
    GUEST("guest_users"),

    /** Those that go on; of one user, or all. */
    SESSIONS("guest_sessions_history", goesWithoutQuery = true),
}

/** What may be looked up with these privileges. */
fun offeredBy(privileges: List<HeldPrivilege>): List<Kind> =
    Kind.entries.filter { kind -> privileges.any { it.name == kind.privilege && it.mayRead } }

/** What the last look-up found. */
sealed interface Found {
    data object None : Found

    data object Looking : Found

    data class Things(
        val things: List<Thing>,
        /** There are more on the server. */
        val areMore: Boolean = false,
    ) : Found

    /** There is none of that name, or no session goes on. */
    data class Nothing(val kind: Kind) : Found

    /** What was typed is no MAC address. */
    data object NoMacAddress : Found

    data class Refused(val fault: Fault) : Found
}

/** One thing that was found: what it is called, how it is, and what is known of it. */
data class Thing(val title: String, val condition: Condition?, val facts: List<Fact>)

/** How a thing is; what is none of these is told by a fact, in the server's word. */
enum class Condition { KNOWN, UNKNOWN, DISABLED, ACTIVE, EXPIRED, PENDING, STALE, CLOSED }

/** Something that the server says of a thing, in its own words. */
data class Fact(val label: Label, val value: String)

/** What facts are about. */
enum class Label {
    STATUS,
    DESCRIPTION,
    ADDED,
    UPDATED,
    ROLE,
    STARTS,
    EXPIRES,
    SPONSOR,
    EMAIL,
    VISITOR,
    COMPANY,
    PHONE,
    MAC,
    NOTES,
    IP,
    SINCE,
    NETWORK,
    ACCESS_POINT,
    NAS,
}

/** What people do on the look-up screen. */
interface LookUpIntents {
    fun chosen(kind: Kind)

    fun typed(query: String)

    fun look()
}
