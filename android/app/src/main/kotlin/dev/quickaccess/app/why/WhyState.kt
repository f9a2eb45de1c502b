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
    val examination: Examination = Examination.None,
    /** The link that sets up another device. */
    val link: String = "",
    val showsLink: Boolean = false,
)

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
    val advice: DoctorCheck?
        get() = check?.takeIf { it.status == CheckStatus.FAILED || it.status == CheckStatus.WARNED }
}

/** What people do on this screen. */
interface WhyIntents {
    fun examine()

    fun stopExamining()

    fun showLink(shows: Boolean)
}
