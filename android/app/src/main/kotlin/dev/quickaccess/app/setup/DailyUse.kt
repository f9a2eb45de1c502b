package dev.quickaccess.app.setup

import dev.quickaccess.app.session.Connection
import dev.quickaccess.app.session.Link
import dev.quickaccess.app.session.isPossible
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.mapNotNull

/** Whether there is a session that a use can extend; nothing while nobody knows. */
@OptIn(ExperimentalCoroutinesApi::class)
fun Connection.canBeExtended(): Flow<Boolean> =
    link
        .flatMapLatest { if (it is Link.Open) it.calls.state else emptyFlow() }
        .mapNotNull { it.canBeExtended() }
        .distinctUntilChanged()

/** Uses the session, which extends it if that is due. Whether it was in vain and another try today is worth it. */
suspend fun Connection.useToday(): Boolean {
    // One that cannot be opened needs a person, and so does none.
    val calls = restore() ?: return false
    return try {
        calls.use()
        false
    } catch (inVain: QuickAccessException) {
        inVain.passes()
    }
}

private fun SessionState.canBeExtended(): Boolean? =
    when (this) {
        is SessionState.SignedIn -> session.refresh.isPossible
        is SessionState.SignedOut -> false
        is SessionState.Loading, is SessionState.SigningIn, is SessionState.Locked, is SessionState.StoreFailed -> null
    }

/** Whether what stood in the way goes away without anybody at the app. */
private fun QuickAccessException.passes(): Boolean =
    when (this) {
        is QuickAccessException.Retry, is QuickAccessException.UnlockDevice -> true
        is QuickAccessException.SignIn,
        is QuickAccessException.FixSetup,
        is QuickAccessException.TrustServer,
        is QuickAccessException.RepairStore,
        is QuickAccessException.NotPermitted,
        is QuickAccessException.FixRequest,
        is QuickAccessException.Cancelled,
        is QuickAccessException.ReportBug,
        -> false
    }
