internal import COpenSSL

/// The OpenSSL calls that this room and the room of files need. Inputs are bounded by the callers; secrets in outputs are theirs to wipe.
package enum CryptoLibrary {
  /// PBKDF2 with HMAC-SHA-512, 2048 rounds, 64 bytes of output: what BIP-39 asks for.
  /// - SeeAlso: RFC 8018 section 5.2.
  static func pbkdf2SHA512(password: [UInt8], salt: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 64)
    let status = password.withUnsafeBytes { secret in
      // OpenSSL measures the text itself when it gets no address, so an empty one needs its own.
      PKCS5_PBKDF2_HMAC(
        secret.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, Int32(secret.count),
        salt, Int32(salt.count), 2048, EVP_sha512(), Int32(output.count), &output)
    }
    precondition(status == 1, "keys: OpenSSL cannot compute PBKDF2 with SHA-512")
    return output
  }

  /// HMAC-SHA-512: 64 bytes.
  static func hmacSHA512(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 64)
    var count = 0
    let result = EVP_Q_mac(
      nil, "HMAC", nil, "SHA512", nil, key, key.count, message, message.count, &output, output.count, &count)
    precondition(result != nil && count == 64, "keys: OpenSSL cannot compute HMAC with SHA-512")
    return output
  }

  /// HMAC-SHA-256: 32 bytes.
  package static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var count = 0
    let result = EVP_Q_mac(
      nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &output, output.count, &count)
    precondition(result != nil && count == 32, "keys: OpenSSL cannot compute HMAC with SHA-256")
    return output
  }

  /// scrypt.
  /// - Parameters:
  ///   - cost: Work and memory, within the bounds of its type.
  ///   - count: Bytes wanted.
  /// - Returns: `nil` when the memory is not to be had.
  /// - SeeAlso: RFC 7914.
  static func scrypt(password: [UInt8], salt: [UInt8], cost: KeyFile.Cost, count: Int) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: count)
    let status = password.withUnsafeBytes { secret in
      EVP_PBE_scrypt(
        secret.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, secret.count, salt, salt.count,
        1 << UInt64(cost.log2N), UInt64(cost.r), UInt64(cost.p), UInt64(KeyFile.Cost.memoryLimit) * 2, &output, count)
    }
    if status != 1 { ERR_clear_error() }
    return status == 1 ? output : nil
  }

  /// AES-256-GCM.
  /// - Parameters:
  ///   - key: 32 bytes.
  ///   - nonce: 12 bytes, never used twice with one key.
  ///   - associated: Authenticated, not encrypted.
  /// - Returns: As many bytes as the plaintext has, and 16 bytes of tag; `nil` when OpenSSL has no memory.
  package static func sealGCM(
    key: [UInt8], nonce: [UInt8], plaintext: [UInt8], associated: [UInt8]
  ) -> (ciphertext: [UInt8], tag: [UInt8])? {
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }
    var count: Int32 = 0
    var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
    var tag = [UInt8](repeating: 0, count: 16)
    guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      EVP_EncryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
      EVP_EncryptUpdate(context, &ciphertext, &count, plaintext, Int32(plaintext.count)) == 1,
      EVP_EncryptFinal_ex(context, nil, &count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
    else {
      ERR_clear_error()
      return nil
    }
    return (ciphertext, tag)
  }

  /// Undoes ``sealGCM(key:nonce:plaintext:associated:)``.
  /// - Returns: `nil` when the tag is not that of these bytes.
  package static func openGCM(
    key: [UInt8], nonce: [UInt8], ciphertext: [UInt8], tag: [UInt8], associated: [UInt8]
  ) -> [UInt8]? {
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    defer { EVP_CIPHER_CTX_free(context) }
    var count: Int32 = 0
    var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
    var tag = tag
    guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
      EVP_DecryptUpdate(context, nil, &count, associated, Int32(associated.count)) == 1,
      EVP_DecryptUpdate(context, &plaintext, &count, ciphertext, Int32(ciphertext.count)) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1,
      EVP_DecryptFinal_ex(context, nil, &count) == 1
    else {
      // What was decrypted before the tag failed must not be looked at.
      plaintext.wipe()
      ERR_clear_error()
      return nil
    }
    return plaintext
  }

  /// Whether two secrets are equal, in a time that depends on their lengths only.
  package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0 }

  private nonisolated(unsafe) static let emptyText: UnsafePointer<CChar> = {
    // One byte for the life of the process.
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()
}
