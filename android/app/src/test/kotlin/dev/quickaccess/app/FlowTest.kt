package dev.quickaccess.app

import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import dev.quickaccess.Simulator
import org.junit.After
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** The app in a person's hands: the real activity and the real library, against the simulator over TLS. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "w411dp-h891dp-xhdpi")
abstract class FlowTest {
    @get:Rule val rule = createEmptyComposeRule()

    protected val person by lazy { Person(rule, Simulator()) }
    protected val simulator
        get() = person.simulator

    @After
    fun end() {
        person.close()
    }
}
