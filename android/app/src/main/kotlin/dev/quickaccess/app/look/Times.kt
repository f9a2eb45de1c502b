package dev.quickaccess.app.look

import android.icu.text.DateFormat
import android.icu.text.MeasureFormat
import android.icu.util.Measure
import android.icu.util.MeasureUnit
import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalConfiguration
import java.time.Duration
import java.time.Instant
import java.util.Date
import java.util.Locale

/** A moment in the person's language and time zone. */
@Composable
fun timeText(at: Instant): String =
    DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, language()).format(Date.from(at))

/** A day in the person's language and time zone. */
@Composable
fun dayText(at: Instant): String = DateFormat.getDateInstance(DateFormat.MEDIUM, language()).format(Date.from(at))

/** How long something lasts, to the second in the last hour and to the minute before. */
@Composable
fun durationText(time: Duration): String {
    val measures =
        when {
            time < Duration.ofHours(1) ->
                listOf(
                    Measure(time.toMinutes(), MeasureUnit.MINUTE).takeIf { time.toMinutes() > 0 },
                    Measure(time.seconds % 60, MeasureUnit.SECOND),
                )
            time < Duration.ofDays(2) ->
                listOf(Measure(time.toHours(), MeasureUnit.HOUR), Measure(time.toMinutes() % 60, MeasureUnit.MINUTE))
            else -> listOf(Measure(time.toDays(), MeasureUnit.DAY), Measure(time.toHours() % 24, MeasureUnit.HOUR))
        }
    return MeasureFormat
        .getInstance(language(), MeasureFormat.FormatWidth.SHORT)
        .formatMeasures(*measures.filterNotNull().toTypedArray())
}

@Composable
private fun language(): Locale = LocalConfiguration.current.locales[0]
