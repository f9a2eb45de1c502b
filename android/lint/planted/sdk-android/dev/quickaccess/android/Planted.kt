package dev.quickaccess.android

import android.content.Context
import android.widget.Toast

internal fun planted(context: Context) {
    Toast.makeText(context, "never shown", Toast.LENGTH_SHORT)
}
