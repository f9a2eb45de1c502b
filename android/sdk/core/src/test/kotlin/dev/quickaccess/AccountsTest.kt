package dev.quickaccess

import dev.quickaccess.binding.AccountChoice
import dev.quickaccess.binding.Accounts
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Several people in one app. */
class AccountsTest {
    @Test
    fun two_accounts_share_a_store_and_each_is_opened_listed_and_removed() = runBlocking {
        val folder = dataFolder()
        Simulator().use { server ->
            val store = AppStore().forSessions()
            val settings = server.settings(folder)
            QuickAccess(settings, store).use { first ->
                first.signIn("qa", "abc123".toCharArray())
                first.makeDefault()
                QuickAccess(settings.copy(account = AccountChoice.New), store).use { second ->
                    second.signIn("guest-desk", "abc123".toCharArray())
                    Accounts(store, folder.path).use { accounts ->
                        val told = accounts.list().map { Triple(it.username, it.signedIn, it.isDefault) }
                        assertEquals(listOf(Triple("qa", true, true), Triple("guest-desk", true, false)), told)
                        accounts.setDefault(second.account)
                        assertEquals(second.account, accounts.list().single { it.isDefault }.id)
                        accounts.remove(second.account)
                        val left = accounts.list().single()
                        assertEquals(first.account, left.id)
                        assertEquals("qa", left.displayName)
                        assertFalse(left.isDefault)
                        assertEquals("invalid_input", refusal { accounts.remove(second.account) }.code)
                        assertEquals("invalid_input", refusal { accounts.setDefault("none") }.code)
                    }
                    // Whoever holds the removed one's session hears of it at the next look into the store.
                    val thrown = refusal { second.refresh() }
                    assertTrue(thrown is QuickAccessException.SignIn, "$thrown")
                }
            }
            QuickAccess(settings, store).use { assertEquals("qa", it.whoami().name) }
            val gone = settings.copy(account = AccountChoice.This("0123456789abcdef0123456789abcdef"))
            assertEquals("invalid_input", refusal { QuickAccess(gone, store) }.code)
        }
    }
}
