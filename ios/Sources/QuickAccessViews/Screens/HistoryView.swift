import QuickAccessUI
import SwiftUI

/// "Why was I signed out?": the history, the doctor, and what this app is.
@available(iOS 17.0, macOS 14.0, *)
struct HistoryView: View {
    let model: HistoryModel

    private var words: Words { model.words }

    var body: some View {
        List {
            if let answer = model.answer {
                Section { NoteView(text: answer) }
            }
            if let problem = model.problem {
                Section { ProblemView(problem: problem) }
            }
            DoctorView(model: model.doctor)
            events
            Section(words(.aboutTitle)) {
                ForEach(model.about) { FactView(fact: $0) }
            }
        }
        .toolbar {
            ShareLink(words(.share), item: model.shareText)
        }
        .task { await model.load() }
        .refreshable { await model.load() }
        .navigationTitle(words(.historyTitle))
    }

    private var events: some View {
        Section(words(.historyEvents)) {
            if model.isEmpty {
                ContentUnavailableView(
                    words(.historyEmpty), systemImage: "clock", description: Text(words(.historyEmptyText)))
            }
            ForEach(model.rows) { row in
                Label {
                    VStack(alignment: .leading) {
                        Text(row.text)
                        if let reason = row.reason {
                            Text(reason)
                                .font(.footnote)
                        }
                        Text(row.time)
                            .font(.caption)
                            .foregroundStyle(.secondary)
                    }
                } icon: {
                    Image(systemName: row.isBad ? "exclamationmark.circle" : "checkmark.circle")
                        .foregroundStyle(row.isBad ? Color.orange : Color.green)
                }
                .accessibilityElement(children: .combine)
            }
        }
    }
}

/// The doctor: sections of a list.
@available(iOS 17.0, macOS 14.0, *)
struct DoctorView: View {
    @Bindable var model: DoctorModel

    private var words: Words { model.words }

    var body: some View {
        Section {
            TextField(words(.signInUsername), text: $model.username)
                .usernameKeyboard()
                .accessibilityIdentifier("doctor-username")
            SecureField(words(.signInPassword), text: $model.password)
                .passwordKeyboard()
                .accessibilityIdentifier("doctor-password")
            if model.isRunning {
                Button(words(.cancel), role: .cancel) { model.cancel() }
            } else {
                Button(words(.doctorRun)) {
                    Task { await model.run() }
                }
                .accessibilityIdentifier("examine")
            }
            if let problem = model.problem { ProblemView(problem: problem) }
            if let verdict = model.verdict {
                Text(verdict)
                    .font(.headline)
            }
            ForEach(model.steps) { DoctorStepView(step: $0) }
            if let report = model.shareText {
                ShareLink(words(.share), item: report)
            }
        } header: {
            Text(words(.doctorTitle))
                .accessibilityAddTraits(.isHeader)
        } footer: {
            Text(words(.doctorAbout))
        }
    }
}

/// One step of the doctor.
@available(iOS 17.0, macOS 14.0, *)
struct DoctorStepView: View {
    let step: DoctorStep

    var body: some View {
        VStack(alignment: .leading) {
            Label(step.title, systemImage: image)
                .accessibilityValue(step.statusText)
            ForEach(step.details, id: \.self) { detail in
                Text(detail)
                    .font(.footnote)
                    .foregroundStyle(.secondary)
                    .textSelection(.enabled)
            }
        }
    }

    private var image: String {
        switch step.status {
        case .running: "hourglass"
        case .passed: "checkmark.circle.fill"
        case .warned: "exclamationmark.triangle"
        case .failed: "xmark.octagon.fill"
        case .notReached: "circle.dashed"
        }
    }
}
