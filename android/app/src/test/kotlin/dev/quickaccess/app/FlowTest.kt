package dev.quickaccess.app

import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import dev.quickaccess.Simulator
import dev.quickaccess.app.session.Link
import dev.quickaccess.binding.SessionState
import org.junit.After
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** The app in a person's hands: the real activity and the real library, against the simulator over TLS. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestAppWithoutWork::class, qualifiers = "w411dp-h891dp-xhdpi")
abstract class FlowTest {
    @get:Rule val rule = createEmptyComposeRule()

    protected val person by lazy { Person(rule, Simulator()) }
    protected val simulator
        get() = person.simulator

    /** Where the session of the app stands. */
    protected fun state(): SessionState? = (person.app.connection.link.value as? Link.Open)?.calls?.state?.value

    /** The token pair that the app holds. */
    protected fun generation(): ULong? = (state() as? SessionState.SignedIn)?.session?.generation

    @After
    fun end() {
        person.close()
    }
}
