package dev.quickaccess.app.setup

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.NetworkType
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import dev.quickaccess.app.App
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * Uses the session once a day, so that it does not end while the app stays closed: a refresh token lasts for days from its
 * last use. It may be stopped at any time: that ends the wait, and what is under way in the library goes on.
 */
class RefreshWorker(
    context: Context,
    parameters: WorkerParameters,
) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        // As the screens do, which may open the same session at the same time.
        val again = withContext(Dispatchers.Main) { (applicationContext as App).connection.useToday() }
        return if (again && runAttemptCount < TRIES - 1) Result.retry() else Result.success()
    }

    companion object {
        const val NAME = "refresh"

        /** On one day; their pauses are of half an hour, one and two. */
        const val TRIES = 4

        /** Sees to it that the work is there, or that it is not. Not for the main thread, since it opens a database. */
        fun schedule(context: Context, isWanted: Boolean) {
            val manager = WorkManager.getInstance(context)
            if (!isWanted) {
                manager.cancelUniqueWork(NAME)
                return
            }
            val constraints =
                Constraints
                    .Builder()
                    .setRequiredNetworkType(NetworkType.CONNECTED)
                    .setRequiresBatteryNotLow(true)
                    .build()
            val request =
                PeriodicWorkRequestBuilder<RefreshWorker>(1, TimeUnit.DAYS)
                    .setConstraints(constraints)
                    .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, 30, TimeUnit.MINUTES)
                    .build()
            // What an older version of the app left becomes as this one wants it; when it is due stays.
            manager.enqueueUniquePeriodicWork(NAME, ExistingPeriodicWorkPolicy.UPDATE, request)
        }
    }
}
