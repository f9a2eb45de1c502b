package dev.quickaccess

import dev.quickaccess.binding.SessionSettings
import dev.quickaccess.binding.SessionState
import dev.quickaccess.binding.TokenStore
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

/** A ClearPass on this machine: the simulator's own program, ended with the test. */
class Simulator : AutoCloseable {
    private val process: Process =
        ProcessBuilder(System.getProperty("quickaccess.simulator"), "--port", "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
    private val addresses: JsonObject =
        Json.parseToJsonElement(process.inputReader().readLine()).jsonObject
    private val client = HttpClient.newHttpClient()

    val https: String = addresses.text("https")
    val http: String = addresses.text("http")
    val caPem: String = addresses.text("ca_pem")
    private val control: String = addresses.text("control")

    /** Trusts this server's authority alone: for the HTTP clients of an app's own. */
    fun trust(): X509TrustManager {
        val authority = CertificateFactory.getInstance("X.509").generateCertificate(caPem.byteInputStream())
        val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply {
            load(null, null)
            setCertificateEntry("simulator", authority)
        }
        val managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        managers.init(store)
        return managers.trustManagers[0] as X509TrustManager
    }

    /** The same as TLS for them. */
    fun tls(): SSLContext = SSLContext.getInstance("TLS").apply { init(null, arrayOf(trust()), null) }

    /** Settings for the vendor's example client, which trust this server. */
    fun settings(dataDir: File? = null): SessionSettings =
        SessionSettings(server = https, clientId = "QuickAccess", rootsPem = caPem, dataDir = dataDir?.path)

    /** A session that keeps its tokens in memory. */
    fun session(settings: SessionSettings = settings()): QuickAccess =
        QuickAccess(settings, TokenStore.inMemory())

    /** The same, with the vendor's example person signed in. */
    suspend fun signedIn(settings: SessionSettings = settings()): QuickAccess =
        session(settings).also { it.signIn("qa", "abc123".toCharArray()) }

    /** The same with somebody who has access to every resource. */
    suspend fun administrator(): QuickAccess =
        session().also { it.signIn("api-admin", "abc123".toCharArray()) }

    /** A counter; the inner ones of the token endpoint as `token_requests.refresh_token`. */
    fun counter(name: String): Long {
        val counters = call("GET", "/counters")
        val value = name.split('.').fold(counters) { value, part -> value.jsonObject.getValue(part) }
        return value.jsonPrimitive.long
    }

    /** Lets time pass for the server's tokens. */
    fun pass(seconds: Long) {
        call("POST", "/clock/advance", """{"seconds": $seconds}""")
    }

    /** How long its access tokens live from now on. */
    fun lifetime(seconds: Int) {
        call("PATCH", "/clients/QuickAccess", """{"access_token_lifetime": $seconds}""")
    }

    /** Shows another certificate from now on, which nobody but itself has signed. */
    fun changeCertificate() {
        call("PUT", "/certificate", """{"signed_by": "itself"}""")
        call("POST", "/connections/cut", "{}")
    }

    /** Ends all access tokens. */
    fun revokeAccessTokens() {
        call("POST", "/tokens/revoke", """{"all": "access"}""")
    }

    /** Places a fault for `times` requests of an operation; `what` is JSON. */
    fun fault(on: String, what: String, times: Int = 1): Long =
        call("POST", "/faults", """{"on": $on, "times": $times, "what": $what}""")
            .jsonObject.getValue("id").jsonPrimitive.long

    /** Holds the next request of an operation at a moment, until it is released. */
    fun hold(on: String, at: String): Hold =
        Hold(fault("\"$on\"", """{"hold": {"at": "$at"}}"""))

    inner class Hold(private val id: Long) {
        /** Waits until a request is held here. */
        fun reached() {
            call("GET", "/faults/$id/reached?requests=1&timeout_ms=30000")
        }

        fun release() {
            call("POST", "/faults/$id/release", "{}")
        }
    }

    /** Waits until a counter is there. */
    fun until(counter: String, atLeast: Long) {
        call("GET", "/wait?counter=$counter&at_least=$atLeast&timeout_ms=30000")
    }

    fun call(method: String, path: String, body: String? = null): JsonElement {
        val publisher =
            if (body == null) HttpRequest.BodyPublishers.noBody() else HttpRequest.BodyPublishers.ofString(body)
        val request =
            HttpRequest.newBuilder(URI(control + path))
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build()
        val answer = client.send(request, HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() in 200..299) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return if (answer.body().isBlank()) JsonObject(emptyMap()) else Json.parseToJsonElement(answer.body())
    }

    override fun close() {
        process.destroy()
        check(process.waitFor(30, TimeUnit.SECONDS)) { "the simulator does not end" }
    }
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

/** Longer than anything here takes, so that a test that hangs says so. */
const val PATIENCE: Long = 60_000

/** Waits for a state. */
suspend fun QuickAccess.until(isSo: (SessionState) -> Boolean): SessionState =
    withTimeout(PATIENCE) { state.first { isSo(it) } }

/** The token pair that is served. */
fun QuickAccess.generation(): ULong? = (state.value as? SessionState.SignedIn)?.session?.generation
