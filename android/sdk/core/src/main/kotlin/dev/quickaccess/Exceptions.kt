package dev.quickaccess

import dev.quickaccess.binding.QuickAccessException
import dev.quickaccess.binding.UntrustedCertificate
import dev.quickaccess.binding.Why

/** Why, whatever there is to do: the stable code, and a sentence for people with the next step. */
public val QuickAccessException.why: Why
    get() =
        when (this) {
            is QuickAccessException.SignIn -> why
            is QuickAccessException.Retry -> why
            is QuickAccessException.FixSetup -> why
            is QuickAccessException.TrustServer -> why
            is QuickAccessException.UnlockDevice -> why
            is QuickAccessException.RepairStore -> why
            is QuickAccessException.NotPermitted -> why
            is QuickAccessException.FixRequest -> why
            is QuickAccessException.Cancelled -> why
            is QuickAccessException.ReportBug -> why
        }

/** The stable code, such as `credentials_rejected`; `docs/errors.md` lists all. */
public val QuickAccessException.code: String
    get() = why.code

/** The certificate to show, when the server could not prove who it is. */
public val QuickAccessException.certificate: UntrustedCertificate?
    get() = (this as? QuickAccessException.TrustServer)?.certificate
