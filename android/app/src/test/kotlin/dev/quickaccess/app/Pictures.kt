package dev.quickaccess.app

import android.content.ComponentName
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import android.graphics.Color
import androidx.activity.ComponentActivity
import androidx.compose.ui.graphics.asAndroidBitmap
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.isDialog
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.junit4.ComposeTestRule
import androidx.compose.ui.test.onFirst
import java.io.File
import kotlin.math.abs
import org.junit.rules.ExternalResource
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

/** Lets a test show a screen without the app's own activity; it comes before the Compose rule. */
class EmptyActivity : ExternalResource() {
    override fun before() {
        val app = RuntimeEnvironment.getApplication()
        val activity = ComponentName(app, ComponentActivity::class.java)
        shadowOf(app.packageManager).addActivityIfNotPresent(activity)
    }
}

/** The pictures that screens are compared with. */
val PICTURES = File("src/test/pictures")

/** Pictures are taken over in this run, and not compared. */
val areMadeAnew: Boolean = System.getenv("QUICKACCESS_WRITE_PAGES") == "1"

/** How far two pictures of one screen may be apart: fonts are drawn a little differently elsewhere. */
private const val CHANNEL_TOLERANCE = 24
private const val SHARE_TOLERANCE = 0.002

/** How Android shows what is behind a dialog, about. */
private val DIMMED = Color.argb(0x52, 0, 0, 0)

/**
 * Compares what is shown with the committed picture of this name, and says what is wrong, if anything.
 * `QUICKACCESS_WRITE_PAGES=1` takes it over instead; look at each one before you commit it.
 */
fun ComposeTestRule.comparePicture(name: String): String? {
    val shown = shown()
    val file = File(PICTURES, "$name.png")
    if (areMadeAnew) {
        file.writeBytes(smallPng(shown.width, shown.height, shown.pixels()))
        return null
    }
    val now = File("target/pictures/$name.png")
    now.parentFile?.mkdirs()
    now.outputStream().use { shown.compress(Bitmap.CompressFormat.PNG, 100, it) }
    if (!file.isFile) return "$file is missing; QUICKACCESS_WRITE_PAGES=1 makes it"
    val share = difference(BitmapFactory.decodeFile(file.path), shown)
    return "$name: ${"%.2f".format(share * 100)} % of the picture differ; see $now".takeIf { share > SHARE_TOLERANCE }
}

/** The screen, and over it in the middle the dialog, which has a window of its own. */
private fun ComposeTestRule.shown(): Bitmap {
    val screen = onAllNodes(isRoot()).onFirst().captureToImage().asAndroidBitmap()
    val dialogs = onAllNodes(isDialog())
    if (dialogs.fetchSemanticsNodes().isEmpty()) return screen
    val dialog = dialogs.onFirst().captureToImage().asAndroidBitmap()
    return screen.copy(Bitmap.Config.ARGB_8888, true).also {
        val canvas = Canvas(it)
        canvas.drawColor(DIMMED)
        canvas.drawBitmap(dialog, (it.width - dialog.width) / 2f, (it.height - dialog.height) / 2f, null)
    }
}

/** The share of pixels that are not alike. */
private fun difference(one: Bitmap, other: Bitmap): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    val here = one.pixels()
    val there = other.pixels()
    return here.indices.count { !alike(here[it], there[it]) }.toDouble() / here.size
}

private fun alike(one: Int, other: Int): Boolean =
    (0..24 step 8).all { abs((one shr it and 0xFF) - (other shr it and 0xFF)) <= CHANNEL_TOLERANCE }

private fun Bitmap.pixels(): IntArray = IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }
