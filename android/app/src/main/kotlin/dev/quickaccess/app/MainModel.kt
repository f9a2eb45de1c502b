package dev.quickaccess.app

import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.ViewModelProvider.AndroidViewModelFactory.Companion.APPLICATION_KEY
import androidx.lifecycle.createSavedStateHandle
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.initializer
import androidx.lifecycle.viewmodel.viewModelFactory
import dev.quickaccess.app.home.privilegeWords
import dev.quickaccess.app.lookup.Kind
import dev.quickaccess.app.server.ServerPresenter
import dev.quickaccess.app.server.ServerState
import dev.quickaccess.app.session.Link
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.setup.managedServer
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.launch

/** Keeps the presenters over a rotation, and what was typed over the end of the process; a password is not kept. */
class MainModel(
    private val app: App,
    private val saved: SavedStateHandle,
) : ViewModel() {
    private val opened = MutableStateFlow<SessionScreens?>(null)

    val screens: StateFlow<SessionScreens?> = opened.asStateFlow()
    val shell =
        AppPresenter(viewModelScope, app.connection.link, Place.entries.find { it.name == saved.get<String>(PLACE) })
    val server =
        ServerPresenter(
            viewModelScope,
            app.connection,
            ServerState(saved[ADDRESS] ?: "", saved[CLIENT_ID] ?: ServerChoice.USUAL_CLIENT),
            chosen = { shell.back() },
        )

    init {
        app.connection.link.onEach(::follow).launchIn(viewModelScope)
        shell.state.onEach { saved[PLACE] = it.place.takeIf { _ -> it.canGoBack }?.name }.launchIn(viewModelScope)
        server.state
            .onEach {
                saved[ADDRESS] = it.address
                saved[CLIENT_ID] = it.clientId
            }.launchIn(viewModelScope)
        viewModelScope.launch { app.connection.restore() }
    }

    /** The activity shows: what may have changed meanwhile is looked at. */
    fun shown() {
        managedServer(app)?.let { choice ->
            val known = (app.connection.link.value as? Link.Open)?.choice ?: app.memory.server
            if (known?.isSameAs(choice) != true) {
                server.managed(choice)
                shell.show(Place.SERVER)
            }
        }
        opened.value?.home?.shown()
    }

    /** A link was opened; one that is none of ours changes nothing. */
    fun linkOpened(link: String) {
        val choice = ServerChoice.ofLink(link) ?: return
        server.linkOpened(choice)
        shell.show(Place.SERVER)
    }

    override fun onCleared() {
        server.close()
        opened.value?.close()
    }

    private fun follow(link: Link) {
        if (link is Link.Failed) server.failed(link.choice, link.fault)
        val before = opened.value
        if (link is Link.Open && before?.calls === link.calls) return
        before?.close()
        opened.value = (link as? Link.Open)?.let(::screensOf)
    }

    private fun screensOf(link: Link.Open): SessionScreens {
        val typed =
            Typed(
                username = saved[USERNAME],
                search = saved[SEARCH] ?: "",
                kind = Kind.entries.find { it.name == saved.get<String>(KIND) },
                query = saved[QUERY] ?: "",
            )
        val screens = SessionScreens(link, app.memory, shell, typed, privilegeWords(app), app.version)
        screens.signIn.state.onEach { saved[USERNAME] = it.username }.launchIn(screens.scope)
        screens.typedSearch.onEach { saved[SEARCH] = it }.launchIn(screens.scope)
        screens.lookUp.state
            .onEach {
                saved[KIND] = it.kind?.name
                saved[QUERY] = it.query
            }.launchIn(screens.scope)
        return screens
    }

    companion object {
        private const val PLACE = "place"
        private const val ADDRESS = "server.address"
        private const val CLIENT_ID = "server.client_id"
        private const val USERNAME = "sign_in.username"
        private const val SEARCH = "home.search"
        private const val KIND = "look_up.kind"
        private const val QUERY = "look_up.query"

        val Factory =
            viewModelFactory {
                initializer { MainModel(this[APPLICATION_KEY] as App, createSavedStateHandle()) }
            }
    }
}
