package dev.quickaccess

import dev.quickaccess.binding.Persistence
import dev.quickaccess.binding.Processes
import dev.quickaccess.binding.SecretStore
import dev.quickaccess.binding.StoreClaims
import dev.quickaccess.binding.StoreException
import dev.quickaccess.binding.TokenStore
import java.io.File
import java.nio.file.Files
import java.nio.file.Path

/** A folder for what is not secret. A session may write in it after its test, so the build takes it away. */
fun dataFolder(): File = Files.createTempDirectory(Path.of("target"), "data").toFile()

/** A store as an app writes it, with the troubles of one. */
class AppStore : SecretStore {
    private val entries = HashMap<String, ByteArray>()

    @Volatile var odd = false

    @Volatile var locked = false

    /** For sessions that outlive this process, as far as the library knows. */
    fun forSessions(): TokenStore = TokenStore.custom(this, StoreClaims(Persistence.DEVICE, Processes.ONE))

    /** All that lies in it, as text. */
    @Synchronized
    fun text(): String = entries.values.joinToString("\n") { it.decodeToString() }

    private fun trouble() {
        if (odd) throw IllegalStateException("odd")
        if (locked) throw StoreException.Locked()
    }

    @Synchronized
    override fun load(name: String): ByteArray {
        trouble()
        return entries[name] ?: throw StoreException.NotFound()
    }

    @Synchronized
    override fun save(name: String, bytes: ByteArray) {
        trouble()
        entries[name] = bytes
    }

    @Synchronized
    override fun delete(name: String) {
        trouble()
        entries.remove(name)
    }
}
