package dev.quickaccess.checks

import dev.quickaccess.binding.TokenStore
import java.lang.reflect.InvocationTargetException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.ClassWriter
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes

/** A generated file whose records are not those of the library is stopped before it reads one of them. */
class AnotherBuildTest {
    @Test
    fun a_file_of_another_build_says_so_at_its_first_use() {
        val thrown = assertThrows<InvocationTargetException> { firstUse(Loader { it xor 1 }) }
        val causes = generateSequence(thrown as Throwable) { it.cause }
        assertTrue(causes.any { "checksum mismatch" in it.message.orEmpty() }, thrown.stackTraceToString())
        // The same without the change of a digit works.
        firstUse(Loader { it })
    }

    private fun firstUse(loader: Loader) {
        val store = loader.loadClass(TokenStore::class.java.name)
        val companion = store.getField("Companion").get(null)
        companion.javaClass.getMethod("inMemory").invoke(companion)
        assertEquals(1, loader.changed)
    }

    /** Loads the generated file anew, with another checksum of the call that stands for all records. */
    private class Loader(val checksum: (Int) -> Int) : ClassLoader(TokenStore::class.java.classLoader) {
        var changed = 0

        override fun loadClass(name: String, resolve: Boolean): Class<*> {
            if (!name.startsWith("dev.quickaccess.binding.")) return super.loadClass(name, resolve)
            return findLoadedClass(name) ?: run {
                val bytes = parent.getResourceAsStream(name.replace('.', '/') + ".class")!!.use { it.readBytes() }
                val changed = changed(bytes)
                defineClass(name, changed, 0, changed.size)
            }
        }

        private fun changed(bytes: ByteArray): ByteArray {
            val writer = ClassWriter(0)
            ClassReader(bytes).accept(object : ClassVisitor(Opcodes.ASM9, writer) {
                override fun visitMethod(
                    access: Int, name: String, descriptor: String, signature: String?, exceptions: Array<String>?,
                ): MethodVisitor = Change(super.visitMethod(access, name, descriptor, signature, exceptions))
            }, 0)
            return writer.toByteArray()
        }

        private inner class Change(next: MethodVisitor) : MethodVisitor(Opcodes.ASM9, next) {
            private var expected = false

            override fun visitMethodInsn(opcode: Int, owner: String, name: String, descriptor: String, ofInterface: Boolean) {
                if (name.endsWith("_checksum_func_library_fits")) expected = true
                super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface)
            }

            override fun visitIntInsn(opcode: Int, operand: Int) {
                if (expected && opcode == Opcodes.SIPUSH) constant(operand) else super.visitIntInsn(opcode, operand)
            }

            override fun visitLdcInsn(value: Any) {
                // The other number is the mask that makes 16 bits of the checksum.
                if (expected && value is Int && value != 0xFFFF) constant(value) else super.visitLdcInsn(value)
            }

            private fun constant(value: Int) {
                expected = false
                changed++
                super.visitLdcInsn(checksum(value))
            }
        }
    }
}
