package dev.quickaccess.app

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import dev.quickaccess.app.look.QuickAccessTheme
import dev.quickaccess.app.server.ServerScreen

/** The one activity: it shows what the model says and hands it what people do. */
class MainActivity : ComponentActivity() {
    private val model: MainModel by viewModels { MainModel.Factory }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        setContent {
            val server by model.server.state.collectAsStateWithLifecycle()
            QuickAccessTheme { ServerScreen(server, model.server) }
        }
    }
}
