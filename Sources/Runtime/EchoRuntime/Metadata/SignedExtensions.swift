internal import Keys
internal import Primitives
public import ScaleCodec
internal import PalletSupport

/// A part of what a signature covers besides the call: what travels in the extrinsic, and what is signed and does not.
///
/// A description for metadata; ``SignedExtra`` and ``SigningContext`` write the bytes, and a test compares the two.
protocol SignedExtension: ScaleTyped {
  /// The name that clients look up.
  static var identifier: String { get }
  static var path: [String] { get }
  /// What travels; ``Unit`` for nothing.
  associatedtype Value: ScaleTyped = Unit
  /// What is signed besides; ``Unit`` for nothing.
  associatedtype Additional: ScaleTyped = Unit
}

extension SignedExtension {
  static var typeShape: TypeShape {
    guard Value.self != Unit.self else { return TypeShape(path: path, .composite([])) }
    // Without a name, for clients to take the value itself for the extension.
    return TypeShape(path: path, .composite([.init(name: nil, type: TypeReference(Value.self), typeName: "\(Value.self)")]))
  }
}

/// The extensions in the order in which clients write them (rpc.md §5).
enum SignedExtensions {
  static let all: [any SignedExtension.Type] = [
    CheckNonZeroSender.self, CheckSpecVersion.self, CheckTxVersion.self, CheckGenesis.self, CheckMortality.self, CheckNonce.self,
    CheckWeight.self, ChargeTransactionPayment.self, CheckMetadataHash.self,
  ]

  enum CheckNonZeroSender: SignedExtension {
    static let identifier = "CheckNonZeroSender"
    static let path = ["frame_system", "extensions", "check_non_zero_sender", identifier]
  }
  enum CheckSpecVersion: SignedExtension {
    typealias Additional = UInt32
    static let identifier = "CheckSpecVersion"
    static let path = ["frame_system", "extensions", "check_spec_version", identifier]
  }
  enum CheckTxVersion: SignedExtension {
    typealias Additional = UInt32
    static let identifier = "CheckTxVersion"
    static let path = ["frame_system", "extensions", "check_tx_version", identifier]
  }
  enum CheckGenesis: SignedExtension {
    typealias Additional = H256
    static let identifier = "CheckGenesis"
    static let path = ["frame_system", "extensions", "check_genesis", identifier]
  }
  enum CheckMortality: SignedExtension {
    typealias Value = Era
    typealias Additional = H256
    static let identifier = "CheckMortality"
    static let path = ["frame_system", "extensions", "check_mortality", identifier]
  }
  enum CheckNonce: SignedExtension {
    typealias Value = Compact<UInt32>
    static let identifier = "CheckNonce"
    static let path = ["frame_system", "extensions", "check_nonce", identifier]
  }
  enum CheckWeight: SignedExtension {
    static let identifier = "CheckWeight"
    static let path = ["frame_system", "extensions", "check_weight", identifier]
  }
  enum ChargeTransactionPayment: SignedExtension {
    typealias Value = Compact<Balance>
    static let identifier = "ChargeTransactionPayment"
    static let path = ["pallet_transaction_payment", identifier]
  }
  enum CheckMetadataHash: SignedExtension {
    typealias Value = MetadataHashMode
    typealias Additional = FixedBytes<32>?
    static let identifier = "CheckMetadataHash"
    static let path = ["frame_metadata_hash_extension", identifier]
  }

  /// Whether the signer commits to a hash of the metadata. Only `Disabled` is taken here: none is published.
  @ScaleCodable(path: "frame_metadata_hash_extension::Mode")
  enum MetadataHashMode {
    @ScaleIndex(0) case disabled
    @ScaleIndex(1) case enabled
  }
}

extension SignedExtra: ScaleTyped {
  /// The extensions' values, one after the other.
  public static var typeShape: TypeShape { TypeShape(.tuple(SignedExtensions.all.map { TypeReference(open: $0) })) }
}

extension TypeReference {
  /// Refers to a type whose name the compiler does not know.
  init(open type: any ScaleTyped.Type) {
    func reference<T: ScaleTyped>(_ type: T.Type) -> TypeReference { TypeReference(type) }
    self = reference(type)
  }
}

extension Extrinsic: ScaleEncodable, ScaleDecodable, ScaleTyped {
  /// Opaque bytes; what they hold is named by the parameters, where clients look it up (rpc.md §4).
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["sp_runtime", "generic", "unchecked_extrinsic", "UncheckedExtrinsic"],
      parameters: [
        .init(name: "Address", type: TypeReference(MultiAddress.self)), .init(name: "Call", type: TypeReference(RuntimeCall.self)),
        .init(name: "Signature", type: TypeReference(MultiSignature.self)), .init(name: "Extra", type: TypeReference(SignedExtra.self)),
      ], .composite([.init(name: nil, type: TypeReference([UInt8].self), typeName: "[UInt8]")]))
  }

  public var encodedSize: Int { encoded().count }
  public func encode(into writer: inout ScaleWriter) { writer.writeBytes(encoded()) }

  /// Reads an extrinsic that other values follow.
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let body = try reader.readByteVector()
    try self.init(decoding: body.encoded())
  }
}
