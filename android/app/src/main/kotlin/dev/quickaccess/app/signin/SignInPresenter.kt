package dev.quickaccess.app.signin

import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.session.asFault
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.UntrustedCertificate
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** The sign-in screen. */
class SignInPresenter(
    private val scope: CoroutineScope,
    private val calls: SessionCalls,
    private val memory: Memory,
    server: String,
    username: String?,
    /** A clock that never goes back, in nanoseconds. */
    private val ticks: () -> Long = System::nanoTime,
    /** Shows the doctor, who tries this name and password. */
    private val examine: (username: String, password: CharArray?) -> Unit = { _, _ -> },
) : SignInIntents {
    private val states = MutableStateFlow(SignInState(server, username ?: memory.username))
    private var attempt: Job? = null
    private var warmedAt: Long? = null

    val state: StateFlow<SignInState> = states.asStateFlow()

    /** What is typed into the other field. */
    val password = Password()

    init {
        calls.state.onEach { session -> states.update { it.copy(notice = noticeOf(session)) } }.launchIn(scope)
    }

    override fun usernameTyped(username: String) {
        states.update { it.copy(username = username, trouble = null) }
    }

    override fun passwordInUse() {
        val now = ticks()
        if (warmedAt?.let { now - it < WARM.toNanos() } == true) return
        warmedAt = now
        scope.launch {
            try {
                calls.probe()
            } catch (_: QuickAccessException) {
                // The sign-in will say it.
            }
        }
    }

    override fun reveal(isRevealed: Boolean) {
        states.update { it.copy(isRevealed = isRevealed) }
    }

    override fun signIn() = signIn {}

    override fun trust(certificate: UntrustedCertificate) = signIn { calls.approve(certificate) }

    override fun cancel() {
        attempt?.cancel()
    }

    override fun findOutWhy() {
        val typed = password.takeUnless { it.isEmpty }?.copy()
        examine(states.value.username, typed)
    }

    private fun signIn(first: suspend () -> Unit) {
        if (states.value.isWorking) return
        val missing = missing()
        if (missing != null) {
            states.update { it.copy(trouble = missing) }
            return
        }
        states.update { it.copy(isWorking = true, isRevealed = false, trouble = null) }
        attempt =
            scope.launch {
                try {
                    first()
                    attempt()
                } catch (refused: QuickAccessException) {
                    states.update { it.copy(trouble = troubleOf(refused)) }
                } finally {
                    states.update { it.copy(isWorking = false) }
                }
            }
    }

    private suspend fun attempt() {
        val username = states.value.username
        val typed = password.copy()
        try {
            calls.signIn(username, typed)
        } finally {
            typed.fill('\u0000')
        }
        password.clear()
        memory.username = username
    }

    private fun missing(): Trouble? =
        when {
            states.value.username.isBlank() -> Trouble.NameMissing
            password.isEmpty -> Trouble.PasswordMissing
            else -> null
        }

    private companion object {
        /** A warm connection is kept so long. */
        val WARM: Duration = Duration.ofSeconds(3)
    }
}

private fun troubleOf(refused: QuickAccessException): Trouble? {
    val fault = refused.asFault()
    return when {
        refused is QuickAccessException.Cancelled -> null
        fault.code == "credentials_rejected" -> Trouble.Rejected
        fault.certificate != null -> Trouble.Untrusted(fault.certificate)
        else -> Trouble.Other(fault)
    }
}

private fun noticeOf(session: SessionState): Notice? =
    when (session) {
        SessionState.Locked -> Notice.Locked
        is SessionState.StoreFailed -> Notice.StoreFailed(session.code)
        is SessionState.SignedOut ->
            when {
                session.cause !in ASKED_FOR -> Notice.Ended(session.cause)
                session.pendingErase -> Notice.EraseOwed
                else -> null
            }
        SessionState.Loading, is SessionState.SignedIn, is SessionState.SigningIn -> null
    }

/** These ends surprise nobody. */
private val ASKED_FOR = setOf(SignedOutCause.NEVER_SIGNED_IN, SignedOutCause.SIGNED_OUT)
