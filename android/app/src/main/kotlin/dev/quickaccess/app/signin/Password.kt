package dev.quickaccess.app.signin

import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText

/**
 * The password while it is typed. It outlives a rotation and not the process: it is never in a saved state. Compose and
 * the keyboard keep copies that nobody can wipe.
 */
class Password {
    /** What the field on the screen edits. */
    val input = TextFieldState()

    val isEmpty: Boolean
        get() = input.text.isEmpty()

    /** A copy, which the caller wipes. */
    fun copy(): CharArray = input.text.let { text -> CharArray(text.length) { text[it] } }

    fun clear() {
        input.clearText()
    }
}
