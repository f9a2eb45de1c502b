import Foundation

public struct Text: View, Primitive, Equatable, Sendable {
    private let content: String

    public init<S: StringProtocol>(_ content: S) { self.content = String(content) }
    public init(verbatim content: String) { self.content = content }

    func nodes(_ context: Context) -> [Node] { [Node(.text, content)] }
}

public struct Image: View, Primitive, Equatable, Sendable {
    private let name: String

    public init(systemName: String) { name = systemName }

    func nodes(_ context: Context) -> [Node] {
        // A screen reader says the name of a symbol; nobody wants to hear it.
        let node = Node(.image, value: name)
        node.spokenValue = ""
        return [node]
    }
}

public struct Label<Title: View, Icon: View>: View, Primitive {
    private let title: Title
    private let icon: Icon

    public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) {
        self.title = title()
        self.icon = icon()
    }

    func nodes(_ context: Context) -> [Node] {
        [Node(.label, evaluate(icon, context.below("icon")) + evaluate(title, context.below("title")))]
    }
}

extension Label where Title == Text, Icon == Image {
    public init<S: StringProtocol>(_ title: S, systemImage name: String) {
        self.init { Text(title) } icon: { Image(systemName: name) }
    }
}

extension Node {
    convenience init(_ role: Role, _ children: [Node]) { self.init(role, "", value: nil, children) }
}

public struct ButtonRole: Equatable, Sendable {
    let name: String
    public static let destructive = ButtonRole(name: "destructive")
    public static let cancel = ButtonRole(name: "cancel")
}

public struct Button<Label: View>: View, Primitive {
    private let role: ButtonRole?
    private let action: @MainActor () -> Void
    private let label: Label

    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        self.init(role: nil, action: action, label: label)
    }

    public init(role: ButtonRole?, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        self.role = role
        self.action = action
        self.label = label()
    }

    func nodes(_ context: Context) -> [Node] {
        let node = Node(.button, evaluate(label, context.below("label")))
        node.tap = action
        if let role { node.traits.append(role.name) }
        return [node]
    }
}

extension Button where Label == Text {
    public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) {
        self.init(role: nil, action: action) { Text(title) }
    }

    public init<S: StringProtocol>(_ title: S, role: ButtonRole?, action: @escaping @MainActor () -> Void) {
        self.init(role: role, action: action) { Text(title) }
    }
}

public struct TextField<Label: View>: View, Primitive {
    private let title: String
    private let prompt: String?
    private let text: Binding<String>

    func nodes(_ context: Context) -> [Node] {
        let node = Node(.field, title, value: text.wrappedValue)
        if let prompt { node.hints.append("prompt \(prompt)") }
        node.type = { [text] in text.wrappedValue = $0 }
        return [node]
    }
}

extension TextField where Label == Text {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>) {
        (self.title, self.text, prompt) = (String(title), text, nil)
    }

    public init<S: StringProtocol>(_ title: S, text: Binding<String>, prompt: Text?) {
        (self.title, self.text) = (String(title), text)
        self.prompt = prompt?.words
    }
}


extension Text {
    var words: String { content }
}

public struct SecureField<Label: View>: View, Primitive {
    private let title: String
    private let text: Binding<String>

    func nodes(_ context: Context) -> [Node] {
        // As on the screen: how long it is may be seen, and no more.
        let node = Node(.secureField, title, value: String(repeating: "•", count: text.wrappedValue.count))
        node.type = { [text] in text.wrappedValue = $0 }
        return [node]
    }
}

extension SecureField where Label == Text {
    public init<S: StringProtocol>(_ title: S, text: Binding<String>) {
        (self.title, self.text) = (String(title), text)
    }
}

public struct Toggle<Label: View>: View, Primitive {
    private let isOn: Binding<Bool>
    private let label: Label

    public init(isOn: Binding<Bool>, @ViewBuilder label: () -> Label) {
        self.isOn = isOn
        self.label = label()
    }

    func nodes(_ context: Context) -> [Node] {
        let node = Node(.toggle, "", value: isOn.wrappedValue ? "on" : "off", evaluate(label, context.below("label")))
        node.tap = { [isOn] in isOn.wrappedValue.toggle() }
        return [node]
    }
}

extension Toggle where Label == Text {
    public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) {
        self.init(isOn: isOn) { Text(title) }
    }
}

public struct Picker<Label: View, SelectionValue: Hashable, Content: View>: View, Primitive {
    private let selection: Binding<SelectionValue>
    private let content: Content
    private let label: String

    func nodes(_ context: Context) -> [Node] {
        let options = evaluate(content, context.below("options"))
        for option in options {
            guard let tag = option.tag as? SelectionValue else { continue }
            if tag == selection.wrappedValue { option.traits.append("selected") }
            option.tap = { [selection] in selection.wrappedValue = tag }
        }
        return [Node(.picker, label, value: nil, options)]
    }
}

extension Picker where Label == Text {
    public init<S: StringProtocol>(
        _ title: S, selection: Binding<SelectionValue>, @ViewBuilder content: () -> Content
    ) {
        label = String(title)
        self.selection = selection
        self.content = content()
    }
}

public struct ProgressView<Label: View>: View, Primitive {
    private let label: String

    func nodes(_ context: Context) -> [Node] { [Node(.progress, label)] }
}

extension ProgressView where Label == EmptyView {
    public init() { label = "" }
}

extension ProgressView where Label == Text {
    public init<S: StringProtocol>(_ title: S) { label = String(title) }
}

public struct ShareLink: View, Primitive {
    private let title: String
    private let item: String

    public init<S: StringProtocol>(_ title: S, item: String) {
        self.title = String(title)
        self.item = item
    }

    func nodes(_ context: Context) -> [Node] {
        let node = Node(.share, title)
        node.shared = item
        return [node]
    }
}

public struct LabeledContent<Label: View, Content: View>: View, Primitive {
    private let label: Label
    private let content: Content

    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) {
        self.label = label()
        self.content = content()
    }

    func nodes(_ context: Context) -> [Node] {
        [Node(.fact, evaluate(label, context.below("label")) + evaluate(content, context.below("content")))]
    }
}

extension LabeledContent where Label == Text {
    public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) {
        self.init(content: content) { Text(title) }
    }
}

extension LabeledContent where Label == Text, Content == Text {
    public init<S1: StringProtocol, S2: StringProtocol>(_ title: S1, value: S2) {
        self.init { Text(value) } label: { Text(title) }
    }
}
