package dev.quickaccess.app

import androidx.compose.foundation.text.input.setTextAndPlaceCursorAtEnd
import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalContext
import dev.quickaccess.app.home.Freshness
import dev.quickaccess.app.home.HomeIntents
import dev.quickaccess.app.home.HomeScreen
import dev.quickaccess.app.home.HomeState
import dev.quickaccess.app.home.Left
import dev.quickaccess.app.home.grouped
import dev.quickaccess.app.home.privilegeWords
import dev.quickaccess.app.lookup.Condition
import dev.quickaccess.app.lookup.Fact
import dev.quickaccess.app.lookup.Found
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.lookup.Label
import dev.quickaccess.app.lookup.LookUpIntents
import dev.quickaccess.app.lookup.LookUpScreen
import dev.quickaccess.app.lookup.LookUpState
import dev.quickaccess.app.lookup.Thing
import dev.quickaccess.app.server.Finding
import dev.quickaccess.app.server.Origin
import dev.quickaccess.app.server.ServerIntents
import dev.quickaccess.app.server.ServerScreen
import dev.quickaccess.app.server.ServerState
import dev.quickaccess.app.session.AccessLevel
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.HeldPrivilege
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.certificate
import dev.quickaccess.app.signin.Notice
import dev.quickaccess.app.signin.Password
import dev.quickaccess.app.signin.SignInIntents
import dev.quickaccess.app.signin.SignInScreen
import dev.quickaccess.app.signin.SignInState
import dev.quickaccess.app.signin.Trouble
import dev.quickaccess.app.why.Examination
import dev.quickaccess.app.why.Step
import dev.quickaccess.app.why.WhyIntents
import dev.quickaccess.app.why.WhyScreen
import dev.quickaccess.app.why.WhyState
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.DoctorVerdict
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.Stays
import dev.quickaccess.binding.UntrustedCertificate
import java.time.Duration
import java.time.Instant

/** Every state of every screen, by its name: for pictures, and for the checks of what a screen reader finds. */
val SCENES: Map<String, @Composable () -> Unit> =
    mapOf(
        "server" to { Server(ServerState()) },
        "server-looking" to { Server(typed.copy(finding = Finding.Looking)) },
        "server-untrusted" to { Server(typed.copy(finding = Finding.Untrusted(certificate()))) },
        "server-changed" to { Server(typed.copy(finding = Finding.Untrusted(certificate(isChange = true)))) },
        "server-refused" to { Server(typed.copy(origin = Origin.LINK, finding = Finding.Refused(REFUSED))) },
        "server-managed" to { Server(typed.copy(origin = Origin.MANAGED, finding = Finding.Looking)) },
        "sign-in" to { SignIn(SignInState(HOST)) },
        "sign-in-working" to { SignIn(SignInState(HOST, "qa", isWorking = true)) },
        "sign-in-rejected" to { SignIn(SignInState(HOST, "qa", isRevealed = true, trouble = Trouble.Rejected)) },
        "sign-in-ended" to {
            SignIn(SignInState(HOST, notice = Notice.Ended(SignedOutCause.SESSION_ENDED), trouble = Trouble.NameMissing))
        },
        "sign-in-refused" to { SignIn(SignInState(HOST, "qa", trouble = Trouble.Other(REFUSED))) },
        "home" to { Home() },
        "home-offline" to {
            Home { it.copy(freshness = Freshness.Old(THEN, "offline"), refresh = RefreshState.Waiting("offline")) }
        },
        "home-first-offline" to {
            Home { HomeState(it.server, "qa", freshness = Freshness.Nothing("timeout"), stays = Stays.Until(THEN)) }
        },
        "home-ended" to {
            Home {
                it.copy(isSaved = false, left = Left.Over, refresh = RefreshState.Ended(SignedOutCause.SINGLE_USE_SPENT))
            }
        },
        "home-search" to { Home { it.copy(search = "xyz", groups = emptyList()) } },
        "look-up" to { LookUp(LookUpState(Kind.entries, Kind.ENDPOINT, "00:00:5e:00:53:5d", Found.Things(listOf(ENDPOINT)))) },
        "look-up-sessions" to { LookUp(LookUpState(Kind.entries, Kind.SESSIONS, "", Found.Things(listOf(SESSION, SESSION)))) },
        "look-up-nothing" to { LookUp(LookUpState(Kind.entries, Kind.GUEST, "jo", Found.Nothing(Kind.GUEST))) },
        "why" to { Why(WhyState(HOST, "1.0", HISTORY, link = LINK)) },
        "why-doctor" to { Why(WhyState(HOST, "1.0", emptyList(), Examination.Done(DoctorVerdict.BROKEN, STEPS, ""), LINK)) },
        "why-running" to { Why(WhyState(HOST, "1.0", HISTORY.take(1), Examination.Running(STEPS.take(2) + Step("api")), LINK)) },
        "why-code" to { Why(WhyState(HOST, "1.0", HISTORY.take(1), link = LINK, showsLink = true)) },
    )

private const val HOST = "clearpass.example.com"
private val LINK = ServerChoice(HOST).link
private val THEN = Instant.parse("2026-05-04T08:05:00Z")
private val REFUSED = Fault("server_refused", "The server refused: Account is locked (locked).")
private val typed = ServerState(HOST)

@Composable
private fun Server(state: ServerState) = ServerScreen(state, Nobody, back = {})

@Composable
private fun SignIn(state: SignInState) {
    val password = Password().apply { if (state.username.isNotEmpty()) input.setTextAndPlaceCursorAtEnd("abc123") }
    SignInScreen(state, password, Nobody, {}, {})
}

@Composable
private fun Home(change: (HomeState) -> HomeState = { it }) {
    val words = privilegeWords(LocalContext.current)
    val state =
        HomeState(
            server = HOST,
            username = "qa",
            name = "Quinn Adler",
            profile = "Help Desk",
            version = "6.12.4.295712",
            left = Left.For(Duration.ofSeconds(2_712)),
            stays = Stays.WhileUsed,
            freshness = Freshness.Fresh,
            groups = grouped(PRIVILEGES, "", words),
            privileges = PRIVILEGES.size,
            canLookUp = true,
        )
    HomeScreen(change(state), Nobody, {}, {})
}

@Composable
private fun LookUp(state: LookUpState) = LookUpScreen(state, Nobody, {})

@Composable
private fun Why(state: WhyState) = WhyScreen(state, Nobody, {}, {})

private val PRIVILEGES =
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

private val ENDPOINT =
    Thing(
        "00:00:5E:00:53:5D",
        Condition.KNOWN,
        listOf(
            Fact(Label.DESCRIPTION, "Climate sensor, 1st floor"),
            Fact(Label.ADDED, "Jul 22, 2026 18:28:50 UTC"),
            Fact(Label.NOTES, "Location: 1st floor"),
        ),
    )
private val SESSION =
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

private val HISTORY =
    listOf(
        HistoryEntry(THEN, "signed_out", "session_ended", "Signed out."),
        HistoryEntry(THEN.minusSeconds(3_600), "refresh_failed", "offline", "It failed."),
        HistoryEntry(THEN.minusSeconds(7_200), "refreshed", null, "Extended."),
        HistoryEntry(THEN.minusSeconds(9_000), "signed_in", null, "Signed in."),
    )

private val STEPS =
    listOf("reachable", "certificate", "api", "client", "grant").map { Step(it, check(it, CheckStatus.PASSED)) } +
        Step("refresh", check("refresh", CheckStatus.WARNED, "No refresh token came.", "Tick Allow Refresh Token.")) +
        Step(
            "user",
            check("user", CheckStatus.FAILED, "The server answered invalid_grant.", "Look at Monitoring > Access Tracker."),
        ) +
        listOf("tokens", "api_access", "privileges").map { Step(it, check(it, CheckStatus.NOT_REACHED)) }

private fun check(step: String, status: CheckStatus, saw: String = "", mend: String = "") =
    DoctorCheck(step, step, status, saw, mend, emptyList(), emptyList(), null, Duration.ZERO)

/** Nobody does anything on a picture. */
private object Nobody : ServerIntents, SignInIntents, HomeIntents, LookUpIntents, WhyIntents {
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

    override fun showLink(shows: Boolean) {}
}
