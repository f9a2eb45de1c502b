import Foundation

@MainActor @preconcurrency
public protocol App {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
    @MainActor @preconcurrency init()
}

extension App {
    /// There is no screen here to show it on: it is built, and that is all.
    public static func main() { _ = Self().body }
}

@MainActor @preconcurrency
public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
}

extension Never: Scene {}

@MainActor @preconcurrency
@resultBuilder
public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}

public struct WindowGroup<Content: View>: Scene {
    package let content: Content

    public init(@ViewBuilder content: () -> Content) { self.content = content() }

    public var body: Never { fatalError("a window group has no body") }
}

/// What a scene does when the system wakes the app.
public struct BackgroundTask<Request, Response>: Sendable {
    let name: String
}

extension BackgroundTask where Request == Void, Response == Void {
    public static func appRefresh(_ identifier: String) -> BackgroundTask<Void, Void> {
        BackgroundTask(name: identifier)
    }
}

package struct Waking<Content: Scene>: Scene {
    package let content: Content
    package let identifier: String
    package let action: @Sendable () async -> Void

    package var body: Never { fatalError("a scene that is woken has no body") }
}

extension Scene {
    public func backgroundTask(
        _ task: BackgroundTask<Void, Void>, action: @escaping @Sendable () async -> Void
    ) -> some Scene {
        Waking(content: self, identifier: task.name, action: action)
    }
}

@MainActor @preconcurrency
public protocol PreviewProvider {
    associatedtype Previews: View
    @ViewBuilder @MainActor @preconcurrency static var previews: Previews { get }
}

extension View {
    public func previewDisplayName(_ value: String?) -> some View { self }
}
