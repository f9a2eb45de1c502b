import QuickAccessUI
import SwiftUI

/// Name and password.
@available(iOS 17.0, macOS 14.0, *)
struct SignInView: View {
    let app: AppModel
    @Bindable var model: SignInModel
    @FocusState private var focus: SignInModel.Field?

    private var words: Words { model.words }

    var body: some View {
        Form {
            if let why = model.why {
                Section { NoteView(text: why) }
            }
            Section {
                TextField(words(.signInUsername), text: $model.username)
                    .usernameKeyboard()
                    .submitLabel(.next)
                    .focused($focus, equals: .username)
                    .accessibilityIdentifier("username")
                if let problem = model.problem(of: .username) { ProblemView(problem: problem) }
                passwordRow
                if let problem = model.problem(of: .password) { ProblemView(problem: problem) }
            } footer: {
                Text(model.subtitle)
            }
            .disabled(model.isSigningIn || model.isLocked)
            Section {
                if model.isSigningIn {
                    ProgressView(words(.signInBusy))
                    Button(words(.cancel), role: .cancel) { model.cancel() }
                        .accessibilityIdentifier("cancel")
                } else {
                    Button(words(.signInButton)) { signIn() }
                        .disabled(!model.canSignIn)
                        .accessibilityIdentifier("sign-in")
                }
                if let problem = model.generalProblem {
                    ProblemView(problem: problem)
                } else if model.isOffline {
                    NoteView(text: words(.signInOffline), systemImage: "wifi.slash")
                }
            }
            if let certificate = model.certificate {
                CertificateView(model: certificate)
            }
            elsewhere
        }
        .onSubmit { signIn() }
        .onChange(of: focus) { _, focus in
            if focus == .password { warm() }
        }
        .onChange(of: model.password) { _, _ in warm() }
        .navigationTitle(words(.signInTitle))
        .readableWidth()
    }

    private var passwordRow: some View {
        HStack {
            Group {
                if model.isRevealed {
                    TextField(words(.signInPassword), text: $model.password)
                } else {
                    SecureField(words(.signInPassword), text: $model.password)
                }
            }
            .passwordKeyboard()
            .submitLabel(.go)
            .focused($focus, equals: .password)
            .accessibilityIdentifier("password")
            Button {
                model.isRevealed.toggle()
            } label: {
                Image(systemName: model.isRevealed ? "eye.slash" : "eye")
            }
            .buttonStyle(.borderless)
            .accessibilityLabel(words(model.isRevealed ? .signInHide : .signInReveal))
            .accessibilityIdentifier("reveal")
        }
    }

    /// Where else one can go from here.
    private var elsewhere: some View {
        Section {
            if app.canGoBack {
                Button(words(.signInBack)) { app.goBack() }
            } else {
                Button(words(.serverChange)) { app.changeServer() }
                    .disabled(model.isSigningIn)
            }
            if let history = app.history {
                NavigationLink(words(model.hasStory ? .signInWhy : .doctorTitle)) {
                    HistoryView(model: history)
                }
            }
        }
    }

    private func signIn() {
        focus = model.nextField
        Task {
            await model.signIn()
            focus = model.problem == nil ? nil : model.nextField
        }
    }

    private func warm() {
        Task { await model.warm() }
    }
}
