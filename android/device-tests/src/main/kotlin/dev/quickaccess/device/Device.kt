package dev.quickaccess.device

import android.system.Os
import android.system.OsConstants
import androidx.test.platform.app.InstrumentationRegistry
import androidx.test.uiautomator.By
import androidx.test.uiautomator.UiDevice
import androidx.test.uiautomator.Until

/** The device with the finished app on it, seen from outside the app's process. */
internal class Device {
    private val device = UiDevice.getInstance(InstrumentationRegistry.getInstrumentation())
    val hands: Hands = FingerHands(device)
    val visit = Visit(hands)

    /** In bytes. */
    val pageSize: Long
        get() = Os.sysconf(OsConstants._SC_PAGESIZE)

    /** As after the installation. */
    fun forgetApp() {
        shell("pm clear $APP")
    }

    fun startApp() {
        shell("am start -W -n $APP/.MainActivity")
        check(device.wait(Until.hasObject(By.pkg(APP)), START)) { "$APP does not start" }
    }

    /** Ends the app's process, as the system does when it needs the memory and worse. */
    fun endApp() {
        shell("am force-stop $APP")
        check(shell("pidof $APP").isBlank()) { "$APP still runs" }
    }

    fun shell(command: String): String = device.executeShellCommand(command)

    /** What the run was told, such as the address of the server. */
    fun argument(name: String): String =
        checkNotNull(InstrumentationRegistry.getArguments().getString(name)) { "tell the run -e $name" }

    companion object {
        const val APP = "dev.quickaccess.app"
        private const val START = 60_000L
    }
}
