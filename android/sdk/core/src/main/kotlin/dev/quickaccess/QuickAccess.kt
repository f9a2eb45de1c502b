package dev.quickaccess

import dev.quickaccess.binding.AccessToken
import dev.quickaccess.binding.AnswerVerdict
import dev.quickaccess.binding.ApiRequest
import dev.quickaccess.binding.ApiResponse
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.Devices
import dev.quickaccess.binding.DoctorObserver
import dev.quickaccess.binding.DoctorReport
import dev.quickaccess.binding.Endpoints
import dev.quickaccess.binding.Guests
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.Identity
import dev.quickaccess.binding.ListQuery
import dev.quickaccess.binding.NetworkSessions
import dev.quickaccess.binding.Observation
import dev.quickaccess.binding.OnlineStatus
import dev.quickaccess.binding.Page
import dev.quickaccess.binding.PlatformEvent
import dev.quickaccess.binding.Privilege
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.ServerProbe
import dev.quickaccess.binding.ServerVersion
import dev.quickaccess.binding.Session
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignOutReport
import dev.quickaccess.binding.StateObserver
import dev.quickaccess.binding.TokenNeed
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.UntrustedCertificate
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.flow

/**
 * A session with one ClearPass server, for one account. Make one for the whole app, and [close] it
 * when nothing uses it any more.
 *
 * Every call may be made from any thread, and throws [QuickAccessException], whose subclass says
 * what to do and whose [why] says why. A coroutine that is cancelled ends its own wait: a refresh, a
 * sign-out and an approval go on and are done; a sign-in is cancelled with it, and the session
 * before it goes on.
 *
 * @param settings the server, the API client, and what is to be different from the usual
 * @param store where the tokens lie; [TokenStore.inMemory] for "do not remember me"
 * @param clientSecret the secret of a confidential API client, kept in memory only; the array may be
 *   wiped afterwards
 * @throws QuickAccessException `invalid_input` names the setting that can't be used;
 *   `store_unavailable` and `store_locked` are about the data folder
 */
public class QuickAccess
@Throws(QuickAccessException::class)
constructor(
    settings: SessionSettings,
    store: TokenStore,
    clientSecret: CharArray? = null,
) : AutoCloseable {
    private val session: Session =
        if (clientSecret == null) {
            Session(settings, store)
        } else {
            clientSecret.asBytes { Session(settings, store, it) }
        }
    private val states = MutableStateFlow(session.state())
    private val observation: Observation =
        session.observe(
            object : StateObserver {
                override fun stateChanged(state: SessionState) {
                    look()
                }
            },
        )

    /** Where the session stands: the present state at once, then each that follows. */
    public val state: StateFlow<SessionState> = states.asStateFlow()

    /** The id of the account that this session is bound to. */
    public val account: String = session.account()

    /** Endpoints: by number or MAC address, all of them, and their status. */
    public val endpoints: Endpoints = session.endpoints()

    /** Guests: by number or name, all of them; made, extended, switched off and on. */
    public val guests: Guests = session.guests()

    /** Devices: by number or MAC address, and all of them. */
    public val devices: Devices = session.devices()

    /** Sessions on the network: those that go on, past ones, and ending them. They are not this session. */
    public val networkSessions: NetworkSessions = session.networkSessions()

    /** Tells the session what the platform tells the app. */
    public fun notify(event: PlatformEvent) {
        session.notify(event)
    }

    /**
     * Looks at the server before a password is asked for, and warms the connections that follow:
     * call it when the password field gets the focus, and every 3 s at most while somebody types.
     */
    public suspend fun probe(): ServerProbe = session.probe()

    /**
     * Signs a person in. The password lives for this one request; the array is the caller's, who may
     * wipe it as soon as this returns. A coroutine that is cancelled cancels the sign-in.
     */
    public suspend fun signIn(username: String, password: CharArray) {
        password.asBytes { session.signIn(username, it) }
        look()
    }

    /** Signs the app itself in with its client secret (`client_credentials`). */
    public suspend fun signInClient() {
        session.signInClient()
        look()
    }

    /** Cancels the sign-in that is under way, if there is one: it ends with `cancelled`. */
    public fun cancelSignIn() {
        session.cancelSignIn()
    }

    /**
     * Signs out: the session is gone from this device at once, even offline and when the store
     * refuses. It is done even if the coroutine is cancelled.
     */
    public suspend fun signOut(): SignOutReport = session.signOut().also { look() }

    /**
     * The text of an access token that is good for the next request: for the `Authorization: Bearer`
     * header of a request to this server and to no other. Ask each time, and do not keep it.
     */
    public suspend fun accessToken(): String = session.accessToken()

    /**
     * A token that is good for what the caller [need]s. Unless that is strict, the token may be
     * shorter than was asked for, and says so. Close it after use.
     */
    public suspend fun accessToken(need: TokenNeed): AccessToken = session.accessTokenWith(need)

    /** Extends the session now. It is done even if the coroutine is cancelled. */
    public suspend fun refresh() {
        session.refresh()
    }

    /** Who is signed in. */
    public suspend fun whoami(): Identity = session.whoami()

    /** What the person may do, in the server's order. */
    public suspend fun privileges(): List<Privilege> = session.privileges()

    /** Which ClearPass this is. */
    public suspend fun serverVersion(): ServerVersion = session.serverVersion()

    /** What happened to the session, oldest first, at most 200 entries, without a secret. */
    public suspend fun history(): List<HistoryEntry> = session.history()

    /**
     * Finds out why people can't sign in, step by step, beside the session, which goes on untouched.
     * Without a [password] it checks what needs none. The [observer] is told of each step as it begins
     * and ends, on a thread of the library, and of all of them before this returns.
     */
    public suspend fun examine(
        username: String,
        password: CharArray? = null,
        observer: DoctorObserver? = null,
    ): DoctorReport =
        if (password == null) {
            session.examine(username, null, observer)
        } else {
            password.asBytes { session.examine(username, it, observer) }
        }

    /**
     * Sends a request to the server's API, made by [apiRequest], and gives the success as it came. One
     * that changes nothing is tried again when the way broke; what may have acted is never repeated.
     * A coroutine that is cancelled cancels it.
     *
     * @throws QuickAccessException [QuickAccessException.NotPermitted] when the person lacks the
     *   privilege; [QuickAccessException.FixRequest] with `not_found`, `validation_failed` and its fields,
     *   or `invalid_input`; [QuickAccessException.Retry] when it can be tried again, which says whether
     *   the server may have acted: then look before repeating
     */
    public suspend fun send(request: ApiRequest): ApiResponse = session.send(request)

    /**
     * The body of a success part by part: what is too large to be held. Each collector sends the request,
     * and the transfer ends when it goes away. It throws what [send] does.
     */
    public fun download(request: ApiRequest): Flow<ByteArray> = flow {
        session.download(request).use { download ->
            while (true) emit(download.nextPart() ?: break)
        }
    }

    /**
     * A collection page by page; a page is asked for when it is wanted, and each collector begins anew.
     * It throws what [send] does; `bad_reply` when the answer is no list.
     */
    public fun pages(request: ApiRequest, query: ListQuery = ListQuery()): Flow<Page> =
        rows({ session.pages(request, query) }) { pages -> pages.nextPage()?.let { listOf(it) } }

    /**
     * What Insight knows of the device with this MAC address, in any notation. Throws `not_found` when it
     * has never seen it, else as [send].
     */
    public suspend fun onlineStatus(macAddress: String): OnlineStatus = session.onlineStatus(macAddress)

    /**
     * Trusts a certificate that an exception or a report of this session showed, after the person has
     * compared its fingerprint.
     */
    public suspend fun approve(certificate: UntrustedCertificate) {
        session.approve(certificate)
    }

    /**
     * Trusts a certificate that replaces one that was trusted before: a step of its own, since this
     * is what an attack looks like.
     */
    public suspend fun approveChanged(certificate: UntrustedCertificate) {
        session.approveChanged(certificate)
    }

    /** Makes the account of this session the default one. */
    public suspend fun makeDefault() {
        session.makeDefault()
    }

    /**
     * A good token for a request that another HTTP client is about to send to [url]; `null` when that
     * is not the configured server. The adapters for OkHttp and Ktor do this.
     */
    public suspend fun tokenFor(url: String): AccessToken? = session.tokenFor(url)

    /**
     * Judges the [answer] to a request that carried [token]: hand it on, or send the request once
     * more. The adapters for OkHttp and Ktor do this.
     */
    public suspend fun judge(token: AccessToken, answer: ClientAnswer): AnswerVerdict =
        session.judge(token, answer)

    /**
     * Lets go of the session in this process; who is signed in stays so. Calls that are under way
     * end as they would have, later ones throw [IllegalStateException].
     */
    override fun close() {
        observation.close()
        listOf(endpoints, guests, devices, networkSessions).forEach { it.close() }
        session.close()
    }

    /** Takes over the state as it is now, so that it is there when a call returns. */
    private fun look() {
        synchronized(states) {
            try {
                states.value = session.state()
            } catch (_: IllegalStateException) {
                // Closed meanwhile: the last state stays.
            }
        }
    }
}
