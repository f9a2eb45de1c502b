package dev.quickaccess.checks

import java.io.File
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassVisitor
import org.objectweb.asm.Handle
import org.objectweb.asm.MethodVisitor
import org.objectweb.asm.Opcodes

/** A function as class files name it. */
internal data class Function(val owner: String, val name: String, val descriptor: String) {
    override fun toString(): String = "$owner.$name$descriptor"

    /** What a call that leaves arguments out is a call of; the compiler makes a function of its own for it. */
    fun withAllArguments(): Function =
        when {
            name.endsWith("\$default") ->
                copy(
                    name = name.removeSuffix("\$default"),
                    descriptor = descriptor.replaceFirst("(L$owner;", "(").replace("ILjava/lang/Object;)", ")"),
                )
            name == "<init>" ->
                copy(descriptor = descriptor.replace("ILkotlin/jvm/internal/DefaultConstructorMarker;)", ")"))
            else -> this
        }
}

/** All functions that the classes of these folders call. */
internal fun calls(folders: List<File>): Set<Function> {
    val found = mutableSetOf<Function>()
    for (file in folders.flatMap { it.walk() }.filter { it.extension == "class" }) {
        ClassReader(file.readBytes()).accept(Calls(found), ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES)
    }
    return found
}

private class Calls(val found: MutableSet<Function>) : ClassVisitor(Opcodes.ASM9) {
    override fun visitMethod(
        access: Int, name: String, descriptor: String, signature: String?, exceptions: Array<String>?,
    ): MethodVisitor =
        object : MethodVisitor(Opcodes.ASM9) {
            override fun visitMethodInsn(opcode: Int, owner: String, name: String, descriptor: String, ofInterface: Boolean) {
                found += Function(owner, name, descriptor).withAllArguments()
            }

            override fun visitInvokeDynamicInsn(name: String, descriptor: String, by: Handle, vararg with: Any) {
                with.filterIsInstance<Handle>().forEach {
                    found += Function(it.owner, it.name, it.desc).withAllArguments()
                }
            }
        }
}
