package dev.quickaccess.app.home

import dev.quickaccess.app.Message
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.lookup.offeredBy
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.HeldPrivilege
import dev.quickaccess.app.session.LastKnown
import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.session.asFault
import dev.quickaccess.app.session.held
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.Revocation
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignOutReport
import dev.quickaccess.binding.SignedIn
import java.time.Clock
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** The home screen: who is signed in, for how long, and what they may do. */
class HomePresenter(
    private val scope: CoroutineScope,
    private val calls: SessionCalls,
    private val memory: Memory,
    server: String,
    search: String = "",
    private val clock: Clock = Clock.systemUTC(),
    /** A privilege in the person's language. */
    private val words: (HeldPrivilege) -> String = HeldPrivilege::displayName,
    private val say: (Message) -> Unit = {},
) : HomeIntents {
    private val inner = MutableStateFlow(HomeState(server, search = search))
    private val known = MutableStateFlow<LastKnown?>(null)
    private val offers = MutableStateFlow<List<Kind>>(emptyList())
    private var asking: Job? = null

    /** What may be looked up. */
    val offered: StateFlow<List<Kind>> = offers.asStateFlow()

    /** What is searched for, also while nobody looks at the screen. */
    val search: Flow<String> = inner.map { it.search }.distinctUntilChanged()

    /** While nobody looks at the screen nothing is counted, and the server is not asked again. */
    val state: StateFlow<HomeState> =
        combine(inner, left()) { state, left -> state.copy(left = left) }
            .askingAgain()
            .stateIn(scope, SharingStarted.WhileSubscribed(), inner.value)

    init {
        calls.state.onEach(::take).launchIn(scope)
        calls.state.map { it.signedIn()?.username }.distinctUntilChanged().filterNotNull().onEach { load() }.launchIn(scope)
    }

    override fun searched(text: String) {
        inner.update { it.copy(search = text) }
        showKnown()
    }

    override fun refreshNow() {
        if (!inner.value.canRefresh) return
        scope.launch {
            try {
                calls.refresh()
                say(Message.Refreshed)
                load()
            } catch (refused: QuickAccessException) {
                // Whoever has signed out meanwhile does not wait for it any more.
                val fault = refused.asFault()
                if (fault.code != "signed_out") say(Message.Failed(fault))
            }
        }
    }

    override fun askToSignOut() = inner.update { it.copy(asksToSignOut = true) }

    override fun staySignedIn() = inner.update { it.copy(asksToSignOut = false) }

    override fun signOut() {
        if (inner.value.isSigningOut) return
        inner.update { it.copy(asksToSignOut = false, isSigningOut = true) }
        scope.launch {
            try {
                val report = calls.signOut()
                forget()
                say(report.message())
            } catch (refused: QuickAccessException) {
                say(Message.Failed(refused.asFault()))
            } finally {
                inner.update { it.copy(isSigningOut = false) }
            }
        }
    }

    override fun askAgain() = load()

    /** The app shows again: what the server said a while ago may be old. */
    fun shown() {
        // The language may be another one.
        showKnown()
        val said = known.value?.at ?: return
        if (calls.state.value.signedIn() != null && Duration.between(said, clock.instant()) > STAYS_FRESH) load()
    }

    private fun take(session: SessionState) {
        val signedIn = session.signedIn() ?: return
        inner.update {
            it.copy(
                username = signedIn.username,
                stays = signedIn.stays,
                refresh = signedIn.refresh,
                isSaved = signedIn.saved,
            )
        }
    }

    private fun load() {
        asking?.cancel()
        asking =
            scope.launch {
                if (known.value == null) known.value = memory.lastKnown?.takeIf { it.account == calls.account }
                showKnown()
                val freshness =
                    try {
                        val said = ask()
                        known.value = said
                        memory.lastKnown = said
                        Freshness.Fresh
                    } catch (refused: QuickAccessException) {
                        notFresh(refused.asFault())
                    }
                showKnown()
                inner.update { it.copy(freshness = freshness) }
            }
    }

    /** The three questions go side by side. */
    private suspend fun ask(): LastKnown =
        coroutineScope {
            val privileges = async { calls.privileges() }
            val version = async { versionOrNull() }
            val identity = calls.whoami()
            LastKnown(
                account = calls.account,
                name = identity.name,
                profile = identity.profile,
                version = version.await(),
                privileges = privileges.await().map { it.held() },
                at = clock.instant(),
            )
        }

    /** Not everybody may ask for the version, and nobody misses it. */
    private suspend fun versionOrNull(): String? =
        try {
            calls.serverVersion().version
        } catch (_: QuickAccessException.NotPermitted) {
            null
        } catch (_: QuickAccessException.FixRequest) {
            null
        }

    private fun notFresh(fault: Fault): Freshness =
        known.value?.let { Freshness.Old(it.at, fault.code) } ?: Freshness.Nothing(fault.code)

    private fun showKnown() {
        val known = known.value ?: return
        offers.value = offeredBy(known.privileges)
        inner.update {
            it.copy(
                name = known.name,
                profile = known.profile,
                version = known.version,
                groups = grouped(known.privileges, it.search, words),
                privileges = known.privileges.size,
                canLookUp = offers.value.isNotEmpty(),
            )
        }
    }

    /** The next person must not see what this one may do. */
    private fun forget() {
        asking?.cancel()
        memory.lastKnown = null
        known.value = null
        offers.value = emptyList()
        inner.update { HomeState(it.server) }
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    private fun left(): Flow<Left> =
        calls.state.map { it.signedIn()?.expiresAt }.distinctUntilChanged().flatMapLatest { countdown(it, clock) }

    /** Asks again now and then while the screen shows old things. */
    private fun Flow<HomeState>.askingAgain(): Flow<HomeState> =
        channelFlow {
            launch {
                while (true) {
                    delay(PAUSE)
                    if (inner.value.freshness is Freshness.Old || inner.value.freshness is Freshness.Nothing) load()
                }
            }
            collect { send(it) }
        }

    private companion object {
        const val PAUSE = 15_000L
        val STAYS_FRESH: Duration = Duration.ofMinutes(5)
    }
}

/** That tokens are not erased yet is said by the sign-in screen, for as long as it is so. */
private fun SignOutReport.message(): Message =
    if (revocation is Revocation.Failed) Message.NotRevoked else Message.SignedOut

private fun SessionState.signedIn(): SignedIn? =
    when (this) {
        is SessionState.SignedIn -> session
        is SessionState.SigningIn -> previous
        else -> null
    }
