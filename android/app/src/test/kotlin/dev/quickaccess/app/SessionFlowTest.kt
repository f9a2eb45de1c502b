package dev.quickaccess.app

import androidx.compose.ui.test.assertCountEquals
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onAllNodesWithText
import org.junit.Assert.assertEquals
import org.junit.Test

/** What the library promises of a session, as a person sees it on the screens. */
class SessionFlowTest : FlowTest() {
    @Test
    fun a02_a_refusal_that_nobody_knows_is_told_in_the_servers_words() {
        person.start()
        person.chooseServer()
        simulator.fault(PASSWORD, """{"problem": {"status": 401, "title": "banned", "detail": "User is banned"}}""")
        person.enter()
        person.awaitText(R.string.error_server_refused)
        person.await(hasText("User is banned", substring = true))
        person.await(hasTestTag("find_out"))
    }

    @Test
    fun a02_a_gateways_page_is_told_apart_and_its_words_are_not_shown() {
        person.start()
        person.chooseServer()
        simulator.fault(PASSWORD, """{"html502": {"moment": "before_commit"}}""")
        person.enter()
        person.awaitText(R.string.error_server_error)
        rule.onAllNodesWithText("Gateway", substring = true).assertCountEquals(0)
        person.tap("sign_in")
        person.await(hasTestTag("name"))
    }

    @Test
    fun a05_a_sign_in_is_cancelled_at_any_moment_and_the_next_person_signs_in() {
        person.start()
        person.chooseServer()
        for (moment in listOf("before_commit", "after_commit", "mid_body")) {
            val hold = simulator.hold("token_password", moment)
            person.enter()
            hold.reached()
            person.tap("cancel")
            person.await(hasTestTag("sign_in"))
            person.node("username").assertTextContains("qa")
            person.enter("guest-desk")
            person.await(hasTestTag("name") and hasText("guest-desk"))
            hold.release()
            person.signOut()
        }
        rule.onAllNodesWithText("Help Desk").assertCountEquals(0)
    }

    @Test
    fun a06_all_that_the_screen_asks_at_once_shares_one_renewal() {
        person.start()
        person.signIn()
        person.await(hasText("Help Desk"))
        simulator.revokeAccessTokens()
        person.app.memory.lastKnown = null
        person.leave()
        person.start()
        person.await(hasText("Help Desk"))
        assertEquals(1, simulator.counter("token_requests.refresh_token"))
    }

    @Test
    fun a07_an_app_that_is_left_in_the_middle_of_a_renewal_loses_nothing() {
        person.start()
        person.signIn()
        for ((index, moment) in listOf("before_commit", "after_commit", "mid_body").withIndex()) {
            val renewals = index + 1L
            val hold = simulator.hold("token_refresh", moment)
            person.tap("refresh")
            hold.reached()
            person.leave()
            hold.release()
            rule.waitUntil(60_000) { generation() == 1uL + renewals.toULong() }
            person.start()
            person.await(hasText("Help Desk"))
            assertEquals(moment, renewals, simulator.counter("token_requests.refresh_token"))
        }
        person.processDies()
        person.await(hasText("Help Desk"))
        assertEquals("what is stored is what came last", 0, simulator.counter("refresh_reuse"))
    }

    @Test
    fun a17_a_sign_out_during_a_renewal_wins_and_the_next_person_sees_nothing_of_it() {
        person.start()
        person.signIn()
        person.await(hasText("Help Desk"))
        val hold = simulator.hold("token_refresh", "after_commit")
        person.tap("refresh")
        hold.reached()
        person.signOut()
        person.awaitText(R.string.message_signed_out)
        rule.onAllNodesWithText(person.app.getString(R.string.error_signed_out)).assertCountEquals(0)
        person.enter("guest-desk")
        person.await(hasText("Front Desk"))
        hold.release()
        person.tap("refresh")
        person.awaitText(R.string.message_refreshed)
        person.node("name").assertTextContains("guest-desk")
        rule.onAllNodesWithText("Help Desk").assertCountEquals(0)
    }

    @Test
    fun a18_a_sign_out_without_a_network_is_final_and_says_what_the_server_does_not_know() {
        person.start()
        person.signIn()
        simulator.call("POST", "/faults", """{"on": "any", "what": "drop_before"}""")
        person.signOut()
        person.awaitText(R.string.message_not_revoked)
        simulator.call("DELETE", "/faults")
        person.processDies()
        person.await(hasTestTag("username"))
        rule.onAllNodesWithTag("notice").assertCountEquals(0)
    }

    @Test
    fun a19_who_was_signed_out_reads_why_also_after_a_restart() {
        person.start()
        person.signIn()
        person.await(hasText("Help Desk"))
        simulator.call("POST", "/tokens/revoke", """{"user": "qa"}""")
        person.leave()
        person.start()
        person.awaitText(R.string.error_session_ended)
        person.processDies()
        person.await(hasTestTag("notice"))
        person.tap("history")
        person.awaitText(R.string.history_signed_out)
        person.awaitText(R.string.error_session_ended)
        person.awaitText(R.string.history_signed_in)
    }

    @Test
    fun a27_a_certificate_that_changed_is_told_before_the_password_leaves() {
        person.start()
        person.signIn()
        person.signOut()
        simulator.changeCertificate()
        person.enter()
        person.awaitText(R.string.certificate_title_changed)
        assertEquals(1, simulator.counter("token_requests.password"))
        // The message of the sign-out covers the button for a while.
        person.awaitNo(hasText(person.app.getString(R.string.message_signed_out)))
        person.tap("trust")
        person.await(hasTestTag("name"))
        assertEquals(2, simulator.counter("token_requests.password"))
    }

    private companion object {
        const val PASSWORD = "\"token_password\""
    }
}
