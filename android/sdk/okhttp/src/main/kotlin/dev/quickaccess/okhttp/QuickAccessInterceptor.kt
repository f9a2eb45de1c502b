package dev.quickaccess.okhttp

import dev.quickaccess.QuickAccess
import dev.quickaccess.binding.AccessToken
import dev.quickaccess.binding.AnswerVerdict
import dev.quickaccess.binding.ClientAnswer
import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.mostJudged
import java.io.IOException
import kotlinx.coroutines.runBlocking
import okhttp3.Interceptor
import okhttp3.Request
import okhttp3.Response

/**
 * Gives the session's token to the requests of an OkHttp client that go to the session's own server,
 * and to no others. A token that the server rejects is refreshed once, and the request is sent once
 * more: it did not act. Nothing else is sent again. When the new token is dead within its first
 * minute as well, the server accepts its own tokens nowhere: the answer is handed on, the history says
 * `no_api_access`, and for a minute nothing is asked or refreshed.
 *
 * ```
 * val client = OkHttpClient.Builder().addInterceptor(QuickAccessInterceptor(session)).build()
 * ```
 *
 * It has to be an application interceptor, as above. OkHttp takes the header off when a redirect
 * leads to another scheme, host or port. A request that has an `Authorization` header already is left
 * as it is. When no token can be had, the call fails with [QuickAccessIOException].
 *
 * There is no `Authenticator` beside it: OkHttp asks one after a 401 alone, and ClearPass answers 403
 * for a dead token.
 */
public class QuickAccessInterceptor(private val session: QuickAccess) : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        if (request.header(AUTHORIZATION) != null) return chain.proceed(request)
        val token = waitFor { session.tokenFor(request.url.toString()) }
            ?: return chain.proceed(request)
        token.use {
            val answer = chain.proceed(request.with(token))
            val newer = judged(token, request, answer) ?: return answer
            newer.use {
                // One that can be read once only has been read.
                if (request.body?.isOneShot() == true) return answer
                answer.close()
                return chain.proceed(request.with(newer)).also { judged(newer, request, it)?.close() }
            }
        }
    }

    /** The token to send the request once more with, if the session says so. */
    private fun judged(token: AccessToken, request: Request, answer: Response): AccessToken? {
        // After a redirect the answer is of another request.
        if (answer.priorResponse != null) return null
        val rejected = answer.code == 401 || answer.code == 403
        val seen = ClientAnswer(
            method = request.method,
            url = request.url.toString(),
            status = answer.code.toUShort(),
            contentType = answer.header("Content-Type"),
            body = if (rejected) answer.peekBody(mostJudged().toLong()).bytes() else null,
        )
        val verdict = try {
            waitFor { session.judge(token, seen) }
        } catch (_: IOException) {
            // The state of the session tells; the caller gets the answer that there is.
            return null
        }
        return (verdict as? AnswerVerdict.Replay)?.token
    }

    private fun Request.with(token: AccessToken): Request =
        newBuilder().header(AUTHORIZATION, "Bearer ${token.expose()}").build()

    /** OkHttp's calls block, and know no failure but this. */
    private fun <T> waitFor(call: suspend () -> T): T =
        try {
            runBlocking { call() }
        } catch (failure: QuickAccessException) {
            throw QuickAccessIOException(failure)
        }

    private companion object {
        const val AUTHORIZATION = "Authorization"
    }
}

/** No token could be had for a request; [cause] says what to do and why. */
public class QuickAccessIOException internal constructor(override val cause: QuickAccessException) :
    IOException(cause.message, cause)
