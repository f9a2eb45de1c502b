package dev.quickaccess.app.look

import android.content.Context
import android.content.res.Configuration
import android.content.res.Resources
import android.icu.text.PluralRules
import dev.quickaccess.app.R
import dev.quickaccess.binding.errorTable
import java.io.File
import java.util.Locale
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.w3c.dom.Element

/** Every language has all of the texts. */
@RunWith(RobolectricTestRunner::class)
class LanguagesTest {
    @Test
    fun every_error_code_has_a_text_in_every_language() {
        val english = resources("en")
        for (row in errorTable()) {
            val words = errorWords(row.code)
            assertNotEquals(row.code, R.string.error_unknown, words)
            for (language in OTHERS) {
                assertNotEquals("${row.code} in $language", english.getString(words), resources(language).getString(words))
            }
        }
        assertEquals(R.string.error_unknown, errorWords("a_code_of_tomorrow"))
    }

    @Test
    fun every_language_has_the_same_texts_with_the_same_places() {
        val english = texts("values")
        for (language in OTHERS) {
            val there = texts("values-$language")
            assertEquals(language, english.keys, there.keys)
            for ((name, text) in there) assertEquals("$name in $language", places(english.getValue(name)), places(text))
        }
    }

    @Test
    fun every_plural_has_the_forms_of_its_language() {
        for (language in listOf("en") + OTHERS) {
            val forms = PluralRules.forLocale(Locale.forLanguageTag(language)).keywords
            for ((name, quantities) in plurals(if (language == "en") "values" else "values-$language")) {
                assertEquals("$name in $language", forms, quantities)
            }
        }
        val arabic = resources("ar")
        val words = listOf(1, 2, 3, 11, 100).map { arabic.getQuantityString(R.plurals.home_privileges, it, it) }
        assertEquals(5, words.toSet().size)
    }

    @Test
    fun the_list_of_languages_is_the_one_that_is_there() {
        val there = RES.list { _, name -> File(RES, "$name/strings.xml").isFile }.orEmpty().toSet()
        assertEquals(OTHERS.map { "values-$it" }.toSet() + "values", there)
        val listed = elements(File(RES, "xml/locales.xml"), "locale").map { it.getAttribute("android:name") }
        assertEquals((listOf("en") + OTHERS).toSet(), listed.toSet())
    }

    private fun resources(language: String): Resources {
        val context: Context = RuntimeEnvironment.getApplication()
        val configuration = Configuration(context.resources.configuration).apply { setLocale(Locale.forLanguageTag(language)) }
        return context.createConfigurationContext(configuration).resources
    }

    private fun texts(folder: String): Map<String, String> =
        elements(File(RES, "$folder/strings.xml"), "string")
            .filter { it.getAttribute("translatable") != "false" }
            .associate { it.getAttribute("name") to it.textContent }
            .onEach { (name, text) -> assertTrue("$name in $folder", text.isNotBlank()) }

    private fun plurals(folder: String): Map<String, Set<String>> =
        elements(File(RES, "$folder/strings.xml"), "plurals").associate { plural ->
            val items = plural.getElementsByTagName("item")
            plural.getAttribute("name") to (0 until items.length).map { (items.item(it) as Element).getAttribute("quantity") }.toSet()
        }

    private fun elements(file: File, name: String): List<Element> {
        val found = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName(name)
        return (0 until found.length).map { found.item(it) as Element }
    }

    private fun places(text: String) = Regex("""%\d\$[ds]""").findAll(text).map { it.value }.sorted().toList()

    private companion object {
        val RES = File("src/main/res")
        val OTHERS = listOf("de", "fr", "es", "ja", "ar")
    }
}
