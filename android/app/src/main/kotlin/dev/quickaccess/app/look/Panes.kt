package dev.quickaccess.app.look

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

/**
 * One column on a phone. Where there is room for two, the list has one of its own, and what comes before and after it is
 * beside it.
 */
@Composable
fun Panes(
    padding: PaddingValues,
    tag: String,
    before: LazyListScope.() -> Unit,
    list: LazyListScope.() -> Unit,
    after: LazyListScope.() -> Unit = {},
) {
    BoxWithConstraints(Modifier.fillMaxSize().padding(padding), contentAlignment = Alignment.TopCenter) {
        if (maxWidth >= TWO_PANES) {
            Row(Modifier.widthIn(max = READABLE * 2), horizontalArrangement = Arrangement.spacedBy(GAP)) {
                Pane(Modifier.weight(1f)) {
                    before()
                    after()
                }
                Pane(Modifier.weight(1f).testTag(tag), list)
            }
        } else {
            Pane(Modifier.widthIn(max = READABLE).testTag(tag)) {
                before()
                list()
                after()
            }
        }
    }
}

@Composable
private fun Pane(modifier: Modifier, content: LazyListScope.() -> Unit) {
    LazyColumn(
        modifier = modifier,
        contentPadding = PaddingValues(horizontal = 16.dp, vertical = 8.dp),
        verticalArrangement = Arrangement.spacedBy(GAP),
        content = content,
    )
}

/** From here on, a tablet's or an open foldable's, two panes have room. */
private val TWO_PANES: Dp = 760.dp
private val GAP = 12.dp
