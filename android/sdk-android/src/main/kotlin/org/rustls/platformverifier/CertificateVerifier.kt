/*
 * What rustls-platform-verifier calls on Android. Names, descriptor, fields and codes are its own
 * (version 0.7, src/verification/android.rs); the code is ours, see docs/decisions/android-verifier.md.
 */
package org.rustls.platformverifier

import android.content.Context
import android.net.http.X509TrustManagerExtensions
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.cert.CertPathValidator
import java.security.cert.CertPathValidatorException
import java.security.cert.CertPathValidatorException.BasicReason
import java.security.cert.CertificateException
import java.security.cert.CertificateFactory
import java.security.cert.CertificateParsingException
import java.security.cert.PKIXParameters
import java.security.cert.PKIXRevocationChecker
import java.security.cert.TrustAnchor
import java.security.cert.X509Certificate
import java.util.Date
import java.util.EnumSet
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/** What was found, in two fields that the library reads by name. */
internal class VerificationResult private constructor(
    @JvmField val code: Int,
    @JvmField val message: String? = null,
) {
    companion object {
        val ok = VerificationResult(0)
        val noTrustStore = VerificationResult(1)
        val outOfTime = VerificationResult(2)
        val invalidEncoding = VerificationResult(5)
        val wrongUsage = VerificationResult(6)

        // These two always have a message; the library relies on it.
        fun unknown(why: Exception) = VerificationResult(3, why.toString())

        fun revoked(why: Exception) = VerificationResult(4, why.toString())
    }
}

/** The entry, which the library finds by name. */
internal object CertificateVerifier {
    /** With the authorities of Android and those that the device's owner has added. */
    private var judge: ChainJudge? = null

    @JvmStatic
    @Suppress("UNUSED_PARAMETER")
    fun verifyCertificateChain(
        context: Context,
        serverName: String,
        authMethod: String,
        allowedEkus: Array<String>,
        ocspResponse: ByteArray?,
        time: Long,
        certChain: Array<ByteArray>,
    ): VerificationResult {
        val judge = judge() ?: return VerificationResult.noTrustStore
        return judge.judge(certChain, serverName, authMethod, allowedEkus, ocspResponse, Date(time))
    }

    @Synchronized
    private fun judge(): ChainJudge? {
        judge = judge ?: deviceTrust()?.let(::ChainJudge)
        return judge
    }

    private fun deviceTrust(): X509TrustManager? =
        try {
            val authorities = KeyStore.getInstance("AndroidCAStore").apply { load(null) }
            val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
            factory.init(authorities)
            factory.trustManagers.firstNotNullOfOrNull { it as? X509TrustManager }
        } catch (_: GeneralSecurityException) {
            null
        }
}

/** Judges certificate chains by what a trust manager trusts. The server's name is checked in Rust. */
internal class ChainJudge(
    trust: X509TrustManager,
) {
    private val trust = X509TrustManagerExtensions(trust)
    private val factory = CertificateFactory.getInstance("X.509")

    // Neither trust managers nor factories promise to be safe on several threads.
    @Synchronized
    fun judge(
        encoded: Array<ByteArray>,
        serverName: String,
        authMethod: String,
        allowedUsages: Array<String>,
        ocspResponse: ByteArray?,
        time: Date,
    ): VerificationResult {
        val chain =
            try {
                encoded.map { factory.generateCertificate(it.inputStream()) as X509Certificate }
            } catch (_: CertificateException) {
                return VerificationResult.invalidEncoding
            }
        val leaf = chain.firstOrNull() ?: return VerificationResult.invalidEncoding
        if (time.before(leaf.notBefore) || time.after(leaf.notAfter)) return VerificationResult.outOfTime
        if (!leaf.allows(allowedUsages)) return VerificationResult.wrongUsage
        val whole =
            try {
                trust.checkServerTrusted(chain.toTypedArray(), authMethod, serverName)
            } catch (why: CertificateException) {
                return VerificationResult.unknown(why)
            }
        if (ocspResponse == null || whole.size < 2) return VerificationResult.ok
        return revocation(whole, ocspResponse)?.let(VerificationResult::revoked) ?: VerificationResult.ok
    }

    /**
     * The exception that says that the leaf is revoked. Only the answer that the server has sent along is
     * read, and only a clear "revoked" counts: a handshake that asked other hosts would hang in networks
     * that lead to this server alone, and Android takes a list that it may not fetch for a revocation.
     */
    private fun revocation(whole: List<X509Certificate>, ocspResponse: ByteArray): Exception? {
        val validator = CertPathValidator.getInstance("PKIX")
        val checker = validator.revocationChecker as PKIXRevocationChecker
        checker.options =
            EnumSet.of(
                PKIXRevocationChecker.Option.ONLY_END_ENTITY,
                PKIXRevocationChecker.Option.NO_FALLBACK,
                PKIXRevocationChecker.Option.SOFT_FAIL,
            )
        checker.ocspResponses = mapOf(whole.first() to ocspResponse)
        val parameters = PKIXParameters(setOf(TrustAnchor(whole.last(), null)))
        parameters.isRevocationEnabled = false
        parameters.addCertPathChecker(checker)
        return try {
            validator.validate(factory.generateCertPath(whole.dropLast(1)), parameters)
            null
        } catch (why: CertPathValidatorException) {
            why.takeIf { it.reason == BasicReason.REVOKED }
        }
    }
}

/** A certificate that names no usage may be used for everything. */
private fun X509Certificate.allows(usages: Array<String>): Boolean =
    try {
        extendedKeyUsage?.any { it in usages } ?: true
    } catch (_: CertificateParsingException) {
        false
    }
