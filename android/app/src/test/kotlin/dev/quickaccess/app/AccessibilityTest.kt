package dev.quickaccess.app

import androidx.compose.foundation.layout.width
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.Text
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.look.Colors
import dev.quickaccess.app.look.QuickAccessTheme
import dev.quickaccess.app.look.ourColors
import dev.quickaccess.app.look.ownersColors
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

private const val TALL = "w411dp-h4000dp-mdpi"

/** What a screen reader, a large finger and people who need large letters find on every state of every screen. */
@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = TALL)
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
        assertTrue("$seen", seen > 150)
    }

    @Test
    fun every_screen_begins_with_a_heading() {
        val heading = SemanticsMatcher.keyIsDefined(SemanticsProperties.Heading)
        everyScene { name ->
            val headings = rule.onAllNodes(heading).fetchSemanticsNodes()
            assertTrue(name, headings.isNotEmpty() || name == "start")
        }
    }

    @Test
    @Config(fontScale = 2f)
    fun nothing_is_cut_off_in_letters_twice_as_large() = nothingIsCutOff()

    @Test
    @Config(qualifiers = "de-$TALL", fontScale = 2f)
    fun nothing_is_cut_off_in_long_german_words() = nothingIsCutOff()

    @Test
    @Config(qualifiers = "fr-$TALL", fontScale = 2f)
    fun nothing_is_cut_off_in_french() = nothingIsCutOff()

    @Test
    @Config(qualifiers = "ar-ldrtl-$TALL", fontScale = 2f)
    fun nothing_is_cut_off_in_tall_arabic_letters() = nothingIsCutOff()

    @Test
    fun texts_stand_out_from_what_is_behind_them() {
        val context = RuntimeEnvironment.getApplication()
        for (dark in listOf(false, true)) {
            for ((whose, colors) in mapOf("ours" to ourColors(dark), "the owner's" to ownersColors(context, dark))) {
                for ((name, pair) in colors.texts()) {
                    val contrast = contrast(pair.first, pair.second)
                    assertTrue("$name, dark: $dark, $whose: $contrast", contrast >= 4.5f)
                }
            }
        }
        assertEquals("black on white", 21f, contrast(Color.Black, Color.White), 0.01f)
    }

    @Test
    fun a_text_that_is_cut_off_is_found() {
        rule.setContent { Text("More than there is room for", Modifier.width(60.dp), maxLines = 1) }
        assertEquals(listOf("More than there is room for"), layouts().filter { it.isCutOff() }.map { it.layoutInput.text.text })
    }

    private fun nothingIsCutOff() {
        var seen = 0
        everyScene { name ->
            for (layout in layouts()) {
                seen++
                assertFalse("$name: ${layout.layoutInput.text}", layout.isCutOff())
            }
        }
        assertTrue("$seen", seen > 500)
    }

    /** Of all texts that show. */
    private fun layouts(): List<TextLayoutResult> {
        val texts = SemanticsMatcher.keyIsDefined(SemanticsActions.GetTextLayoutResult)
        return rule.onAllNodes(texts, useUnmergedTree = true).fetchSemanticsNodes().flatMap { node ->
            mutableListOf<TextLayoutResult>().also { node.config[SemanticsActions.GetTextLayoutResult].action?.invoke(it) }
        }
    }

    private fun TextLayoutResult.isCutOff(): Boolean =
        multiParagraph.didExceedMaxLines ||
            multiParagraph.height > size.height + 1 ||
            (0 until lineCount).any { isLineEllipsized(it) || getLineRight(it) - getLineLeft(it) > size.width + 1 }

    private fun everyScene(check: (String) -> Unit) {
        var scene by mutableStateOf("")
        rule.mainClock.autoAdvance = false
        rule.setContent {
            QuickAccessTheme(colors = Colors.OURS) { key(scene) { SCENES[scene]?.invoke() } }
        }
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
                "notice and quiet button" to (onSecondaryContainer to secondaryContainer),
                "action in a notice" to (primary to secondaryContainer),
                "message" to (inverseOnSurface to inverseSurface),
            )
    }

    /** As WCAG 2 defines it. */
    private fun contrast(one: Color, other: Color): Float {
        val (dim, bright) = listOf(one.luminance(), other.luminance()).sorted()
        return (bright + 0.05f) / (dim + 0.05f)
    }
}
