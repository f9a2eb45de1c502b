package dev.quickaccess.app

import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.Link
import dev.quickaccess.binding.SessionState

/** The screens. */
enum class Place {
    START,
    SERVER,
    SIGN_IN,
    HOME,
    LOOK_UP,
    WHY,
    ;

    /** Whether the window must stay out of screenshots and of the list of recent apps. */
    val isSecret: Boolean
        get() = this == SIGN_IN

    /** The screens that open anew after this one, as if nobody had been there: another person may come. */
    val forgets: List<Place>
        get() = if (this == SIGN_IN) listOf(HOME, LOOK_UP) else emptyList()
}

/** Which screen shows, and what is said over it. */
data class AppState(
    val place: Place = Place.START,
    /** The screen below: where going back leads. */
    val base: Place = Place.START,
    val message: Message? = null,
) {
    val canGoBack: Boolean
        get() = place != base

    /** What is seen, the top last; the screen below too while a person goes back to it. */
    fun layers(isBelowSeen: Boolean): List<Place> = if (canGoBack && isBelowSeen) listOf(base, place) else listOf(place)
}

/** What became of something that the person did. */
sealed interface Message {
    data object Refreshed : Message

    data object SignedOut : Message

    /** Signed out, and the server does not know. */
    data object NotRevoked : Message

    data class Failed(val fault: Fault) : Message
}

/** The screen that the session asks for. */
internal fun baseOf(link: Link, session: SessionState?): Place =
    when (link) {
        Link.Opening -> Place.START
        Link.None, is Link.Failed -> Place.SERVER
        is Link.Open ->
            when (session) {
                null, SessionState.Loading -> Place.START
                is SessionState.SignedIn -> Place.HOME
                is SessionState.SigningIn -> if (session.previous != null) Place.HOME else Place.SIGN_IN
                is SessionState.SignedOut, SessionState.Locked, is SessionState.StoreFailed -> Place.SIGN_IN
            }
    }

/** Whether a screen may be over another. */
internal fun mayCover(place: Place, base: Place): Boolean =
    when (place) {
        Place.LOOK_UP -> base == Place.HOME
        Place.WHY, Place.SERVER -> base == Place.HOME || base == Place.SIGN_IN
        Place.START, Place.SIGN_IN, Place.HOME -> false
    }
