package org.rustls.platformverifier

import android.content.Context
import java.lang.reflect.Modifier
import java.security.KeyStore
import java.security.cert.CertificateException
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.time.Instant
import java.util.Date
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

/** The judgement of certificate chains, and the names by which the library finds it. */
@RunWith(RobolectricTestRunner::class)
class CertificateVerifierTest {
    private val judge = ChainJudge(OneAuthority(certificate("root")))

    @Test
    fun a_server_of_a_trusted_authority_is_accepted() {
        assertEquals(OK, judge("server"))
        assertEquals("no usage named, none forbidden", OK, judge("any-usage"))
        assertEquals(OK, judge("server", ocsp = "good"))
    }

    @Test
    fun each_fault_has_its_code() {
        assertEquals(OUT_OF_TIME, judge("server", time = "2020-01-01T00:00:00Z"))
        assertEquals(OUT_OF_TIME, judge("server", time = "2500-01-01T00:00:00Z"))
        assertEquals(WRONG_USAGE, judge("client"))
        assertEquals(REVOKED, judge("server", ocsp = "revoked"))
        val strange = ChainJudge(OneAuthority(certificate("any-usage")))
        assertEquals(UNKNOWN, strange.code(listOf(bytes("server.der"))))
        assertEquals(INVALID_ENCODING, judge.code(listOf("no certificate".toByteArray())))
        assertEquals(INVALID_ENCODING, judge.code(emptyList()))
    }

    @Test
    fun an_answer_that_says_nothing_clear_revokes_nothing() {
        assertEquals("of another certificate", OK, judge("any-usage", ocsp = "revoked"))
        assertEquals(OK, judge.code(listOf(bytes("server.der")), "no answer".toByteArray()))
    }

    @Test
    fun what_the_library_unwraps_is_there() {
        val strange = ChainJudge(OneAuthority(certificate("any-usage")))
        assertNotNull(strange.result(listOf(bytes("server.der"))).message)
        assertNotNull(judge.result(listOf(bytes("server.der")), bytes("revoked.ocsp")).message)
    }

    @Test
    fun a_device_without_a_trust_store_says_so() {
        // There is no store of Android's authorities on this machine.
        val result =
            CertificateVerifier.verifyCertificateChain(
                RuntimeEnvironment.getApplication(),
                NAME,
                "RSA",
                arrayOf(SERVER),
                null,
                0,
                arrayOf(bytes("server.der")),
            )
        assertEquals(1, result.code)
    }

    @Test
    fun names_and_types_are_those_that_the_library_looks_for() {
        val entry = Class.forName("org.rustls.platformverifier.CertificateVerifier")
        val method =
            entry.getDeclaredMethod(
                "verifyCertificateChain",
                Context::class.java,
                String::class.java,
                String::class.java,
                Array<String>::class.java,
                ByteArray::class.java,
                java.lang.Long.TYPE,
                Array<ByteArray>::class.java,
            )
        assertTrue(Modifier.isStatic(method.modifiers))
        val result = Class.forName("org.rustls.platformverifier.VerificationResult")
        assertEquals(result, method.returnType)
        assertEquals(Integer.TYPE, result.getDeclaredField("code").type)
        assertEquals(String::class.java, result.getDeclaredField("message").type)
    }

    private fun judge(leaf: String, ocsp: String? = null, time: String? = null): Int {
        val root = bytes("root.der")
        return judge.code(listOf(bytes("$leaf.der"), root), ocsp?.let { bytes("$it.ocsp") }, time)
    }

    private fun ChainJudge.code(chain: List<ByteArray>, ocsp: ByteArray? = null, time: String? = null): Int =
        result(chain, ocsp, time).code

    private fun ChainJudge.result(
        chain: List<ByteArray>,
        ocsp: ByteArray? = null,
        time: String? = null,
    ): VerificationResult {
        val at = time?.let { Date.from(Instant.parse(it)) } ?: Date()
        return judge(chain.toTypedArray(), NAME, "RSA", arrayOf(SERVER), ocsp, at)
    }

    private fun bytes(name: String): ByteArray =
        checkNotNull(javaClass.getResourceAsStream("/certificates/$name")) { name }.use { it.readBytes() }

    private fun certificate(name: String): X509Certificate {
        val factory = CertificateFactory.getInstance("X.509")
        return factory.generateCertificate(bytes("$name.der").inputStream()) as X509Certificate
    }

    private companion object {
        const val NAME = "clearpass.example"
        const val SERVER = "1.3.6.1.5.5.7.3.1"

        // The codes of rustls-platform-verifier.
        const val OK = 0
        const val OUT_OF_TIME = 2
        const val UNKNOWN = 3
        const val REVOKED = 4
        const val INVALID_ENCODING = 5
        const val WRONG_USAGE = 6
    }
}

/**
 * Trusts one authority, as Android's own trust manager would: with the check by host that Android looks
 * for by name, which Java's does not have.
 */
class OneAuthority(
    private val authority: X509Certificate,
) : X509TrustManager {
    private val inner: X509TrustManager

    init {
        val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply {
            load(null, null)
            setCertificateEntry("authority", authority)
        }
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        factory.init(store)
        inner = factory.trustManagers.single() as X509TrustManager
    }

    @Throws(CertificateException::class)
    @Suppress("UNUSED_PARAMETER")
    fun checkServerTrusted(
        chain: Array<X509Certificate>,
        authType: String,
        host: String,
    ): List<X509Certificate> {
        checkServerTrusted(chain, authType)
        return listOf(chain[0], authority)
    }

    override fun checkServerTrusted(chain: Array<X509Certificate>, authType: String) {
        inner.checkServerTrusted(chain, authType)
    }

    override fun checkClientTrusted(chain: Array<X509Certificate>, authType: String): Unit =
        throw CertificateException("not for clients")

    override fun getAcceptedIssuers(): Array<X509Certificate> = inner.acceptedIssuers
}
