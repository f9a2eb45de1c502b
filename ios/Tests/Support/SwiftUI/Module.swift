// A module of our own that is called SwiftUI, for systems that have none. It is no part of the product.
//
// What it is: the names and signatures of Apple's SwiftUI, as its documentation has them, that the views and
// the app of this repository use, and no others. So the compiler checks every line of them on Linux, and
// `Rendered` evaluates their `body` to a plain tree of controls: a test reads it, types into it and taps it.
//
// What it is not: it draws nothing and lays nothing out. It says nothing of how Apple's SwiftUI behaves where
// the documentation leaves that open: sizes, colours, scrolling, keyboards, animations, the order of updates,
// what VoiceOver says in the end. Where a view needs a name that is missing here, it is added with Apple's
// signature; a name that Apple does not have would only be found by a build on a Mac.

@_exported import Foundation
@_exported import Observation
