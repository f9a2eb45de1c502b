package dev.quickaccess.ktor

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.AccessToken
import dev.quickaccess.binding.AnswerVerdict
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.mostJudged
import io.ktor.client.call.HttpClientCall
import io.ktor.client.call.replaceResponse
import io.ktor.client.plugins.api.ClientPlugin
import io.ktor.client.plugins.api.Send
import io.ktor.client.plugins.api.createClientPlugin
import io.ktor.client.plugins.isSaved
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.statement.bodyAsChannel
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpStatusCode
import io.ktor.http.content.OutgoingContent
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.copyTo
import io.ktor.utils.io.readAvailable
import io.ktor.utils.io.writeFully
import io.ktor.utils.io.writer

/** What [QuickAccessAuth] needs. */
public class QuickAccessAuthConfig internal constructor() {
    /** The session whose token the requests carry. */
    public var session: QuickAccess? = null
}

/**
 * Gives the session's token to the requests of a Ktor client that go to the session's own server, and
 * to no others. A token that the server rejects is refreshed once, and the request is sent once more:
 * it did not act. Nothing else is sent again, and neither is a body that is a stream. When the new
 * token is dead within its first minute as well, the server accepts its own tokens nowhere: the answer
 * is handed on, the history says `no_api_access`, and for a minute nothing is asked or refreshed.
 *
 * ```
 * val client = HttpClient { install(QuickAccessAuth) { session = quickAccess } }
 * ```
 *
 * Each step of a redirect is looked at anew, so that one that leads elsewhere goes without the token.
 * A request that has an `Authorization` header already is left as it is. When no token can be had,
 * the call throws [QuickAccessException].
 */
public val QuickAccessAuth: ClientPlugin<QuickAccessAuthConfig> =
    createClientPlugin("QuickAccessAuth", ::QuickAccessAuthConfig) {
        val session = requireNotNull(pluginConfig.session) { "QuickAccessAuth needs a session" }
        on(Send) { request ->
            if (HttpHeaders.Authorization in request.headers) return@on proceed(request)
            val token = session.tokenFor(request.url.buildString()) ?: return@on proceed(request)
            token.use {
                val call = proceed(request, token)
                val (answer, newer) = judged(session, token, call)
                if (newer == null) return@on answer
                newer.use {
                    if (!request.canBeReadAgain()) return@on answer
                    val (last, unused) = judged(session, newer, proceed(request, newer))
                    unused?.close()
                    last
                }
            }
        }
    }

/** The header is there for this one step alone: the next one may lead elsewhere. */
private suspend fun Send.Sender.proceed(request: HttpRequestBuilder, token: AccessToken): HttpClientCall {
    request.headers[HttpHeaders.Authorization] = "Bearer ${token.expose()}"
    try {
        return proceed(request)
    } finally {
        request.headers.remove(HttpHeaders.Authorization)
    }
}

/** The call to hand on, and the token to send the request once more with, if the session says so. */
private suspend fun judged(
    session: QuickAccess,
    token: AccessToken,
    call: HttpClientCall,
): Pair<HttpClientCall, AccessToken?> {
    val status = call.response.status
    val rejected = status == HttpStatusCode.Unauthorized || status == HttpStatusCode.Forbidden
    val (answer, beginning) = if (rejected) call.peeked(mostJudged().toInt()) else call to null
    val seen = ClientAnswer(
        method = call.request.method.value,
        url = call.request.url.toString(),
        status = status.value.toUShort(),
        contentType = answer.response.headers[HttpHeaders.ContentType],
        body = beginning,
    )
    val verdict = try {
        session.judge(token, seen)
    } catch (_: QuickAccessException) {
        // The state of the session tells; the caller gets the answer that there is.
        return answer to null
    }
    return answer to (verdict as? AnswerVerdict.Replay)?.token
}

/**
 * The call with its whole body still to be read, and the beginning of that body. Whoever streams a
 * body need not have it in memory for being judged.
 */
private suspend fun HttpClientCall.peeked(most: Int): Pair<HttpClientCall, ByteArray> {
    val body = response.bodyAsChannel()
    val beginning = body.readUpTo(most)
    // Ktor has it in memory, and gives it out as often as it is asked for.
    if (response.isSaved) return this to beginning
    val whole = response.writer {
        channel.writeFully(beginning)
        channel.flush()
        body.copyTo(channel)
    }.channel
    return replaceResponse { whole } to beginning
}

/** Does not wait for a byte more than that, as Ktor's own `readRemaining` does. */
private suspend fun ByteReadChannel.readUpTo(most: Int): ByteArray {
    val bytes = ByteArray(most)
    var size = 0
    while (size < most) {
        val read = readAvailable(bytes, size, most - size)
        if (read < 0) break
        size += read
    }
    return bytes.copyOf(size)
}

private fun HttpRequestBuilder.canBeReadAgain(): Boolean =
    when (body) {
        is OutgoingContent.NoContent, is OutgoingContent.ByteArrayContent -> true
        else -> false
    }
