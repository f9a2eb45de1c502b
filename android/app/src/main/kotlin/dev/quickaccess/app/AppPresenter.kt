package dev.quickaccess.app

import dev.quickaccess.app.session.Link
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.update

/** Decides which screen shows: what the session asks for, and over it what the person has opened. */
class AppPresenter(
    scope: CoroutineScope,
    link: StateFlow<Link>,
    /** The screen that was open over another when the process ended. */
    opened: Place? = null,
) {
    private val states = MutableStateFlow(AppState())
    private var wished: Place? = opened

    val state: StateFlow<AppState> = states.asStateFlow()

    init {
        bases(link).onEach(::settle).launchIn(scope)
    }

    /** The person wants to see this. */
    fun show(place: Place) {
        wished = place
        settle(states.value.base)
    }

    fun back() {
        wished = null
        settle(states.value.base)
    }

    fun say(message: Message) {
        states.update { it.copy(message = message) }
    }

    fun messageShown() {
        states.update { it.copy(message = null) }
    }

    private fun settle(base: Place) {
        // What is wished for waits until the session is there, and is forgotten when it does not fit.
        if (base != Place.START && wished?.let { mayCover(it, base) } != true) wished = null
        val place = wished.takeIf { base != Place.START } ?: base
        states.update { it.copy(place = place, base = base) }
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    private fun bases(link: Flow<Link>): Flow<Place> =
        link.flatMapLatest { link ->
            if (link is Link.Open) link.calls.state.map { baseOf(link, it) } else flowOf(baseOf(link, null))
        }
}
