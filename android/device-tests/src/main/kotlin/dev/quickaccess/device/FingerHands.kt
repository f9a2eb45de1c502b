package dev.quickaccess.device

import androidx.test.uiautomator.By
import androidx.test.uiautomator.Direction
import androidx.test.uiautomator.UiDevice
import androidx.test.uiautomator.UiObject2
import androidx.test.uiautomator.Until

/** A person's hands on a device: they see what the screen shows, and scroll to what it does not. */
internal class FingerHands(private val device: UiDevice) : Hands {
    override fun await(name: String) {
        find(name)
    }

    override fun tap(name: String) {
        val element = find(name)
        check(element.wait(Until.enabled(true), PATIENCE)) { "$name stays switched off" }
        element.click()
    }

    override fun type(name: String, text: String) {
        find(name).text = text
    }

    private fun find(name: String): UiObject2 {
        val element = By.res(name)
        device.wait(Until.hasObject(element), GLANCE)
        if (!device.hasObject(element)) {
            device.findObject(By.scrollable(true))?.scrollUntil(Direction.DOWN, Until.hasObject(element))
        }
        return checkNotNull(device.wait(Until.findObject(element), PATIENCE)) { "$name does not show" }
    }

    private companion object {
        /** In ms: an emulator on a busy machine draws slowly. */
        const val PATIENCE = 60_000L
        const val GLANCE = 5_000L
    }
}
