internal import ArgumentParser
internal import Foundation
internal import Logging
internal import RelayerCore

/// Where the program writes.
enum Output {
  static func line(_ text: String) { print(text) }

  static func error(_ text: String) {
    // Nobody reads any more when this fails, so there is nobody to tell.
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// Log lines go to standard error, so that answers can be piped.
  static func logger(_ level: Logger.Level) -> Logger {
    var logger = Logger(label: "relayer") { _ in LineLog() }
    logger.logLevel = level
    return logger
  }
}

/// Exit codes by class.
enum Failure {
  static let usage = ExitCode(2)
  static let configuration = ExitCode(3)
  static let network = ExitCode(4)
}

struct ConfigurationOption: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String

  /// Reads the file; says what is wrong and exits with 3 when it cannot be used.
  func load() throws -> RelayerConfiguration {
    do throws(ConfigurationError) { return try RelayerConfiguration.load(config) } catch {
      Output.error("\(error)")
      throw Failure.configuration
    }
  }
}
