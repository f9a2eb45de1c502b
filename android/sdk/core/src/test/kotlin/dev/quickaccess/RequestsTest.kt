package dev.quickaccess

import dev.quickaccess.binding.ApiRequest
import dev.quickaccess.binding.Filter
import dev.quickaccess.binding.FilterValue
import dev.quickaccess.binding.ListQuery
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.Session
import dev.quickaccess.binding.Sort
import dev.quickaccess.binding.TokenStore
import dev.quickaccess.binding.filterJson
import java.time.Duration
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Requests of an app's own, whole, part by part and page by page. */
class RequestsTest {
    @Test
    fun a_request_carries_its_query_headers_and_body_and_gives_the_answer_as_it_came() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val read = apiRequest("GET", "/endpoint/17") {
                    query("profile_details", true)
                    header("Accept", "application/json")
                }
                val answer = session.send(read)
                assertEquals(200u.toUShort(), answer.status)
                assertTrue("json" in answer.contentType!!)
                val endpoint = Json.parseToJsonElement(answer.text).jsonObject
                assertEquals(17, endpoint.number("id"))
                assertTrue(endpoint["profile"] is JsonObject, "the query arrived")
                session.send(apiRequest("PATCH", "endpoint/17") { json("""{"description": "the prınter"}""") })
                assertEquals("the prınter", server.endpoint(17).getValue("description").jsonPrimitive.content)
            }
        }
    }

    @Test
    fun a22_a_refusal_names_the_fields_and_a_missing_privilege_is_told_apart() = runBlocking {
        Simulator().use { server ->
            val change = apiRequest("PATCH", "endpoint/17") { json("""{"status": "Lost"}""") }
            server.administrator().use { session ->
                val refused = refusal { session.send(change) }
                assertEquals("validation_failed", refused.code)
                assertEquals("status", refused.why.fields.first().name)
                assertEquals("not_found", refusal { session.send(apiRequest("GET", "endpoint/none")) }.code)
            }
            server.signedIn().use { session ->
                assertTrue(refusal { session.send(change) } is QuickAccessException.NotPermitted)
            }
        }
    }

    @Test
    fun what_cannot_be_sent_is_told_before_anything_is() = runBlocking<Unit> {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val bad = listOf(
                    apiRequest("GET IT", "guest"),
                    apiRequest("GET", "//elsewhere.example/x"),
                    apiRequest("GET", "guest") { header("Authorization", "Bearer mine") },
                    apiRequest("POST", "guest") { bytes("none at all", ByteArray(1)) },
                    apiRequest("POST", "guest") { form { file("file", "a.csv", "none at all", ByteArray(1)) } },
                )
                for (request in bad) assertEquals("invalid_input", refusal { session.send(request) }.code, "$request")
                assertThrows<IllegalArgumentException> { apiRequest("GET", "guest") { retries = -1 } }
                assertThrows<IllegalArgumentException> { apiRequest("GET", "guest") { maxBody = -1 } }
            }
        }
    }

    @Test
    fun what_is_not_set_is_left_to_the_library() {
        val request = apiRequest("GET", "guest") {
            assertEquals(listOf(null, null, null), listOf(deadline, retries, maxBody))
        }
        assertEquals(ApiRequest("GET", "guest"), request)
    }

    @Test
    fun a_form_and_other_bodies_arrive_and_print_nothing_of_themselves() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val form = apiRequest("POST", "guest") {
                    form {
                        text("username", "hunter2")
                        file("file", "guests.csv", "text/csv", "hunter2".toByteArray())
                    }
                }
                val bytes = apiRequest("POST", "guest") { bytes("text/csv", "hunter2".toByteArray()) }
                for (request in listOf(form, bytes)) {
                    assertFalse("hunter2" in request.toString(), "$request")
                    // The server takes JSON here, and says so of what has arrived.
                    assertTrue(refusal { session.send(request) }.why.status!! in 400u..499u)
                }
                val answer = session.send(apiRequest("GET", "endpoint/17"))
                assertFalse("mac_address" in answer.toString(), "$answer")
            }
        }
    }

    @Test
    fun tries_size_and_time_have_the_limits_that_were_given() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                server.fault("\"resource\"", """{"status": {"code": 503}}""")
                val once = apiRequest("GET", "endpoint/1") { retries = 0 }
                assertEquals("server_busy", refusal { session.send(once) }.code)
                val small = apiRequest("GET", "endpoint/1") { maxBody = 8 }
                assertEquals("bad_reply", refusal { session.send(small) }.code)
                val hold = server.hold("resource", "before_commit")
                val late = apiRequest("GET", "endpoint/1") { deadline = Duration.ofMillis(300) }
                assertEquals("timeout", refusal { session.send(late) }.code)
                hold.release()
            }
        }
    }

    @Test
    fun a_request_is_cancelled_with_its_coroutine() = runBlocking<Unit> {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val hold = server.hold("resource", "before_commit")
                val call = launch(Dispatchers.Default) { session.send(apiRequest("GET", "endpoint/1")) }
                withContext(Dispatchers.IO) { hold.reached() }
                withTimeout(PATIENCE) { call.cancelAndJoin() }
                hold.release()
                session.send(apiRequest("GET", "endpoint/1"))
            }
        }
    }

    @Test
    fun a_download_comes_part_by_part_and_a_cut_one_says_so() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val all = apiRequest("GET", "endpoint") { query("limit", 1_000) }
                val parts = session.download(all).toList()
                assertTrue(parts.size > 1, "in ${parts.size} part")
                val whole = parts.fold(ByteArray(0), ByteArray::plus)
                assertArrayEquals(session.send(all).body, whole)
                assertEquals("not_found", refusal { session.download(apiRequest("GET", "endpoint/none")).toList() }.code)
                server.fault("\"resource\"", "\"truncated\"")
                assertEquals("bad_reply", refusal { session.download(all).toList() }.code)
                // Who has enough lets go of the rest.
                assertTrue(session.download(all).first().isNotEmpty())
            }
            Session(server.settings(), TokenStore.inMemory()).use { session ->
                session.signIn("api-admin", "abc123".toByteArray())
                session.download(apiRequest("GET", "endpoint/17")).use {
                    assertEquals(200u.toUShort(), it.status())
                    assertTrue("json" in it.contentType()!!)
                    val length = it.length()
                    val size = generateSequence { runBlocking { it.nextPart() } }.sumOf { part -> part.size }
                    assertTrue(length == null || length == size.toULong(), "$length of $size")
                }
            }
        }
    }

    @Test
    fun a21_pages_come_one_by_one_filtered_sorted_and_counted() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val query = ListQuery(
                    filter = Filter.Eq("status", FilterValue.Text("Known")),
                    sort = Sort("id", descending = true),
                    limit = 500u,
                    count = true,
                )
                val known = server.call("GET", "/rows/endpoints?limit=1&filter=%7B%22status%22%3A%22Known%22%7D")
                val pages = session.pages(apiRequest("GET", "endpoint"), query).toList()
                val rows = pages.flatMap { it.rows }.map { Json.parseToJsonElement(it).jsonObject }
                assertEquals(known.jsonObject.number("count"), rows.size)
                assertEquals(rows.size.toULong(), pages.first().count)
                assertTrue(rows.all { it.getValue("status").jsonPrimitive.content == "Known" })
                val ids = rows.map { it.number("id") }
                assertEquals(ids.sortedDescending(), ids)
                assertEquals(listOf(0uL, 500uL), pages.map { it.offset }.take(2))
                assertEquals(listOf(true, false), listOf(pages.first().hasMore, pages.last().hasMore))
                assertFalse(pages.first().rows.first() in pages.first().toString())
            }
        }
    }

    @Test
    fun a21_no_page_is_asked_for_before_it_is_wanted() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val pages = session.pages(apiRequest("GET", "endpoint"))
                val before = server.requests()
                assertEquals(25, pages.first().rows.size)
                assertEquals(before + 1, server.requests())
                assertEquals(25, pages.first().rows.size)
                assertEquals(before + 2, server.requests())
                val tooMany = session.pages(apiRequest("GET", "endpoint"), ListQuery(limit = 1_001u))
                assertEquals("invalid_input", refusal { tooMany.first() }.code)
            }
        }
    }

    @Test
    fun a_filter_is_sent_as_the_json_that_the_vendor_documents() {
        val ada = Filter.Contains("username", "ada")
        val there = Filter.Not(Filter.Exists("expire_time", false))
        val json = """{"${'$'}and":[{"username":{"${'$'}contains":"ada"}},{"${'$'}not":{"expire_time":{"${'$'}exists":false}}}]}"""
        assertEquals(json, filterJson(Filter.AllOf(listOf(ada, there))))
        assertThrows<QuickAccessException.FixRequest> { filterJson(Filter.Json("no object")) }
    }

    private fun Simulator.endpoint(id: Int): JsonObject =
        call("GET", "/rows/endpoints?filter=%7B%22id%22%3A$id%7D")
            .jsonObject.getValue("rows").jsonArray.single().jsonObject

    private fun Simulator.requests(): Int =
        call("GET", "/requests").jsonArray.size

    private fun JsonObject.number(name: String): Int = getValue(name).jsonPrimitive.int
}
