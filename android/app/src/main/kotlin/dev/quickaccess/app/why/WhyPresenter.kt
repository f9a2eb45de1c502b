package dev.quickaccess.app.why

import dev.quickaccess.app.session.DoctorProgress
import dev.quickaccess.app.session.Memory
import dev.quickaccess.app.session.ServerChoice
import dev.quickaccess.app.session.SessionCalls
import dev.quickaccess.app.session.asFault
import dev.quickaccess.binding.HistoryEntry
import dev.quickaccess.binding.QuickAccessException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/** The screen "why was I signed out?": the history, the doctor, and how to set up another device. */
class WhyPresenter(
    private val scope: CoroutineScope,
    private val calls: SessionCalls,
    private val memory: Memory,
    choice: ServerChoice,
    version: String,
) : WhyIntents {
    private val states = MutableStateFlow(WhyState(choice.name, version, link = choice.link))
    private var reading: Job? = null
    private var examining: Job? = null

    val state: StateFlow<WhyState> = states.asStateFlow()

    init {
        // Whatever happens to the session is in its history.
        calls.state.onEach { read() }.launchIn(scope)
    }

    override fun examine() = examine(memory.username, null)

    /** Lets the doctor try this name and password; the array is wiped. */
    fun examine(username: String, password: CharArray?) {
        examining?.cancel()
        states.update { it.copy(examination = Examination.Running(emptyList())) }
        examining =
            scope.launch {
                val examination =
                    try {
                        val report = calls.examine(username, password, ::told)
                        Examination.Done(report.verdict, report.checks.map { Step(it.step, it) }, report.asText)
                    } catch (refused: QuickAccessException) {
                        Examination.Failed(refused.asFault())
                    } finally {
                        password?.fill('\u0000')
                    }
                states.update { it.copy(examination = examination) }
            }
    }

    override fun stopExamining() {
        examining?.cancel()
        states.update { it.copy(examination = Examination.None) }
    }

    override fun showOlder() = states.update { it.copy(showsOlder = true) }

    override fun showLink(shows: Boolean) = states.update { it.copy(showsLink = shows) }

    /**
     * The history and the doctor's report as text for the administrator, in the library's own words, which are English
     * and hold no secret.
     */
    fun shared(): String {
        val state = states.value
        val report = (state.examination as? Examination.Done)?.text
        return buildString {
            appendLine("QuickAccess ${state.version}, ${state.server}")
            state.entries.orEmpty().forEach { appendLine(line(it)) }
            if (report != null) append('\n').append(report)
        }
    }

    private fun read() {
        reading?.cancel()
        reading =
            scope.launch {
                val entries =
                    try {
                        calls.history().asReversed()
                    } catch (_: QuickAccessException) {
                        // What was read before stays; it is a file of this device, and the next event reads it again.
                        states.value.entries.orEmpty()
                    }
                states.update { it.copy(entries = entries) }
            }
    }

    /** May come on any thread. */
    private fun told(progress: DoctorProgress) =
        states.update { state ->
            val running = state.examination as? Examination.Running ?: return@update state
            val steps =
                when (progress) {
                    is DoctorProgress.Began -> running.steps.filterNot { it.name == progress.step } + Step(progress.step)
                    is DoctorProgress.Ended ->
                        running.steps.filterNot { it.name == progress.check.step } + Step(progress.check.step, progress.check)
                }
            state.copy(examination = Examination.Running(steps))
        }

    private fun line(entry: HistoryEntry): String =
        listOfNotNull(entry.at.toString(), entry.kind, entry.code, entry.text).joinToString("  ")
}
