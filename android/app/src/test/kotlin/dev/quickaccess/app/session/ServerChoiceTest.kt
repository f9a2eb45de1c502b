package dev.quickaccess.app.session

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class ServerChoiceTest {
    @Test
    fun people_type_a_name_and_mean_https() {
        assertEquals("https://clearpass.example.com", ServerChoice(" clearpass.example.com ").url)
        assertEquals("http://127.0.0.1:8080", ServerChoice("http://127.0.0.1:8080").url)
        assertEquals("clearpass.example.com", ServerChoice("https://clearpass.example.com/").name)
        assertTrue(ServerChoice("a", " b").isSameAs(ServerChoice("https://a", "b")))
        assertFalse(ServerChoice("a", "b").isSameAs(ServerChoice("a", "c")))
        assertFalse(ServerChoice("a", " ").isComplete)
    }

    @Test
    fun a_link_comes_back_as_it_was_made() {
        val choice = ServerChoice("https://clearpass.example.com:8443/über", "my & client")
        assertEquals(choice, ServerChoice.ofLink(choice.link))
    }

    @Test
    fun a_link_names_a_server_and_nothing_else() {
        assertEquals(
            ServerChoice("clearpass.example.com"),
            ServerChoice.ofLink("QuickAccess://Connect?server=clearpass.example.com&password=abc123&trust=yes"),
        )
        val others =
            listOf(
                "https://connect?server=a",
                "quickaccess://other?server=a",
                "quickaccess://connect",
                "quickaccess://connect?server=",
                "quickaccess://connect?client_id=a",
                "quickaccess://connect?server=%zz",
                "quickaccess://connect?server=%E0%A4%A",
                "not a link",
                "",
            )
        for (link in others) assertNull(link, ServerChoice.ofLink(link))
    }
}
