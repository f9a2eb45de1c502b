import Foundation

public struct Form<Content: View>: View, Primitive {
    private let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    func nodes(_ context: Context) -> [Node] { [Node(.form, evaluate(content, context))] }
}

public struct List<SelectionValue: Hashable, Content: View>: View, Primitive {
    private let content: Content
    func nodes(_ context: Context) -> [Node] { [Node(.list, evaluate(content, context))] }
}

extension List where SelectionValue == Never {
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
}

public struct Section<Parent: View, Content: View, Footer: View>: View, Primitive {
    private let header: Parent
    private let content: Content
    private let footer: Footer

    public init(
        @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
    ) {
        self.header = header()
        self.content = content()
        self.footer = footer()
    }

    func nodes(_ context: Context) -> [Node] {
        func part(_ role: Node.Role, _ nodes: [Node]) -> [Node] { nodes.isEmpty ? [] : [Node(role, nodes)] }
        let children =
            part(.header, evaluate(header, context.below("header")))
            + evaluate(content, context.below("content"))
            + part(.footer, evaluate(footer, context.below("footer")))
        return [Node(.section, children)]
    }
}

extension Section where Parent == EmptyView, Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content) {
        self.init(content: content, header: { EmptyView() }, footer: { EmptyView() })
    }
}

extension Section where Parent == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) {
        self.init(content: content, header: { EmptyView() }, footer: footer)
    }
}

extension Section where Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent) {
        self.init(content: content, header: header, footer: { EmptyView() })
    }
}

extension Section where Parent == Text, Footer == EmptyView {
    public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) {
        self.init(content: content, header: { Text(title) }, footer: { EmptyView() })
    }
}

public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom }
public enum Alignment: Sendable { case center, leading, trailing, top, bottom }

public struct VStack<Content: View>: View, Primitive {
    private let content: Content

    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { self.content = content() }

    func nodes(_ context: Context) -> [Node] { evaluate(content, context) }
}

public struct HStack<Content: View>: View, Primitive {
    private let content: Content

    public init(
        alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) { self.content = content() }

    func nodes(_ context: Context) -> [Node] { evaluate(content, context) }
}

public struct NavigationStack<Data, Root: View>: View, Primitive {
    private let root: Root

    public init(@ViewBuilder root: () -> Root) where Data == NavigationPath { self.root = root() }

    func nodes(_ context: Context) -> [Node] { evaluate(root, context) }
}

public struct NavigationPath: Sendable {}

/// Opens in place: what it leads to is below it once it was tapped.
public struct NavigationLink<Label: View, Destination: View>: View, Primitive {
    private let label: String
    private let destination: Destination

    func nodes(_ context: Context) -> [Node] {
        let path = context.below("link").path
        let opened = context.memory.cells[path] != nil
        let node = Node(.link, label, value: nil, opened ? evaluate(destination, context.below("destination")) : [])
        node.tap = { [memory = context.memory] in memory.cells[path] = Cell(true) }
        return [node]
    }
}

extension NavigationLink where Label == Text {
    public init<S: StringProtocol>(_ title: S, @ViewBuilder destination: () -> Destination) {
        label = String(title)
        self.destination = destination()
    }
}

/// All tabs are there at once.
public struct TabView<SelectionValue: Hashable, Content: View>: View, Primitive {
    private let content: Content
    func nodes(_ context: Context) -> [Node] { [Node(.tabs, evaluate(content, context))] }
}

extension TabView where SelectionValue == Int {
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
}

public protocol TimelineSchedule {}

public struct PeriodicTimelineSchedule: TimelineSchedule, Sendable {
    public init(from startDate: Date, by interval: TimeInterval) {}
}

extension TimelineSchedule where Self == PeriodicTimelineSchedule {
    public static func periodic(from startDate: Date, by interval: TimeInterval) -> PeriodicTimelineSchedule {
        PeriodicTimelineSchedule(from: startDate, by: interval)
    }
}

public struct TimelineViewDefaultContext: Sendable {
    public let date: Date
}

/// Shows the moment that the test has set.
public struct TimelineView<Schedule: TimelineSchedule, Content: View>: View, Primitive {
    private let content: (TimelineViewDefaultContext) -> Content

    public init(_ schedule: Schedule, @ViewBuilder content: @escaping (TimelineViewDefaultContext) -> Content) {
        self.content = content
    }

    func nodes(_ context: Context) -> [Node] {
        evaluate(content(TimelineViewDefaultContext(date: context.memory.now)), context)
    }
}

public struct ContentUnavailableView<Label: View, Description: View, Actions: View>: View, Primitive {
    private let title: String
    private let text: String?

    func nodes(_ context: Context) -> [Node] { [Node(.unavailable, title, value: text)] }
}

extension ContentUnavailableView where Label == SwiftUI.Label<Text, Image>, Description == Text?, Actions == EmptyView {
    public init<S: StringProtocol>(_ title: S, systemImage name: String, description: Text? = nil) {
        self.title = String(title)
        text = description?.words
    }
}
