package dev.quickaccess.app

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.SnackbarHost
import androidx.compose.material3.SnackbarHostState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import dev.quickaccess.app.look.READABLE
import dev.quickaccess.app.look.messageText

/** What became of something that the person did, over the screen that shows. */
@Composable
internal fun Messages(message: Message?, shown: () -> Unit) {
    val host = remember { SnackbarHostState() }
    val text = message?.let { messageText(it) }
    LaunchedEffect(message) {
        if (text != null) {
            host.showSnackbar(text)
            shown()
        }
    }
    Box(Modifier.fillMaxSize().safeDrawingPadding(), contentAlignment = Alignment.BottomCenter) {
        SnackbarHost(host, Modifier.widthIn(max = READABLE))
    }
}
