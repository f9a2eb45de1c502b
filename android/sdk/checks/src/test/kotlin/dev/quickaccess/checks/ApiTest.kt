package dev.quickaccess.checks

import dev.quickaccess.QuickAccess
import dev.quickaccess.ktor.QuickAccessAuthConfig
import dev.quickaccess.okhttp.QuickAccessInterceptor
import java.io.File
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * What apps are compiled against, as it was last agreed to: `android/sdk/api`. A change that is meant
 * is taken over with `QUICKACCESS_WRITE_PAGES=1`.
 */
class ApiTest {
    @Test
    fun the_binary_interface_is_the_one_that_is_committed() {
        val parts = mapOf(
            "quickaccess" to QuickAccess::class.java,
            "quickaccess-okhttp" to QuickAccessInterceptor::class.java,
            "quickaccess-ktor" to QuickAccessAuthConfig::class.java,
        )
        for ((name, type) in parts) {
            val now = dump(type)
            assertTrue(type.name.replace('.', '/') in now, now)
            val file = sdk().resolve("api/$name.api")
            if (System.getenv("QUICKACCESS_WRITE_PAGES") == "1") file.writeText(now)
            assertEquals(file.readText(), now, "$name: QUICKACCESS_WRITE_PAGES=1 takes a change over")
        }
    }

    private fun dump(type: Class<*>): String {
        val place = File(type.protectionDomain.codeSource.location.toURI())
        val tools = AbiTools.getInstance(AbiTools::class.java.classLoader)
        return buildString { tools.printJvmDump(this, listOf(place), AbiFilters.EMPTY) }
    }
}

/** The folder of the SDK. */
internal fun sdk(): File = File(System.getProperty("basedir")).parentFile
