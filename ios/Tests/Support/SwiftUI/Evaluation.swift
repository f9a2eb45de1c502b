import Foundation

/// A control, a text or a group of them: what a view comes to.
@MainActor
package final class Node {
    package enum Role: String {
        case text, image, button, link, share, field, secureField, toggle, picker, option, progress
        case fact, list, form, section, header, footer, navigation, tabs, tab, toolbar, dialog, message
        case unavailable, element, cover, label, group
    }

    package let role: Role
    /// What it says by itself.
    package var label: String
    /// What it holds.
    package var value: String?
    package var children: [Node]
    package var isEnabled = true
    package var isFocused = false
    package var identifier: String?
    package var spokenLabel: String?
    package var spokenValue: String?
    package var isUnspoken = false
    package var traits: [String] = []
    /// What a keyboard and a password manager are told.
    package var hints: [String] = []
    package var tap: (@MainActor () -> Void)?
    package var type: (@MainActor (String) -> Void)?
    package var focus: (@MainActor (Bool) -> Void)?
    package var submit: [() -> Void] = []
    /// What is handed out by a share link.
    package var shared: String?
    var tag: AnyHashable?

    init(_ role: Role, _ label: String = "", value: String? = nil, _ children: [Node] = []) {
        self.role = role
        self.label = label
        self.value = value
        self.children = children
    }

    /// Itself and everything below, in the order of the screen.
    package var all: [Node] { [self] + children.flatMap(\.all) }

    /// What a screen reader says, by what the view says of itself.
    package var spoken: String {
        if isUnspoken { return "" }
        let below = children.map(\.spoken).filter { !$0.isEmpty }.joined(separator: ", ")
        let own = spokenLabel ?? (label.isEmpty ? below : label)
        return [own, spokenValue ?? value ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    var isField: Bool { role == .field || role == .secureField }

    package var isControl: Bool { tap != nil || type != nil }

    func fields() -> [Node] { all.filter(\.isField) }
}

/// Where in the tree of views something is evaluated, and what holds there.
@MainActor
struct Context {
    var path: String
    var environment: EnvironmentValues
    let memory: Memory

    func below(_ part: String) -> Context {
        var context = self
        context.path += "/\(part)"
        return context
    }
}

/// What outlives an evaluation: the state of views, what they watch, and what they began.
@MainActor
final class Memory {
    var cells: [String: AnyObject] = [:]
    var watched: [String: Any] = [:]
    var focused: [String: AnyObject] = [:]
    /// What is to be done once the tree is there.
    var pending: [() -> Void] = []
    var tasks: [(path: String, action: @Sendable () async -> Void)] = []
    var refreshes: [@Sendable () async -> Void] = []
    var links: [(URL) -> Void] = []
    var now = Date()
}

/// A view that comes to nodes by itself.
@MainActor
protocol Primitive: View where Body == Never {
    func nodes(_ context: Context) -> [Node]
}

extension Primitive {
    public var body: Never { fatalError("\(Self.self) has no body") }
}

/// A property whose value lies outside of the view.
@MainActor
protocol Attached {
    func attach(_ context: Context)
}

@MainActor
func evaluate<V: View>(_ view: V, _ context: Context) -> [Node] {
    if let primitive = view as? any Primitive { return primitive.nodes(context) }
    let below = context.below("\(V.self)".prefix { $0 != "<" }.description)
    for (name, value) in Mirror(reflecting: view).children {
        (value as? any Attached)?.attach(below.below(name ?? ""))
    }
    return evaluate(view.body, below)
}

/// A view with its nodes changed, or what holds for them.
struct Modified<Content: View>: Primitive {
    let content: Content
    var setting: @MainActor (inout Context) -> Void = { _ in }
    var change: @MainActor ([Node], Context) -> [Node] = { nodes, _ in nodes }

    func nodes(_ context: Context) -> [Node] {
        var context = context
        setting(&context)
        return change(evaluate(content, context), context)
    }
}

extension View {
    func changing(_ change: @escaping @MainActor ([Node], Context) -> Void) -> some View {
        Modified(content: self, change: { nodes, context in
            change(nodes, context)
            return nodes
        })
    }

    func setting(_ setting: @escaping @MainActor (inout Context) -> Void) -> some View {
        Modified(content: self, setting: setting)
    }
}
