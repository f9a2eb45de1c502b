package dev.quickaccess.app.look

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Card
import androidx.compose.material3.CardDefaults
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import dev.quickaccess.app.session.Fault

/** Is read out when it comes or changes. */
fun Modifier.spoken(): Modifier = semantics { liveRegion = LiveRegionMode.Polite }

/** What belongs together. */
@Composable
fun Panel(
    modifier: Modifier = Modifier,
    color: Color = MaterialTheme.colorScheme.surfaceContainer,
    content: @Composable ColumnScope.() -> Unit,
) {
    Card(modifier.fillMaxWidth(), colors = CardDefaults.cardColors(containerColor = color)) {
        Column(Modifier.fillMaxWidth().padding(16.dp), verticalArrangement = Arrangement.spacedBy(12.dp), content = content)
    }
}

/** Something that the person should know, and may be able to do something about. */
@Composable
fun NoticePanel(text: String, modifier: Modifier = Modifier, action: @Composable ColumnScope.() -> Unit = {}) {
    Panel(modifier.spoken(), MaterialTheme.colorScheme.secondaryContainer) {
        Text(text, color = MaterialTheme.colorScheme.onSecondaryContainer)
        action()
    }
}

@Composable
fun Heading(text: String, modifier: Modifier = Modifier) {
    Text(text, modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
}

/** Something that goes on. */
@Composable
fun Working(text: String, modifier: Modifier = Modifier) {
    Row(
        modifier.spoken(),
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        CircularProgressIndicator(Modifier.size(20.dp), strokeWidth = 2.dp)
        Text(text)
    }
}

/** What went wrong, with what the server has said of it. */
@Composable
fun FaultText(fault: Fault, modifier: Modifier = Modifier) {
    Column(modifier.spoken(), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Text(errorText(fault.code), color = MaterialTheme.colorScheme.error)
        if (fault.isSpecific) {
            Text(
                fault.sentence,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall.inOwnDirection(),
            )
        }
    }
}

/** For words that may be in another language than the screen, which run in a direction of their own. */
fun TextStyle.inOwnDirection(): TextStyle = copy(textDirection = TextDirection.Content)

/** For the words of machines, which are long too: they are set a little closer. */
fun TextStyle.technical(): TextStyle = inOwnDirection().copy(letterSpacing = 0.sp)

/** A name and its value, which is in the words of a machine where `isTechnical`: those run from left to right everywhere. */
@Composable
fun FactText(name: String, value: String, isTechnical: Boolean = false, font: FontFamily? = null) {
    // Both are one thing for a screen reader.
    Column(Modifier.semantics(mergeDescendants = true) {}) {
        Text(name, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.labelMedium)
        Text(value, fontFamily = font, style = MaterialTheme.typography.bodyLarge.let { if (isTechnical) it.technical() else it })
    }
}
