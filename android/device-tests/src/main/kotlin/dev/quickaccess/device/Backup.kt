package dev.quickaccess.device

/**
 * Android's own backup, into the transport that keeps it on the device. Reading it takes an image whose
 * shell may become root, as those without the Play Store.
 */
internal class Backup(private val device: Device) {
    init {
        device.shell("bmgr enable true")
        device.shell("bmgr transport com.android.localtransport/.LocalTransport")
    }

    fun make() {
        val said = device.shell("bmgr backupnow ${Device.APP}")
        check("Package ${Device.APP} with result: Success" in said) { said }
    }

    /** The archive with the app's files, byte for byte. */
    fun content(): String {
        val found = device.shell("su 0 find /data/user_de/0/com.android.localtransport /data/data/com.android.localtransport -name ${Device.APP}")
        val file = found.lines().firstOrNull { it.isNotBlank() }
        checkNotNull(file) { "no backup was found" }
        return device.shell("su 0 cat $file")
    }

    fun restore() {
        val said = device.shell("bmgr restore 1 ${Device.APP}")
        check("restoreFinished: 0" in said) { said }
    }
}
