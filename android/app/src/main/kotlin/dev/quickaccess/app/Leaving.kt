package dev.quickaccess.app

import android.content.Context
import android.provider.Settings
import androidx.activity.BackEventCompat
import androidx.activity.compose.PredictiveBackHandler
import androidx.compose.animation.core.Animatable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.Stable
import androidx.compose.runtime.derivedStateOf
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.graphicsLayer
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.unit.dp
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

/** A screen that is being left: it follows the finger, and goes when that lets go of it. */
@Stable
class Leaving internal constructor(
    private val scope: CoroutineScope,
    private val moves: () -> Boolean,
    private val leave: () -> Unit,
) {
    private val way = Animatable(0f)
    private var fromLeft by mutableStateOf(true)

    /** Whether the screen below is seen. */
    val isSeen: Boolean by derivedStateOf { way.value > 0f }

    /** A tap: the screen goes by itself. */
    fun go() {
        scope.launch { finish() }
    }

    /** A gesture, from its begin to its end; [gesture] hands on each of its moves. */
    internal suspend fun follow(gesture: suspend (moved: suspend (BackEventCompat) -> Unit) -> Unit) {
        try {
            gesture(::moved)
            finish()
        } catch (cancelled: CancellationException) {
            // The person thought better of it.
            scope.launch { way.animateTo(0f) }
            throw cancelled
        }
    }

    private suspend fun moved(event: BackEventCompat) {
        if (moves()) {
            fromLeft = event.swipeEdge == BackEventCompat.EDGE_LEFT
            way.snapTo(event.progress * HELD)
        }
    }

    /** Another screen shows. */
    internal suspend fun reset() = way.snapTo(0f)

    private suspend fun finish() {
        if (moves()) way.animateTo(1f)
        leave()
    }

    /** How the screen looks on its way: smaller and aside while the finger holds it, then it fades. */
    fun Modifier.leaving(): Modifier =
        graphicsLayer {
            val held = (way.value / HELD).coerceAtMost(1f)
            val gone = ((way.value - HELD) / (1 - HELD)).coerceAtLeast(0f)
            scaleX = 1f - held * SHRINKS
            scaleY = scaleX
            translationX = (if (fromLeft) 1 else -1) * (held + gone) * ASIDE.toPx()
            alpha = 1f - gone
            shadowElevation = held * LIFTED.toPx()
            shape = RoundedCornerShape(ROUND * held)
            clip = true
        }

    private companion object {
        /** The part of the way that a finger can go. */
        const val HELD = 0.5f
        const val SHRINKS = 0.1f
        val ASIDE = 24.dp
        val LIFTED = 6.dp
        val ROUND = 28.dp
    }
}

/** Going back from `place`, by gesture, key or tap. */
@Composable
internal fun rememberLeaving(place: Place, canGoBack: Boolean, leave: () -> Unit): Leaving {
    val scope = rememberCoroutineScope()
    val context = LocalContext.current
    val leaving = remember(scope, context, leave) { Leaving(scope, { areAnimationsOn(context) }, leave) }
    PredictiveBackHandler(canGoBack) { gesture -> leaving.follow { moved -> gesture.collect { moved(it) } } }
    LaunchedEffect(leaving, place) { leaving.reset() }
    return leaving
}

/** People can turn animations off, in the settings for accessibility too. */
private fun areAnimationsOn(context: Context): Boolean =
    Settings.Global.getFloat(context.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) > 0f
