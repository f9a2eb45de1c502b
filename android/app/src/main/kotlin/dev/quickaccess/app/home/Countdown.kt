package dev.quickaccess.app.home

import java.time.Clock
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * How long it is until `end`, at once and then whenever what people read of it changes: each second in the last hour, each
 * minute before. It costs nothing while nobody collects it.
 */
internal fun countdown(end: Instant?, clock: Clock): Flow<Left> =
    flow {
        if (end == null) {
            emit(Left.UntilRejected)
            return@flow
        }
        while (true) {
            val exact = Duration.between(clock.instant(), end)
            if (exact <= Duration.ZERO) break
            val step = if (exact <= Duration.ofHours(1)) SECOND else MINUTE
            // Rounded up, so that it reads zero when it is over and not a step before.
            val steps = (exact.toMillis() + step - 1) / step
            emit(Left.For(Duration.ofMillis(steps * step)))
            delay(maxOf(1, exact.toMillis() - (steps - 1) * step))
        }
        emit(Left.Over)
    }

private const val SECOND = 1_000L
private const val MINUTE = 60_000L
