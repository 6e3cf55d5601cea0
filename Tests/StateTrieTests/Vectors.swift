import Foundation
import TestKit

/// A JSON file below `fixtures` whose field names are written in snake case.
func readVectors<T: Decodable>(_ path: String, as type: T.Type) -> T {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  do { return try decoder.decode(type, from: Data(Fixture.bytes(path))) } catch {
    preconditionFailure("fixture \(path) does not have the expected shape: \(error)")
  }
}
