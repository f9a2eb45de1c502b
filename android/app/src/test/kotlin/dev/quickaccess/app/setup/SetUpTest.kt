package dev.quickaccess.app.setup

import android.content.Intent
import android.content.RestrictionsManager
import android.net.Uri
import android.os.Bundle
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasTestTag
import com.google.zxing.BinaryBitmap
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import dev.quickaccess.app.FlowTest
import dev.quickaccess.app.MainActivity
import dev.quickaccess.app.R
import dev.quickaccess.app.session.ServerChoice
import org.junit.Assert.assertEquals
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** The ways to a server without typing. */
class SetUpTest : FlowTest() {
    @Test
    fun a_link_fills_in_the_server_and_waits_for_the_person() {
        val link = ServerChoice(simulator.https, "Phones").link
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link))
        val resolved = person.app.packageManager.resolveActivity(intent.addCategory(Intent.CATEGORY_BROWSABLE), 0)
        assertEquals(MainActivity::class.java.name, resolved?.activityInfo?.name)

        person.start(intent)
        person.awaitText(R.string.server_from_link)
        person.node("address").assertTextContains(simulator.https)
        person.node("client").assertTextContains("Phones")
        assertEquals(0, simulator.counter("connections"))
    }

    @Test
    fun a_link_that_is_opened_later_leads_to_the_server_screen_and_back() {
        person.start()
        person.signIn()
        val other = Intent(Intent.ACTION_VIEW, Uri.parse(ServerChoice("other.example.com").link))
        person.open(other)
        person.awaitText(R.string.server_from_link)
        person.tap("back")
        person.await(hasTestTag("name"))
    }

    @Test
    fun the_administrators_server_is_there_and_cannot_be_changed() {
        val restrictions = Bundle().apply { putString("server", simulator.https) }
        shadowOf(person.app.getSystemService(RestrictionsManager::class.java)).setApplicationRestrictions(restrictions)
        person.start()
        person.awaitText(R.string.server_managed)
        person.node("address").assert(SemanticsMatcher.expectValue(SemanticsProperties.IsEditable, false))
        person.tap("trust")
        person.await(hasTestTag("username"))
    }

    @Test
    fun a_camera_reads_the_code_of_a_link() {
        val link = ServerChoice("clearpass.example.com").link
        val code = QrCode.of(link)
        val scale = 4
        val size = code.size * scale
        val pixels = IntArray(size * size) { if (code.isDark(it % size / scale, it / size / scale)) 0 else 0xFFFFFF }
        val bitmap = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(size, size, pixels)))
        assertEquals(link, QRCodeReader().decode(bitmap).text)
    }
}
