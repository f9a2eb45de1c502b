package dev.quickaccess.app.lookup

import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.session.asFault
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** The look-up screen: what the person's privileges allow to look at. */
class LookUpPresenter(
    private val scope: CoroutineScope,
    private val calls: SessionCalls,
    offered: StateFlow<List<Kind>>,
    kind: Kind? = null,
    query: String = "",
) : LookUpIntents {
    private val states = MutableStateFlow(LookUpState(kind = kind, query = query))
    private var looking: Job? = null

    val state: StateFlow<LookUpState> = states.asStateFlow()

    init {
        offered.onEach(::offer).launchIn(scope)
    }

    override fun chosen(kind: Kind) {
        if (kind !in states.value.offered || kind == states.value.kind) return
        looking?.cancel()
        states.update { it.copy(kind = kind, query = "", found = Found.None) }
    }

    override fun typed(query: String) {
        looking?.cancel()
        states.update { it.copy(query = query, found = Found.None) }
    }

    override fun look() {
        val asked = states.value
        val kind = asked.kind?.takeIf { asked.canLook } ?: return
        states.update { it.copy(found = Found.Looking) }
        looking =
            scope.launch {
                val found =
                    try {
                        find(kind, asked.query.trim())
                    } catch (refused: QuickAccessException) {
                        failed(kind, refused)
                    }
                states.update { it.copy(found = found) }
            }
    }

    private suspend fun find(kind: Kind, query: String): Found =
        when (kind) {
            Kind.ENDPOINT -> Found.Things(listOf(calls.endpoint(query).thing()))
            Kind.GUEST -> Found.Things(listOf(calls.guest(query).thing()))
            Kind.SESSIONS -> {
                // One more than are shown tells whether there are more.
                val sessions = calls.activeSessions(query.ifEmpty { null }, MOST + 1)
                if (sessions.isEmpty()) {
                    Found.Nothing(kind)
                } else {
                    Found.Things(sessions.take(MOST).map { it.thing() }, areMore = sessions.size > MOST)
                }
            }
        }

    private fun failed(kind: Kind, refused: QuickAccessException): Found {
        val fault = refused.asFault()
        return when {
            fault.code == "not_found" -> Found.Nothing(kind)
            fault.code == "invalid_input" && kind == Kind.ENDPOINT -> Found.NoMacAddress
            else -> Found.Refused(fault)
        }
    }

    private fun offer(offered: List<Kind>) {
        if (offered.isEmpty()) {
            // Nothing is known yet, and what was chosen may still be right; or the person has gone, and what
            // they found is not for the next one.
            if (states.value.offered.isNotEmpty()) {
                looking?.cancel()
                states.value = LookUpState()
            }
            return
        }
        states.update { if (it.kind in offered) it.copy(offered = offered) else LookUpState(offered, offered.first()) }
    }

    private companion object {
        const val MOST = 50
    }
}
