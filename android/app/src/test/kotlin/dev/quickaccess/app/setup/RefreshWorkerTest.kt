package dev.quickaccess.app.setup

import androidx.compose.ui.test.ComposeTimeoutException
import androidx.work.NetworkType
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.testing.TestDriver
import androidx.work.testing.WorkManagerTestInitHelper
import dev.quickaccess.app.FlowTest
import dev.quickaccess.app.TestApp
import dev.quickaccess.binding.SessionState
import java.util.UUID
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.annotation.Config

/** The daily use of the session by WorkManager, whose test kit says when a day is over and what the device has. */
@Config(application = TestApp::class)
class RefreshWorkerTest : FlowTest() {
    private val driver: TestDriver
        get() = checkNotNull(WorkManagerTestInitHelper.getTestDriver(person.app))

    /** Work that may begin has begun when the driver returns. */
    @Before
    fun begin() = WorkManagerTestInitHelper.initializeTestWorkManager(person.app)

    @After
    fun closeDatabase() = WorkManagerTestInitHelper.closeWorkDatabase()

    @Test
    fun the_work_is_there_once_from_the_sign_in_to_the_sign_out() {
        person.start()
        person.chooseServer()
        assertEquals(emptyList<WorkInfo>(), works())
        person.enter()
        val work = await { it.state == WorkInfo.State.ENQUEUED }
        assertEquals(RefreshWorker::class.java.name, work.workerClassName)
        assertEquals(TimeUnit.DAYS.toMillis(1), checkNotNull(work.periodicityInfo).repeatIntervalMillis)
        assertEquals(NetworkType.CONNECTED, work.constraints.requiredNetworkType)
        assertTrue(work.constraints.requiresBatteryNotLow())

        // As every start of the process does.
        person.app.refreshDaily(true)
        assertEquals(work.id, await { it.generation > work.generation }.id)

        person.signOut()
        await { it.state == WorkInfo.State.CANCELLED }
    }

    @Test
    fun a_use_waits_for_a_network_and_power_and_for_the_next_day() {
        val id = signedInAndAway()
        person.app.connection.close()
        val before = renewals()
        driver.setPeriodDelayMet(id)
        assertEquals("without a network", WorkInfo.State.ENQUEUED, works().single().state)
        driver.setAllConstraintsMet(id)
        await { renewals() > before && it.isDueTomorrow() }

        val then = renewals()
        driver.setAllConstraintsMet(id)
        assertEquals("on the same day", WorkInfo.State.ENQUEUED, works().single().state)
        driver.setPeriodDelayMet(id)
        await { renewals() > then && it.isDueTomorrow() }
    }

    @Test
    fun a_try_in_vain_is_made_again_after_a_while_and_not_for_ever() {
        val id = signedInAndAway()
        simulator.close()
        driver.setAllConstraintsMet(id)
        for (attempt in 1 until RefreshWorker.TRIES) {
            val again = await { it.state == WorkInfo.State.ENQUEUED && it.runAttemptCount == attempt }
            val pause = again.nextScheduleTimeMillis - System.currentTimeMillis()
            val expected = TimeUnit.MINUTES.toMillis(30L shl (attempt - 1))
            assertTrue("$pause", pause in expected - TimeUnit.MINUTES.toMillis(1)..expected)
            driver.setAllConstraintsMet(id)
            driver.setPeriodDelayMet(id)
        }
        await { it.runAttemptCount == 0 && it.isDueTomorrow() }
        assertTrue("${state()}", state() is SessionState.SignedIn)
    }

    @Test
    fun a_session_that_has_ended_is_not_tried_again() {
        val id = signedInAndAway()
        simulator.call("POST", "/tokens/revoke", """{"all": "refresh"}""")
        driver.setAllConstraintsMet(id)
        await { it.state == WorkInfo.State.CANCELLED }
        assertTrue("${state()}", state() is SessionState.SignedOut)
    }

    @Test
    fun work_that_the_system_stops_leaves_the_renewal_to_go_on() {
        val id = signedInAndAway()
        val before = renewals()
        val hold = simulator.hold("token_refresh", "after_commit")
        val reached = CompletableFuture.runAsync { hold.reached() }
        driver.setAllConstraintsMet(id)
        rule.waitUntil(60_000) {
            rule.waitForIdle()
            reached.isDone
        }
        val generation = generation()
        driver.stopRunningWorkWithReason(id, WorkInfo.STOP_REASON_CONSTRAINT_CONNECTIVITY)
        await { it.state == WorkInfo.State.ENQUEUED && it.stopReason == WorkInfo.STOP_REASON_CONSTRAINT_CONNECTIVITY }
        assertEquals(generation, generation())
        hold.release()
        rule.waitUntil(60_000) { generation() != generation }
        assertEquals(before + 1, renewals())
        assertEquals("what is stored is what came last", 0, simulator.counter("refresh_reuse"))
    }

    /** Somebody whose access tokens are over at once has left the app; the work that is there. */
    private fun signedInAndAway(): UUID {
        simulator.lifetime(1)
        person.start()
        person.signIn()
        val work = await { it.state == WorkInfo.State.ENQUEUED }
        person.leave()
        return work.id
    }

    private fun works(): List<WorkInfo> =
        WorkManager.getInstance(person.app).getWorkInfosForUniqueWork(RefreshWorker.NAME).get()

    private fun await(isSo: (WorkInfo) -> Boolean): WorkInfo {
        try {
            rule.waitUntil(30_000) {
                rule.waitForIdle()
                works().singleOrNull()?.let(isSo) == true
            }
        } catch (late: ComposeTimeoutException) {
            throw AssertionError("it does not come to that; there is ${works()}", late)
        }
        return works().single()
    }

    private fun WorkInfo.isDueTomorrow(): Boolean =
        state == WorkInfo.State.ENQUEUED && nextScheduleTimeMillis > System.currentTimeMillis() + TimeUnit.HOURS.toMillis(23)

    private fun renewals(): Long = simulator.counter("token_requests.refresh_token")
}
