package dev.quickaccess.app.why

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.size
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.setup.QrCode

/** A text as a QR code: black on white in dark too, since cameras want it so. */
@Composable
fun QrPicture(text: String, modifier: Modifier = Modifier) {
    val code = remember(text) { QrCode.of(text) }
    val words = stringResource(R.string.set_up_code)
    Canvas(modifier.size(220.dp).semantics { contentDescription = words }) {
        drawRect(Color.White)
        // Whole pixels, or light seams come between the modules.
        val module = (size.minDimension / code.size).toInt().toFloat()
        val edge = (size.minDimension - module * code.size) / 2
        for (y in 0 until code.size) {
            for (x in 0 until code.size) {
                if (code.isDark(x, y)) {
                    drawRect(Color.Black, Offset(edge + x * module, edge + y * module), Size(module, module))
                }
            }
        }
    }
}
