package dev.quickaccess.ktor

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.AccessToken
import dev.quickaccess.binding.AnswerVerdict
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.QuickAccessException
import io.ktor.client.call.HttpClientCall
import io.ktor.client.call.save
import io.ktor.client.plugins.api.ClientPlugin
import io.ktor.client.plugins.api.Send
import io.ktor.client.plugins.api.createClientPlugin
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.statement.readRawBytes
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpStatusCode
import io.ktor.http.content.OutgoingContent

/** What [QuickAccessAuth] needs. */
public class QuickAccessAuthConfig {
    /** The session whose token the requests carry. */
    public var session: QuickAccess? = null
}

/**
 * Gives the session's token to the requests of a Ktor client that go to the session's own server, and
 * to no others. A token that the server rejects is refreshed once, and the request is sent once more:
 * it did not act. Nothing else is sent again, and neither is a body that is a stream.
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
    val answer = if (rejected) call.save() else call
    val seen = ClientAnswer(
        method = call.request.method.value,
        url = call.request.url.toString(),
        status = status.value.toUShort(),
        contentType = answer.response.headers[HttpHeaders.ContentType],
        body = if (rejected) answer.response.readRawBytes() else null,
    )
    val verdict = try {
        session.judge(token, seen)
    } catch (_: QuickAccessException) {
        // The state of the session tells; the caller gets the answer that there is.
        return answer to null
    }
    return answer to (verdict as? AnswerVerdict.Replay)?.token
}

private fun HttpRequestBuilder.canBeReadAgain(): Boolean =
    when (body) {
        is OutgoingContent.NoContent, is OutgoingContent.ByteArrayContent -> true
        else -> false
    }
