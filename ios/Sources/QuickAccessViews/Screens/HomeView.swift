import Foundation
import QuickAccessUI
import SwiftUI

/// Who is signed in, for how long, and what they may do.
@available(iOS 17.0, macOS 14.0, *)
struct HomeView: View {
    let app: AppModel
    @Bindable var model: HomeModel

    private var words: Words { model.words }

    var body: some View {
        List {
            Section {
                Text(model.name)
                    .font(.title2)
                    .accessibilityAddTraits(.isHeader)
                    .accessibilityIdentifier("name")
                ForEach(model.facts) { FactView(fact: $0) }
                if let staleness = model.staleness {
                    NoteView(text: staleness, systemImage: "wifi.slash")
                }
                if let problem = model.problem { ProblemView(problem: problem) }
            }
            session
            privileges
            Section {
                Button(words(.homeSignOut), role: .destructive) { model.isAskingToSignOut = true }
                    .disabled(model.isSigningOut)
                    .accessibilityIdentifier("sign-out")
            }
        }
        .searchable(text: $model.search, prompt: words(.privilegesSearch))
        .refreshable { await model.load() }
        .task(id: ObjectIdentifier(model)) { await model.load() }
        .confirmationDialog(
            words(.homeSignOutQuestion), isPresented: $model.isAskingToSignOut, titleVisibility: .visible
        ) {
            Button(words(.homeSignOut), role: .destructive) {
                Task { await model.signOut() }
            }
            Button(words(.cancel), role: .cancel) {}
        } message: {
            Text(words(.homeSignOutText))
        }
        .navigationTitle(words(.homeTitle))
    }

    private var session: some View {
        Section(words(.timeTitle)) {
            TimelineView(.periodic(from: .now, by: 1)) { context in
                CountdownView(left: model.timeLeft(at: context.date), words: words)
            }
            Text(model.promise)
            if let note = model.refreshNote { NoteView(text: note, systemImage: "exclamationmark.arrow.circlepath") }
            if let note = model.savedNote { NoteView(text: note) }
            if model.isRefreshing {
                ProgressView(words(.homeRefreshing))
            } else if model.canRefresh {
                Button(words(.homeRefresh)) {
                    Task { await model.refresh() }
                }
                .accessibilityIdentifier("refresh")
            } else {
                Button(words(.homeSignInAgain)) { app.signInAgain() }
                    .accessibilityIdentifier("sign-in-again")
            }
        }
    }

    @ViewBuilder private var privileges: some View {
        if let empty = model.emptyPrivileges {
            Section(words(.privilegesTitle)) {
                ContentUnavailableView(empty.title, systemImage: "lock", description: Text(empty.text))
            }
        }
        ForEach(model.groups) { group in
            Section {
                ForEach(group.rows) { row in
                    LabeledContent {
                        Text(row.level)
                    } label: {
                        Label(row.name, systemImage: row.changesThings ? "pencil.circle" : "eye.circle")
                    }
                    .accessibilityElement(children: .ignore)
                    .accessibilityLabel(row.name)
                    .accessibilityValue(row.level)
                }
            } header: {
                Text(group.title)
                    .accessibilityAddTraits(.isHeader)
            }
        }
        if model.isLoading && model.groups.isEmpty {
            ProgressView()
        }
    }
}

/// The time that is left, as a countdown.
@available(iOS 17.0, macOS 14.0, *)
struct CountdownView: View {
    let left: TimeLeft
    let words: Words

    var body: some View {
        VStack(alignment: .leading) {
            Text(left.text)
                .font(.title.monospacedDigit())
                .foregroundStyle(left.urgency == .calm ? .primary : Color.red)
                .accessibilityLabel(words(.timeTitle))
                .accessibilityValue(left.spoken)
                .accessibilityIdentifier("time-left")
            if left.urgency == .soon {
                NoteView(text: words(.timeSoon), systemImage: "hourglass")
            }
        }
    }
}
