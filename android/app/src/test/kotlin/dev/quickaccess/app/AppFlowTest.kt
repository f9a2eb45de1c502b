package dev.quickaccess.app

import android.content.Intent
import androidx.compose.ui.test.assertCountEquals
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.performScrollToNode
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** The app as a person uses it: the real activity and the real library, against the simulator over TLS. */
class AppFlowTest : FlowTest() {
    @Test
    fun a01_a27_address_name_password_and_three_taps_lead_home() {
        person.start()
        assertFalse("nothing secret yet", person.isWindowSecret())
        person.type("address", simulator.https)
        person.tap("look")
        person.await(hasTestTag("trust"))
        assertEquals("nothing is sent before the certificate was compared", 0, simulator.counter("requests"))
        person.tap("trust")
        person.await(hasTestTag("username"))
        assertTrue(person.isWindowSecret())
        person.type("username", "qa")
        person.type("password", "abc123")
        person.tap("sign_in")
        person.await(hasText("Help Desk"))
        assertEquals(3, person.taps)
        assertEquals(listOf("address", "username", "password"), person.typed)
        assertFalse(person.isWindowSecret())

        person.node("name").assertTextContains("qa")
        person.node("home").performScrollToNode(hasText("guest_users", substring = true))
        person.type("search", "no such privilege")
        person.awaitText(R.string.home_search_nothing)
    }

    @Test
    fun a02_a_wrong_password_is_told_at_its_field_and_the_next_try_works() {
        person.start()
        person.chooseServer()
        person.tap("sign_in")
        person.awaitText(R.string.sign_in_username_missing)
        person.type("username", "qa")
        person.type("password", "abc124")
        person.tap("sign_in")
        person.awaitText(R.string.error_credentials_rejected)
        person.type("password", "abc123")
        person.tap("sign_in")
        person.await(hasTestTag("name"))
    }

    @Test
    fun what_the_privileges_allow_is_looked_up() {
        val endpoint = row("endpoints")
        val guest = row("guests")
        person.start()
        person.signIn()
        person.tap("look_up")
        person.type("query", endpoint.getValue("mac_address").jsonPrimitive.content)
        person.tap("look")
        person.await(hasText(endpoint.getValue("description").jsonPrimitive.content, substring = true))
        person.type("query", "printer")
        person.tap("look")
        person.awaitText(R.string.look_up_no_mac)
        person.tap("GUEST")
        person.type("query", guest.getValue("username").jsonPrimitive.content)
        person.tap("look")
        person.await(hasText(guest.getValue("visitor_name").jsonPrimitive.content))
        person.tap("SESSIONS")
        person.tap("look")
        person.await(hasText("50", substring = true))
        person.tap("back")
        person.await(hasTestTag("name"))
    }

    @Test
    fun what_is_not_allowed_is_not_offered() {
        person.start()
        person.signIn("guest-desk")
        person.tap("look_up")
        person.await(hasTestTag("GUEST"))
        rule.onAllNodesWithTag("ENDPOINT").assertCountEquals(0)
        rule.onAllNodesWithTag("SESSIONS").assertCountEquals(0)
    }

    @Test
    fun access_is_renewed_and_the_screen_survives_a_rotation() {
        person.start()
        person.signIn()
        person.tap("refresh")
        person.awaitText(R.string.message_refreshed)
        assertEquals(1, simulator.counter("token_requests.refresh_token"))
        person.type("search", "guest")
        person.rotate()
        person.await(hasTestTag("name"))
        person.node("home").performScrollToNode(hasTestTag("search"))
        person.node("search").assertTextContains("guest")
        assertEquals("nobody signed in again", 1, simulator.counter("token_requests.password"))
    }

    @Test
    fun what_was_typed_survives_a_rotation_and_a_password_not_the_process() {
        person.start()
        person.chooseServer()
        person.type("username", "qa")
        person.type("password", "abc123")
        person.rotate()
        person.tap("reveal")
        person.node("password").assertTextContains("abc123")
        person.processDies()
        person.await(hasTestTag("username"))
        person.node("username").assertTextContains("qa")
        person.tap("sign_in")
        person.awaitText(R.string.sign_in_password_missing)
    }

    @Test
    fun a_process_that_ended_comes_back_where_it_was() {
        person.start()
        person.signIn()
        person.tap("look_up")
        person.tap("GUEST")
        person.type("query", "elif")
        person.processDies()
        person.await(hasTestTag("query"))
        person.node("query").assertTextContains("elif")
        person.tap("back")
        person.await(hasText("Help Desk"))
        assertEquals("nobody signed in again", 1, simulator.counter("token_requests.password"))
    }

    @Test
    fun a15_without_a_network_the_last_known_state_shows_and_says_so() {
        person.start()
        person.signIn()
        person.await(hasText("Help Desk"))
        simulator.call("POST", "/faults", """{"on": "any", "what": "drop_before"}""")
        person.processDies()
        person.await(hasTestTag("old"))
        person.await(hasText("Help Desk"))
        simulator.call("DELETE", "/faults")
        person.tap("ask_again")
        rule.waitUntil(60_000) { rule.onAllNodes(hasTestTag("old")).fetchSemanticsNodes().isEmpty() }
    }

    @Test
    fun a_sign_out_is_confirmed_and_is_in_the_history_which_is_shared_without_a_secret() {
        person.start()
        person.signIn()
        person.tap("sign_out")
        person.tap("stay")
        person.tap("sign_out")
        person.tap("sign_out_now")
        person.await(hasTestTag("username"))
        person.awaitText(R.string.message_signed_out)
        person.tap("history")
        person.awaitText(R.string.history_signed_out)
        person.awaitText(R.string.history_signed_in)

        person.tap("share")
        val chooser = shadowOf(person.activity).nextStartedActivity
        val text = chooser.getParcelableExtra(Intent.EXTRA_INTENT, Intent::class.java)?.getStringExtra(Intent.EXTRA_TEXT).orEmpty()
        assertTrue(text, "signed_out" in text)
        assertFalse(text, "abc123" in text)

        person.activity.onBackPressedDispatcher.onBackPressed()
        person.await(hasTestTag("username"))
        assertFalse("the app is still open", person.activity.isFinishing)
    }

    @Test
    fun the_doctor_names_what_is_missing() {
        simulator.call("PATCH", "/service", """{"enabled": false}""")
        person.start()
        person.chooseServer()
        person.enter()
        person.tap("find_out")
        person.await(hasTestTag("verdict"))
        person.node("verdict").assertTextContains(person.app.getString(R.string.verdict_broken))
        person.node("why").performScrollToNode(hasText(person.app.getString(R.string.step_user))).assertIsDisplayed()
    }

    private fun row(kind: String) =
        simulator.call("GET", "/rows/$kind?limit=1").jsonObject.getValue("rows").jsonArray.first().jsonObject
}
