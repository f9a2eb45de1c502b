package dev.quickaccess.app.look

import android.content.Context
import android.os.Build
import androidx.compose.ui.graphics.Color
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.util.ReflectionHelpers

/** Whose colours the app has. */
@RunWith(RobolectricTestRunner::class)
class ThemeTest {
    private val context: Context = RuntimeEnvironment.getApplication()

    @Test
    fun from_android_12_on_they_are_the_owners_in_light_and_in_dark() {
        on(Build.VERSION_CODES.S) { assertEquals(Colors.OWNERS, Colors.usual) }
        val system =
            mapOf(false to android.R.color.system_primary_light, true to android.R.color.system_primary_dark)
        for ((dark, primary) in system) {
            assertEquals("dark: $dark", Color(context.getColor(primary)), ownersColors(context, dark).primary)
            assertNotEquals("dark: $dark", ourColors(dark).primary, ownersColors(context, dark).primary)
        }
    }

    @Test
    fun before_they_are_ours() =
        on(Build.VERSION_CODES.R) {
            assertEquals(Colors.OURS, Colors.usual)
            for (dark in listOf(false, true)) assertSame(ourColors(dark), ownersColors(context, dark))
        }

    private fun on(sdk: Int, check: () -> Unit) {
        val real = Build.VERSION.SDK_INT
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", sdk)
        try {
            check()
        } finally {
            ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", real)
        }
    }
}
