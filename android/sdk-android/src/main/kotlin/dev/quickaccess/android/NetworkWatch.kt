package dev.quickaccess.android

import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities

/**
 * Calls [changed] when the app's network is another one, is gone, or begins or ceases to lead anywhere,
 * as behind a captive portal. Android repeats itself, above all right after the registration; what is
 * no news is not passed on.
 */
internal class NetworkWatch(
    connectivity: ConnectivityManager?,
    private val changed: () -> Unit,
) : ConnectivityManager.NetworkCallback() {
    private var network: Network? = connectivity?.activeNetwork
    private var validated: Boolean =
        connectivity?.getNetworkCapabilities(network)?.isValidated() ?: false

    override fun onAvailable(network: Network) {
        // Whether it leads anywhere is told next, on its own.
        if (network != this.network) take(network, validated = false)
    }

    override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
        val validated = capabilities.isValidated()
        if (network != this.network || validated != this.validated) take(network, validated)
    }

    override fun onLost(network: Network) {
        if (network == this.network) take(null, validated = false)
    }

    private fun take(network: Network?, validated: Boolean) {
        this.network = network
        this.validated = validated
        changed()
    }
}

private fun NetworkCapabilities.isValidated(): Boolean =
    hasCapability(NetworkCapabilities.NET_CAPABILITY_VALIDATED)
