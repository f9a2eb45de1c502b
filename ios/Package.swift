// swift-tools-version: 6.0
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment

/// The folder with the library that cargo has built; `cargo xtask test` sets it.
let built = environment["QUICKACCESS_LIBRARY"]

/// What `cargo xtask package-apple` makes. It is used where it lies, unless a folder is named: unsafe
/// flags, which a folder needs, forbid that a package depends on a version of this one. SwiftPM remembers
/// what it saw here; `swift package purge-cache` makes it look again.
let framework = "QuickAccessFFI.xcframework"
let hasFramework = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/\(framework)")

let ffi: Target
let linking: [LinkerSetting]
if built == nil && hasFramework {
    ffi = .binaryTarget(name: "QuickAccessFFI", path: framework)
    linking = ["CoreFoundation", "Security", "SystemConfiguration"].map { .linkedFramework($0) }
} else {
    ffi = .systemLibrary(name: "QuickAccessFFI")
    linking = [.unsafeFlags(["-L\(built ?? "../target/debug")"]), .linkedLibrary("quickaccess_ffi")]
}

/// Warnings are errors in `cargo xtask test`; as a flag it is unsafe too.
let strict: [SwiftSetting] =
    environment["QUICKACCESS_STRICT"] == nil ? [] : [.unsafeFlags(["-warnings-as-errors"])]

/// Swift's own library of Observation for Linux leaves a symbol to nobody (swiftlang/swift#75670), which
/// is called in a failure of its locks alone.
#if os(Linux)
let observing: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--allow-shlib-undefined"])]
#else
let observing: [LinkerSetting] = []
#endif

/// Where there is no SwiftUI, ours stands in for it, so that the views and the app are compiled and tested.
#if os(Linux)
let swiftUI: [Target.Dependency] = ["SwiftUI"]
let onLinux: [Target] = [
    .target(name: "SwiftUI", path: "Tests/Support/SwiftUI", swiftSettings: strict),
    .executableTarget(
        name: "QuickAccessApp", dependencies: ["QuickAccess", "QuickAccessUI", "QuickAccessViews", "SwiftUI"],
        path: "App/Sources", swiftSettings: strict, linkerSettings: observing
    ),
    .testTarget(
        name: "QuickAccessViewTests",
        dependencies: ["QuickAccess", "QuickAccessUI", "QuickAccessViews", "QuickAccessApp", "SwiftUI"],
        exclude: ["Snapshots"], swiftSettings: strict, linkerSettings: observing
    ),
]
#else
let swiftUI: [Target.Dependency] = []
let onLinux: [Target] = []
#endif

/// Xcode turns the texts into what the system reads; elsewhere the file goes along as it is.
#if os(Linux)
let texts = Resource.copy("Words/Localizable.xcstrings")
#else
let texts = Resource.process("Words/Localizable.xcstrings")
#endif

let package = Package(
    name: "QuickAccess",
    defaultLocalization: "en",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        .library(name: "QuickAccess", targets: ["QuickAccess"]),
        .library(name: "QuickAccessUI", targets: ["QuickAccessUI"]),
        .library(name: "QuickAccessViews", targets: ["QuickAccessViews"]),
    ],
    targets: [
        ffi,
        // Generated code.
        .target(name: "QuickAccessBinding", dependencies: ["QuickAccessFFI"], linkerSettings: linking),
        .target(
            name: "QuickAccess",
            dependencies: ["QuickAccessBinding"],
            // What Apple asks of a library: the files of the app's own folder are looked at.
            resources: [.copy("PrivacyInfo.xcprivacy")],
            swiftSettings: strict
        ),
        // The screens without anything that shows them: for iOS 17 and macOS 14.
        .target(
            name: "QuickAccessUI", dependencies: ["QuickAccess"], resources: [texts], swiftSettings: strict
        ),
        // What shows them.
        .target(
            name: "QuickAccessViews", dependencies: ["QuickAccess", "QuickAccessUI"] + swiftUI, swiftSettings: strict
        ),
        .target(
            name: "QuickAccessSimulator", dependencies: ["QuickAccess"], path: "Tests/Support/QuickAccessSimulator",
            swiftSettings: strict
        ),
        .testTarget(
            name: "QuickAccessTests",
            dependencies: ["QuickAccess", "QuickAccessBinding", "QuickAccessSimulator"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "QuickAccessUITests",
            dependencies: ["QuickAccess", "QuickAccessUI", "QuickAccessSimulator"],
            swiftSettings: strict,
            linkerSettings: observing
        ),
    ] + onLinux,
    swiftLanguageModes: [.v6]
)
