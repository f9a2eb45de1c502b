package dev.quickaccess

import dev.quickaccess.binding.AccountState
import dev.quickaccess.binding.EndpointStatus
import dev.quickaccess.binding.ListQuery
import dev.quickaccess.binding.Member
import dev.quickaccess.binding.NetworkSessionState
import dev.quickaccess.binding.NewGuest
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.ReceiptBy
import dev.quickaccess.binding.readMacAddress
import java.time.Instant
import kotlinx.coroutines.flow.count
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Typed look-ups, and what can be done to what they find. */
class LookupsTest {
    @Test
    fun a_mac_address_is_read_in_any_notation() {
        for (typed in listOf("00-00-5E-00-53-AF", "0000.5e00.53af", " 00005e0053af ")) {
            val mac = readMacAddress(typed)
            assertEquals(Triple("00:00:5e:00:53:af", "00005e0053af", false), Triple(mac.text, mac.bare, mac.isRandomized))
        }
        assertTrue(readMacAddress(STRANGER).isRandomized)
        assertThrows<QuickAccessException.FixRequest> { readMacAddress("printer") }
    }

    @Test
    fun an_endpoint_is_found_changed_and_listed() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val byId = session.endpoints.byId(17u)
                assertEquals(byId, session.endpoints.byMac(byId.macAddress.uppercase()))
                assertFalse(byId.macAddress in byId.toString(), "$byId")
                for (wanted in listOf(EndpointStatus.Disabled, EndpointStatus.Known)) {
                    assertEquals(wanted, session.endpoints.setStatus(17u, wanted).status)
                }
                val odd = refusal { session.endpoints.setStatus(17u, EndpointStatus.Other("Lost")) }
                assertEquals("validation_failed", odd.code)
                assertEquals("not_found", refusal { session.endpoints.byMac(STRANGER) }.code)
                assertEquals(5_000, session.endpoints.all(ListQuery(limit = 1_000u)).count())
                assertEquals(30, session.endpoints.all().take(30).toList().map { it.id }.toSet().size)
                session.endpoints.list(ListQuery(limit = 10u, count = true)).use { rows ->
                    assertNull(rows.total())
                    assertEquals(10, rows.nextPage()!!.size)
                    assertEquals(5_000uL, rows.total())
                }
            }
        }
    }

    @Test
    fun a_device_is_found_and_listed() = runBlocking {
        Simulator().use { server ->
            server.administrator().use { session ->
                val byId = session.devices.byId(5u)
                assertEquals(byId, session.devices.byMac(byId.mac!!))
                assertEquals(1_000, session.devices.all(ListQuery(limit = 500u)).count())
                session.devices.list(ListQuery(count = true)).use { rows ->
                    assertEquals(25, rows.nextPage()!!.size)
                    assertEquals(1_000uL, rows.total())
                }
            }
        }
    }

    @Test
    fun a_guest_is_made_looked_up_extended_and_switched_off() = runBlocking {
        Simulator().use { server ->
            server.signedIn().use { session ->
                val guest = NewGuest(
                    username = "ada@example.com",
                    roleId = 2u,
                    visitorName = "Ada",
                    visitorPhone = "+44 20 7946 0000",
                    email = "ada@example.com",
                    expireTime = Instant.ofEpochSecond(4_000_000_000),
                    other = listOf(Member("custom_field", "x")),
                )
                val password = "hunter2".toCharArray()
                val made = session.guests.create(guest, password)
                assertEquals("hunter2", String(password), "the array is the caller's")
                assertEquals("Ada", made.visitorName)
                assertTrue(made.other.any { it.value == "x" })
                assertEquals(made.id, session.guests.byName(made.username).id)
                assertEquals(made.id, session.guests.byId(made.id).id)
                val taken = refusal { session.guests.create(guest, password) }
                assertEquals("validation_failed", taken.code)
                assertFalse(listOf(made, guest, taken, session.guests).any { "hunter2" in it.toString() })
                val extended = session.guests.extend(made.id, Instant.ofEpochSecond(4_100_000_000))
                assertNotEquals(made.expireTime, extended.expireTime)
                assertEquals(AccountState.Disabled, session.guests.disable(made.id, true).currentState)
                assertEquals(true, session.guests.enable(made.id).enabled)
                ReceiptBy.entries.forEach { session.guests.sendReceipt(made.id, it) }
                assertEquals("not_found", refusal { session.guests.sendReceipt(0u, ReceiptBy.SMS) }.code)
                assertEquals(3_001, session.guests.all(ListQuery(limit = 1_000u)).count())
                session.guests.list(ListQuery(limit = 10u, count = true)).use { rows ->
                    assertEquals(10, rows.nextPage()!!.size)
                    assertEquals(3_001uL, rows.total())
                }
            }
        }
    }

    @Test
    fun sessions_on_the_network_are_found_and_ended() = runBlocking {
        Simulator().use { server ->
            val row = server.call("GET", "/rows/sessions?limit=1&filter=%7B%22state%22%3A%22active%22%7D")
                .jsonObject.getValue("rows").jsonArray.first().jsonObject
            fun known(member: String) = row.getValue(member).jsonPrimitive.content
            val (id, mac) = known("id") to known("mac_address")
            server.administrator().use { session ->
                val sessions = session.networkSessions
                assertEquals(readMacAddress(mac).text, sessions.byId(id).mac)
                assertEquals(true, session.onlineStatus(mac).isOnline)
                assertEquals("not_found", refusal { session.onlineStatus(STRANGER) }.code)
                val active = sessions.allActive().toList()
                assertTrue(active.any { it.id == id })
                assertTrue(active.none { it.state == NetworkSessionState.Closed })
                assertTrue(sessions.allActiveByUser(known("username")).toList().any { it.id == id })
                assertTrue(sessions.allActiveByMac(mac).toList().any { it.id == id })
                assertTrue(sessions.all().first().id.isNotEmpty())
                assertEquals("invalid_input", refusal { sessions.allActiveByUser("").first() }.code)
                assertEquals("invalid_input", refusal { sessions.allActiveByMac("x").first() }.code)
                sessions.active().use { rows ->
                    assertTrue(rows.nextPage()!!.isNotEmpty())
                    assertNull(rows.total())
                }
                sessions.reauthorize(id)
                sessions.disconnect(id)
                assertEquals(NetworkSessionState.Closed, sessions.byId(id).state)
                assertEquals("action_failed", refusal { sessions.disconnect(id) }.code)
            }
        }
    }

    private companion object {
        const val STRANGER = "02-00-c0-ff-ee-01"
    }
}
