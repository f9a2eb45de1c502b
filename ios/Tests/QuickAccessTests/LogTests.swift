import QuickAccess
import Testing

/// The log of the platform, which Linux does not have.
@Suite struct LogTests {
    #if os(Linux)
        @Test func linux_has_no_log_of_its_platform_and_says_so() {
            #expect {
                try logToPlatform(level: .info)
            } throws: {
                ($0 as? QuickAccessError)?.code == "invalid_input"
            }
        }
    #endif

    @Test func no_level_ends_the_log_anywhere() throws {
        try logToPlatform(level: nil)
    }
}
