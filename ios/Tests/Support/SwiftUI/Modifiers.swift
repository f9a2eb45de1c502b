import Foundation

// MARK: What a keyboard and a password manager are told

public enum UIKeyboardType: Int, Sendable {
    case `default`, asciiCapable, URL
}

public struct UITextContentType: Hashable, Sendable {
    let rawValue: String
    public static let username = UITextContentType(rawValue: "username")
    public static let password = UITextContentType(rawValue: "password")
    public static let URL = UITextContentType(rawValue: "URL")
}

public struct TextInputAutocapitalization: Sendable {
    let name: String
    public static var never: TextInputAutocapitalization { TextInputAutocapitalization(name: "never") }
}

public struct SubmitLabel: Sendable {
    let name: String
    public static var next: SubmitLabel { SubmitLabel(name: "next") }
    public static var go: SubmitLabel { SubmitLabel(name: "go") }
    public static var search: SubmitLabel { SubmitLabel(name: "search") }
}

public struct SubmitTriggers: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let text = SubmitTriggers(rawValue: 1)
    public static let search = SubmitTriggers(rawValue: 2)
}

extension View {
    public func keyboardType(_ type: UIKeyboardType) -> some View { hinting("keyboard \(type)") }
    public func textContentType(_ textContentType: UITextContentType?) -> some View {
        hinting(textContentType.map { "content \($0.rawValue)" })
    }
    public func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View {
        hinting(autocapitalization.map { "capitals \($0.name)" })
    }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View {
        hinting(disable ? "no corrections" : nil)
    }
    public func submitLabel(_ submitLabel: SubmitLabel) -> some View { hinting("submit \(submitLabel.name)") }

    public func onSubmit(of triggers: SubmitTriggers = .text, _ action: @escaping () -> Void) -> some View {
        changing { nodes, _ in
            for field in nodes.flatMap({ $0.fields() }) { field.submit.append(action) }
        }
    }

    public func focused<Value: Hashable>(_ binding: FocusState<Value>.Binding, equals value: Value) -> some View {
        changing { nodes, _ in
            for field in nodes.flatMap({ $0.fields() }) {
                field.isFocused = binding.wrappedValue == value
                field.focus = { has in if has { binding.wrappedValue = value } }
            }
        }
    }

    private func hinting(_ hint: String?) -> some View {
        changing { nodes, _ in
            guard let hint else { return }
            for field in nodes.flatMap({ $0.fields() }) { field.hints.append(hint) }
        }
    }
}

// MARK: What a screen reader is told

public struct AccessibilityTraits: SetAlgebra, Sendable {
    private var names: Set<String>
    public init() { names = [] }
    private init(_ name: String) { names = [name] }
    public static let isHeader = AccessibilityTraits("header")

    var list: [String] { names.sorted() }

    public func contains(_ member: AccessibilityTraits) -> Bool { names.isSuperset(of: member.names) }
    public func union(_ other: AccessibilityTraits) -> AccessibilityTraits { with { $0.formUnion(other.names) } }
    public func intersection(_ other: AccessibilityTraits) -> AccessibilityTraits {
        with { $0.formIntersection(other.names) }
    }
    public func symmetricDifference(_ other: AccessibilityTraits) -> AccessibilityTraits {
        with { $0.formSymmetricDifference(other.names) }
    }
    public mutating func formUnion(_ other: AccessibilityTraits) { self = union(other) }
    public mutating func formIntersection(_ other: AccessibilityTraits) { self = intersection(other) }
    public mutating func formSymmetricDifference(_ other: AccessibilityTraits) { self = symmetricDifference(other) }
    public mutating func insert(
        _ member: AccessibilityTraits
    ) -> (inserted: Bool, memberAfterInsert: AccessibilityTraits) {
        defer { formUnion(member) }
        return (!contains(member), member)
    }
    public mutating func remove(_ member: AccessibilityTraits) -> AccessibilityTraits? {
        defer { names.subtract(member.names) }
        return contains(member) ? member : nil
    }
    public mutating func update(with member: AccessibilityTraits) -> AccessibilityTraits? {
        defer { formUnion(member) }
        return contains(member) ? member : nil
    }

    private func with(_ change: (inout Set<String>) -> Void) -> AccessibilityTraits {
        var traits = self
        change(&traits.names)
        return traits
    }
}

public struct AccessibilityChildBehavior: Hashable, Sendable {
    let name: String
    public static let ignore = AccessibilityChildBehavior(name: "ignore")
    public static let combine = AccessibilityChildBehavior(name: "combine")
}

extension View {
    public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View {
        changing { nodes, _ in for node in nodes { node.spokenLabel = String(label) } }
    }

    public func accessibilityValue<S: StringProtocol>(_ value: S) -> some View {
        changing { nodes, _ in for node in nodes { node.spokenValue = String(value) } }
    }

    public func accessibilityHidden(_ hidden: Bool) -> some View {
        changing { nodes, _ in for node in nodes { node.isUnspoken = hidden } }
    }

    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View {
        changing { nodes, _ in for node in nodes { node.traits += traits.list } }
    }

    public func accessibilityIdentifier(_ identifier: String) -> some View {
        changing { nodes, _ in for node in nodes { node.identifier = identifier } }
    }

    /// One element for all of it.
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View {
        Modified(content: self, change: { nodes, _ in
            let element = Node(.element, nodes)
            if children == .ignore {
                for node in nodes.flatMap(\.all) { node.isUnspoken = true }
            }
            return [element]
        })
    }
}

// MARK: What holds, and what happens

extension View {
    public func disabled(_ disabled: Bool) -> some View {
        changing { nodes, _ in
            guard disabled else { return }
            for node in nodes.flatMap(\.all) where node.isControl { node.isEnabled = false }
        }
    }

    public func environment<V>(_ keyPath: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View {
        setting { $0.environment[keyPath: keyPath] = value }
    }

    public func dynamicTypeSize(_ size: DynamicTypeSize) -> some View {
        environment(\.dynamicTypeSize, size)
    }

    public func tag<V: Hashable>(_ tag: V) -> some View {
        Modified(content: self, change: { nodes, _ in
            let option = Node(.option, nodes)
            option.tag = tag
            return [option]
        })
    }

    public func tabItem<V: View>(@ViewBuilder _ label: () -> V) -> some View {
        let label = label()
        return Modified(content: self, change: { nodes, context in
            let names = evaluate(label, context.below("tab")).map(\.spoken)
            return [Node(.tab, names.joined(), value: nil, nodes)]
        })
    }

    public func navigationTitle<S: StringProtocol>(_ title: S) -> some View {
        Modified(content: self, change: { nodes, _ in [Node(.navigation, String(title), value: nil, nodes)] })
    }

    public func toolbar<Content: View>(@ViewBuilder content: () -> Content) -> some View {
        let content = content()
        return Modified(content: self, change: { nodes, context in
            [Node(.toolbar, evaluate(content, context.below("toolbar")))] + nodes
        })
    }

    public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View {
        let content = content()
        return Modified(content: self, change: { nodes, context in
            let over = evaluate(content, context.below("overlay"))
            return over.isEmpty ? nodes : nodes + [Node(.cover, over)]
        })
    }

    public func searchable<S: StringProtocol>(text: Binding<String>, prompt: S) -> some View {
        Modified(content: self, change: { nodes, _ in
            let field = Node(.field, String(prompt), value: text.wrappedValue)
            field.traits.append("search")
            field.type = { text.wrappedValue = $0 }
            return [field] + nodes
        })
    }

    public func confirmationDialog<S: StringProtocol, A: View, M: View>(
        _ title: S, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic,
        @ViewBuilder actions: () -> A, @ViewBuilder message: () -> M
    ) -> some View {
        let (actions, message) = (actions(), message())
        return Modified(content: self, change: { nodes, context in
            guard isPresented.wrappedValue else { return nodes }
            let buttons = evaluate(actions, context.below("dialog"))
            for button in buttons {
                let tap = button.tap
                button.tap = {
                    isPresented.wrappedValue = false
                    tap?()
                }
            }
            let words = Node(.message, evaluate(message, context.below("message")))
            return nodes + [Node(.dialog, String(title), value: nil, [words] + buttons)]
        })
    }

    public func task(
        priority: TaskPriority = .userInitiated, @_inheritActorContext _ action: @escaping @Sendable () async -> Void
    ) -> some View {
        changing { _, context in context.memory.tasks.append((context.path, action)) }
    }

    public func task<T: Hashable>(
        id value: T, priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: @escaping @Sendable () async -> Void
    ) -> some View {
        changing { _, context in context.memory.tasks.append(("\(context.path) \(value)", action)) }
    }

    public func refreshable(
        @_inheritActorContext action: @escaping @Sendable () async -> Void
    ) -> some View {
        changing { _, context in context.memory.refreshes.append(action) }
    }

    public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View {
        changing { _, context in context.memory.links.append(action) }
    }

    public func onChange<V: Equatable>(
        of value: V, initial: Bool = false, _ action: @escaping (_ oldValue: V, _ newValue: V) -> Void
    ) -> some View {
        changing { _, context in
            let path = context.path + "/change of \(V.self)"
            let before = context.memory.watched.updateValue(value, forKey: path) as? V
            guard let before, before != value else { return }
            context.memory.pending.append { action(before, value) }
        }
    }
}

public enum Visibility: Hashable, CaseIterable, Sendable {
    case automatic, visible, hidden
}
