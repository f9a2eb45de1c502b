package dev.quickaccess.app.server

import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.v2.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import dev.quickaccess.Simulator
import dev.quickaccess.app.MainActivity
import dev.quickaccess.app.TestApp
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The server screen in the real activity, with the real library, against the simulator over TLS. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
class ServerFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    private val simulator = Simulator()

    @After
    fun end() {
        simulator.close()
    }

    @Test
    fun a27_a_certificate_is_compared_and_trusted_before_the_server_is_good() {
        rule.onNodeWithTag("look").assertIsNotEnabled()
        type(simulator.https)
        rule.onNodeWithTag("look").performClick()
        await(hasTestTag("trust"))
        rule.onNodeWithText("This server cannot prove who it is").performScrollTo().assertIsDisplayed()
        assertEquals("nothing was sent before that", 0, simulator.counter("requests"))

        rule.onNodeWithTag("trust").performScrollTo().performClick()
        await(hasText("This server is ready for a sign-in."))
    }

    @Test
    fun a_server_that_is_not_there_is_told_in_a_sentence_and_another_one_may_be_named() {
        simulator.close()
        type(simulator.https)
        rule.onNodeWithTag("look").performClick()
        await(hasText("server", substring = true, ignoreCase = true) and hasText(".", substring = true))
        rule.onNodeWithTag("look").assertIsEnabled()
    }

    @Test
    fun what_was_typed_and_found_survives_a_rotation() {
        type(simulator.https)
        rule.onNodeWithTag("look").performClick()
        await(hasTestTag("trust"))
        rule.activityRule.scenario.recreate()
        rule.onNodeWithTag("address").assertTextContains(simulator.https)
        rule.onNodeWithTag("trust").performScrollTo().assertIsDisplayed()
    }

    private fun type(address: String) {
        rule.onNodeWithTag("address").performTextInput(address)
        rule.onNodeWithTag("client").performTextInput("QuickAccess")
    }

    private fun await(what: androidx.compose.ui.test.SemanticsMatcher) {
        rule.waitUntil(60_000) { rule.onAllNodes(what).fetchSemanticsNodes().isNotEmpty() }
    }
}
