package dev.quickaccess.app

import android.view.Window
import android.view.WindowManager
import androidx.compose.foundation.focusGroup
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.focusProperties
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.testTag
import androidx.compose.ui.semantics.testTagsAsResourceId
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.quickaccess.app.home.HomeScreen
import dev.quickaccess.app.lookup.LookUpScreen
import dev.quickaccess.app.server.ServerScreen
import dev.quickaccess.app.signin.SignInScreen
import dev.quickaccess.app.why.WhyScreen

/** The screen that the model says, the one below while a person goes back, and what is said over them. */
@Composable
fun Shell(model: MainModel, window: Window, share: (String) -> Unit) {
    val state by model.shell.state.collectAsStateWithLifecycle()
    val leaving = rememberLeaving(state.place, state.canGoBack, remember(model) { model.shell::back })
    val layers = state.layers(leaving.isSeen)

    Secrecy(window, layers.any { it.isSecret })
    // Tests of the finished app find its elements by these names, as they find those of any app.
    Surface(Modifier.fillMaxSize().semantics { testTagsAsResourceId = true }) {
        Layers(layers, leaving) { place ->
            val back = if (state.canGoBack && place == state.place) leaving::go else null
            Screen(place, model, back, share)
        }
        Messages(state.message, model.shell::messageShown)
    }
}

/** The last one is on top; the one below is there to be seen, and nothing else. */
@Composable
private fun Layers(layers: List<Place>, leaving: Leaving, screen: @Composable (Place) -> Unit) {
    // Whoever goes back finds the screen where they left it.
    val kept = rememberSaveableStateHolder()
    val top = layers.last()
    layers.forEach { place ->
        key(place) {
            val modifier =
                when {
                    place != top -> Modifier.focusProperties { onEnter = { cancelFocusChange() } }.focusGroup().below()
                    layers.size > 1 -> with(leaving) { Modifier.leaving() }
                    else -> Modifier
                }
            Box(modifier.fillMaxSize()) { kept.SaveableStateProvider(place.name) { screen(place) } }
        }
    }
    LaunchedEffect(top) { top.forgets.forEach { kept.removeState(it.name) } }
}

private fun Modifier.below(): Modifier = clearAndSetSemantics { testTag = "below" }

@Composable
private fun Screen(place: Place, model: MainModel, back: (() -> Unit)?, share: (String) -> Unit) {
    val screens by model.screens.collectAsStateWithLifecycle()
    val session = screens
    if (place == Place.SERVER) {
        val server by model.server.state.collectAsStateWithLifecycle()
        ServerScreen(server, model.server, back)
    } else if (session == null) {
        Starting()
    } else {
        SessionScreen(place, session, model.shell, back ?: {}, share)
    }
}

@Composable
private fun SessionScreen(
    place: Place,
    screens: SessionScreens,
    shell: AppPresenter,
    back: () -> Unit,
    share: (String) -> Unit,
) {
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
            LookUpScreen(state, screens.lookUp, back)
        }
        Place.WHY -> {
            val state by screens.why.state.collectAsStateWithLifecycle()
            WhyScreen(state, screens.why, { share(screens.why.shared()) }, back)
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
internal fun Starting() {
    Box(Modifier.fillMaxSize(), contentAlignment = Alignment.Center) { CircularProgressIndicator() }
}
