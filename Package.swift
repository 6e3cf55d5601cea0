// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

// Rooms stand in layer order: a room uses rooms above its own line only (Docs/ARCHITECTURE.md). One build serves
// `make run` and `make test`; build by product, for plain `swift build` compiles every target of every dependency.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  // ScaleReader and the proof readers borrow the bytes they read; the compiler checks that none of them outlives its bytes.
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

func room(_ name: String, in layer: String, uses dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)", swiftSettings: strict)
}

func library(_ name: String, debian: String) -> Target {
  .systemLibrary(name: name, path: "Sources/C/\(name)", providers: [.apt([debian])])
}

func tests(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestKit"], path: "Tests/\(name)", swiftSettings: strict)
}

let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map { .product(name: $0, package: "swift-nio") }

let package = Package(
  name: "echochain",
  products: [
    .executable(name: "echochain", targets: ["echochain"]),
    .executable(name: "echochain-relayer", targets: ["echochain-relayer"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // C: module maps for Debian's libraries, nothing else.
    library("CSecp256k1", debian: "libsecp256k1-dev"),
    library("COpenSSL", debian: "libssl-dev"),
    library("CRocksDB", debian: "librocksdb-dev"),
    library("CSodium", debian: "libsodium-dev"),
    library("CXXHash", debian: "libxxhash-dev"),

    // Base: values, their encoding, hashes and keys.
    .macro(
      name: "ScaleMacros",
      dependencies: [
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
      ], path: "Sources/Base/ScaleMacros"),
    room("Primitives", in: "Base", uses: []),
    room("ScaleCodec", in: "Base", uses: ["Primitives", "ScaleMacros"]),
    room("Hashing", in: "Base", uses: ["Primitives", "COpenSSL", "CSodium", "CXXHash"]),
    room("Keys", in: "Base", uses: ["Primitives", "ScaleCodec", "Hashing", "CSecp256k1", "COpenSSL", "CSodium"]),
    room("Metadata", in: "Base", uses: ["Primitives", "ScaleCodec", "Hashing"]),
    room("Files", in: "Base", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "CSodium"]),

    // State: what a chain remembers, and proofs of it.
    room("KeyValueStore", in: "State", uses: ["Primitives"]),
    room("RocksStore", in: "State", uses: ["KeyValueStore", "CRocksDB"]),
    room("StateTrie", in: "State", uses: ["Primitives", "ScaleCodec", "Hashing"]),
    room("MerkleMountainRange", in: "State", uses: ["Primitives", "ScaleCodec", "Hashing"]),

    // Bridge: everything that decides whether a claim about another chain is true. Pure.
    room("Finality", in: "Bridge", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange"]),
    room(
      "LightClient", in: "Bridge", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "StateTrie", "Finality"]),
    room("Lanes", in: "Bridge", uses: ["Primitives", "ScaleCodec"]),
    room(
      "Proofs", in: "Bridge",
      uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Lanes"]),

    // Runtime: the rules of a chain.
    room("PalletSupport", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing"]),
    room("XCM", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport"]),
    room("PalletSystem", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "Finality", "PalletSupport"]),
    room("PalletTimestamp", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport"]),
    room("PalletBalances", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport"]),
    room("PalletTransactionPayment", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport"]),
    room("PalletAssets", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport"]),
    room("PalletParachainInfo", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport"]),
    room("PalletSudo", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport"]),
    room("PalletUtility", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport"]),
    room(
      "PalletBeefy", in: "Runtime",
      uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "Finality", "PalletSupport"]),
    room(
      "PalletLightClients", in: "Runtime",
      uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "StateTrie", "Finality", "LightClient", "PalletSupport"]),
    room("PalletMessages", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "StateTrie", "Lanes", "PalletSupport"]),
    room("PalletAssetRate", in: "Runtime", uses: ["Primitives", "ScaleCodec", "PalletSupport", "XCM"]),
    room("PalletXcm", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport", "XCM"]),
    room("PalletRoyalty", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport", "XCM"]),
    room("PalletMarketplace", in: "Runtime", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "PalletSupport", "XCM"]),
    room(
      "EchoRuntime", in: "Runtime",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Metadata", "MerkleMountainRange", "Finality", "LightClient", "Lanes",
        "PalletSupport", "XCM",
        "PalletSystem", "PalletTimestamp", "PalletBalances", "PalletTransactionPayment", "PalletAssets", "PalletParachainInfo",
        "PalletSudo", "PalletUtility", "PalletBeefy", "PalletLightClients", "PalletMessages", "PalletAssetRate", "PalletXcm",
        "PalletRoyalty",
        "PalletMarketplace",
      ]),

    // Chain: executing blocks and choosing transactions.
    room(
      "BlockExecution", in: "Chain",
      uses: [
        "Primitives", "ScaleCodec", "KeyValueStore", "StateTrie", "MerkleMountainRange", "Finality", "PalletSupport", "PalletSystem",
        "PalletBeefy", "EchoRuntime",
      ]),
    room("TransactionPool", in: "Chain", uses: ["Primitives"]),

    // Edge: sockets, disk and clock.
    .target(
      name: "RPC", dependencies: ["Primitives", "ScaleCodec", .product(name: "Logging", package: "swift-log")] + nio,
      path: "Sources/Edge/RPC", swiftSettings: strict),
    .target(
      name: "ChainClient",
      dependencies: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Lanes",
        "PalletSupport", "XCM", "PalletSystem", "PalletBalances", "PalletAssets", "PalletSudo", "PalletTimestamp",
        "PalletTransactionPayment", "PalletBeefy", "PalletLightClients", "PalletMessages", "PalletXcm", "PalletRoyalty",
        "PalletMarketplace",
        "EchoRuntime", "RPC",
        .product(name: "Logging", package: "swift-log"),
      ], path: "Sources/Edge/ChainClient", swiftSettings: strict),
    .target(
      name: "Node",
      dependencies: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "KeyValueStore", "RocksStore", "StateTrie", "MerkleMountainRange", "Finality",
        "LightClient", "Lanes", "PalletSupport", "PalletSystem", "PalletTransactionPayment", "PalletBeefy", "PalletLightClients",
        "PalletMessages", "EchoRuntime", "BlockExecution", "TransactionPool", "RPC", .product(name: "Logging", package: "swift-log"),
      ], path: "Sources/Edge/Node", swiftSettings: strict),

    // Apps and the relayer.
    .target(
      name: "RelayerCore",
      dependencies: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Lanes", "Proofs",
        "PalletSupport", "XCM", "PalletLightClients", "PalletMessages", "EchoRuntime", "ChainClient", "RPC",
        .product(name: "Logging", package: "swift-log"), .product(name: "TOMLKit", package: "TOMLKit"),
      ], path: "relayer/RelayerCore", swiftSettings: strict),
    .executableTarget(
      name: "echochain-relayer",
      dependencies: [
        "RelayerCore", "Keys", "Primitives", .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "relayer/echochain-relayer", swiftSettings: strict),
    .target(
      name: "Conformance",
      dependencies: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "Metadata", "StateTrie", "MerkleMountainRange", "Finality", "LightClient",
        "Lanes", "Proofs", "PalletSupport", "XCM", "EchoRuntime",
      ], path: "Sources/Apps/Conformance", swiftSettings: strict),
    .target(
      name: "XcmTools", dependencies: ["Primitives", "ScaleCodec", "Keys", "PalletSupport", "XCM", "EchoRuntime", "RPC"],
      path: "Sources/Apps/XcmTools", swiftSettings: strict),
    .target(
      name: "Commerce",
      dependencies: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Proofs",
        "PalletSupport", "XCM", "PalletSystem", "PalletAssets", "PalletRoyalty", "PalletMarketplace", "EchoRuntime",
      ], path: "Sources/Apps/Commerce", swiftSettings: strict),
    .executableTarget(
      name: "echochain",
      dependencies: [
        "XcmTools", "PalletAssetRate", "PalletRoyalty", "PalletMarketplace", "Files", "Commerce", "Metadata",
        "Primitives", "ScaleCodec", "Hashing", "Keys", "KeyValueStore", "RocksStore", "StateTrie", "MerkleMountainRange", "Finality",
        "LightClient", "Lanes", "Proofs", "PalletSupport", "XCM", "PalletSystem", "PalletBalances", "PalletAssets", "PalletSudo",
        "PalletTimestamp", "PalletTransactionPayment", "PalletBeefy", "PalletLightClients", "PalletMessages", "PalletXcm", "EchoRuntime",
        "BlockExecution", "RPC", "ChainClient", "Node", "Conformance", .product(name: "Logging", package: "swift-log"),
        .product(name: "TOMLKit", package: "TOMLKit"), .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ], path: "Sources/Apps/echochain", swiftSettings: strict),

    // Tests.
    .target(name: "TestKit", dependencies: ["Primitives"], path: "Tests/TestKit", swiftSettings: strict),
    .target(
      name: "RuntimeKit", dependencies: ["Primitives", "ScaleCodec", "PalletSupport"], path: "Tests/RuntimeKit", swiftSettings: strict),
    tests("PrimitivesTests", uses: ["Primitives"]),
    tests("ScaleCodecTests", uses: ["Primitives", "ScaleCodec"]),
    tests("HashingTests", uses: ["Primitives", "Hashing"]),
    tests("KeysTests", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys"]),
    tests("MetadataTests", uses: ["Primitives", "ScaleCodec", "Hashing", "Metadata"]),
    tests("StateTrieTests", uses: ["Primitives", "ScaleCodec", "Hashing", "StateTrie"]),
    tests("KeyValueStoreTests", uses: ["Primitives", "KeyValueStore"]),
    tests("RocksStoreTests", uses: ["Primitives", "Hashing", "KeyValueStore", "RocksStore", "StateTrie"]),
    tests("MerkleMountainRangeTests", uses: ["Primitives", "ScaleCodec", "Hashing", "MerkleMountainRange"]),
    tests("FinalityTests", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "Finality"]),
    tests(
      "LightClientTests",
      uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "StateTrie", "Finality", "LightClient"]),
    tests("LanesTests", uses: ["Primitives", "ScaleCodec", "Lanes"]),
    tests(
      "ProofsTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Lanes", "Proofs",
      ]),
    tests("PalletSupportTests", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport", "RuntimeKit"]),
    tests("PalletSystemTests", uses: ["Primitives", "ScaleCodec", "Hashing", "Finality", "PalletSupport", "PalletSystem", "RuntimeKit"]),
    tests("PalletBalancesTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletSystem", "PalletBalances", "RuntimeKit"]),
    tests("PalletTimestampTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletTimestamp", "RuntimeKit"]),
    tests(
      "PalletTransactionPaymentTests",
      uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletSystem", "PalletBalances", "PalletTransactionPayment", "RuntimeKit"]),
    tests(
      "PalletAssetsTests",
      uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletSystem", "PalletBalances", "PalletAssets", "RuntimeKit"]),
    tests("PalletParachainInfoTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletParachainInfo", "RuntimeKit"]),
    tests("PalletUtilityTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletSystem", "PalletUtility", "RuntimeKit"]),
    tests("PalletSudoTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "PalletSystem", "PalletSudo", "RuntimeKit"]),
    tests(
      "PalletBeefyTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "Finality", "PalletSupport", "PalletSystem", "PalletBeefy",
        "RuntimeKit",
      ]),
    tests(
      "PalletXcmTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Finality", "Lanes", "PalletSupport", "XCM", "PalletSystem", "PalletTimestamp",
        "PalletBalances", "PalletAssets", "PalletLightClients", "PalletMessages", "PalletXcm", "EchoRuntime", "RuntimeKit",
      ]),
    tests("FilesTests", uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "CSodium"]),
    tests(
      "PalletRoyaltyTests", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport", "XCM", "PalletRoyalty", "RuntimeKit"]),
    tests(
      "PalletMarketplaceTests",
      uses: ["Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "PalletSupport", "XCM", "PalletMarketplace", "RuntimeKit"]),
    tests(
      "CommerceTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Files", "StateTrie", "MerkleMountainRange", "Finality", "LightClient", "Lanes",
        "Proofs",
        "KeyValueStore", "PalletSupport", "XCM", "PalletSystem", "PalletAssets", "PalletBeefy", "PalletRoyalty", "PalletMarketplace",
        "EchoRuntime", "BlockExecution",
        "Commerce",
      ]),
    tests("PalletAssetRateTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "XCM", "PalletAssetRate", "RuntimeKit"]),
    tests("XCMReferenceTests", uses: ["Primitives", "ScaleCodec", "PalletSupport", "XCM"]),
    tests("XcmToolsTests", uses: ["Primitives", "ScaleCodec", "Keys", "PalletSupport", "XCM", "EchoRuntime", "RPC", "XcmTools"]),
    tests("XCMTests", uses: ["Primitives", "ScaleCodec", "Hashing", "PalletSupport", "XCM"]),
    tests("ConformanceTests", uses: ["Primitives", "Finality", "Proofs", "Conformance"]),
    tests("TransactionPoolTests", uses: ["Primitives", "TransactionPool"]),
    tests(
      "PalletMessagesTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "StateTrie", "Lanes", "PalletSupport", "PalletSystem", "PalletBalances", "PalletMessages",
        "RuntimeKit",
      ]),
    tests(
      "PalletLightClientsTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "MerkleMountainRange", "StateTrie", "Finality", "LightClient", "PalletSupport",
        "PalletLightClients", "RuntimeKit",
      ]),
    tests(
      "EchoRuntimeTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "PalletSupport", "XCM", "PalletSystem", "PalletBalances", "PalletTimestamp",
        "PalletTransactionPayment", "PalletAssets", "PalletAssetRate", "PalletXcm", "PalletRoyalty", "PalletMarketplace", "EchoRuntime",
        "RuntimeKit", "Finality", "Lanes", "Metadata",
        "PalletLightClients", "PalletMessages", "PalletSudo", "PalletUtility",
      ]),
    tests(
      "BlockExecutionTests",
      uses: [
        "Primitives", "ScaleCodec", "Keys", "KeyValueStore", "StateTrie", "MerkleMountainRange", "Finality", "PalletSupport", "XCM",
        "PalletSystem", "PalletBalances", "PalletSudo", "PalletXcm", "EchoRuntime", "BlockExecution",
      ]),
    tests(
      "LinkedChainsTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "KeyValueStore", "Files", "Finality", "LightClient", "Lanes", "PalletSupport", "XCM",
        "PalletSystem", "PalletBalances", "PalletTransactionPayment", "PalletAssets", "PalletAssetRate", "PalletSudo", "PalletBeefy",
        "PalletLightClients", "PalletMessages", "PalletXcm", "PalletRoyalty", "PalletMarketplace", "EchoRuntime", "BlockExecution",
      ]),
    tests(
      "EndToEndTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "Lanes", "LightClient", "PalletSupport", "XCM", "PalletSystem", "PalletBalances",
        "PalletAssets", "PalletLightClients", "PalletMessages", "PalletXcm", "PalletRoyalty", "PalletMarketplace", "Files", "Proofs",
        "Commerce",
        "EchoRuntime", "RPC", "ChainClient",
      ]),
    tests("ChainClientTests", uses: ["Primitives", "RPC", "ChainClient"]),
    tests("RPCTests", uses: ["Primitives", "ScaleCodec", "RPC"]),
    tests(
      "NodeTests",
      uses: [
        "Primitives", "ScaleCodec", "Hashing", "Keys", "KeyValueStore", "StateTrie", "MerkleMountainRange", "Finality", "PalletSupport",
        "PalletSystem", "PalletBalances", "PalletXcm", "XCM", "EchoRuntime", "BlockExecution", "TransactionPool", "RPC", "Node",
        "ChainClient", .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "RelayerCoreTests",
      uses: [
        "Primitives", "RPC", "Keys", "Lanes", "LightClient", "PalletSupport", "PalletLightClients", "PalletMessages", "EchoRuntime",
        "ChainClient", "RelayerCore", .product(name: "Logging", package: "swift-log"),
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
