package dev.quickaccess.android

import android.content.Context
import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.TokenStore
import java.io.File

/**
 * QuickAccess on Android: starts the library, and knows where tokens and data lie.
 *
 * Nothing happens by itself: no content provider, and no work when this class is loaded. Call [open],
 * or [start] before anything else of the SDK, in your app's own code: `Application.onCreate` or later,
 * never a static initialiser, whose work the zygote of the app may do for all of its processes.
 */
public object QuickAccessAndroid {
    private val startup = Startup({ System.loadLibrary(LIBRARY) }, ::startNative)

    /**
     * Hands the app's context to the library: its certificate check asks Android's trust store, and its
     * token store asks the Android Keystore. Later calls do nothing.
     *
     * @throws IllegalStateException says what is missing; the next call tries again
     */
    @JvmStatic
    public fun start(context: Context) {
        startup.once(context)
    }

    /**
     * Opens a session with tokens in the [tokenStore] of this device and, unless [settings] name another
     * one, with its data in the [dataFolder]. It starts the library, reads files and asks the Keystore,
     * so call it off the main thread, and once: keep the session for the whole app.
     *
     * @param clientSecret the secret of a confidential API client, kept in memory only; the array may be
     *   wiped afterwards
     * @throws IllegalStateException as [start] does
     * @throws QuickAccessException as [tokenStore] and the constructor of [QuickAccess] do
     */
    @JvmStatic
    @JvmOverloads
    @Throws(QuickAccessException::class)
    public fun open(
        context: Context,
        settings: SessionSettings,
        clientSecret: CharArray? = null,
    ): QuickAccess = QuickAccess(withDataFolder(context, settings), tokenStore(context), clientSecret)

    /**
     * Where tokens lie on this device: in the app's preferences file [SECRETS], encrypted by a key that
     * stays in the Android Keystore. Sessions and the list of accounts share it.
     *
     * @throws IllegalStateException as [start] does
     * @throws QuickAccessException `store_unavailable` when the Keystore does not give its key
     */
    @JvmStatic
    @Throws(QuickAccessException::class)
    public fun tokenStore(context: Context): TokenStore {
        start(context)
        return TokenStore.ofThisDevice("QuickAccess")
    }

    /**
     * The folder for what is not secret: the list of accounts, the history. It lies where Android makes
     * no backups, since it belongs to this device's tokens.
     */
    @JvmStatic
    public fun dataFolder(context: Context): File = File(context.noBackupFilesDir, DATA_FOLDER)

    /** [settings], with the data in the [dataFolder] unless they name another one. */
    @JvmStatic
    public fun withDataFolder(context: Context, settings: SessionSettings): SessionSettings =
        if (settings.dataDir == null) settings.copy(dataDir = dataFolder(context).path) else settings

    /** In the library itself; a sentence says what went wrong. */
    @JvmStatic
    private external fun startNative(context: Context): String?

    /**
     * The preferences file of the encrypted tokens, which must stay out of backups: the manifest of this
     * library names it in both generations of backup rules.
     */
    public const val SECRETS: String = "dev.quickaccess.secrets"

    internal const val DATA_FOLDER: String = "quickaccess"
    private const val LIBRARY: String = "quickaccess_ffi"
}
