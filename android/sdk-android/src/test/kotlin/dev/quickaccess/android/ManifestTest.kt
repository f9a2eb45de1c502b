package dev.quickaccess.android

import android.content.Context
import android.content.pm.PackageManager
import android.content.res.XmlResourceParser
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.xmlpull.v1.XmlPullParser

/** What an app gets from the library's manifest. */
@RunWith(RobolectricTestRunner::class)
class ManifestTest {
    private val context: Context = RuntimeEnvironment.getApplication()

    @Test
    fun an_app_gets_two_permissions_and_nothing_that_starts_by_itself() {
        val flags =
            PackageManager.GET_PERMISSIONS or PackageManager.GET_PROVIDERS or
                PackageManager.GET_RECEIVERS or PackageManager.GET_SERVICES
        val info = context.packageManager.getPackageInfo(context.packageName, flags)
        assertEquals(
            setOf("android.permission.INTERNET", "android.permission.ACCESS_NETWORK_STATE"),
            info.requestedPermissions.orEmpty().toSet(),
        )
        assertEquals(emptyList<Any>(), info.providers.orEmpty().toList())
        assertEquals(emptyList<Any>(), info.receivers.orEmpty().toList())
        assertEquals(emptyList<Any>(), info.services.orEmpty().toList())
    }

    @Test
    fun the_rules_of_both_generations_keep_tokens_and_data_out_of_backups() {
        val secrets = Excluded("sharedpref", "${QuickAccessAndroid.SECRETS}.xml")
        val folder = QuickAccessAndroid.dataFolder(context).relativeTo(context.dataDir)
        val data = Excluded("root", folder.path)
        assertEquals(
            mapOf("full-backup-content" to setOf(secrets, data)),
            excluded(rules("fullBackupContent")),
        )
        assertEquals(
            mapOf("cloud-backup" to setOf(secrets, data), "device-transfer" to setOf(secrets, data)),
            excluded(rules("dataExtractionRules")),
        )
    }

    @Test
    fun the_data_lies_where_android_makes_no_backups() {
        val folder = QuickAccessAndroid.dataFolder(context)
        assertEquals(context.noBackupFilesDir, folder.parentFile)
        assertTrue("it is not made before it is used", !folder.exists())
    }

    /** The rules that the app's merged manifest names in this attribute of the application. */
    private fun rules(attribute: String): XmlResourceParser {
        val manifest = context.assets.openXmlResourceParser("AndroidManifest.xml")
        while (manifest.name != "application") manifest.next()
        val id = manifest.getAttributeResourceValue("http://schemas.android.com/apk/res/android", attribute, 0)
        return context.resources.getXml(id)
    }

    private data class Excluded(val domain: String, val path: String)

    /** What each section of the rules excludes. */
    private fun excluded(rules: XmlResourceParser): Map<String, Set<Excluded>> {
        val found = mutableMapOf<String, Set<Excluded>>()
        val open = ArrayDeque<String>()
        while (rules.next() != XmlPullParser.END_DOCUMENT) {
            when (rules.eventType) {
                XmlPullParser.START_TAG -> {
                    if (rules.name == "exclude") {
                        val what =
                            Excluded(rules.getAttributeValue(null, "domain"), rules.getAttributeValue(null, "path"))
                        found.merge(open.last(), setOf(what)) { one, other -> one + other }
                    }
                    open.addLast(rules.name)
                }
                XmlPullParser.END_TAG -> open.removeLast()
            }
        }
        return found
    }
}
