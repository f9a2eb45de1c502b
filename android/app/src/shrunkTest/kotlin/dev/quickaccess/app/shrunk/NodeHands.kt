package dev.quickaccess.app.shrunk

import android.accessibilityservice.AccessibilityServiceInfo
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityManager
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeProvider
import android.view.inspector.WindowInspector
import dev.quickaccess.device.Hands
import java.time.Duration
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowAccessibilityNodeInfo
import org.robolectric.shadows.ShadowPausedLooper

/**
 * The app in the hands of those who cannot see it: whatever R8 makes of Compose, its elements answer to
 * Android's own accessibility calls. A test on a device finds them the same way.
 */
internal class NodeHands : Hands {
    init {
        val manager = RuntimeEnvironment.getApplication().getSystemService(AccessibilityManager::class.java)
        shadowOf(manager).setEnabled(true)
        shadowOf(manager).setEnabledAccessibilityServiceList(listOf(AccessibilityServiceInfo()))
    }

    override fun await(name: String) {
        find(name)
    }

    override fun tap(name: String) = find(name).perform(AccessibilityNodeInfo.ACTION_CLICK)

    override fun type(name: String, text: String) {
        val typed = Bundle()
        typed.putCharSequence(AccessibilityNodeInfo.ACTION_ARGUMENT_SET_TEXT_CHARSEQUENCE, text)
        find(name).perform(AccessibilityNodeInfo.ACTION_SET_TEXT, typed)
    }

    private class Element(
        val provider: AccessibilityNodeProvider,
        val id: Int,
        val info: AccessibilityNodeInfo,
    )

    private fun Element.perform(action: Int, arguments: Bundle? = null) {
        check(provider.performAction(id, action, arguments)) { "${info.viewIdResourceName} takes no action $action" }
        mainThread().idleFor(FRAME)
    }

    /** Waits until the element is there and can be used. */
    private fun find(name: String): Element =
        await { elements().find { it.info.viewIdResourceName == name && it.info.isEnabled } }
            ?: error("$name does not show; what shows is ${elements().map { it.info.viewIdResourceName ?: it.info.text }.toList()}")

    /** The elements of all windows, the topmost first. */
    private fun elements(): Sequence<Element> =
        WindowInspector.getGlobalWindowViews().asReversed().asSequence()
            .flatMap(::providers)
            .flatMap { below(it, AccessibilityNodeProvider.HOST_VIEW_ID) }

    private fun below(provider: AccessibilityNodeProvider, id: Int): Sequence<Element> =
        sequence {
            val info = provider.createAccessibilityNodeInfo(id) ?: return@sequence
            yield(Element(provider, id, info))
            for (child in Shadow.extract<FamilyOfNode>(info).children) yieldAll(below(provider, child))
        }

    private fun providers(view: View): Sequence<AccessibilityNodeProvider> =
        sequence {
            view.accessibilityNodeProvider?.let { yield(it) }
            if (view is ViewGroup) for (index in 0 until view.childCount) yieldAll(providers(view.getChildAt(index)))
        }
}

/** Draws frames and listens to the library until what is looked for is there; nothing if it does not come. */
internal fun <T : Any> await(look: () -> T?): T? {
    val end = System.nanoTime() + PATIENCE.toNanos()
    while (System.nanoTime() < end) {
        mainThread().idleFor(FRAME)
        look()?.let { return it }
        mainThread().poll(FRAME.toMillis())
    }
    return null
}

private fun mainThread() = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper

private val FRAME: Duration = Duration.ofMillis(16)
private val PATIENCE: Duration = Duration.ofSeconds(60)

/** Robolectric's own keeps no account of children that are no views. */
@Implements(AccessibilityNodeInfo::class)
class FamilyOfNode : ShadowAccessibilityNodeInfo() {
    val children = mutableListOf<Int>()

    @Implementation
    override fun addChild(view: View?, virtualId: Int) {
        children += virtualId
    }
}
