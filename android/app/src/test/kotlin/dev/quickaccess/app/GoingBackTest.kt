package dev.quickaccess.app

import android.provider.Settings
import androidx.activity.BackEventCompat
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.assertCountEquals
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performScrollToNode
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** Going back within the app by a gesture, as Android tells it to the activity. */
class GoingBackTest : FlowTest() {
    private val dispatcher
        get() = person.activity.onBackPressedDispatcher

    @Test
    fun a_gesture_shows_the_screen_below_and_can_be_taken_back() {
        atTheDoctor()
        val whole = widthOfTheScreen()
        val steps =
            listOf(0.2f, 0.6f, 1f).map { progress ->
                move(progress)
                widthOfTheScreen()
            }
        assertTrue("$whole $steps", (listOf(whole) + steps).zipWithNext().all { (before, after) -> after < before })
        rule.onAllNodesWithTag("below").assertCountEquals(1)

        rule.runOnUiThread { dispatcher.dispatchOnBackCancelled() }
        rule.waitForIdle()
        rule.onAllNodesWithTag("below").assertCountEquals(0)
        assertEquals(whole, widthOfTheScreen(), 0f)
    }

    @Test
    fun a_gesture_that_is_finished_goes_back() {
        atTheDoctor()
        move(0.5f)
        rule.runOnUiThread { dispatcher.onBackPressed() }
        person.await(hasTestTag("username"))
        rule.onAllNodesWithTag("why").assertCountEquals(0)
        assertFalse(person.activity.isFinishing)
    }

    @Test
    fun without_animations_nothing_moves_and_the_gesture_goes_back_at_once() {
        Settings.Global.putFloat(person.app.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 0f)
        atTheDoctor()
        val whole = widthOfTheScreen()
        move(0.8f)
        assertEquals(whole, widthOfTheScreen(), 0f)
        rule.onAllNodesWithTag("below").assertCountEquals(0)
        rule.mainClock.autoAdvance = false
        rule.runOnUiThread { dispatcher.onBackPressed() }
        rule.mainClock.advanceTimeByFrame()
        rule.mainClock.advanceTimeByFrame()
        rule.onAllNodesWithTag("why").assertCountEquals(0)
    }

    @Test
    fun a_password_that_is_seen_on_the_way_stays_out_of_screenshots() {
        atTheDoctor()
        assertFalse(person.isWindowSecret())
        move(0.5f)
        assertTrue(person.isWindowSecret())
    }

    @Test
    fun the_screen_below_is_as_it_was_left() {
        person.start()
        person.signIn()
        person.await(hasText("Help Desk"))
        person.node("home").performScrollToNode(hasText("guest_users"))
        val left = rule.onNodeWithText("guest_users").fetchSemanticsNode().boundsInRoot
        person.tap("history")
        person.await(SHOWN)
        person.tap("back")
        person.await(hasText("guest_users"))
        assertEquals(left, rule.onNodeWithText("guest_users").fetchSemanticsNode().boundsInRoot)
    }

    private fun atTheDoctor() {
        person.start()
        person.chooseServer()
        person.tap("history")
        person.await(SHOWN)
    }

    private fun move(progress: Float) {
        val event = BackEventCompat(progress * 400, 300f, progress, BackEventCompat.EDGE_LEFT)
        rule.runOnUiThread {
            if (!isMoving) dispatcher.dispatchOnBackStarted(event)
            isMoving = true
            dispatcher.dispatchOnBackProgressed(event)
        }
        rule.waitForIdle()
    }

    private var isMoving = false

    private fun widthOfTheScreen(): Float = rule.onNodeWithTag("why").fetchSemanticsNode().boundsInRoot.width

    private companion object {
        val SHOWN: SemanticsMatcher = hasTestTag("why") and hasScrollAction()
    }
}
