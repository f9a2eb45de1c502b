// swift-tools-version: 6.0
import Foundation
import PackageDescription

/// The folder with the library that cargo has built; `cargo xtask test` sets it.
let built = ProcessInfo.processInfo.environment["QUICKACCESS_LIBRARY"] ?? "../target/debug"

let package = Package(
    name: "QuickAccess",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "QuickAccess", targets: ["QuickAccess"])],
    targets: [
        .systemLibrary(name: "QuickAccessFFI"),
        // Generated code.
        .target(
            name: "QuickAccessBinding",
            dependencies: ["QuickAccessFFI"],
            linkerSettings: [.unsafeFlags(["-L\(built)"]), .linkedLibrary("quickaccess_ffi")]
        ),
        .target(name: "QuickAccess", dependencies: ["QuickAccessBinding"]),
        .testTarget(name: "QuickAccessTests", dependencies: ["QuickAccess"]),
    ],
    swiftLanguageModes: [.v6]
)
