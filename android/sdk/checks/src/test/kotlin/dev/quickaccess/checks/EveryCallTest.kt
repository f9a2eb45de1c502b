package dev.quickaccess.checks

import java.io.File
import java.lang.reflect.Modifier
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What an app can call, a test of this SDK calls: the class files of the tests are read for it. */
class EveryCallTest {
    @Test
    fun a_test_calls_every_public_function_of_the_sdk() {
        val public = sdk().resolve("api").listFiles()!!.sorted().flatMap { functions(it.readLines()) }
        assertTrue(public.size > 20, "$public")
        assertEquals(emptyList<Function>(), public - calls(classes("test-classes")))
    }

    @Test
    fun a_test_or_the_sdk_calls_every_exported_call_of_the_library() {
        val called = calls(classes("test-classes") + classes("classes")).map { it.owner to it.name }.toSet()
        val exported = exported()
        assertTrue(exported.size > 30, "$exported")
        assertEquals(emptyList<Any>(), exported.filter { (owners, name) -> owners.none { it to name in called } })
    }

    @Test
    fun what_no_test_calls_is_found() {
        val dump = """
            public final class dev/quickaccess/A : java/lang/AutoCloseable {
            	public fun <init> (Ldev/quickaccess/B;)V
            	public synthetic fun <init> (Ldev/quickaccess/B;ILkotlin/jvm/internal/DefaultConstructorMarker;)V
            	public final fun one (I)V
            	public static synthetic fun one${'$'}default (Ldev/quickaccess/A;IILjava/lang/Object;)V
            	public fun equals (Ljava/lang/Object;)Z
            	public fun component1 ()I
            }
        """.trimIndent()
        val a = "dev/quickaccess/A"
        val both = listOf(Function(a, "<init>", "(Ldev/quickaccess/B;)V"), Function(a, "one", "(I)V"))
        assertEquals(both, functions(dump.lines()))
        val short = Function(a, "one\$default", "(L$a;IILjava/lang/Object;)V")
        assertEquals(both.last(), short.withAllArguments())
        val made = Function(a, "<init>", "(Ldev/quickaccess/B;ILkotlin/jvm/internal/DefaultConstructorMarker;)V")
        assertEquals(both.first(), made.withAllArguments())
    }

    /** The functions of a dump, but for those that the compiler makes and those that another library calls. */
    private fun functions(dump: List<String>): List<Function> {
        var owner = ""
        return dump.mapNotNull { line ->
            CLASS.find(line)?.let { owner = it.groupValues[1] }
            val (name, descriptor) = FUNCTION.find(line)?.destructured ?: return@mapNotNull null
            Function(owner, name, descriptor).takeUnless { "synthetic" in line || name.matches(MADE) || overrides(it) }
        }
    }

    /** A function of a supertype from elsewhere is called through that: [okhttp3.Interceptor.intercept]. */
    private fun overrides(function: Function): Boolean {
        val type = runCatching { Class.forName(function.owner.replace('/', '.')) }.getOrNull() ?: return false
        val above = generateSequence(type.superclass) { it.superclass } + type.interfaces
        return above.any { one -> !one.name.startsWith("dev.quickaccess") && one.methods.any { it.name == function.name } }
    }

    /**
     * The calls that the generated file has for an app, each with the classes that it may be called on: those
     * of the objects' interfaces, their constructors, and what stands alone.
     */
    private fun exported(): List<Pair<List<String>, String>> {
        val place = sdk().resolve("binding/target/classes/dev/quickaccess/binding")
        val objects = place.listFiles()!!.map { it.name }.filter { it.matches(Regex("[A-Za-z]+Interface\\.class")) }
            .map { it.removeSuffix("Interface.class") }.filter { place.resolve("$it.class").isFile }
        val calls = objects.flatMap { name ->
            val type = Class.forName("$PACKAGE.$name")
            val ofObject = Class.forName("$PACKAGE.${name}Interface").methods.map { it.name }.filter { '$' !in it }
            val made = Class.forName("$PACKAGE.$name\$Companion").declaredMethods
                .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic && !it.name.startsWith("uniffi") }
            val internal = type.name.replace('.', '/')
            ofObject.map { listOf(internal, "${internal}Interface", "${internal}Interface\$DefaultImpls") to it } +
                made.map { listOf("$internal\$Companion") to it.name }
        }
        val file = Class.forName("$PACKAGE.QuickaccessKt")
        val alone = file.declaredMethods.map { it.name }
            .filter { '$' !in it && !it.contains("uniffi", ignoreCase = true) && it !in GENERATORS_OWN }
        assertTrue("errorTable" in alone, "$alone")
        return calls + alone.map { listOf(file.name.replace('.', '/')) to it }
    }

    private fun classes(folder: String): List<File> =
        listOf("core", "okhttp", "ktor", "checks").map { sdk().resolve("$it/target/$folder") }.filter { it.isDirectory }

    private companion object {
        const val PACKAGE = "dev.quickaccess.binding"
        val CLASS = Regex("""^public .*(?:class|interface) (\S+)""")
        val FUNCTION = Regex("""^\tpublic .*fun (\S+) (\(\S*)""")
        val MADE = Regex("""component\d+|copy|equals|hashCode|toString""")

        val GENERATORS_OWN = setOf("findLibraryName", "use", "create")
    }
}
