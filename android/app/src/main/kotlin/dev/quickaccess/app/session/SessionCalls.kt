package dev.quickaccess.app.session

import dev.quickaccess.QuickAccess
import dev.quickaccess.allActive
import dev.quickaccess.allActiveByUser
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.DoctorObserver
import dev.quickaccess.binding.DoctorReport
import dev.quickaccess.binding.Endpoint
import dev.quickaccess.binding.Guest
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.Identity
import dev.quickaccess.binding.NetworkSession
import dev.quickaccess.binding.Privilege
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.ServerVersion
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignOutReport
import dev.quickaccess.binding.UntrustedCertificate
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList

/** What the screens ask of a session, and no more. The app gives them a real one, their tests one that does as it is told. */
interface SessionCalls : AutoCloseable {
    val state: StateFlow<SessionState>

    /** The id of the account. */
    val account: String

    /** Looks at the server and warms the connections. */
    suspend fun probe()

    suspend fun signIn(username: String, password: CharArray)

    suspend fun signOut(): SignOutReport

    /** Extends the session now. */
    suspend fun refresh()

    /** Is a use of the session, which extends it if that is due. */
    suspend fun use()

    suspend fun whoami(): Identity

    suspend fun privileges(): List<Privilege>

    suspend fun serverVersion(): ServerVersion

    suspend fun history(): List<HistoryEntry>

    /** Trusts a certificate that a person has compared. */
    suspend fun approve(certificate: UntrustedCertificate)

    suspend fun endpoint(mac: String): Endpoint

    suspend fun guest(name: String): Guest

    /** The sessions on the network that go on, at most `most`; of one user where one is named. */
    suspend fun activeSessions(username: String?, most: Int): List<NetworkSession>

    /** Finds out why people can't sign in; `told` may be called on any thread. */
    suspend fun examine(username: String, password: CharArray?, told: (DoctorProgress) -> Unit): DoctorReport
}

/** Whether the session can be extended at all, now or later. */
val RefreshState.isPossible: Boolean
    get() = this !is RefreshState.Ended && this != RefreshState.NotOffered

/** How far the doctor is. */
sealed interface DoctorProgress {
    /** This step is being checked. */
    data class Began(val step: String) : DoctorProgress

    /** This step was checked. */
    data class Ended(val check: DoctorCheck) : DoctorProgress
}

/** The calls of a session of the library, which goes with them when they are closed. */
class RealCalls(
    private val session: QuickAccess,
    private val following: AutoCloseable = AutoCloseable {},
) : SessionCalls {
    override val state: StateFlow<SessionState> = session.state
    override val account: String = session.account

    override suspend fun probe() {
        session.probe()
    }

    override suspend fun signIn(username: String, password: CharArray) = session.signIn(username, password)

    override suspend fun signOut(): SignOutReport = session.signOut()

    override suspend fun refresh() = session.refresh()

    override suspend fun use() {
        session.accessToken()
    }

    override suspend fun whoami(): Identity = session.whoami()

    override suspend fun privileges(): List<Privilege> = session.privileges()

    override suspend fun serverVersion(): ServerVersion = session.serverVersion()

    override suspend fun history(): List<HistoryEntry> = session.history()

    override suspend fun approve(certificate: UntrustedCertificate) =
        if (certificate.isChange) session.approveChanged(certificate) else session.approve(certificate)

    override suspend fun endpoint(mac: String): Endpoint = session.endpoints.byMac(mac)

    override suspend fun guest(name: String): Guest = session.guests.byName(name)

    override suspend fun activeSessions(username: String?, most: Int): List<NetworkSession> {
        val sessions = session.networkSessions
        return (if (username == null) sessions.allActive() else sessions.allActiveByUser(username)).take(most).toList()
    }

    override suspend fun examine(
        username: String,
        password: CharArray?,
        told: (DoctorProgress) -> Unit,
    ): DoctorReport =
        session.examine(
            username,
            password,
            object : DoctorObserver {
                override fun began(step: String, title: String) = told(DoctorProgress.Began(step))

                override fun ended(check: DoctorCheck) = told(DoctorProgress.Ended(check))
            },
        )

    override fun close() {
        following.close()
        session.close()
    }
}
