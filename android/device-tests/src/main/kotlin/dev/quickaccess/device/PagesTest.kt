package dev.quickaccess.device

import org.junit.Assert.assertEquals
import org.junit.Test

/** The library loads on devices with small and with large pages. */
class PagesTest {
    private val device = Device()

    @Test
    fun the_app_opens_its_library_on_pages_of_the_expected_size() {
        assertEquals("of the device", device.argument("pages").toLong(), device.pageSize)
        device.forgetApp()
        device.startApp()
        // The screen after this one comes only when the library has looked at the server.
        device.visit.setUp(Server(device).address)
    }
}
