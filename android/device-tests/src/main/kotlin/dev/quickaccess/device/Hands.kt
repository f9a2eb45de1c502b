package dev.quickaccess.device

/** What a person does with the app, by the names that its elements have. Each call waits for its element. */
interface Hands {
    fun await(name: String)

    fun tap(name: String)

    fun type(name: String, text: String)
}
