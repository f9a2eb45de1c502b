import Foundation

/// A view as a test sees it: each look evaluates it anew, with the state that it has kept.
@MainActor
package final class Rendered {
    /// What the view finds around it.
    package var environment = EnvironmentValues()
    private let evaluated: @MainActor (Context) -> [Node]
    private let memory = Memory()
    private var begun: Set<String> = []

    package init<V: View>(_ view: V) {
        evaluated = { evaluate(view, $0) }
    }

    /// The time that timelines show.
    package var now: Date {
        get { memory.now }
        set { memory.now = newValue }
    }

    /// What there is now.
    package var nodes: [Node] {
        while true {
            memory.tasks = []
            memory.refreshes = []
            memory.links = []
            let nodes = evaluated(Context(path: "", environment: environment, memory: memory))
            let pending = memory.pending
            memory.pending = []
            if pending.isEmpty { return nodes }
            for action in pending { action() }
        }
    }

    /// Everything, in the order of the screen.
    package var all: [Node] { nodes.flatMap(\.all) }

    /// What has this identifier, else what says this.
    package func find(_ name: String) -> Node? {
        all.first { $0.identifier == name } ?? all.first { $0.isControl && $0.spokenName == name }
            ?? all.first { $0.spokenName == name }
    }

    /// The same, which has to be there.
    package func get(_ name: String) throws -> Node {
        guard let node = find(name) else { throw Missing(name: name, text: text) }
        return node
    }

    package func tap(_ name: String) throws {
        let node = try get(name)
        guard node.isEnabled, let tap = node.tap else { throw Missing(name: "\(name), to be tapped", text: text) }
        tap()
    }

    package func type(_ text: String, into name: String) throws {
        let node = try get(name)
        guard node.isEnabled, let type = node.type else { throw Missing(name: "\(name), to type", text: self.text) }
        node.focus?(true)
        _ = nodes
        type(text)
        _ = nodes
    }

    package func focus(_ name: String) throws {
        try get(name).focus?(true)
        _ = nodes
    }

    package func submit(_ name: String) throws {
        for action in try get(name).submit { action() }
    }

    /// Runs what begins when a view appears, and has not run yet.
    package func appear() async {
        while true {
            _ = nodes
            let new = memory.tasks.filter { begun.insert($0.path).inserted }
            if new.isEmpty { return }
            for task in new { await task.action() }
        }
    }

    /// Pulls down.
    package func refresh() async {
        _ = nodes
        for action in memory.refreshes { await action() }
    }

    package func open(_ link: URL) {
        _ = nodes
        for action in memory.links { action(link) }
    }

    /// All of it as text: roles, words, values, and what holds.
    package var text: String {
        nodes.map { $0.text(0) }.joined()
    }

    package struct Missing: Error, CustomStringConvertible {
        let name: String
        let text: String
        package var description: String { "there is no \(name) in:\n\(text)" }
    }
}

extension Node {
    /// What it is called by those who look for it.
    package var spokenName: String {
        let below = children.map(\.spokenName).filter { !$0.isEmpty }.joined(separator: ", ")
        return spokenLabel ?? (label.isEmpty ? below : label)
    }

    func text(_ depth: Int) -> String {
        var words = [role.rawValue]
        let simple = isControl || role == .label || role == .header || role == .footer || role == .message
        if !label.isEmpty {
            words.append("“\(label)”")
        } else if simple, !spokenName.isEmpty {
            words.append("“\(spokenName)”")
        }
        if let value, !value.isEmpty { words.append("= \(value)") }
        if let spokenLabel, spokenLabel != label { words.append("spoken “\(spokenLabel)”") }
        if let spokenValue, !spokenValue.isEmpty { words.append("says “\(spokenValue)”") }
        let marks = traits + hints + (isFocused ? ["focused"] : []) + (isEnabled ? [] : ["disabled"])
        if !marks.isEmpty { words.append("[\(marks.joined(separator: ", "))]") }
        let line = String(repeating: "  ", count: depth) + words.joined(separator: " ") + "\n"
        let isPlain = simple && children.allSatisfy { [.text, .image].contains($0.role) && $0.marksNothing }
        return line + (isPlain ? "" : children.map { $0.text(depth + 1) }.joined())
    }

    private var marksNothing: Bool { traits.isEmpty && hints.isEmpty && spokenLabel == nil && children.isEmpty }
}
