import Foundation
import Platform

/// The installation's secret, with which keys in the database are sealed.
enum Secret {
    /// From the settings, else from `secret.key` under the home directory, which is made at first use and
    /// readable by its owner only.
    static func box(_ settings: Settings) throws -> SecretBox {
        let secret: Data
        if let text = settings.secretKey {
            secret = try bytes(text, from: "MPANEL_SECRET_KEY")
        } else {
            let path = settings.home + "/secret.key"
            secret = try bytes(try contents(of: path), from: path)
        }
        guard let box = SecretBox(secret: secret) else {
            throw Complaint("The secret key must be 64 hexadecimal digits: `openssl rand -hex 32` makes one.")
        }
        return box
    }

    private static func contents(of path: String) throws -> String {
        if let known = try? String(contentsOfFile: path, encoding: .utf8) { return known }
        let text = SecretBox.newSecret().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        // O_EXCL: of two processes that start at once one makes the file, and the other reads it.
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else {
            if errno == EEXIST { return try String(contentsOfFile: path, encoding: .utf8) }
            throw Complaint(
                "The secret key cannot be written to \(path). Check that the directory is writable.")
        }
        defer { close(file) }
        guard write(file, text, text.utf8.count) == text.utf8.count, fsync(file) == 0 else {
            throw Complaint(
                "The secret key could not be written to \(path) completely. Remove the file and try again.")
        }
        return text
    }

    private static func bytes(_ text: String, from source: String) throws -> Data {
        let digits = Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
        var bytes = Data()
        for place in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16)
            else {
                throw Complaint(
                    "\(source) must hold 64 hexadecimal digits: `openssl rand -hex 32` makes them.")
            }
            bytes.append(byte)
        }
        return bytes
    }
}
