package dev.quickaccess.app.why

import dev.quickaccess.app.session.DoctorProgress
import dev.quickaccess.app.session.FakeCalls
import dev.quickaccess.app.session.FakeMemory
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.offline
import dev.quickaccess.app.session.why
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.DoctorReport
import dev.quickaccess.binding.DoctorVerdict
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.SessionState
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class WhyPresenterTest {
    private val calls = FakeCalls()
    private val choice = ServerChoice("clearpass.example.com")

    @Test
    fun the_history_is_shown_newest_first_and_read_again_when_something_happens() = test {
        calls.onHistory = { listOf(entry("signed_in"), entry("refreshed")) }
        val presenter = presenter()
        assertEquals(listOf("refreshed", "signed_in"), presenter.state.value.entries?.map { it.kind })
        calls.onHistory = { listOf(entry("signed_out")) }
        calls.state.value = SessionState.Locked
        assertEquals(listOf("signed_out"), presenter.state.value.entries?.map { it.kind })
        calls.onHistory = { throw QuickAccessException.RepairStore(why("store_unavailable")) }
        calls.state.value = SessionState.Loading
        assertEquals("what was read stays", 1, presenter.state.value.entries?.size)
    }

    @Test
    fun a_long_history_shows_the_newest_until_the_older_are_asked_for() = test {
        val presenter = presenter()
        assertTrue(presenter.state.value.isEmpty)
        calls.onHistory = { List(12) { entry("refreshed", "$it") } }
        calls.state.value = SessionState.Locked
        assertEquals((11 downTo 2).map { "$it" }, presenter.state.value.shown.map { it.code })
        assertTrue(presenter.state.value.areOlder)
        presenter.showOlder()
        assertEquals(12, presenter.state.value.shown.size)
        assertFalse(presenter.state.value.areOlder)
        assertFalse(presenter.state.value.isEmpty)
    }

    @Test
    fun a_sign_out_that_was_asked_for_needs_no_reason() {
        assertEquals("offline", entry("refresh_failed", "offline").reason)
        assertNull(entry("signed_out", "signed_out").reason)
        assertFalse("nobody knows yet", WhyState().isEmpty)
    }

    @Test
    fun the_doctor_tells_how_far_it_is_and_what_it_found() = test {
        val end = CompletableDeferred<Unit>()
        calls.onExamine = { told ->
            told(DoctorProgress.Began("reachable"))
            told(DoctorProgress.Ended(check("reachable", CheckStatus.PASSED)))
            told(DoctorProgress.Began("certificate"))
            end.await()
            report(check("reachable", CheckStatus.PASSED), check("certificate", CheckStatus.FAILED))
        }
        val presenter = presenter()
        presenter.examine()
        val running = presenter.state.value.examination as Examination.Running
        assertEquals(listOf("reachable" to CheckStatus.PASSED, "certificate" to null), running.steps.map { it.name to it.status })

        end.complete(Unit)
        val done = presenter.state.value.examination as Examination.Done
        assertEquals(DoctorVerdict.BROKEN, done.verdict)
        assertEquals("all is well there", emptyList<String>(), done.steps[0].advice)
        assertEquals(listOf("What was seen.", "What mends it."), done.steps[1].advice)
    }

    @Test
    fun the_doctor_tries_what_was_typed_and_the_password_is_gone_afterwards() = test {
        calls.onExamine = { report() }
        val typed = "abc123".toCharArray()
        presenter().examine("qa", typed)
        assertEquals(listOf("examine qa abc123"), calls.asked)
        assertTrue(typed.all { it == '\u0000' })
    }

    @Test
    fun the_doctor_can_be_sent_away_and_may_fail() = test {
        val end = CompletableDeferred<Unit>()
        calls.onExamine = {
            end.await()
            report()
        }
        val presenter = presenter()
        presenter.examine()
        presenter.stopExamining()
        end.complete(Unit)
        assertEquals(Examination.None, presenter.state.value.examination)

        calls.onExamine = { throw offline() }
        presenter.examine()
        assertEquals("offline", (presenter.state.value.examination as Examination.Failed).fault.code)
    }

    @Test
    fun a_step_that_is_told_too_late_changes_nothing() = test {
        var late: (DoctorProgress) -> Unit = {}
        calls.onExamine = { told ->
            late = told
            report(check("reachable", CheckStatus.PASSED))
        }
        val presenter = presenter()
        presenter.examine()
        val done = presenter.state.value
        late(DoctorProgress.Began("certificate"))
        assertEquals(done, presenter.state.value)
    }

    @Test
    fun what_is_shared_names_events_and_codes_and_the_doctors_report() = test {
        calls.onHistory = { listOf(entry("signed_in"), entry("refresh_failed", "offline")) }
        calls.onExamine = { report() }
        val presenter = presenter()
        presenter.examine()
        val lines = presenter.shared().lines()
        assertEquals("QuickAccess 1.0, clearpass.example.com", lines[0])
        assertEquals("2026-05-04T08:00:00Z  refresh_failed  offline  Words.", lines[1])
        assertEquals("The report.", lines.last())
    }

    @Test
    fun another_device_is_set_up_by_a_link_without_a_person() = test {
        val presenter = presenter()
        assertEquals("quickaccess://connect?server=https%3A%2F%2Fclearpass.example.com&client_id=QuickAccess", presenter.state.value.link)
        presenter.showLink(true)
        assertTrue(presenter.state.value.showsLink)
    }

    private fun TestScope.presenter() = WhyPresenter(backgroundScope, calls, FakeMemory(username = "qa"), choice, "1.0")

    private fun test(body: suspend TestScope.() -> Unit) = runTest(UnconfinedTestDispatcher(), testBody = body)
}

internal fun entry(kind: String, code: String? = null) =
    HistoryEntry(Instant.parse("2026-05-04T08:00:00Z"), kind, code, "Words.")

internal fun check(step: String, status: CheckStatus) =
    DoctorCheck(step, "Title", status, "What was seen.", "What mends it.", emptyList(), emptyList(), null, Duration.ZERO)

internal fun report(vararg checks: DoctorCheck) =
    DoctorReport(
        verdict = DoctorVerdict.BROKEN,
        summary = "",
        madeAt = Instant.parse("2026-05-04T08:00:00Z"),
        serverVersion = null,
        checks = checks.toList(),
        certificate = null,
        cleanUp = "",
        asText = "The report.",
        asJson = "{}",
    )
