package dev.quickaccess.app

import dev.quickaccess.app.home.HomeIntents
import dev.quickaccess.app.lookup.Condition
import dev.quickaccess.app.lookup.Fact
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.lookup.Label
import dev.quickaccess.app.lookup.LookUpIntents
import dev.quickaccess.app.lookup.Thing
import dev.quickaccess.app.server.ServerIntents
import dev.quickaccess.app.session.AccessLevel
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.HeldPrivilege
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.certificate
import dev.quickaccess.app.signin.SignInIntents
import dev.quickaccess.app.why.Step
import dev.quickaccess.app.why.WhyIntents
import dev.quickaccess.binding.CertificateProblem
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.UntrustedCertificate
import java.time.Duration
import java.time.Instant

internal const val HOST = "clearpass.example.com"
internal val LINK = ServerChoice(HOST).link
internal val THEN = Instant.parse("2026-05-04T08:05:00Z")
internal val REFUSED = Fault("server_refused", "The server refused: Account is locked (locked).")
internal val OFFLINE = Fault("offline", passes = true)

/** A certificate with more than one thing wrong, and long names. */
internal val EXPIRED: UntrustedCertificate =
    certificate().let {
        it.copy(
            problems =
                listOf("unknown_issuer", "wrong_name", "expired").map { name -> CertificateProblem(name, name, true) },
            presented =
                it.presented.copy(
                    subject = "CN=policy-manager-3.campus.example.com, OU=Network Services, O=Example University, C=DE",
                    issuer = "CN=Example University Issuing Authority 2, O=Example University, C=DE",
                ),
        )
    }

internal val PRIVILEGES =
    listOf(
        HeldPrivilege("api_index", "API", AccessLevel.VISIBLE, false),
        HeldPrivilege("api_docs", "API explorer", AccessLevel.FULL, true),
        HeldPrivilege("cppm_endpoints", "Endpoints", AccessLevel.READ, true),
        HeldPrivilege("cppm_certificates", "Certificates", AccessLevel.READ_WRITE, true),
        HeldPrivilege("cppm_network_devices", "Network devices", AccessLevel.READ, true),
        HeldPrivilege("guest_users", "Guest accounts", AccessLevel.FULL, true),
        HeldPrivilege("guest_sessions_history", "Guest sessions", AccessLevel.READ, true),
        HeldPrivilege("insight_alert", "Insight alerts", AccessLevel.READ, true),
        HeldPrivilege("own_thing", "own thing", AccessLevel.SOME, true),
    )

internal val ENDPOINT =
    Thing(
        "00:00:5E:00:53:5D",
        Condition.KNOWN,
        listOf(
            Fact(Label.DESCRIPTION, "Climate sensor, 1st floor"),
            Fact(Label.ADDED, "Jul 22, 2026 18:28:50 UTC"),
            Fact(Label.NOTES, "Location: 1st floor"),
        ),
    )
internal val SESSION =
    Thing(
        "mila.abend@guest.example",
        Condition.ACTIVE,
        listOf(
            Fact(Label.MAC, "02:00:5E:C3:F6:E7"),
            Fact(Label.IP, "192.0.2.1"),
            Fact(Label.SINCE, "2026-10-30T15:21:49Z"),
            Fact(Label.NETWORK, "Guest"),
        ),
    )

internal val HISTORY =
    listOf(
        HistoryEntry(THEN, "signed_out", "session_ended", "Signed out."),
        HistoryEntry(THEN.minusSeconds(3_600), "refresh_failed", "offline", "It failed."),
        HistoryEntry(THEN.minusSeconds(7_200), "refreshed", null, "Extended."),
        HistoryEntry(THEN.minusSeconds(9_000), "signed_in", null, "Signed in."),
    )

internal val STEPS =
    listOf("reachable", "certificate", "api", "client", "grant").map { Step(it, check(it, CheckStatus.PASSED)) } +
        Step("refresh", check("refresh", CheckStatus.WARNED, "No refresh token came.", "Tick Allow Refresh Token.")) +
        Step(
            "user",
            check("user", CheckStatus.FAILED, "The server answered invalid_grant.", "Look at Monitoring > Access Tracker."),
        ) +
        listOf("tokens", "api_access", "privileges").map { Step(it, check(it, CheckStatus.NOT_REACHED)) }

internal val WELL = STEPS.map { Step(it.name, check(it.name, CheckStatus.PASSED)) }

private fun check(step: String, status: CheckStatus, saw: String = "", mend: String = "") =
    DoctorCheck(step, step, status, saw, mend, emptyList(), emptyList(), null, Duration.ZERO)

/** Nobody does anything on a picture. */
internal object Nobody : ServerIntents, SignInIntents, HomeIntents, LookUpIntents, WhyIntents {
    override fun addressTyped(address: String) {}

    override fun clientIdTyped(clientId: String) {}

    override fun look() {}

    override fun trust(certificate: UntrustedCertificate) {}

    override fun usernameTyped(username: String) {}

    override fun passwordInUse() {}

    override fun reveal(isRevealed: Boolean) {}

    override fun signIn() {}

    override fun cancel() {}

    override fun findOutWhy() {}

    override fun searched(text: String) {}

    override fun refreshNow() {}

    override fun askToSignOut() {}

    override fun staySignedIn() {}

    override fun signOut() {}

    override fun askAgain() {}

    override fun chosen(kind: Kind) {}

    override fun typed(query: String) {}

    override fun examine() {}

    override fun stopExamining() {}

    override fun showOlder() {}

    override fun showLink(shows: Boolean) {}
}
