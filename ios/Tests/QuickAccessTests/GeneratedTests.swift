import Testing

import func QuickAccessBinding.libraryFits
import func QuickAccessBinding.mostJudged

/// The generated file and the library belong together.
@Suite struct GeneratedTests {
    @Test func the_library_knows_the_file_that_was_generated_from_it() {
        #expect(libraryFits())
        #expect(!libraryFits(types: "another build"))
        #expect(mostJudged() == 65_536)
    }
}
