package dev.quickaccess

import dev.quickaccess.binding.ApiRequest
import dev.quickaccess.binding.ApiResponse
import dev.quickaccess.binding.FormFile
import dev.quickaccess.binding.FormPart
import dev.quickaccess.binding.NameAndValue
import dev.quickaccess.binding.RequestBody
import java.time.Duration

/**
 * A request to the server's API, for [QuickAccess.send], [QuickAccess.download] and
 * [QuickAccess.pages]:
 *
 * ```
 * val request = apiRequest("PATCH", "endpoint/17") { json("""{"description": "the printer"}""") }
 * ```
 *
 * @param method such as `GET`
 * @param path below `/api`, such as `guest`
 */
public fun apiRequest(method: String, path: String, build: RequestBuilder.() -> Unit = {}): ApiRequest =
    RequestBuilder().apply(build).build(method, path)

/** What a request carries, in the block of [apiRequest]. */
public class RequestBuilder internal constructor() {
    private val query = mutableListOf<NameAndValue>()
    private val headers = mutableListOf<NameAndValue>()
    private var body: RequestBody? = null

    /**
     * The longest that all of it may take: the wait for a token, every try and every pause. Without one each
     * try has the time of the settings.
     */
    public var deadline: Duration? = null

    /** How often a request that changes nothing may be tried again; 2 unless set. */
    public var retries: Int? = null

    /** The largest body of the answer, in bytes; 8 MiB unless set. A download has no limit. */
    public var maxBody: Long? = null

    /** A parameter of the query; it is encoded by the library. */
    public fun query(name: String, value: Any) {
        query += NameAndValue(name, value.toString())
    }

    /**
     * A header, such as `If-Match`. Those that tell who asks or where the message ends are the library's own,
     * and refused with `invalid_input`.
     */
    public fun header(name: String, value: String) {
        headers += NameAndValue(name, value)
    }

    /** A body of JSON, which the app's own JSON library has written. */
    public fun json(text: String) {
        body = RequestBody.Json(text.encodeToByteArray())
    }

    /** A body of any other kind, with its media type, such as `text/csv`. */
    public fun bytes(mediaType: String, content: ByteArray) {
        body = RequestBody.Bytes(mediaType, content)
    }

    /** A form with fields and files (`multipart/form-data`). */
    public fun form(build: FormBuilder.() -> Unit) {
        body = RequestBody.Form(FormBuilder().apply(build).parts)
    }

    internal fun build(method: String, path: String) = ApiRequest(
        method = method,
        path = path,
        query = query,
        headers = headers,
        body = body,
        deadline = deadline,
        retries = retries?.let { requireNotNull(it.takeIf { it >= 0 }) { "retries: $it is less than none" }.toUInt() },
        maxBody = maxBody?.let { requireNotNull(it.takeIf { it >= 0 }) { "maxBody: $it is less than nothing" }.toULong() },
    )
}

/** The parts of a form, in the block of [RequestBuilder.form]. */
public class FormBuilder internal constructor() {
    internal val parts = mutableListOf<FormPart>()

    /** A field. */
    public fun text(name: String, value: String) {
        parts += FormPart(name, value.encodeToByteArray())
    }

    /** A file, with its own name and its media type, such as `text/csv`. */
    public fun file(name: String, fileName: String, mediaType: String, content: ByteArray) {
        parts += FormPart(name, content, FormFile(fileName, mediaType))
    }
}

/** The body as text, for the app's own JSON library. */
public val ApiResponse.text: String
    get() = body.decodeToString()
