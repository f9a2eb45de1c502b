package dev.quickaccess.app.session

import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The one session of the process, whatever screens come and go. */
class Connection(
    private val memory: Memory,
    private val open: suspend (ServerChoice) -> SessionCalls,
) {
    private val links = MutableStateFlow<Link>(Link.Opening)
    private val opening = Mutex()

    val link: StateFlow<Link> = links.asStateFlow()

    /** Opens the session with the server that is remembered, unless one is open. */
    suspend fun restore(): SessionCalls? =
        opening.withLock {
            (links.value as? Link.Open)?.let { return it.calls }
            val choice = memory.server
            links.value =
                if (choice == null) {
                    Link.None
                } else {
                    try {
                        Link.Open(choice, open(choice))
                    } catch (refused: QuickAccessException) {
                        Link.Failed(choice, refused.asFault())
                    }
                }
            (links.value as? Link.Open)?.calls
        }

    /** A session with a server that is not chosen yet: [adopt] or [drop] it. */
    suspend fun candidate(choice: ServerChoice): SessionCalls =
        opening.withLock { current(choice) ?: open(choice) }

    /** Makes a candidate the session of the app. */
    fun adopt(choice: ServerChoice, calls: SessionCalls) {
        val before = links.value as? Link.Open
        memory.server = choice
        if (before?.calls === calls) return
        links.value = Link.Open(choice, calls)
        before?.calls?.close()
    }

    /** Lets a candidate go. */
    fun drop(calls: SessionCalls) {
        if ((links.value as? Link.Open)?.calls !== calls) calls.close()
    }

    /** Lets go of the session, as the end of the process does; who is signed in stays so. */
    fun close() {
        (links.value as? Link.Open)?.calls?.close()
        links.value = Link.Opening
    }

    /** Two sessions with one server would be in each other's way. */
    private fun current(choice: ServerChoice): SessionCalls? =
        (links.value as? Link.Open)?.takeIf { it.choice.isSameAs(choice) }?.calls
}

/** Whether the app has a session. */
sealed interface Link {
    data object Opening : Link

    /** No server is chosen. */
    data object None : Link

    /** The session with this server cannot be opened. */
    data class Failed(val choice: ServerChoice, val fault: Fault) : Link

    data class Open(val choice: ServerChoice, val calls: SessionCalls) : Link
}
