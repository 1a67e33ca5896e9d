// swift-tools-version: 6.2
import PackageDescription

// The architecture, as edges. A target may import what stands above it here and nothing else: an edge that is
// not listed does not compile. ARCHITECTURE.md walks through it.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // The test run builds for debugging; a release must not fail for a newer compiler's opinion.
    .treatAllWarnings(as: .error, .when(configuration: .debug)),
]

// C libraries from Debian: module maps and nothing else.
let systemLibraries: [Target] = [
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
]

// What knows no business.
let foundation: [Target] = [
    library("Kernel"),
    library("BillingMath", ["Kernel"]),
    library("Measures"),
    library("LocalServers", [.subprocess, .crypto]),
    library("Postgres", ["Kernel", "Measures", "CLibpq", "LocalServers", .logging, .lifecycle, .crypto]),
    library(
        "Redis",
        ["LocalServers", .logging, .lifecycle, .crypto, .nioCore, .nioPosix, .nioSSL]),
    library("Schema", ["Postgres"], resources: [.embedInCode("Migrations")]),
    library(
        "Web",
        ["Kernel", "Measures", .hummingbird, .logging, .httpTypes, .nioCore, .nioEmbedded, .nioPosix]),
    // The pages under /docs. Its folder Guides is docs/guides, by a symbolic link: one text for both readers.
    library(
        "Reference", ["Kernel", "Web", .crypto], resources: [.embedInCode("Assets"), .embedInCode("Guides")]),
]

// One target a capability, all with the same small inside. Documents sit below life-cycles.
let capabilities: [Target] = [
    library("Platform", ["Kernel", "Postgres", "Web", .logging, .lifecycle, .crypto]),
    library("Calculations", ["Kernel", "BillingMath", "Web"]),
    library("Memories", ["Kernel", "Redis", "Platform"]),
    library("Tenancy", ["Kernel", "BillingMath", "Postgres", "Web", "Platform", "Memories"]),
    library("Automation", ["Kernel", "Postgres", "Web", "Tenancy", "Platform", .logging, .lifecycle]),
    library("Limits", ["Kernel", "Redis", "Web", "Platform", "Memories", .logging]),
    library(
        "Identity",
        ["Kernel", "Postgres", "Web", "Tenancy", "Platform", "Limits", "CCrypt", .jwt, .crypto]),
    library("Customers", ["Kernel", "Postgres", "Web", "Tenancy", "Platform"]),
    library("Catalog", ["Kernel", "BillingMath", "Postgres", "Web", "Tenancy", "Platform"]),
    library("Discounts", ["Kernel", "BillingMath", "Postgres", "Web", "Tenancy", "Platform"]),
    library("Tax", ["Kernel", "BillingMath", "Postgres", "Web", "Tenancy", "Platform"]),
    library("Ledger", ["Kernel", "Postgres", "Web", "Tenancy", "Platform"]),
    library(
        "Invoicing",
        ["Kernel", "BillingMath", "Postgres", "Web", "Tenancy", "Platform", "Customers", "Tax", "Ledger"]),
    library(
        "Subscriptions",
        [
            "Kernel", "Measures", "BillingMath", "Postgres", "Web", "Tenancy", "Platform", "Automation",
            "Customers", "Catalog", "Discounts", "Tax", "Invoicing", .logging,
        ]),
    library(
        "Importing",
        [
            "Kernel", "BillingMath", "Postgres", "Tenancy", "Platform", "Customers", "Catalog", "Tax",
            "Subscriptions", .crypto,
        ]),
]

// The composition root: the only target that knows all others.
let server: [Target] = [
    .executableTarget(
        name: "MPanelServer",
        dependencies: [
            "Kernel", "Measures", "BillingMath", "Postgres", "Redis", "Schema", "Web", "Tenancy", "Platform",
            "Automation", "Memories", "Limits", "Identity", "Customers", "Catalog", "Discounts", "Tax",
            "Ledger", "Invoicing", "Subscriptions", "Importing", "Calculations", "Reference", .hummingbird,
            .argumentParser, .httpTypes,
            .logging, .lifecycle, .unixSignals, .configuration, .systemPackage, .crypto,
        ],
        swiftSettings: strict)
]

// One server, one database, one world for all tests; real PostgreSQL always.
let tests: [Target] = [
    library(
        "TestKit",
        [
            "Kernel", "BillingMath", "Postgres", "Redis", "Schema", "Web", "Platform", "Tenancy", "Limits",
            "Identity", "Subscriptions", "Importing",
            "MPanelServer", .logging, .hummingbird, .hummingbirdTesting, .httpTypes, .nioCore, .nioPosix,
        ]),
    // Random numbers that come again: pure tests take them without the server.
    library("Seeds"),
    testing("Kernel", ["Seeds"]),
    testing("Measures"),
    testing("BillingMath", ["Kernel", "Seeds"]),
    testing("Postgres", ["Kernel", .logging, .lifecycle]),
    testing("Redis", ["LocalServers", .logging, .lifecycle, .nioCore, .nioPosix]),
    testing(
        "Web", ["Kernel", "Measures", .hummingbird, .hummingbirdTesting, .logging, .httpTypes, .nioCore]),
    testing("Reference", ["Kernel", "Web"]),
    testing("Memories", ["Kernel", "Redis", "Platform", "TestKit", .logging]),
    testing("Limits", ["Kernel", "Redis", "Web", "Platform", "TestKit", "Seeds", .logging, .httpTypes]),
    testing(
        "Identity",
        [
            "Kernel", "Platform", "Postgres", "Tenancy", "Limits", "Web", "TestKit", "MPanelServer", .jwt,
            .crypto, .logging, .httpTypes,
        ]),
    testing("Tenancy", ["Kernel", "BillingMath", "Postgres", "Web"]),
    testing("Automation", ["Kernel"]),
    testing("Customers", ["Kernel"]),
    testing("Calculations", ["Kernel", "Web"]),
    testing("Tax", ["Kernel", "BillingMath"]),
    testing("Ledger", ["Kernel"]),
    testing(
        "Invoicing",
        ["Kernel", "BillingMath", "Postgres", "Tenancy", "Customers", "Tax", "Ledger", "Platform"]),
    testing("Importing", ["Kernel", "BillingMath", "Seeds"]),
    testing(
        "Scenario", of: [],
        [
            "TestKit", "Seeds", "MPanelServer", "Kernel", "BillingMath", "Postgres", "Web", "Platform",
            "Subscriptions", "Importing", "Tenancy", "Automation", "Customers", "Invoicing", "Measures",
            "Limits", "Catalog", .httpTypes, .logging, .lifecycle, .httpClient, .nioCore, .nioHTTP1,
        ]),
    testing(
        "Contract", of: [],
        [
            "TestKit", "MPanelServer", "Kernel", "Postgres", "Schema", "Web", "Importing", "Subscriptions",
            "Tenancy", "Platform", "Limits", "Reference", "Seeds",
            .httpTypes, .logging, .crypto,
        ], exclude: ["Allowed"]),
]

let package = Package(
    name: "mpanel",
    products: [.executable(name: "mpanel", targets: ["MPanelServer"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: systemLibraries + foundation + capabilities + server + tests)

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of one target, or, with no target, a folder of tests of its own.
func testing(
    _ name: String, of targets: [Target.Dependency]? = nil, _ dependencies: [Target.Dependency] = [],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: (targets ?? [.byName(name: name)]) + dependencies,
        exclude: exclude,
        swiftSettings: strict)
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let jwt = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
}
