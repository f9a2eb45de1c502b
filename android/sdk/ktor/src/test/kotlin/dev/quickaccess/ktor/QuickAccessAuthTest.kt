package dev.quickaccess.ktor

import dev.quickaccess.PATIENCE
import dev.quickaccess.QuickAccess
import dev.quickaccess.Simulator
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.mostJudged
import dev.quickaccess.code
import io.ktor.client.HttpClient
import io.ktor.client.engine.java.Java
import io.ktor.client.engine.mock.MockEngine
import io.ktor.client.engine.mock.respond
import io.ktor.client.plugins.api.Send
import io.ktor.client.plugins.api.createClientPlugin
import io.ktor.client.request.get
import io.ktor.client.request.header
import io.ktor.client.request.post
import io.ktor.client.request.prepareGet
import io.ktor.client.request.setBody
import io.ktor.client.statement.bodyAsChannel
import io.ktor.client.statement.bodyAsText
import io.ktor.http.ContentType
import io.ktor.http.HttpStatusCode
import io.ktor.http.content.TextContent
import io.ktor.utils.io.ByteChannel
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.toByteArray
import io.ktor.utils.io.writeFully
import java.util.Collections
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** An app's own Ktor client, against the simulator over TLS. */
class QuickAccessAuthTest {
    private val server = Simulator()
    private val session: QuickAccess = runBlocking { server.signedIn() }

    /** The `Authorization` of each request that was sent. */
    private val sent = Collections.synchronizedList(mutableListOf<String?>())
    private val client = client()
    private val version = "${server.https}/api/server/version"

    @AfterEach
    fun end() {
        client.close()
        session.close()
        server.close()
    }

    @Test
    fun a23_the_token_goes_to_the_configured_server_alone() = runBlocking {
        assertEquals(200, client.get(version).status.value)
        assertEquals("Bearer ${session.accessToken()}", sent.single())
        sent.clear()
        // The same machine by another scheme and port is another server.
        client.get("${server.http}/api/server/version")
        assertNull(sent.single())
    }

    @Test
    fun a23_a_redirect_elsewhere_leaves_without_the_token() = runBlocking {
        Simulator().use { other ->
            val location = "${other.https}/api/server/version"
            server.fault("\"server_version\"", """{"redirect": {"status": 302, "location": "$location"}}""")
            // Its authority is a stranger, so that the second step fails; it was begun.
            runCatching { client.get(version) }
            assertEquals(2, sent.size)
            assertTrue(sent[0]!!.startsWith("Bearer "))
            assertNull(sent[1])
        }
    }

    @Test
    fun a23_a_dead_token_is_refreshed_once_and_the_request_sent_once_more() = runBlocking {
        afterAnHour()
        assertEquals(200, client.get(version).status.value)
        assertEquals(2, sent.size)
        assertNotEquals(sent[0], sent[1])
        assertEquals(1, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_a_hundred_rejected_at_once_share_one_refresh() = runBlocking {
        afterAnHour()
        val all = List(100) { async(Dispatchers.IO) { client.get(version).status.value } }
        assertEquals(setOf(200), all.awaitAll().toSet())
        assertEquals(1, server.counter("token_requests.refresh_token"))
        assertEquals(1, server.counter("me"))
    }

    @Test
    fun a23_a_missing_privilege_is_handed_on_with_its_body_and_refreshes_nothing() = runBlocking {
        val forbidden = """{"problem": {"status": 403, "title": "Forbidden", "detail": "Forbidden"}}"""
        server.fault("\"server_version\"", forbidden)
        val answer = client.get(version)
        assertEquals(403, answer.status.value)
        assertTrue(answer.bodyAsText().contains("Forbidden"))
        assertEquals(1, sent.size)
        assertEquals(0, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_what_may_have_acted_is_never_sent_again() = runBlocking {
        val faults = listOf("\"drop_after_commit\"", """{"html502": {"moment": "after_commit"}}""", "\"truncated\"")
        for (fault in faults) {
            sent.clear()
            server.fault("""{"path": "/api/guest", "method": "POST"}""", fault)
            val guest = """{"username": "ada", "password": "x", "role_id": 2}"""
            runCatching { client.post(guests()) { setBody(TextContent(guest, ContentType.Application.Json)) } }
            assertEquals(1, sent.size, fault)
        }
        assertEquals(0, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_a_body_that_is_a_stream_is_sent_once() = runBlocking {
        afterAnHour()
        val answer = client.post(guests()) { setBody(ByteReadChannel("{}")) }
        assertEquals(403, answer.status.value)
        assertEquals(1, sent.size)
    }

    @Test
    fun a23_a_body_that_can_be_read_again_is_sent_once_more() = runBlocking {
        afterAnHour()
        val guest = """{"username": "ada", "password": "x", "role_id": 2}"""
        client.post(guests()) { setBody(TextContent(guest, ContentType.Application.Json)) }
        assertEquals(2, sent.size)
    }

    @Test
    fun a23_a_session_that_is_over_is_told_before_anything_is_sent() = runBlocking {
        session.signOut()
        val thrown = runCatching { client.get(version) }.exceptionOrNull()
        assertEquals("signed_out", (thrown as QuickAccessException.SignIn).code)
        assertTrue(sent.isEmpty())
    }

    @Test
    fun a23_a_second_dead_token_within_a_minute_is_handed_on_and_refreshes_nothing() = runBlocking {
        afterAnHour()
        assertEquals(200, client.get(version).status.value)
        server.revokeAccessTokens()
        sent.clear()
        // A server that accepts no token of its own would otherwise be asked for ever.
        repeat(3) { assertEquals(403, client.get(version).status.value) }
        assertEquals(3, sent.size)
        assertEquals(1, server.counter("token_requests.refresh_token"))
        assertEquals(1, session.history().count { it.kind == "no_api_access" })
        assertEquals("no_api_access", (runCatching { session.whoami() }.exceptionOrNull() as QuickAccessException).code)
    }

    @Test
    fun a23_a_rejected_body_is_judged_by_its_beginning_and_streamed_whole() = runBlocking {
        val beginning = ByteArray(mostJudged().toInt()) { 'x'.code.toByte() }
        val rest = "and the rest".toByteArray()
        val body = ByteChannel()
        val engine = MockEngine { respond(body, HttpStatusCode.Forbidden) }
        HttpClient(engine) { install(QuickAccessAuth) { session = this@QuickAccessAuthTest.session } }.use { streaming ->
            val writer = launch {
                body.writeFully(beginning)
                body.flush()
            }
            // The rest comes when the answer is there: who waits for the whole body first waits for ever.
            val read = withTimeout(PATIENCE) {
                streaming.prepareGet(version).execute { answer ->
                    writer.join()
                    body.writeFully(rest)
                    body.flushAndClose()
                    answer.bodyAsChannel().toByteArray()
                }
            }
            assertArrayEquals(beginning + rest, read)
        }
        assertEquals(0, server.counter("me"))
    }

    @Test
    fun a23_a_rejection_is_judged_and_replayed_when_its_body_is_streamed() = runBlocking {
        afterAnHour()
        val read = client.prepareGet(version).execute { it.status.value to it.bodyAsText() }
        assertEquals(200, read.first)
        assertTrue("cppm_version" in read.second, read.second)
        assertEquals(2, sent.size)
        val forbidden = """{"problem": {"status": 403, "title": "Forbidden", "detail": "No, never"}}"""
        server.fault("\"server_version\"", forbidden)
        val rejected = client.prepareGet(version).execute { it.bodyAsText() }
        assertTrue("No, never" in rejected, rejected)
    }

    @Test
    fun a_plugin_without_a_session_is_refused_at_once() {
        val thrown = runCatching { HttpClient(Java) { install(QuickAccessAuth) { assertNull(session) } } }
        assertTrue(thrown.exceptionOrNull() is IllegalArgumentException, "$thrown")
    }

    @Test
    fun a_header_that_the_app_has_set_is_left_as_it_is() = runBlocking {
        client.get(version) { header("Authorization", "Basic eA==") }
        assertEquals("Basic eA==", sent.single())
    }

    private fun guests() = "${server.https}/api/guest"

    /** The token has been used, lived for an hour, and is dead on the server. */
    private suspend fun afterAnHour() {
        server.pass(seconds = 3_600)
        assertEquals(200, client.get(version).status.value)
        server.revokeAccessTokens()
        sent.clear()
    }

    private fun client(): HttpClient {
        // Behind ours, so that it sees what is sent.
        val watch = createClientPlugin("Watch") {
            on(Send) { request ->
                sent.add(request.headers["Authorization"])
                proceed(request)
            }
        }
        return HttpClient(Java) {
            engine { config { sslContext(server.tls()) } }
            install(QuickAccessAuth) { session = this@QuickAccessAuthTest.session }
            install(watch)
        }
    }
}
