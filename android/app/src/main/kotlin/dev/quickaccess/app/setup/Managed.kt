package dev.quickaccess.app.setup

import android.content.Context
import android.content.RestrictionsManager
import dev.quickaccess.app.session.ServerChoice

/** The server that the administrator of this device has chosen, if any; `res/xml/app_restrictions.xml` names the settings. */
fun managedServer(context: Context): ServerChoice? {
    val restrictions = context.getSystemService(RestrictionsManager::class.java)?.applicationRestrictions ?: return null
    return ServerChoice.of(restrictions.getString("server"), restrictions.getString("client_id"))
}
