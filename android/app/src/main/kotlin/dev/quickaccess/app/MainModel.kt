package dev.quickaccess.app

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelProvider.AndroidViewModelFactory.Companion.APPLICATION_KEY
import androidx.lifecycle.createSavedStateHandle
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import dev.quickaccess.app.server.ServerPresenter
import dev.quickaccess.app.server.ServerState
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach

/** Keeps the presenters over a rotation, and what was typed over the end of the process. */
class MainModel(
    app: App,
    saved: SavedStateHandle,
) : ViewModel() {
    val server: ServerPresenter =
        ServerPresenter(
            scope = viewModelScope,
            open = app::open,
            typed = ServerState(saved[ADDRESS] ?: "", saved[CLIENT_ID] ?: ""),
        )

    init {
        server.state
            .onEach {
                saved[ADDRESS] = it.address
                saved[CLIENT_ID] = it.clientId
            }.launchIn(viewModelScope)
    }

    override fun onCleared() {
        server.close()
    }

    companion object {
        private const val ADDRESS = "server.address"
        private const val CLIENT_ID = "server.client_id"

        val Factory =
            viewModelFactory {
                initializer { MainModel(this[APPLICATION_KEY] as App, createSavedStateHandle()) }
            }
    }
}
