package dev.quickaccess

import java.nio.CharBuffer

/** Gives the characters as UTF-8 bytes to [use], and wipes these bytes whatever happens. */
internal inline fun <T> CharArray.asBytes(use: (ByteArray) -> T): T {
    val buffer = Charsets.UTF_8.encode(CharBuffer.wrap(this))
    val bytes = ByteArray(buffer.remaining())
    try {
        buffer.get(bytes)
        return use(bytes)
    } finally {
        bytes.fill(0)
        buffer.array().fill(0)
    }
}
