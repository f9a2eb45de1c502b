package dev.quickaccess.app.lookup

import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.somePrivileges
import dev.quickaccess.app.session.held
import dev.quickaccess.app.session.why
import dev.quickaccess.binding.AccountState
import dev.quickaccess.binding.Endpoint
import dev.quickaccess.binding.EndpointStatus
import dev.quickaccess.binding.Guest
import dev.quickaccess.binding.Member
import dev.quickaccess.binding.NetworkSession
import dev.quickaccess.binding.NetworkSessionState
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class LookUpPresenterTest {
    private val calls = FakeCalls()
    private val offered = MutableStateFlow(Kind.entries.toList())

    @Test
    fun only_what_the_privileges_allow_to_read_is_offered() = test {
        assertEquals(listOf(Kind.ENDPOINT, Kind.GUEST), offeredBy(somePrivileges().map { it.held() }))
        offered.value = emptyList()
        val lookUp = presenter()
        assertFalse(lookUp.state.value.canLook)
        offered.value = listOf(Kind.GUEST)
        assertEquals(Kind.GUEST, lookUp.state.value.kind)
        lookUp.chosen(Kind.ENDPOINT)
        assertEquals("not offered", Kind.GUEST, lookUp.state.value.kind)
    }

    @Test
    fun what_was_typed_before_the_process_ended_waits_for_the_privileges() = test {
        offered.value = emptyList()
        val lookUp = LookUpPresenter(backgroundScope, calls, offered, Kind.GUEST, "jo")
        offered.value = listOf(Kind.ENDPOINT, Kind.GUEST)
        assertEquals(Kind.GUEST to "jo", lookUp.state.value.kind to lookUp.state.value.query)
        offered.value = listOf(Kind.ENDPOINT)
        assertEquals("no longer allowed", Kind.ENDPOINT to "", lookUp.state.value.kind to lookUp.state.value.query)
    }

    @Test
    fun what_one_person_found_is_not_for_the_next() = test {
        calls.onGuest = { guest(AccountState.Active) }
        val lookUp = presenter()
        lookUp.chosen(Kind.GUEST)
        lookUp.typed("jo")
        lookUp.look()
        offered.value = emptyList()
        assertEquals(LookUpState(), lookUp.state.value)
    }

    @Test
    fun an_endpoint_is_found_by_its_mac_address() = test {
        calls.onEndpoint = { endpoint(EndpointStatus.Known) }
        val lookUp = presenter()
        assertFalse(lookUp.state.value.canLook)
        lookUp.typed(" aa-bb-cc-dd-ee-ff ")
        lookUp.look()
        assertEquals(listOf("endpoint aa-bb-cc-dd-ee-ff"), calls.asked)
        val thing = (lookUp.state.value.found as Found.Things).things.single()
        assertEquals("AA:BB:CC:DD:EE:FF" to Condition.KNOWN, thing.title to thing.condition)
        assertEquals(
            listOf(Fact(Label.DESCRIPTION, "printer"), Fact(Label.NOTES, "Owner: IT")),
            thing.facts,
        )
    }

    @Test
    fun what_is_no_mac_address_is_told_so() = test {
        calls.onEndpoint = { throw QuickAccessException.FixRequest(why("invalid_input")) }
        val lookUp = presenter()
        lookUp.typed("printer")
        lookUp.look()
        assertEquals(Found.NoMacAddress, lookUp.state.value.found)
    }

    @Test
    fun a_guest_is_found_by_name_or_is_not() = test {
        val lookUp = presenter()
        lookUp.chosen(Kind.GUEST)
        lookUp.typed("jo")
        lookUp.look()
        assertEquals(Found.Nothing(Kind.GUEST), lookUp.state.value.found)
        calls.onGuest = { guest(AccountState.Active) }
        lookUp.look()
        val thing = (lookUp.state.value.found as Found.Things).things.single()
        assertEquals("jo" to Condition.ACTIVE, thing.title to thing.condition)
        assertEquals(listOf(Fact(Label.VISITOR, "Jo Visitor")), thing.facts)
        lookUp.typed("ja")
        assertEquals("that was for another name", Found.None, lookUp.state.value.found)
    }

    @Test
    fun sessions_are_those_of_a_user_or_all_and_at_most_fifty() = test {
        val lookUp = presenter()
        lookUp.chosen(Kind.SESSIONS)
        lookUp.look()
        assertEquals(Found.Nothing(Kind.SESSIONS), lookUp.state.value.found)
        calls.onSessions = { List(60) { session("u$it") } }
        lookUp.typed("qa")
        lookUp.look()
        assertEquals(listOf("sessions null", "sessions qa"), calls.asked)
        val found = lookUp.state.value.found as Found.Things
        assertEquals(50 to true, found.things.size to found.areMore)
        assertEquals(Condition.ACTIVE, found.things.first().condition)
    }

    @Test
    fun a_fault_is_told() = test {
        calls.onEndpoint = { throw offline() }
        val lookUp = presenter()
        lookUp.typed("aabbccddeeff")
        lookUp.look()
        assertEquals("offline", (lookUp.state.value.found as Found.Refused).fault.code)
    }

    @Test
    fun while_it_looks_it_does_not_look_again_and_another_choice_ends_it() = test {
        calls.onEndpoint = { awaitCancellation() }
        val lookUp = presenter()
        lookUp.typed("aabbccddeeff")
        lookUp.look()
        lookUp.look()
        assertEquals(1, calls.asked.size)
        lookUp.chosen(Kind.GUEST)
        assertEquals(Found.None, lookUp.state.value.found)
    }

    @Test
    fun every_condition_has_a_word_and_an_unknown_one_is_told_in_the_servers() {
        val endpoints = listOf(EndpointStatus.Unknown, EndpointStatus.Disabled).map { endpoint(it).thing().condition }
        assertEquals(listOf(Condition.UNKNOWN, Condition.DISABLED), endpoints)
        val guests = listOf(AccountState.Disabled, AccountState.Expired, AccountState.Pending).map { guest(it).thing().condition }
        assertEquals(listOf(Condition.DISABLED, Condition.EXPIRED, Condition.PENDING), guests)
        val sessions = listOf(NetworkSessionState.Stale, NetworkSessionState.Closed).map { session("a", it).thing().condition }
        assertEquals(listOf(Condition.STALE, Condition.CLOSED), sessions)
        val others =
            listOf(
                endpoint(EndpointStatus.Other("odd")).thing(),
                guest(AccountState.Other("odd")).thing(),
                session("a", NetworkSessionState.Other("odd")).thing(),
            )
        assertTrue(others.all { it.condition == null && it.facts.first() == Fact(Label.STATUS, "odd") })
    }

    private fun TestScope.presenter() = LookUpPresenter(backgroundScope, calls, offered)

    private fun test(body: suspend TestScope.() -> Unit) = runTest(UnconfinedTestDispatcher(), testBody = body)
}

internal fun endpoint(status: EndpointStatus) =
    Endpoint(
        id = 1uL,
        macAddress = "aabbccddeeff",
        mac = "AA:BB:CC:DD:EE:FF",
        status = status,
        description = "printer",
        randomizedMac = false,
        addedAt = null,
        updatedAt = "",
        attributes = listOf(Member("Owner", "IT")),
        profile = emptyList(),
        other = emptyList(),
    )

internal fun guest(state: AccountState) =
    Guest(
        id = 1uL,
        username = "jo",
        enabled = true,
        currentState = state,
        roleId = 2uL,
        roleName = null,
        startTime = null,
        expireTime = null,
        sponsorName = null,
        email = null,
        visitorName = "Jo Visitor",
        visitorCompany = null,
        visitorPhone = null,
        macAddress = null,
        notes = null,
        other = emptyList(),
    )

internal fun session(user: String, state: NetworkSessionState = NetworkSessionState.Active) =
    NetworkSession(
        id = "R1",
        username = user,
        macAddress = "aabbccddeeff",
        mac = null,
        framedipaddress = "192.0.2.7",
        acctstarttime = null,
        acctstoptime = null,
        acctsessiontime = null,
        state = state,
        ssid = "guests",
        apName = null,
        nasName = null,
        nasipaddress = null,
        tipsrole = null,
        arubauserrole = null,
        totalTraffic = null,
        other = emptyList(),
    )
