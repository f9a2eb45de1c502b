package dev.quickaccess.app

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream

/**
 * A picture of a screen as PNG with a palette, a third as large as one with every shade of every edge of a letter: colours
 * that hardly differ become the most frequent of them.
 */
fun smallPng(width: Int, height: Int, pixels: IntArray): ByteArray {
    val kinds = (5 downTo 1).map { bits -> pixels.groupedBy(bits) }.first { it.size <= 256 }
    val palette = kinds.values.map { shades -> shades.maxBy { it.value }.key }
    val indices = HashMap<Int, Int>()
    kinds.values.forEachIndexed { index, shades -> shades.keys.forEach { indices[it] = index } }

    val rows = ByteArrayOutputStream()
    DeflaterOutputStream(rows, Deflater(Deflater.BEST_COMPRESSION)).use { out ->
        for (y in 0 until height) {
            out.write(NO_FILTER)
            for (x in 0 until width) out.write(indices.getValue(pixels[y * width + x]))
        }
    }
    val png = ByteArrayOutputStream()
    png.write(SIGNATURE)
    png.chunk("IHDR") {
        writeInt(width)
        writeInt(height)
        // Eight bits, a palette, and nothing special.
        write(byteArrayOf(8, 3, 0, 0, 0))
    }
    png.chunk("PLTE") { palette.forEach { color -> (16 downTo 0 step 8).forEach { write(color shr it) } } }
    png.chunk("IDAT") { write(rows.toByteArray()) }
    png.chunk("IEND") {}
    return png.toByteArray()
}

/** How often each colour is there, those together that are alike in so many bits of each channel. */
private fun IntArray.groupedBy(bits: Int): Map<Int, Map<Int, Int>> {
    val channel = 0xFF and (0xFF shl (8 - bits))
    val mask = (channel shl 16) or (channel shl 8) or channel
    return groupBy { it }.mapValues { it.value.size }.entries.groupBy { it.key and mask }.mapValues { (_, colors) ->
        colors.associate { it.key to it.value }
    }
}

private fun ByteArrayOutputStream.chunk(name: String, write: DataOutputStream.() -> Unit) {
    val content = ByteArrayOutputStream()
    DataOutputStream(content).use { it.write() }
    val named = name.toByteArray() + content.toByteArray()
    DataOutputStream(this).apply {
        writeInt(content.size())
        write(named)
        writeInt(CRC32().apply { update(named) }.value.toInt())
    }
}

private const val NO_FILTER = 0
private val SIGNATURE = byteArrayOf(0x89.toByte(), 'P'.code.toByte(), 'N'.code.toByte(), 'G'.code.toByte(), 13, 10, 26, 10)
