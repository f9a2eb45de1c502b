package dev.quickaccess.app.shrunk

import dev.quickaccess.app.MainActivity
import dev.quickaccess.app.TestApp
import dev.quickaccess.device.Visit
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/**
 * A whole visit to the app, for [ShrunkAppTest]; system properties tell the server and what to look for. Of the
 * app it may name only what keeps its name.
 */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, shadows = [FamilyOfNode::class], qualifiers = "w411dp-h2000dp-mdpi")
class ShrunkVisit {
    @Test
    fun from_the_server_to_the_sign_out() {
        val visit = Visit(NodeHands())
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        visit.setUp(checkNotNull(System.getProperty("visit.server")))
        visit.signIn()
        visit.lookUp(checkNotNull(System.getProperty("visit.mac")))
        visit.signOut()
        activity.pause().stop().destroy()
    }
}
