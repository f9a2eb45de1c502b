package dev.quickaccess.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.viewModels
import dev.quickaccess.app.look.QuickAccessTheme

/** The one activity: it shows what the model says and hands it what people do. */
class MainActivity : ComponentActivity() {
    private val model: MainModel by viewModels { MainModel.Factory }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        // A rotation and the end of the process bring the same intent again, which was followed already.
        if (savedInstanceState == null) follow(intent)
        setContent {
            QuickAccessTheme { Shell(model, window, ::share) }
        }
    }

    override fun onStart() {
        super.onStart()
        model.shown()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        follow(intent)
    }

    private fun follow(intent: Intent) {
        if (intent.action == Intent.ACTION_VIEW) intent.dataString?.let(model::linkOpened)
    }

    private fun share(text: String) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text)
        startActivity(Intent.createChooser(send, getString(R.string.why_share)))
    }
}
