package dev.quickaccess.app

import android.content.Intent
import android.os.Bundle
import android.view.WindowManager
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeTimeoutException
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import dev.quickaccess.Simulator
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController

/** The app in a person's hands, against a simulator. */
class Person(
    private val rule: ComposeTestRule,
    val simulator: Simulator,
) : AutoCloseable {
    private var controller: ActivityController<MainActivity>? = null
    val app: App = RuntimeEnvironment.getApplication() as App
    val activity: MainActivity
        get() = checkNotNull(controller).get()

    /** How many buttons were tapped. */
    var taps = 0
        private set

    /** What was typed into, in that order. */
    val typed = mutableListOf<String>()

    fun start(intent: Intent? = null) {
        controller = Robolectric.buildActivity(MainActivity::class.java, intent).setup()
    }

    /** Another app or a camera opens this while ours shows. */
    fun open(intent: Intent) {
        checkNotNull(controller).newIntent(intent)
    }

    /** Turns the device. */
    fun rotate() {
        checkNotNull(controller).recreate()
    }

    /** The system ends the process, and the person comes back to the app: all that is left is what was saved. */
    fun processDies() {
        val saved = Bundle()
        checkNotNull(controller).saveInstanceState(saved).pause().stop().destroy()
        app.connection.close()
        controller = Robolectric.buildActivity(MainActivity::class.java).setup(saved)
    }

    fun type(tag: String, text: String) {
        typed += tag
        rule.onNodeWithTag(tag).performTextReplacement(text)
    }

    fun tap(tag: String) {
        await(hasTestTag(tag))
        taps++
        if (rule.onAllNodes(hasTestTag(tag) and hasAnyAncestor(hasScrollAction())).fetchSemanticsNodes().isNotEmpty()) {
            node(tag).performScrollTo()
        }
        node(tag).performClick()
    }

    fun node(tag: String): SemanticsNodeInteraction = rule.onNodeWithTag(tag)

    fun awaitText(id: Int) = await(hasText(app.getString(id), substring = true))

    fun await(what: SemanticsMatcher) {
        try {
            rule.waitUntil(30_000) { rule.onAllNodes(what).fetchSemanticsNodes().isNotEmpty() }
        } catch (late: ComposeTimeoutException) {
            throw AssertionError("${what.description} does not come; there is ${texts()}", late)
        }
    }

    fun awaitNo(what: SemanticsMatcher) {
        rule.waitUntil(30_000) { rule.onAllNodes(what).fetchSemanticsNodes().isEmpty() }
    }

    private fun texts(): List<String> =
        rule.onAllNodes(hasText("", substring = true)).fetchSemanticsNodes().flatMap { node ->
            node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text }
        }

    /** From the first start to the sign-in screen. */
    fun chooseServer() {
        type("address", simulator.https)
        tap("look")
        tap("trust")
        await(hasTestTag("username"))
    }

    fun enter(username: String = "qa", password: String = "abc123") {
        type("username", username)
        type("password", password)
        tap("sign_in")
    }

    /** The shortest way in: address, name, password, three taps. */
    fun signIn(username: String = "qa", password: String = "abc123") {
        chooseServer()
        enter(username, password)
        await(hasTestTag("name"))
    }

    fun signOut() {
        tap("sign_out")
        tap("sign_out_now")
        await(hasTestTag("username"))
    }

    /** Leaves the app; its process stays. */
    fun leave() {
        activity.finish()
        checkNotNull(controller).pause().stop().destroy()
        controller = null
    }

    /** Whether screenshots and the list of recent apps show nothing. */
    fun isWindowSecret(): Boolean {
        rule.waitForIdle()
        return activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0
    }

    override fun close() {
        controller?.pause()?.stop()?.destroy()
        app.connection.close()
        simulator.close()
    }
}
