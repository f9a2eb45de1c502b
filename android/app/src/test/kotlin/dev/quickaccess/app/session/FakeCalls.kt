package dev.quickaccess.app.session

import dev.quickaccess.binding.Certificate
import dev.quickaccess.binding.CertificateProblem
import dev.quickaccess.binding.DoctorReport
import dev.quickaccess.binding.Endpoint
import dev.quickaccess.binding.Guest
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.Identity
import dev.quickaccess.binding.NetworkSession
import dev.quickaccess.binding.Persistence
import dev.quickaccess.binding.Privilege
import dev.quickaccess.binding.PrivilegeLevel
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.Revocation
import dev.quickaccess.binding.ServerVersion
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.SignOutReport
import dev.quickaccess.binding.SignedIn
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.Stays
import dev.quickaccess.binding.UntrustedCertificate
import dev.quickaccess.binding.Why
import java.time.Instant
import kotlinx.coroutines.flow.MutableStateFlow

/** A session that does as a test says, and notes what it was asked. */
class FakeCalls : SessionCalls {
    override val state = MutableStateFlow<SessionState>(SessionState.SignedOut(SignedOutCause.NEVER_SIGNED_IN, false))
    override val account = "account"
    val asked = mutableListOf<String>()
    var isClosed = false

    /** The array of the last sign-in, as it is now. */
    var password: CharArray? = null

    var onProbe: suspend () -> Unit = {}
    var onSignIn: suspend () -> Unit = { state.value = SessionState.SignedIn(signedIn()) }
    var onSignOut: suspend () -> SignOutReport = {
        state.value = SessionState.SignedOut(SignedOutCause.SIGNED_OUT, false)
        SignOutReport(true, Revocation.Revoked)
    }
    var onRefresh: suspend () -> Unit = {}
    var onUse: suspend () -> Unit = {}
    var onWhoami: suspend () -> Identity = { Identity("qa", "Operators", emptyList()) }
    var onPrivileges: suspend () -> List<Privilege> = { somePrivileges() }
    var onVersion: suspend () -> ServerVersion = { ServerVersion("6.12.4", emptyList()) }
    var onHistory: suspend () -> List<HistoryEntry> = { emptyList() }
    var onEndpoint: suspend () -> Endpoint = { throw notFound() }
    var onGuest: suspend () -> Guest = { throw notFound() }
    var onSessions: suspend () -> List<NetworkSession> = { emptyList() }
    var onExamine: suspend ((DoctorProgress) -> Unit) -> DoctorReport = { throw offline() }

    override suspend fun probe() {
        asked += "probe"
        onProbe()
    }

    override suspend fun signIn(username: String, password: CharArray) {
        asked += "signIn $username ${password.concatToString()}"
        this.password = password
        onSignIn()
    }

    override suspend fun signOut(): SignOutReport = onSignOut()

    override suspend fun refresh() {
        asked += "refresh"
        onRefresh()
    }

    override suspend fun use() {
        asked += "use"
        onUse()
    }

    override suspend fun whoami(): Identity {
        asked += "whoami"
        return onWhoami()
    }

    override suspend fun privileges(): List<Privilege> = onPrivileges()

    override suspend fun serverVersion(): ServerVersion = onVersion()

    override suspend fun history(): List<HistoryEntry> = onHistory()

    override suspend fun approve(certificate: UntrustedCertificate) {
        asked += "approve ${certificate.host}"
    }

    override suspend fun endpoint(mac: String): Endpoint {
        asked += "endpoint $mac"
        return onEndpoint()
    }

    override suspend fun guest(name: String): Guest {
        asked += "guest $name"
        return onGuest()
    }

    override suspend fun activeSessions(username: String?, most: Int): List<NetworkSession> {
        asked += "sessions $username"
        return onSessions().take(most)
    }

    override suspend fun examine(
        username: String,
        password: CharArray?,
        told: (DoctorProgress) -> Unit,
    ): DoctorReport {
        asked += "examine $username ${password?.concatToString()}"
        this.password = password
        return onExamine(told)
    }

    override fun close() {
        isClosed = true
    }
}

/** Remembers for a test. */
class FakeMemory(
    override var server: ServerChoice? = null,
    override var username: String = "",
    override var lastKnown: LastKnown? = null,
) : Memory

fun signedIn(
    expiresAt: Instant? = Instant.parse("2026-05-04T10:00:00Z"),
    refresh: RefreshState = RefreshState.Ready,
    isSaved: Boolean = true,
    stays: Stays = Stays.WhileUsed,
) = SignedIn("qa", 1uL, expiresAt, refresh, isSaved, stays, Persistence.DEVICE)

fun privilege(name: String, words: String, level: PrivilegeLevel = PrivilegeLevel.Full): Privilege {
    val reads = level != PrivilegeLevel.Allowed
    val writes = level == PrivilegeLevel.Full || level == PrivilegeLevel.ReadWrite
    return Privilege(name, words, level, "", reads, writes, level == PrivilegeLevel.Full)
}

fun somePrivileges() =
    listOf(
        privilege("api_index", "API", PrivilegeLevel.Allowed),
        privilege("cppm_endpoints", "Endpoints", PrivilegeLevel.Read),
        privilege("cppm_certificates", "Certificates", PrivilegeLevel.ReadWrite),
        privilege("guest_users", "Guest accounts"),
        privilege("own_thing", "own thing", PrivilegeLevel.Unknown("!")),
    )

fun why(code: String, text: String = "A sentence.") = Why(code, text, null, emptyList())

fun offline() = QuickAccessException.Retry(why("offline"), null, false)

fun rejected() = QuickAccessException.SignIn(why("credentials_rejected"))

fun notFound() = QuickAccessException.FixRequest(why("not_found"))

fun untrusted(isChange: Boolean = false, canBeApproved: Boolean = true) =
    QuickAccessException.TrustServer(why("certificate_unknown"), certificate(isChange, canBeApproved))

fun certificate(isChange: Boolean = false, canBeApproved: Boolean = true): UntrustedCertificate {
    val presented =
        Certificate(
            fingerprint = List(32) { "%02X".format(it * 7 % 256) }.joinToString(":"),
            subject = "CN=clearpass.example.com",
            issuer = "CN=Example Authority",
            names = listOf("clearpass.example.com"),
            notBefore = Instant.parse("2026-01-01T00:00:00Z"),
            notAfter = Instant.parse("2027-01-01T00:00:00Z"),
            validity = "2026-01-01 to 2027-01-01",
            pin = "sha256/example",
        )
    return UntrustedCertificate(
        host = "clearpass.example.com",
        port = 443u,
        problems = listOf(CertificateProblem("unknown_issuer", "its issuer is not known to this device", true)),
        presented = presented,
        previous = presented.takeIf { isChange }?.copy(fingerprint = List(32) { "%02X".format(it) }.joinToString(":")),
        canBeApproved = canBeApproved,
        isChange = isChange,
    )
}
