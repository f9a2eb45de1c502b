package dev.quickaccess.okhttp

import dev.quickaccess.QuickAccess
import dev.quickaccess.Simulator
import dev.quickaccess.code
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import okhttp3.Interceptor
import okhttp3.MediaType
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okio.BufferedSink
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** An app's own OkHttp client, against the simulator over TLS. */
class QuickAccessInterceptorTest {
    private val server = Simulator()
    private val session: QuickAccess = runBlocking { server.signedIn() }
    private val sent = mutableListOf<Request>()
    private val client = client(server, session, sent)

    @AfterEach
    fun end() {
        session.close()
        server.close()
    }

    @Test
    fun a23_the_token_goes_to_the_configured_server_alone() = runBlocking {
        assertEquals(200, get("${server.https}/api/server/version"))
        assertEquals("Bearer ${session.accessToken()}", sent.single().header("Authorization"))
        sent.clear()
        // The same machine by another scheme and port is another server.
        get("${server.http}/api/server/version")
        assertNull(sent.single().header("Authorization"))
    }

    @Test
    fun a23_a_redirect_elsewhere_leaves_without_the_token() {
        Simulator().use { other ->
            val location = "${other.http}/api/server/version"
            server.fault("\"server_version\"", """{"redirect": {"status": 302, "location": "$location"}}""")
            // OkHttp does not follow from https to http unless it is told to, which it is by default.
            get("${server.https}/api/server/version")
            assertEquals(2, sent.size)
            assertNull(sent[1].header("Authorization"))
        }
    }

    @Test
    fun a23_a_dead_token_is_refreshed_once_and_the_request_sent_once_more() {
        afterAnHour()
        assertEquals(200, get("${server.https}/api/server/version"))
        assertEquals(2, sent.size)
        assertEquals(1, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_a_hundred_rejected_at_once_share_one_refresh() = runBlocking {
        afterAnHour()
        val all = List(100) { async(Dispatchers.IO) { get("${server.https}/api/server/version") } }
        assertEquals(setOf(200), all.awaitAll().toSet())
        assertEquals(1, server.counter("token_requests.refresh_token"))
        assertEquals(1, server.counter("me"))
    }

    @Test
    fun a23_a_missing_privilege_is_handed_on_with_its_body_and_refreshes_nothing() {
        val forbidden = """{"problem": {"status": 403, "title": "Forbidden", "detail": "Forbidden"}}"""
        server.fault("\"server_version\"", forbidden)
        client.newCall(request("${server.https}/api/server/version")).execute().use { answer ->
            assertEquals(403, answer.code)
            assertTrue(answer.body.string().contains("Forbidden"))
        }
        assertEquals(0, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_what_may_have_acted_is_never_sent_again() {
        val faults = listOf("\"drop_after_commit\"", """{"html502": {"moment": "after_commit"}}""", "\"truncated\"")
        for (fault in faults) {
            sent.clear()
            server.fault("""{"path": "/api/guest", "method": "POST"}""", fault)
            val guest = """{"username": "ada", "password": "x", "role_id": 2}""".toRequestBody(JSON)
            runCatching {
                client.newCall(request("${server.https}/api/guest").newBuilder().post(guest).build())
                    .execute().use { it.body.string() }
            }
            assertEquals(1, sent.size, fault)
        }
        assertEquals(0, server.counter("token_requests.refresh_token"))
    }

    @Test
    fun a23_a_body_that_can_be_read_once_is_sent_once() {
        afterAnHour()
        val once = object : RequestBody() {
            override fun contentType(): MediaType = JSON
            override fun isOneShot(): Boolean = true
            override fun writeTo(sink: BufferedSink) {
                sink.writeUtf8("{}")
            }
        }
        val request = request("${server.https}/api/guest").newBuilder().post(once).build()
        client.newCall(request).execute().use { assertEquals(403, it.code) }
        assertEquals(1, sent.size)
    }

    @Test
    fun a23_a_session_that_is_over_is_told_before_anything_is_sent() = runBlocking {
        session.signOut()
        val thrown = assertThrows<QuickAccessIOException> { get("${server.https}/api/server/version") }
        assertEquals("signed_out", thrown.cause.code)
        assertTrue(sent.isEmpty())
    }

    @Test
    fun a_header_that_the_app_has_set_is_left_as_it_is() {
        val own = request("${server.https}/api/server/version").newBuilder().header("Authorization", "Basic eA==")
        client.newCall(own.build()).execute().close()
        assertEquals("Basic eA==", sent.single().header("Authorization"))
    }

    /** The token has been used, lived for an hour, and is dead on the server. */
    private fun afterAnHour() {
        server.pass(seconds = 3_600)
        assertEquals(200, get("${server.https}/api/server/version"))
        server.revokeAccessTokens()
        sent.clear()
    }

    private fun get(url: String): Int = client.newCall(request(url)).execute().use { it.code }

    private fun request(url: String): Request = Request.Builder().url(url).build()

    private companion object {
        val JSON: MediaType = "application/json".toMediaType()

        fun client(server: Simulator, session: QuickAccess, sent: MutableList<Request>): OkHttpClient {
            return OkHttpClient.Builder()
                .sslSocketFactory(server.tls().socketFactory, server.trust())
                .addInterceptor(QuickAccessInterceptor(session))
                .addNetworkInterceptor(Interceptor { chain ->
                    synchronized(sent) { sent.add(chain.request()) }
                    chain.proceed(chain.request())
                })
                .build()
        }
    }
}
