package dev.quickaccess.checks

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.PrivilegeLevel
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.StateObserver
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.Session
import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/**
 * The vendor guide's example (A01) as a program of its own, to be shrunk together with the SDK. It is
 * given the server's address and the file of its authority, and ends with 0 if all is as it should be.
 */
internal object GuideExample {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val (server, authority) = arguments
        val settings = SessionSettings(server, "QuickAccess", rootsPem = File(authority).readText())
        runBlocking {
            QuickAccess(settings, TokenStore.inMemory()).use { signIn(it) }
            Session(settings, TokenStore.inMemory()).use { watch(it) }
        }
        println(DONE)
        // The library's own threads need not end first.
        exitProcess(0)
    }

    private suspend fun signIn(session: QuickAccess) {
        checkNotNull(session.probe().certificate)
        try {
            session.signIn("qa", "wrong".toCharArray())
            error("a wrong password was taken")
        } catch (refusal: QuickAccessException.SignIn) {
            check(refusal.why.code == "credentials_rejected")
        }
        session.signIn("qa", "abc123".toCharArray())
        check(session.state.value is SessionState.SignedIn)
        check(session.accessToken().matches(Regex("[0-9a-f]{40}")))
        check(session.whoami().name == "qa")
        val levels = session.privileges().associate { it.name to it.level }
        check(levels["guest_users"] == PrivilegeLevel.Full)
        check(levels["cppm_endpoints"] == PrivilegeLevel.Read)
        check(levels["api_index"] == PrivilegeLevel.Allowed)
        check(levels["cppm_certificates"] == PrivilegeLevel.ReadWrite)
        check(session.signOut().erased)
    }

    /** The library calls back. */
    private fun watch(session: Session) {
        val seen = java.util.concurrent.CountDownLatch(1)
        val observer = object : StateObserver {
            override fun stateChanged(state: SessionState) {
                seen.countDown()
            }
        }
        session.observe(observer).use { check(seen.await(30, java.util.concurrent.TimeUnit.SECONDS)) }
    }

    const val DONE: String = "all is as in the guide"
}
