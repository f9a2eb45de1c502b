package dev.quickaccess

import dev.quickaccess.binding.Device
import dev.quickaccess.binding.Devices
import dev.quickaccess.binding.Endpoint
import dev.quickaccess.binding.Endpoints
import dev.quickaccess.binding.Guest
import dev.quickaccess.binding.Guests
import dev.quickaccess.binding.ListQuery
import dev.quickaccess.binding.NetworkSession
import dev.quickaccess.binding.NetworkSessionRows
import dev.quickaccess.binding.NetworkSessions
import dev.quickaccess.binding.NewGuest
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/**
 * The endpoints that a query means, one by one; a page is asked for when its first row is wanted. Each
 * collector begins anew. It throws what [QuickAccess.send] does.
 */
public fun Endpoints.all(query: ListQuery = ListQuery()): Flow<Endpoint> =
    rows({ list(query) }) { it.nextPage() }

/** The guests that a query means, one by one, as [Endpoints.all] gives endpoints. */
public fun Guests.all(query: ListQuery = ListQuery()): Flow<Guest> =
    rows({ list(query) }) { it.nextPage() }

/** The devices that a query means, one by one, as [Endpoints.all] gives endpoints. */
public fun Devices.all(query: ListQuery = ListQuery()): Flow<Device> =
    rows({ list(query) }) { it.nextPage() }

/** The sessions on the network that a query means, past ones too, as [Endpoints.all] gives endpoints. */
public fun NetworkSessions.all(query: ListQuery = ListQuery()): Flow<NetworkSession> =
    rows({ list(query) }) { it.nextPage() }

/** The sessions on the network that go on, stale ones included. */
public fun NetworkSessions.allActive(): Flow<NetworkSession> = sessions { active() }

/** The sessions of a user that go on; `invalid_input` for an empty name. */
public fun NetworkSessions.allActiveByUser(username: String): Flow<NetworkSession> =
    sessions { activeByUser(username) }

/** The sessions of a device that go on; `invalid_input` when it is no MAC address. */
public fun NetworkSessions.allActiveByMac(macAddress: String): Flow<NetworkSession> =
    sessions { activeByMac(macAddress) }

/**
 * Makes a guest's account. The password lives for this one request; the array is the caller's, who may wipe it
 * as soon as this returns. It is done even if the coroutine is cancelled.
 *
 * @throws QuickAccessException `validation_failed` names the fields. When the exception says that the server may
 *   have acted, look the name up before another try.
 */
public suspend fun Guests.create(guest: NewGuest, password: CharArray): Guest =
    password.asBytes { create(guest, it) }

private fun sessions(open: () -> NetworkSessionRows): Flow<NetworkSession> = rows(open) { it.nextPage() }

/** Each collector has rows of its own, which are let go when it ends, whatever the reason. */
internal fun <R : AutoCloseable, T> rows(open: () -> R, nextPage: suspend (R) -> List<T>?): Flow<T> = flow {
    open().use { rows ->
        while (true) {
            for (row in nextPage(rows) ?: break) emit(row)
        }
    }
}
