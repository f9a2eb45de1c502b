package dev.quickaccess.app

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.unit.Density
import dev.quickaccess.app.look.QuickAccessTheme
import java.util.TimeZone
import org.junit.After
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

private const val PHONE = "w411dp-h891dp-mdpi"

/** The screens as pictures: every state in light, and the main ones as other people see them. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PicturesTest {
    @get:Rule(order = 0) val activity = EmptyActivity()

    @get:Rule(order = 1) val rule = createComposeRule()

    private val zone = TimeZone.getDefault()

    @Before
    fun atGreenwich() = setZone(TimeZone.getTimeZone("UTC"))

    @After
    fun atHome() = setZone(zone)

    @Test
    @Config(qualifiers = PHONE)
    fun every_state_in_light() = compare("light", SCENES.keys)

    @Test
    @Config(qualifiers = PHONE)
    fun in_dark() =
        compare("dark", setOf("server-untrusted", "sign-in-rejected", "home", "look-up", "why-doctor"), dark = true)

    @Test
    @Config(qualifiers = "de-$PHONE")
    fun in_german() = compare("de", setOf("home", "sign-in-ended"))

    @Test
    @Config(qualifiers = "ja-$PHONE")
    fun in_japanese() = compare("ja", setOf("home"))

    @Test
    @Config(qualifiers = "ar-ldrtl-$PHONE")
    fun in_arabic_from_right_to_left() =
        compare("ar", setOf("server-untrusted", "sign-in-ended", "home", "look-up", "why"))

    @Test
    @Config(qualifiers = PHONE)
    fun in_letters_twice_as_large() = compare("large", setOf("server-untrusted", "sign-in-rejected", "home"), fontScale = 2f)

    @Test
    @Config(qualifiers = "w1280dp-h800dp-land-mdpi")
    fun on_a_tablet() = compare("tablet", setOf("home"))

    private fun compare(variant: String, scenes: Set<String>, dark: Boolean = false, fontScale: Float = 1f) {
        var scene by mutableStateOf(scenes.first())
        // Spinners and cursors stand still.
        rule.mainClock.autoAdvance = false
        rule.setContent {
            CompositionLocalProvider(LocalDensity provides Density(LocalDensity.current.density, fontScale)) {
                QuickAccessTheme(dark = dark, dynamic = false) { key(scene) { SCENES.getValue(scene)() } }
            }
        }
        val faults =
            scenes.mapNotNull { name ->
                scene = name
                Snapshot.sendApplyNotifications()
                repeat(3) { rule.mainClock.advanceTimeByFrame() }
                rule.comparePicture("$name-$variant")
            }
        assertTrue(faults.joinToString("\n"), faults.isEmpty())
    }

    private fun setZone(zone: TimeZone) {
        TimeZone.setDefault(zone)
        android.icu.util.TimeZone.setDefault(android.icu.util.TimeZone.getTimeZone(zone.id))
    }
}
