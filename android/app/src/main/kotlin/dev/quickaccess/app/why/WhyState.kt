package dev.quickaccess.app.why

import dev.quickaccess.app.session.Fault
import dev.quickaccess.binding.CheckStatus
import dev.quickaccess.binding.DoctorCheck
import dev.quickaccess.binding.DoctorVerdict
import dev.quickaccess.binding.HistoryEntry

/** All that the screen "why was I signed out?" shows. */
data class WhyState(
    val server: String = "",
    /** Of this app. */
    val version: String = "",
    /** Newest first; `null` until they are read. */
    val entries: List<HistoryEntry>? = null,
    /** Whether the older ones show too. */
    val showsOlder: Boolean = false,
    val examination: Examination = Examination.None,
    /** The link that sets up another device. */
    val link: String = "",
    val showsLink: Boolean = false,
) {
    /** The entries that show. */
    val shown: List<HistoryEntry>
        get() = entries.orEmpty().let { if (showsOlder) it else it.take(FEW) }

    /** Whether it is known that nothing has happened. */
    val isEmpty: Boolean
        get() = entries?.isEmpty() == true

    /** Whether there are entries that do not show. */
    val areOlder: Boolean
        get() = shown.size < entries.orEmpty().size

    private companion object {
        /** So many leave what is below them within reach. */
        const val FEW = 10
    }
}

/** The code that says why it happened; none where the person asked for it. */
val HistoryEntry.reason: String?
    get() = code?.takeIf { it != "signed_out" }

/** What the doctor does. */
sealed interface Examination {
    data object None : Examination

    data class Running(val steps: List<Step>) : Examination

    data class Done(val verdict: DoctorVerdict, val steps: List<Step>, val text: String) : Examination

    data class Failed(val fault: Fault) : Examination
}

/** One thing that the doctor checks; `check` is there when that is done. */
data class Step(val name: String, val check: DoctorCheck? = null) {
    val status: CheckStatus?
        get() = check?.status

    /** What there is to read and do; nothing for what is well. */
    val advice: List<String>
        get() =
            when (status) {
                CheckStatus.FAILED, CheckStatus.WARNED -> listOfNotNull(check?.saw, check?.mend).filter { it.isNotBlank() }
                else -> emptyList()
            }
}

/** What people do on this screen. */
interface WhyIntents {
    fun examine()

    fun stopExamining()

    fun showOlder()

    fun showLink(shows: Boolean)
}
