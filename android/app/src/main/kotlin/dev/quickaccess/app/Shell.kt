package dev.quickaccess.app

import android.view.Window
import android.view.WindowManager
import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.SnackbarHost
import androidx.compose.material3.SnackbarHostState
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.quickaccess.app.home.HomeScreen
import dev.quickaccess.app.look.messageText
import dev.quickaccess.app.lookup.LookUpScreen
import dev.quickaccess.app.server.ServerScreen
import dev.quickaccess.app.signin.SignInScreen
import dev.quickaccess.app.why.WhyScreen

/** The screen that the model says, and what is said over it. */
@Composable
fun Shell(model: MainModel, window: Window, share: (String) -> Unit) {
    val state by model.shell.state.collectAsStateWithLifecycle()
    val screens by model.screens.collectAsStateWithLifecycle()
    val back = if (state.canGoBack) model.shell::back else null

    // The system shows where going back leads while the finger still moves.
    BackHandler(state.canGoBack) { model.shell.back() }
    Secrecy(window, state.isSecret)
    Surface(Modifier.fillMaxSize()) {
        val session = screens
        if (state.place == Place.SERVER) {
            val server by model.server.state.collectAsStateWithLifecycle()
            ServerScreen(server, model.server, back)
        } else if (session == null) {
            Starting()
        } else {
            SessionScreen(state.place, session, model.shell, share)
        }
        Messages(state.message, model.shell::messageShown)
    }
}

@Composable
private fun SessionScreen(place: Place, screens: SessionScreens, shell: AppPresenter, share: (String) -> Unit) {
    val showHistory = { shell.show(Place.WHY) }
    when (place) {
        Place.START, Place.SERVER -> Starting()
        Place.SIGN_IN -> {
            val state by screens.signIn.state.collectAsStateWithLifecycle()
            SignInScreen(state, screens.signIn.password, screens.signIn, { shell.show(Place.SERVER) }, showHistory)
        }
        Place.HOME -> {
            val state by screens.home.state.collectAsStateWithLifecycle()
            HomeScreen(state, screens.home, { shell.show(Place.LOOK_UP) }, showHistory)
        }
        Place.LOOK_UP -> {
            val state by screens.lookUp.state.collectAsStateWithLifecycle()
            LookUpScreen(state, screens.lookUp, shell::back)
        }
        Place.WHY -> {
            val state by screens.why.state.collectAsStateWithLifecycle()
            WhyScreen(state, screens.why, { share(screens.why.shared()) }, shell::back)
        }
    }
}

/** Keeps a screen with a password out of screenshots and of the list of recent apps. */
@Composable
private fun Secrecy(window: Window, isSecret: Boolean) {
    DisposableEffect(window, isSecret) {
        if (isSecret) window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        onDispose { window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE) }
    }
}

@Composable
private fun Starting() {
    Box(Modifier.fillMaxSize(), contentAlignment = Alignment.Center) { CircularProgressIndicator() }
}

@Composable
private fun Messages(message: Message?, shown: () -> Unit) {
    val host = remember { SnackbarHostState() }
    val text = message?.let { messageText(it) }
    LaunchedEffect(message) {
        if (text != null) {
            host.showSnackbar(text)
            shown()
        }
    }
    Box(Modifier.fillMaxSize().safeDrawingPadding(), contentAlignment = Alignment.BottomCenter) { SnackbarHost(host) }
}
