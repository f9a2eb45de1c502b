import SwiftUI

// What iOS has and a Mac has not: the keyboards that come up, and what they suggest.
@available(iOS 17.0, macOS 14.0, *)
extension View {
    /// A field for an address of a server.
    func addressKeyboard() -> some View {
        #if os(macOS)
        autocorrectionDisabled()
        #else
        autocorrectionDisabled()
            .textInputAutocapitalization(.never)
            .keyboardType(.URL)
            .textContentType(.URL)
        #endif
    }

    /// A field for a word that no dictionary has.
    func literalKeyboard() -> some View {
        #if os(macOS)
        autocorrectionDisabled()
        #else
        autocorrectionDisabled()
            .textInputAutocapitalization(.never)
            .keyboardType(.asciiCapable)
        #endif
    }

    /// A field that password managers fill in with a name.
    func usernameKeyboard() -> some View {
        #if os(macOS)
        autocorrectionDisabled().textContentType(.username)
        #else
        autocorrectionDisabled()
            .textInputAutocapitalization(.never)
            .textContentType(.username)
        #endif
    }

    /// A field that password managers fill in with a password.
    func passwordKeyboard() -> some View {
        #if os(macOS)
        autocorrectionDisabled().textContentType(.password)
        #else
        autocorrectionDisabled()
            .textInputAutocapitalization(.never)
            .textContentType(.password)
        #endif
    }

    /// Keeps lines readable on an iPad.
    func readableWidth() -> some View {
        frame(maxWidth: 640)
            .frame(maxWidth: .infinity)
    }
}
