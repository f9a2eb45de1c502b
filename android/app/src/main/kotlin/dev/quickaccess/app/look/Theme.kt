package dev.quickaccess.app.look

import android.content.Context
import android.os.Build
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.dynamicDarkColorScheme
import androidx.compose.material3.dynamicLightColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalContext

/** Whose colours the app has. */
enum class Colors {
    /** Those that the device's owner has chosen, with their wallpaper. */
    OWNERS,
    OURS,
    ;

    companion object {
        /** The owner's, where Android has them. */
        val usual: Colors
            get() = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) OWNERS else OURS
    }
}

@Composable
fun QuickAccessTheme(
    dark: Boolean = isSystemInDarkTheme(),
    colors: Colors = Colors.usual,
    content: @Composable () -> Unit,
) {
    val scheme = if (colors == Colors.OWNERS) ownersColors(LocalContext.current, dark) else ourColors(dark)
    MaterialTheme(colorScheme = scheme, content = content)
}

/** The owner's colours; ours on an Android that has none. */
fun ownersColors(context: Context, dark: Boolean): ColorScheme =
    when {
        Build.VERSION.SDK_INT < Build.VERSION_CODES.S -> ourColors(dark)
        dark -> dynamicDarkColorScheme(context)
        else -> dynamicLightColorScheme(context)
    }

/** Our own colours: a petrol blue. */
fun ourColors(dark: Boolean): ColorScheme = if (dark) DARK else LIGHT

private val LIGHT =
    lightColorScheme(
        primary = Color(0xFF00677D),
        onPrimary = Color.White,
        primaryContainer = Color(0xFFB2EBFF),
        onPrimaryContainer = Color(0xFF001F27),
        secondary = Color(0xFF4B626A),
        onSecondary = Color.White,
        secondaryContainer = Color(0xFFCEE7F0),
        onSecondaryContainer = Color(0xFF061E25),
        tertiary = Color(0xFF7A5900),
        onTertiary = Color.White,
        background = Color(0xFFF6FAFC),
        onBackground = Color(0xFF171C1E),
        surface = Color(0xFFF6FAFC),
        onSurface = Color(0xFF171C1E),
        surfaceVariant = Color(0xFFDBE4E8),
        onSurfaceVariant = Color(0xFF40484C),
        outline = Color(0xFF70787C),
        outlineVariant = Color(0xFFBFC8CC),
        surfaceContainerLowest = Color.White,
        surfaceContainerLow = Color(0xFFF0F4F6),
        surfaceContainer = Color(0xFFEAEFF1),
        surfaceContainerHigh = Color(0xFFE4E9EB),
        surfaceContainerHighest = Color(0xFFDFE3E5),
        inverseSurface = Color(0xFF2C3134),
        inverseOnSurface = Color(0xFFEDF1F3),
        inversePrimary = Color(0xFF55D6F4),
    )
private val DARK =
    darkColorScheme(
        primary = Color(0xFF55D6F4),
        onPrimary = Color(0xFF003642),
        primaryContainer = Color(0xFF004E5F),
        onPrimaryContainer = Color(0xFFB2EBFF),
        secondary = Color(0xFFB2CBD3),
        onSecondary = Color(0xFF1D343B),
        secondaryContainer = Color(0xFF344A52),
        onSecondaryContainer = Color(0xFFCEE7F0),
        tertiary = Color(0xFFF5BF48),
        onTertiary = Color(0xFF402D00),
        background = Color(0xFF0F1416),
        onBackground = Color(0xFFDFE3E5),
        surface = Color(0xFF0F1416),
        onSurface = Color(0xFFDFE3E5),
        surfaceVariant = Color(0xFF40484C),
        onSurfaceVariant = Color(0xFFBFC8CC),
        outline = Color(0xFF899296),
        outlineVariant = Color(0xFF40484C),
        surfaceContainerLowest = Color(0xFF0A0F11),
        surfaceContainerLow = Color(0xFF171C1E),
        surfaceContainer = Color(0xFF1B2022),
        surfaceContainerHigh = Color(0xFF252B2D),
        surfaceContainerHighest = Color(0xFF303638),
        inverseSurface = Color(0xFFDFE3E5),
        inverseOnSurface = Color(0xFF2C3134),
        inversePrimary = Color(0xFF00677D),
    )
