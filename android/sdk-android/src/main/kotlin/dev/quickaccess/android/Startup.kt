package dev.quickaccess.android

import android.content.Context
import android.os.Build

/**
 * The start of the library, once in a process. The order matters: JNA finds the library's calls without
 * help, but Android links `startNative` only to a library that the app has loaded itself.
 */
internal class Startup(
    private val load: () -> Unit,
    private val start: (Context) -> String?,
) {
    private var done = false

    @Synchronized
    fun once(context: Context) {
        if (done) return
        val fault =
            try {
                load()
                // The application's: an activity would be kept for ever.
                start(context.applicationContext ?: context)
            } catch (missing: UnsatisfiedLinkError) {
                throw IllegalStateException(
                    "The native library of QuickAccess, of this version, is not in this app for " +
                        "${Build.SUPPORTED_ABIS.joinToString()}. Use the artifact with native libraries, and keep the " +
                        "app's ABI filters from removing them.",
                    missing,
                )
            }
        if (fault != null) throw IllegalStateException(fault)
        done = true
    }
}
