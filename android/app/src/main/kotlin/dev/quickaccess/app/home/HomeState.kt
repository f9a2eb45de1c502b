package dev.quickaccess.app.home

import dev.quickaccess.app.session.AccessLevel
import dev.quickaccess.app.session.isPossible
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.Stays
import java.time.Duration
import java.time.Instant

/** All that the home screen shows. */
data class HomeState(
    /** What people call the server. */
    val server: String = "",
    /** The name that was typed at the sign-in. */
    val username: String = "",
    /** The name that the server gives the person. */
    val name: String? = null,
    /** The operator profile. */
    val profile: String? = null,
    /** The version of ClearPass. */
    val version: String? = null,
    val left: Left = Left.UntilRejected,
    val stays: Stays = Stays.Unknown,
    val refresh: RefreshState = RefreshState.Ready,
    /** Whether the secret store holds the session. */
    val isSaved: Boolean = true,
    val freshness: Freshness = Freshness.Asking,
    val search: String = "",
    /** The privileges that the search finds, in their groups. */
    val groups: List<PrivilegeGroup> = emptyList(),
    /** How many privileges there are, whatever the search finds. */
    val privileges: Int = 0,
    val canLookUp: Boolean = false,
    /** The person is asked whether to sign out. */
    val asksToSignOut: Boolean = false,
    val isSigningOut: Boolean = false,
) {
    /** What to call the person. */
    val calledBy: String
        get() = name ?: username

    /** Why access is not renewed for now, unless the screen says so already. */
    val refreshReason: String?
        get() {
            val told = (freshness as? Freshness.Old)?.code ?: (freshness as? Freshness.Nothing)?.code
            val code = (refresh as? RefreshState.Waiting)?.code ?: (refresh as? RefreshState.Blocked)?.code
            return code?.takeIf { it != told }
        }

    /** What there is to say of privileges. */
    val listing: Listing
        get() =
            when {
                privileges > 0 -> if (groups.isEmpty()) Listing.NO_MATCH else Listing.SOME
                freshness == Freshness.Asking -> Listing.ASKING
                freshness == Freshness.Fresh -> Listing.NONE
                else -> Listing.UNKNOWN
            }

    /** What can be promised about staying signed in; nothing where the session can't be extended. */
    val promise: Stays?
        get() = stays.takeIf { refresh.isPossible }

    val canRefresh: Boolean
        get() = refresh != RefreshState.InFlight && refresh.isPossible
}

/** How long the access token lasts. */
sealed interface Left {
    data class For(val time: Duration) : Left

    data object Over : Left

    /** The server has not said. */
    data object UntilRejected : Left
}

/** How true it is what the screen says of the person. */
sealed interface Freshness {
    /** It is being asked for, and there is nothing to show yet. */
    data object Asking : Freshness

    data object Fresh : Freshness

    /** The server cannot be asked: this is what it said then. */
    data class Old(val saidAt: Instant, val code: String) : Freshness

    /** The server cannot be asked, and never said anything. */
    data class Nothing(val code: String) : Freshness
}

/** What there is to say of privileges. */
enum class Listing {
    /** The server is asked for them, and none are known yet. */
    ASKING,

    /** The server cannot be asked. */
    UNKNOWN,

    /** The person has none. */
    NONE,

    /** The search finds none. */
    NO_MATCH,

    SOME,
}

/** Privileges that belong together. */
data class PrivilegeGroup(val area: Area, val rows: List<PrivilegeRow>)

data class PrivilegeRow(
    /** The server's name for it. */
    val name: String,
    /** The same in words. */
    val words: String,
    val level: AccessLevel,
) {
    /** The server's name where the words are others. */
    val technicalName: String?
        get() = name.takeIf { it != words }
}

/** What people do on the home screen. */
interface HomeIntents {
    fun searched(text: String)

    fun refreshNow()

    fun askToSignOut()

    fun staySignedIn()

    fun signOut()

    /** Asks the server again. */
    fun askAgain()
}
