package dev.quickaccess.app.setup

import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter

/** A text as a QR code: rows of modules, dark or light, with the quiet border around them. */
class QrCode private constructor(
    val size: Int,
    private val dark: (x: Int, y: Int) -> Boolean,
) {
    fun isDark(x: Int, y: Int): Boolean = dark(x, y)

    companion object {
        fun of(text: String): QrCode {
            // No size asked for is one pixel a module.
            val matrix = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0)
            return QrCode(matrix.width, matrix::get)
        }
    }
}
