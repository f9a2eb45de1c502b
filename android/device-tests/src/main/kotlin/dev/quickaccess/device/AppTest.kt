package dev.quickaccess.device

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test

/** The finished app on a device with its real Keystore, against the simulator over TLS. */
class AppTest {
    private val device = Device()
    private val server = Server(device)
    private val visit = device.visit

    @Before
    fun begin() {
        device.forgetApp()
        device.startApp()
        visit.setUp(server.address)
        visit.signIn()
    }

    @Test
    fun from_the_server_to_the_sign_out() {
        visit.lookUp(server.macAddress())
        visit.signOut()
    }

    @Test
    fun the_session_outlives_the_process() {
        val before = server.signIns()
        device.endApp()
        device.startApp()
        device.hands.await("name")
        visit.lookUp(server.macAddress())
        assertEquals("nobody signed in again", before, server.signIns())
    }

    @Test
    fun a_restored_backup_knows_the_server_and_no_secret() {
        val backup = Backup(device)
        backup.make()
        val content = backup.content()
        assertTrue("the backup knows the server", server.address in content)
        assertFalse("the tokens are not in it", "dev.quickaccess.secrets" in content)
        assertFalse("the data of the session is not in it", "no_backup" in content)

        device.forgetApp()
        backup.restore()
        device.startApp()
        // Signed out, and with nothing of the server approved.
        visit.signInAnew()
    }
}
