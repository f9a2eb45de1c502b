package quickstart

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.code
import java.io.File

suspend fun main(args: Array<String>) {
    val ca = File(args[1], "ca.pem").readText() // leave it out for a certificate that the device trusts
    val settings = SessionSettings(server = args[0], clientId = "QuickAccess", rootsPem = ca)
    QuickAccess(settings, TokenStore.inMemory()).use { session ->
        try {
            session.signIn("qa", "abc123".toCharArray())
            println("${session.whoami().name} has ${session.privileges().size} privileges")
        } catch (refused: QuickAccessException.SignIn) {
            println("${refused.why.text} (${refused.code})")
        }
    }
}
