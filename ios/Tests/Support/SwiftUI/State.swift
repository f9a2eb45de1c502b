import Foundation

public protocol DynamicProperty {}

final class Cell<Value> {
    var value: Value
    init(_ value: Value) { self.value = value }
}

/// Holds a cell, which may turn out to be an older one of the same view.
final class Holder<Value> {
    var cell: Cell<Value>
    init(_ value: Value) { cell = Cell(value) }

    @MainActor func attach(_ context: Context) {
        if let known = context.memory.cells[context.path] as? Cell<Value> {
            cell = known
        } else {
            context.memory.cells[context.path] = cell
        }
    }
}

@propertyWrapper
public struct State<Value>: DynamicProperty {
    private let holder: Holder<Value>

    public init(wrappedValue: Value) { holder = Holder(wrappedValue) }
    public init(initialValue: Value) { holder = Holder(initialValue) }

    public var wrappedValue: Value {
        get { holder.cell.value }
        nonmutating set { holder.cell.value = newValue }
    }

    public var projectedValue: Binding<Value> {
        let cell = holder.cell
        return Binding(get: { cell.value }, set: { cell.value = $0 })
    }
}

extension State: Attached {
    func attach(_ context: Context) { holder.attach(context) }
}

@propertyWrapper
@dynamicMemberLookup
public struct Binding<Value> {
    private let read: () -> Value
    private let write: (Value) -> Void

    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {
        read = get
        write = set
    }

    public static func constant(_ value: Value) -> Binding<Value> {
        Binding(get: { value }, set: { _ in })
    }

    public var wrappedValue: Value {
        get { read() }
        nonmutating set { write(newValue) }
    }

    public var projectedValue: Binding<Value> { self }

    public subscript<Subject>(dynamicMember keyPath: WritableKeyPath<Value, Subject>) -> Binding<Subject> {
        Binding<Subject>(
            get: { wrappedValue[keyPath: keyPath] },
            set: {
                var value = wrappedValue
                value[keyPath: keyPath] = $0
                wrappedValue = value
            })
    }
}

@propertyWrapper
@dynamicMemberLookup
public struct Bindable<Value> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) where Value: AnyObject & Observable { self.wrappedValue = wrappedValue }
    public init(_ wrappedValue: Value) where Value: AnyObject & Observable { self.wrappedValue = wrappedValue }

    public var projectedValue: Bindable<Value> { self }

    public subscript<Subject>(
        dynamicMember keyPath: ReferenceWritableKeyPath<Value, Subject>
    ) -> Binding<Subject> where Value: AnyObject {
        let object = wrappedValue
        return Binding(get: { object[keyPath: keyPath] }, set: { object[keyPath: keyPath] = $0 })
    }
}

@propertyWrapper
public struct FocusState<Value: Hashable>: DynamicProperty {
    private let holder: Holder<Value>

    public init() where Value == Bool { holder = Holder(false) }
    public init<T: Hashable>() where Value == T? { holder = Holder(nil) }

    public var wrappedValue: Value {
        get { holder.cell.value }
        nonmutating set { holder.cell.value = newValue }
    }

    public var projectedValue: FocusState<Value>.Binding { Binding(cell: holder.cell) }

    @propertyWrapper
    public struct Binding {
        let cell: Cell<Value>

        public var wrappedValue: Value {
            get { cell.value }
            nonmutating set { cell.value = newValue }
        }

        public var projectedValue: FocusState<Value>.Binding { self }
    }
}

extension FocusState: Attached {
    func attach(_ context: Context) { holder.attach(context) }
}

public enum ScenePhase: Comparable, Hashable, Sendable {
    case background, inactive, active
}

public enum LayoutDirection: Hashable, CaseIterable, Sendable {
    case leftToRight, rightToLeft
}

public enum ColorScheme: CaseIterable, Hashable, Sendable {
    case light, dark
}

public enum DynamicTypeSize: Hashable, Comparable, CaseIterable, Sendable {
    case xSmall, small, medium, large, xLarge, xxLarge, xxxLarge
    case accessibility1, accessibility2, accessibility3, accessibility4, accessibility5
}

public struct EnvironmentValues {
    public var scenePhase = ScenePhase.active
    public var layoutDirection = LayoutDirection.leftToRight
    public var locale = Locale.current
    public var isEnabled = true
    public var dynamicTypeSize = DynamicTypeSize.large

    public init() {}
}

@propertyWrapper
public struct Environment<Value>: DynamicProperty {
    private let keyPath: KeyPath<EnvironmentValues, Value>
    private let cell: Cell<Value>

    public init(_ keyPath: KeyPath<EnvironmentValues, Value>) {
        self.keyPath = keyPath
        cell = Cell(EnvironmentValues()[keyPath: keyPath])
    }

    public var wrappedValue: Value { cell.value }
}

extension Environment: Attached {
    func attach(_ context: Context) { cell.value = context.environment[keyPath: keyPath] }
}
