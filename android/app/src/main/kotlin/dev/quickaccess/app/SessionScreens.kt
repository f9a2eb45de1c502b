package dev.quickaccess.app

import dev.quickaccess.app.home.HomePresenter
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.lookup.LookUpPresenter
import dev.quickaccess.app.session.HeldPrivilege
import dev.quickaccess.app.session.Link
import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.signin.SignInPresenter
import dev.quickaccess.app.why.WhyPresenter
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow

/** The presenters of the screens that need a session; they end with it. */
class SessionScreens(
    link: Link.Open,
    memory: Memory,
    shell: AppPresenter,
    typed: Typed,
    words: (HeldPrivilege) -> String,
    version: String,
) : AutoCloseable {
    internal val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    internal val calls: SessionCalls = link.calls

    val why = WhyPresenter(scope, calls, memory, link.choice, version)
    val signIn =
        SignInPresenter(scope, calls, memory, link.choice.name, typed.username, examine = { username, password ->
            why.examine(username, password)
            shell.show(Place.WHY)
        })
    val home = HomePresenter(scope, calls, memory, link.choice.name, typed.search, words = words, say = shell::say)
    val lookUp = LookUpPresenter(scope, calls, home.offered, typed.kind, typed.query)

    /** What is searched for on the home screen. */
    internal val typedSearch: Flow<String> = home.search

    override fun close() {
        scope.cancel()
    }
}

/** What was typed before the process ended. */
data class Typed(
    val username: String? = null,
    val search: String = "",
    val kind: Kind? = null,
    val query: String = "",
)
