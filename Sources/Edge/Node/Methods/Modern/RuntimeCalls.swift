internal import BlockExecution
internal import EchoRuntime
internal import RPC
internal import ScaleCodec

/// Why a runtime call of `chainHead_v1` or `archive_v1` gave no answer.
enum RuntimeCallFailure: Error, CustomStringConvertible {
  case unknown(function: String)
  case arguments(ScaleError)
  case failed(RuntimeInterface.CallError)
  case unreadable(ChainError)

  var description: String {
    switch self {
    case .unknown(let function): "Exported method \(function.prefix(128)) is not found"
    case .arguments(let error): "the arguments do not decode: \(error)"
    case .failed(let error): "\(error)"
    case .unreadable(let error): "\(error)"
    }
  }
}

extension NodeService {
  /// Calls a runtime entry point on the state after a block; what it writes goes nowhere.
  ///
  /// What a runtime says of itself is what it said when the block was made.
  nonisolated func call(_ function: String, _ arguments: [UInt8], at state: StateView) throws(RuntimeCallFailure) -> [UInt8] {
    let record: RuntimeRecord
    do { record = try chain.runtime(at: state.number) } catch { throw .unreadable(error) }
    do { if let output = try record.description(function, arguments) { return output } } catch { throw .arguments(error) }
    let failures = ReadFailures()
    let result: Result<[UInt8]?, RuntimeInterface.CallError> = ReadFailures.$current.withValue(failures) {
      do throws(RuntimeInterface.CallError) { return .success(try RuntimeInterface.call(function, arguments, in: state.context())) } catch {
        return .failure(error)
      }
    }
    if let failure = failures.first { throw .unreadable(failure) }
    switch result {
    case .failure(let error): throw .failed(error)
    case .success(nil): throw .unknown(function: function)
    case .success(let output?): return output
    }
  }
}
