package dev.quickaccess.device

/** What a person does in the app from the first start to the sign-out, step by step. */
class Visit(private val hands: Hands) {
    /** Sets the server up, whose certificate the device does not know. */
    fun setUp(server: String) {
        hands.type("address", server)
        hands.tap("look")
        hands.tap("trust")
        hands.await("username")
    }

    fun signIn(username: String = "qa", password: String = "abc123") {
        hands.type("username", username)
        hands.type("password", password)
        hands.tap("sign_in")
        hands.await("name")
    }

    /** Signs in to a server that is known, with its certificate to be approved anew. */
    fun signInAnew(username: String = "qa", password: String = "abc123") {
        hands.type("username", username)
        hands.type("password", password)
        hands.tap("sign_in")
        hands.tap("trust")
        hands.await("name")
    }

    /** Looks for something on the screen that a privilege opens, and goes home again. */
    fun lookUp(macAddress: String) {
        hands.tap("look_up")
        hands.type("query", macAddress)
        hands.tap("look")
        hands.await("thing")
        hands.tap("back")
        hands.await("name")
    }

    fun signOut() {
        hands.tap("sign_out")
        hands.tap("sign_out_now")
        hands.await("username")
    }
}
