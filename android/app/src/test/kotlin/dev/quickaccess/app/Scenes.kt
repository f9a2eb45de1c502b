package dev.quickaccess.app

import androidx.compose.foundation.text.input.setTextAndPlaceCursorAtEnd
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.platform.LocalContext
import dev.quickaccess.app.home.Freshness
import dev.quickaccess.app.home.HomeScreen
import dev.quickaccess.app.home.HomeState
import dev.quickaccess.app.home.Left
import dev.quickaccess.app.home.grouped
import dev.quickaccess.app.home.privilegeWords
import dev.quickaccess.app.lookup.Found
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.lookup.LookUpScreen
import dev.quickaccess.app.lookup.LookUpState
import dev.quickaccess.app.server.Finding
import dev.quickaccess.app.server.Origin
import dev.quickaccess.app.server.ServerScreen
import dev.quickaccess.app.server.ServerState
import dev.quickaccess.app.session.Fault
import dev.quickaccess.app.session.certificate
import dev.quickaccess.app.signin.Notice
import dev.quickaccess.app.signin.Password
import dev.quickaccess.app.signin.SignInScreen
import dev.quickaccess.app.signin.SignInState
import dev.quickaccess.app.signin.Trouble
import dev.quickaccess.app.why.Examination
import dev.quickaccess.app.why.Step
import dev.quickaccess.app.why.WhyScreen
import dev.quickaccess.app.why.WhyState
import dev.quickaccess.binding.DoctorVerdict
import dev.quickaccess.binding.RefreshState
import dev.quickaccess.binding.SignedOutCause
import dev.quickaccess.binding.Stays
import java.time.Duration

/** Every state of every screen, by its name: for pictures, and for the checks of what a screen reader finds. */
val SCENES: Map<String, @Composable () -> Unit> by lazy {
    mapOf<String, @Composable () -> Unit>("start" to { Surface { Starting() } }) +
        SERVER + SIGN_IN + HOME + LOOK_UP + WHY
}

private val typed = ServerState(HOST)
private val SERVER: Map<String, @Composable () -> Unit> =
    mapOf(
        "server" to { Server(ServerState()) },
        "server-link" to { Server(typed.copy(origin = Origin.LINK)) {} },
        "server-looking" to { Server(typed.copy(finding = Finding.Looking)) },
        "server-managed" to { Server(typed.copy(origin = Origin.MANAGED, finding = Finding.Looking)) },
        "server-untrusted" to { Server(typed.copy(finding = Finding.Untrusted(certificate()))) },
        "server-changed" to { Server(typed.copy(finding = Finding.Untrusted(certificate(isChange = true)))) {} },
        "server-problems" to { Server(typed.copy(finding = Finding.Untrusted(EXPIRED))) },
        "server-refused" to { Server(typed.copy(finding = Finding.Refused(OFFLINE))) },
    )
private val SIGN_IN: Map<String, @Composable () -> Unit> =
    mapOf(
        "sign-in" to { SignIn(SignInState(HOST)) },
        "sign-in-working" to { SignIn(SignInState(HOST, "qa", isWorking = true)) },
        "sign-in-rejected" to { SignIn(SignInState(HOST, "qa", isRevealed = true, trouble = Trouble.Rejected)) },
        "sign-in-no-name" to { SignIn(SignInState(HOST, trouble = Trouble.NameMissing)) },
        "sign-in-no-password" to { SignIn(SignInState(HOST, "qa", trouble = Trouble.PasswordMissing), password = "") },
        "sign-in-untrusted" to { SignIn(SignInState(HOST, "qa", trouble = Trouble.Untrusted(certificate(isChange = true)))) },
        "sign-in-refused" to { SignIn(SignInState(HOST, "qa", trouble = Trouble.Other(REFUSED))) },
        "sign-in-ended" to { SignIn(SignInState(HOST, "qa", notice = Notice.Ended(SignedOutCause.SESSION_ENDED)), password = "") },
        "sign-in-locked" to { SignIn(SignInState(HOST, "qa", notice = Notice.Locked), password = "") },
        "sign-in-store-failed" to { SignIn(SignInState(HOST, "qa", notice = Notice.StoreFailed("store_denied")), password = "") },
        "sign-in-erase-owed" to {
            SignIn(SignInState(HOST, "qa", notice = Notice.EraseOwed), password = "")
            Messages(Message.SignedOut) {}
        },
    )
private val HOME: Map<String, @Composable () -> Unit> =
    mapOf(
        "home" to { Home() },
        "home-asking" to { Home { HomeState(it.server, "qa", left = it.left, stays = Stays.Unknown) } },
        "home-renewing" to { Home { it.copy(left = Left.For(Duration.ofSeconds(9)), refresh = RefreshState.InFlight) } },
        "home-offline" to {
            Home { it.copy(freshness = Freshness.Old(THEN, "offline"), refresh = RefreshState.Waiting("offline")) }
        },
        "home-first-offline" to {
            Home { HomeState(it.server, "qa", freshness = Freshness.Nothing("timeout"), stays = Stays.Until(THEN)) }
        },
        "home-blocked" to { Home { it.copy(refresh = RefreshState.Blocked("client_needs_secret")) } },
        "home-ended" to { Home { it.copy(refresh = RefreshState.Ended(SignedOutCause.SINGLE_USE_SPENT)) } },
        "home-not-offered" to { Home { it.copy(left = Left.Over, refresh = RefreshState.NotOffered) } },
        "home-not-saved" to { Home { it.copy(isSaved = false, left = Left.For(Duration.ofHours(30))) } },
        "home-search" to { Home { it.copy(search = "xyz", groups = emptyList()) } },
        "home-no-privileges" to { Home { it.copy(groups = emptyList(), privileges = 0, canLookUp = false) } },
        "home-sign-out" to { Home { it.copy(asksToSignOut = true) } },
        "home-signing-out" to { Home { it.copy(isSigningOut = true) } },
        "home-message" to {
            Home()
            Messages(Message.Failed(OFFLINE)) {}
        },
    )
private val LOOK_UP: Map<String, @Composable () -> Unit> =
    mapOf(
        "look-up" to { LookUp(LookUpState(Kind.entries, Kind.ENDPOINT, "00:00:5e:00:53:5d", Found.Things(listOf(ENDPOINT)))) },
        "look-up-empty" to { LookUp(LookUpState(Kind.entries, Kind.ENDPOINT)) },
        "look-up-looking" to { LookUp(LookUpState(Kind.entries, Kind.GUEST, "jo", Found.Looking)) },
        "look-up-sessions" to { LookUp(LookUpState(Kind.entries, Kind.SESSIONS, "", Found.Things(listOf(SESSION, SESSION)))) },
        "look-up-more" to { LookUp(LookUpState(Kind.entries, Kind.SESSIONS, "", Found.Things(List(3) { SESSION }, areMore = true))) },
        "look-up-nothing" to { LookUp(LookUpState(Kind.entries, Kind.GUEST, "jo", Found.Nothing(Kind.GUEST))) },
        "look-up-no-mac" to { LookUp(LookUpState(Kind.entries, Kind.ENDPOINT, "printer", Found.NoMacAddress)) },
        "look-up-refused" to { LookUp(LookUpState(Kind.entries, Kind.GUEST, "jo", Found.Refused(Fault("not_permitted")))) },
    )
private val WHY: Map<String, @Composable () -> Unit> =
    mapOf(
        "why" to { Why(WhyState(HOST, "1.0", HISTORY, link = LINK)) },
        "why-empty" to { Why(WhyState(HOST, "1.0", emptyList(), link = LINK)) },
        "why-older" to { Why(WhyState(HOST, "1.0", HISTORY + HISTORY + HISTORY, link = LINK)) },
        "why-doctor" to { Why(WhyState(HOST, "1.0", HISTORY, examination = Examination.Done(DoctorVerdict.BROKEN, STEPS, ""))) },
        "why-well" to { Why(WhyState(HOST, "1.0", HISTORY, examination = Examination.Done(DoctorVerdict.ALL_WELL, WELL, ""))) },
        "why-running" to { Why(WhyState(HOST, "1.0", HISTORY, examination = Examination.Running(STEPS.take(2) + Step("api")))) },
        "why-failed" to { Why(WhyState(HOST, "1.0", HISTORY, examination = Examination.Failed(OFFLINE))) },
        "why-code" to { Why(WhyState(HOST, "1.0", HISTORY.take(1), link = LINK, showsLink = true)) },
    )

@Composable
private fun Server(state: ServerState, back: (() -> Unit)? = null) = ServerScreen(state, Nobody, back)

@Composable
private fun SignIn(state: SignInState, password: String = if (state.username.isEmpty()) "" else "abc123") {
    val typed = remember { Password().apply { input.setTextAndPlaceCursorAtEnd(password) } }
    SignInScreen(state, typed, Nobody, {}, {})
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
