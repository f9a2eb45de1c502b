package dev.quickaccess.app.server

import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.session.asFault
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.UntrustedCertificate
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** The server screen: which ClearPass, and whether it can be reached and trusted. */
class ServerPresenter(
    private val scope: CoroutineScope,
    private val connection: Connection,
    typed: ServerState = ServerState(),
    /** The server is good and chosen. */
    private val chosen: () -> Unit = {},
) : ServerIntents,
    AutoCloseable {
    private val states = MutableStateFlow(typed)
    val state: StateFlow<ServerState> = states.asStateFlow()

    private var candidate: SessionCalls? = null
    private var looking: Job? = null

    override fun addressTyped(address: String) = take { it.copy(address = address, origin = Origin.TYPED) }

    override fun clientIdTyped(clientId: String) = take { it.copy(clientId = clientId, origin = Origin.TYPED) }

    /** A link names a server; nothing is sent there before the person has looked at it. */
    fun linkOpened(choice: ServerChoice) = take { ServerState(choice.address, choice.clientId, Origin.LINK) }

    /** The administrator of this device names the server. */
    fun managed(choice: ServerChoice) {
        val now = states.value
        if (now.origin == Origin.MANAGED && now.choice == choice) return
        take { ServerState(choice.address, choice.clientId, Origin.MANAGED) }
        look()
    }

    /** The session with this server could not be opened. */
    fun failed(choice: ServerChoice, fault: Fault) {
        take { it.copy(address = choice.address, clientId = choice.clientId) }
        states.update { it.copy(finding = Finding.Refused(fault)) }
    }

    override fun look() {
        if (states.value.canLook) find {}
    }

    override fun trust(certificate: UntrustedCertificate) {
        find { it.approve(certificate) }
    }

    override fun close() {
        forget()
    }

    /** Looks at the server, after `first`. */
    private fun find(first: suspend (SessionCalls) -> Unit) {
        val choice = states.value.choice
        states.update { it.copy(finding = Finding.Looking) }
        looking?.cancel()
        looking =
            scope.launch {
                val found =
                    try {
                        val calls = candidate ?: connection.candidate(choice).also { candidate = it }
                        first(calls)
                        calls.probe()
                        candidate = null
                        connection.adopt(choice, calls)
                        chosen()
                        Finding.None
                    } catch (refused: QuickAccessException) {
                        val fault = refused.asFault()
                        fault.certificate?.let(Finding::Untrusted) ?: Finding.Refused(fault)
                    }
                states.update { it.copy(finding = found) }
            }
    }

    private fun take(change: (ServerState) -> ServerState) {
        forget()
        states.update { change(it).copy(finding = Finding.None) }
    }

    /** What is asked for is another server now. */
    private fun forget() {
        looking?.cancel()
        candidate?.let(connection::drop)
        candidate = null
    }
}
