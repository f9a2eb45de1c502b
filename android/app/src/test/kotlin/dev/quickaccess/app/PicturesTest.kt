package dev.quickaccess.app

import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.test.junit4.v2.createComposeRule
import dev.quickaccess.app.look.Colors
import dev.quickaccess.app.look.QuickAccessTheme
import java.io.File
import java.util.TimeZone
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

private const val PHONE = "w411dp-h891dp-mdpi"

/** The screens as pictures: every state in light and dark, and each screen as other people see it. */
@RunWith(RobolectricTestRunner::class)
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
    fun every_state_in_light() = compare("light")

    @Test
    @Config(qualifiers = PHONE)
    fun every_state_in_dark() = compare("dark", dark = true)

    @Test
    @Config(qualifiers = "de-$PHONE")
    fun in_german() = compare("de")

    @Test
    @Config(qualifiers = "ja-$PHONE")
    fun in_japanese() = compare("ja")

    @Test
    @Config(qualifiers = "ar-ldrtl-$PHONE")
    fun in_arabic_from_right_to_left() = compare("ar")

    @Test
    @Config(qualifiers = "w411dp-h1600dp-mdpi", fontScale = 2f)
    fun in_letters_twice_as_large() = compare("large")

    @Test
    @Config(qualifiers = "w1280dp-h800dp-land-mdpi")
    fun on_a_tablet() = compare("tablet")

    @Test
    @Config(qualifiers = PHONE)
    fun in_the_owners_colours() = compare("owners-light", colors = Colors.OWNERS)

    @Test
    @Config(qualifiers = PHONE)
    fun in_the_owners_colours_in_dark() = compare("owners-dark", dark = true, colors = Colors.OWNERS)

    @Test
    fun every_picture_is_of_a_screen_that_is() {
        val names = SHOWN.flatMap { (variant, scenes) -> scenes.map { "$it-$variant.png" } }.toSet()
        val there = PICTURES.list().orEmpty().toSet()
        if (areMadeAnew) (there - names).forEach { File(PICTURES, it).delete() } else assertEquals(names, there)
    }

    private fun compare(variant: String, dark: Boolean = false, colors: Colors = Colors.OURS) {
        val scenes = SHOWN.getValue(variant)
        var scene by mutableStateOf(scenes.first())
        // Spinners and cursors move by this clock alone.
        rule.mainClock.autoAdvance = false
        rule.setContent {
            QuickAccessTheme(dark, colors) { key(scene) { SCENES.getValue(scene)() } }
        }
        val faults =
            scenes.mapNotNull { name ->
                scene = name
                Snapshot.sendApplyNotifications()
                // Labels and messages have come, and no cursor has gone yet.
                rule.mainClock.advanceTimeBy(400)
                rule.comparePicture("$name-$variant")
            }
        assertTrue(faults.joinToString("\n"), faults.isEmpty())
    }

    private fun setZone(zone: TimeZone) {
        TimeZone.setDefault(zone)
        android.icu.util.TimeZone.setDefault(android.icu.util.TimeZone.getTimeZone(zone.id))
    }

    private companion object {
        /** Each screen with most of what it can have. */
        val EACH_SCREEN = setOf("server-untrusted", "sign-in-rejected", "home", "home-sign-out", "look-up", "why-doctor")

        /** What is shown in which way. */
        val SHOWN: Map<String, Set<String>> =
            mapOf(
                "light" to SCENES.keys,
                "dark" to SCENES.keys,
                "de" to EACH_SCREEN,
                "ja" to setOf("home"),
                "ar" to EACH_SCREEN + setOf("sign-in-no-name", "home-offline", "why"),
                "large" to EACH_SCREEN,
                "tablet" to EACH_SCREEN + "why-older" - "home-sign-out",
                "owners-light" to setOf("home"),
                "owners-dark" to setOf("home"),
            )
    }
}
