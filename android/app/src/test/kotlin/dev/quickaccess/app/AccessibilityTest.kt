package dev.quickaccess.app

import androidx.compose.material3.ColorScheme
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.junit4.v2.createComposeRule
import dev.quickaccess.app.look.QuickAccessTheme
import dev.quickaccess.app.look.ownColors
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** What a screen reader and a large finger find on every state of every screen. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "w411dp-h4000dp-mdpi")
class AccessibilityTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createComposeRule()

    @Test
    fun whatever_can_be_tapped_has_a_name_and_is_large_enough() {
        var seen = 0
        everyScene { name ->
            for (node in rule.onAllNodes(hasClickAction()).fetchSemanticsNodes()) {
                seen++
                val label = node.label()
                assertTrue("$name: something at ${node.boundsInRoot} has no name", label.isNotBlank())
                val size = node.touchBoundsInRoot
                assertTrue("$name: $label is too small: ${size.width} x ${size.height}", minOf(size.width, size.height) >= 48f)
            }
        }
        assertTrue("$seen", seen > 60)
    }

    @Test
    fun every_screen_begins_with_a_heading() {
        val heading = SemanticsMatcher.keyIsDefined(SemanticsProperties.Heading)
        everyScene { name ->
            assertTrue(name, rule.onAllNodes(heading).fetchSemanticsNodes().isNotEmpty())
        }
    }

    @Test
    fun texts_stand_out_from_what_is_behind_them() {
        for (dark in listOf(false, true)) {
            for ((name, pair) in ownColors(dark).texts()) {
                val contrast = contrast(pair.first, pair.second)
                assertTrue("$name, dark: $dark: $contrast", contrast >= 4.5f)
            }
        }
        assertEquals("black on white", 21f, contrast(Color.Black, Color.White), 0.01f)
    }

    private fun everyScene(check: (String) -> Unit) {
        var scene by mutableStateOf("")
        rule.mainClock.autoAdvance = false
        rule.setContent { QuickAccessTheme(dynamic = false) { key(scene) { SCENES[scene]?.invoke() } } }
        for (name in SCENES.keys) {
            scene = name
            Snapshot.sendApplyNotifications()
            repeat(3) { rule.mainClock.advanceTimeByFrame() }
            check(name)
        }
    }

    private fun SemanticsNode.label(): String {
        val texts = config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text }
        return (texts + config.getOrNull(SemanticsProperties.ContentDescription).orEmpty()).joinToString(" ")
    }

    /** The pairs of colours that the screens put over one another. */
    private fun ColorScheme.texts(): Map<String, Pair<Color, Color>> {
        val behind =
            mapOf("surface" to surface, "container" to surfaceContainer, "high container" to surfaceContainerHigh)
        val texts = mapOf("text" to onSurface, "quiet text" to onSurfaceVariant, "error" to error, "accent" to primary, "remark" to tertiary)
        val onSurfaces = texts.flatMap { (text, color) -> behind.map { (name, back) -> "$text on $name" to (color to back) } }
        return onSurfaces.toMap() +
            mapOf(
                "button" to (onPrimary to primary),
                "notice" to (onSecondaryContainer to secondaryContainer),
            )
    }

    /** As WCAG 2 defines it. */
    private fun contrast(one: Color, other: Color): Float {
        val (dim, bright) = listOf(one.luminance(), other.luminance()).sorted()
        return (bright + 0.05f) / (dim + 0.05f)
    }
}
