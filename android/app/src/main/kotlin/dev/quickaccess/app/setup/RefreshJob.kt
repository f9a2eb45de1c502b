package dev.quickaccess.app.setup

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import dev.quickaccess.app.App
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.binding.QuickAccessException
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.launch

/**
 * Uses the session once a day, so that it does not end while the app stays closed: a refresh token lasts for days from its
 * last use. It runs with a network and a battery that is not low, also after the device has started anew.
 */
class RefreshJob : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)

    override fun onStartJob(parameters: JobParameters): Boolean {
        scope.launch {
            (application as App).connection.restore()?.keep()
            // Whatever came of it: the next one is due tomorrow.
            jobFinished(parameters, false)
        }
        return true
    }

    /** What is under way in the library goes on; a wait for it ends. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        scope.coroutineContext.cancelChildren()
        return false
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    companion object {
        private const val ID = 1
        private val PERIOD = TimeUnit.DAYS.toMillis(1)

        /** Sees to it that the job is there; one that is stays as it is. */
        fun schedule(context: Context) {
            val scheduler = context.getSystemService(JobScheduler::class.java) ?: return
            if (scheduler.getPendingJob(ID) != null) return
            scheduler.schedule(
                JobInfo
                    .Builder(ID, ComponentName(context, RefreshJob::class.java))
                    .setPeriodic(PERIOD)
                    .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                    .setRequiresBatteryNotLow(true)
                    .setPersisted(true)
                    .build(),
            )
        }
    }
}

/** A use of the session, which extends it if that is due. */
private suspend fun SessionCalls.keep() {
    try {
        use()
    } catch (_: QuickAccessException) {
        // The session has its own record of it, and the next one tries again.
    }
}
