package dev.quickaccess.app.server

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.UntrustedCertificate
import dev.quickaccess.certificate
import dev.quickaccess.why
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The server screen: which ClearPass, and whether it can be reached and trusted. */
class ServerPresenter(
    private val scope: CoroutineScope,
    private val open: (SessionSettings) -> QuickAccess,
    typed: ServerState = ServerState(),
    private val files: CoroutineDispatcher = Dispatchers.IO,
) : ServerIntents,
    AutoCloseable {
    private val states = MutableStateFlow(typed)
    val state: StateFlow<ServerState> = states.asStateFlow()

    private var session: QuickAccess? = null
    private var looking: Job? = null

    override fun addressTyped(address: String) {
        forget()
        states.update { it.copy(address = address, finding = Finding.None) }
    }

    override fun clientIdTyped(clientId: String) {
        forget()
        states.update { it.copy(clientId = clientId, finding = Finding.None) }
    }

    override fun look() {
        if (states.value.canLook) find {}
    }

    override fun trust(certificate: UntrustedCertificate) {
        find { if (certificate.isChange) it.approveChanged(certificate) else it.approve(certificate) }
    }

    override fun close() {
        forget()
    }

    /** Looks at the server, after `first`. */
    private fun find(first: suspend (QuickAccess) -> Unit) {
        states.update { it.copy(finding = Finding.Looking) }
        looking?.cancel()
        looking =
            scope.launch {
                val found =
                    try {
                        val session = session ?: opened()
                        first(session)
                        session.probe()
                        Finding.Good
                    } catch (refused: QuickAccessException) {
                        refused.certificate?.takeIf { it.canBeApproved }?.let(Finding::Untrusted)
                            ?: Finding.Refused(refused.why.text)
                    }
                states.update { it.copy(finding = found) }
            }
    }

    private suspend fun opened(): QuickAccess {
        val typed = states.value
        val settings = SessionSettings(server = addressOf(typed.address), clientId = typed.clientId.trim())
        return withContext(files) { open(settings) }.also { session = it }
    }

    /** What was typed is for another server now. */
    private fun forget() {
        looking?.cancel()
        session?.close()
        session = null
    }
}

/** People type a name; what they mean is https. */
internal fun addressOf(typed: String): String = typed.trim().let { if ("://" in it) it else "https://$it" }
