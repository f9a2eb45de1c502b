package dev.quickaccess.device

import java.net.HttpURLConnection
import java.net.URL
import org.json.JSONObject

/** The simulator on the machine that the emulator runs on, by the addresses that the run was told. */
internal class Server(device: Device) {
    val address: String = device.argument("server")
    private val control = device.argument("control")

    /** How many times somebody signed in with a password. */
    fun signIns(): Int = get("/counters").getJSONObject("token_requests").getInt("password")

    fun macAddress(): String =
        get("/rows/endpoints?limit=1").getJSONArray("rows").getJSONObject(0).getString("mac_address")

    private fun get(path: String): JSONObject {
        val connection = URL(control + path).openConnection() as HttpURLConnection
        try {
            return JSONObject(connection.inputStream.bufferedReader().readText())
        } finally {
            connection.disconnect()
        }
    }
}
