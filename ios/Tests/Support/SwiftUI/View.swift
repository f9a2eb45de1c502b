import Foundation

@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: View {
    public var body: Never { fatalError("Never is no view") }
}

@MainActor @preconcurrency
@resultBuilder
public struct ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }

    public static func buildBlock<each Content: View>(
        _ content: repeat each Content
    ) -> TupleView<(repeat each Content)> {
        var parts: [@MainActor (Context) -> [Node]] = []
        func add<Part: View>(_ part: Part) {
            let index = parts.count
            parts.append { evaluate(part, $0.below("\(index)")) }
        }
        repeat add(each content)
        return TupleView((repeat each content), parts)
    }

    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }

    public static func buildEither<First: View, Second: View>(
        first: First
    ) -> _ConditionalContent<First, Second> { _ConditionalContent(.first(first)) }

    public static func buildEither<First: View, Second: View>(
        second: Second
    ) -> _ConditionalContent<First, Second> { _ConditionalContent(.second(second)) }

    public static func buildLimitedAvailability<Content: View>(_ content: Content) -> AnyView { AnyView(content) }
}

public struct TupleView<T>: View, Primitive {
    public var value: T
    private let parts: [@MainActor (Context) -> [Node]]

    init(_ value: T, _ parts: [@MainActor (Context) -> [Node]]) {
        self.value = value
        self.parts = parts
    }

    func nodes(_ context: Context) -> [Node] { parts.flatMap { $0(context) } }
}

public struct _ConditionalContent<TrueContent: View, FalseContent: View>: View, Primitive {
    enum Case {
        case first(TrueContent)
        case second(FalseContent)
    }

    private let content: Case

    init(_ content: Case) { self.content = content }

    func nodes(_ context: Context) -> [Node] {
        switch content {
        case .first(let view): evaluate(view, context.below("if"))
        case .second(let view): evaluate(view, context.below("else"))
        }
    }
}

extension Optional: View where Wrapped: View {
    public var body: Never { fatalError("an optional view has no body") }
}

extension Optional: Primitive where Wrapped: View {
    func nodes(_ context: Context) -> [Node] { map { evaluate($0, context.below("if")) } ?? [] }
}

public struct EmptyView: View, Primitive {
    public init() {}
    func nodes(_ context: Context) -> [Node] { [] }
}

public struct AnyView: View, Primitive {
    private let evaluated: @MainActor (Context) -> [Node]

    public init<V: View>(_ view: V) { evaluated = { evaluate(view, $0) } }

    func nodes(_ context: Context) -> [Node] { evaluated(context) }
}

public struct Group<Content: View>: View, Primitive {
    private let content: Content

    public init(@ViewBuilder content: () -> Content) { self.content = content() }

    func nodes(_ context: Context) -> [Node] { evaluate(content, context) }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: View, Primitive {
    private let data: Data
    private let id: KeyPath<Data.Element, ID>
    private let content: (Data.Element) -> Content

    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {
        self.data = data
        self.id = id
        self.content = content
    }

    func nodes(_ context: Context) -> [Node] {
        data.flatMap { evaluate(content($0), context.below("\($0[keyPath: id])")) }
    }
}

extension ForEach where ID == Data.Element.ID, Data.Element: Identifiable {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {
        self.init(data, id: \.id, content: content)
    }
}
