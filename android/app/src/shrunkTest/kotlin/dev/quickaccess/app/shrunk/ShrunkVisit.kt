package dev.quickaccess.app.shrunk

import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import dev.quickaccess.app.MainActivity
import dev.quickaccess.app.TestApp
import dev.quickaccess.device.Visit
import java.time.Duration
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowJobScheduler
import org.robolectric.util.ReflectionHelpers

/**
 * A whole visit to the app and its daily work, for [ShrunkAppTest]; system properties tell the server and what to
 * look for. Of the app it may name only what keeps its name.
 */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(application = TestApp::class, shadows = [FamilyOfNode::class, OneJobScheduler::class], qualifiers = "w411dp-h2000dp-mdpi")
class ShrunkVisit {
    @Test
    fun from_the_server_to_the_sign_out() {
        val visit = Visit(NodeHands())
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        visit.setUp(checkNotNull(System.getProperty("visit.server")))
        visit.signIn()
        work()
        visit.lookUp(checkNotNull(System.getProperty("visit.mac")))
        visit.signOut()
        activity.pause().stop().destroy()
    }

    /**
     * WorkManager has handed the daily work to the system, which starts it: the worker is found by the name that lies in
     * a database. One that was made and has done its work is due again in a day, and one that was not has failed for good.
     */
    private fun work() {
        val system = RuntimeEnvironment.getApplication().getSystemService(JobScheduler::class.java)
        val job = checkNotNull(await { system.allPendingJobs.singleOrNull() }) { "the daily work is not handed over" }
        assertEquals(0, job.minLatencyMillis)
        val parameters = Shadow.newInstanceOf(JobParameters::class.java)
        ReflectionHelpers.setField(parameters, "extras", job.extras)
        val service = Class.forName(job.service.className).asSubclass(JobService::class.java)
        assertTrue(Robolectric.setupService(service).onStartJob(parameters))
        val tomorrow = await { system.allPendingJobs.singleOrNull { it.minLatencyMillis > Duration.ofHours(23).toMillis() } }
        assertNotNull("the daily work is not due again", tomorrow)
    }
}

/** Robolectric's own forgets the jobs of a namespace, which WorkManager has. */
@Implements(className = "android.app.JobSchedulerImpl", isInAndroidSdk = false)
class OneJobScheduler : ShadowJobScheduler.ShadowJobSchedulerImpl() {
    @RealObject lateinit var scheduler: JobScheduler

    @Implementation
    @Suppress("UNUSED_PARAMETER")
    fun forNamespace(namespace: String): JobScheduler = scheduler
}
