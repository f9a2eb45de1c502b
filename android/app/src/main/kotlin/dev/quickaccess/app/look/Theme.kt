package dev.quickaccess.app.look

import android.os.Build
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.dynamicDarkColorScheme
import androidx.compose.material3.dynamicLightColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalContext

/** The colours of the device's owner where Android has them, else ours. */
@Composable
fun QuickAccessTheme(
    dark: Boolean = isSystemInDarkTheme(),
    dynamic: Boolean = Build.VERSION.SDK_INT >= Build.VERSION_CODES.S,
    content: @Composable () -> Unit,
) {
    val colors =
        when {
            dynamic && Build.VERSION.SDK_INT >= Build.VERSION_CODES.S -> {
                val context = LocalContext.current
                if (dark) dynamicDarkColorScheme(context) else dynamicLightColorScheme(context)
            }
            dark -> DARK
            else -> LIGHT
        }
    MaterialTheme(colorScheme = colors, content = content)
}

private val LIGHT =
    lightColorScheme(
        primary = Color(0xFF00677D),
        onPrimary = Color.White,
        primaryContainer = Color(0xFFB2EBFF),
        onPrimaryContainer = Color(0xFF001F27),
    )
private val DARK =
    darkColorScheme(
        primary = Color(0xFF55D6F4),
        onPrimary = Color(0xFF003642),
        primaryContainer = Color(0xFF004E5F),
        onPrimaryContainer = Color(0xFFB2EBFF),
    )
