/// Where a function stands and how many parameters it takes.
struct SwiftFunction: Equatable, Sendable {
    let name: String
    let firstLine: Int
    let lastLine: Int
    let parameters: Int

    var length: Int { lastLine - firstLine + 1 }
}

extension SwiftText {
    /// Every `func` and `init` with a body, in the order of their ends.
    var functions: [SwiftFunction] {
        var finder = FunctionFinder()
        for (index, line) in code.enumerated() { finder.read(line, number: index + 1) }
        return finder.found
    }
}

/// Counts braces in code from which comments and strings are gone.
private struct FunctionFinder {
    private struct Head {
        let name: String
        let line: Int
        var parameters = 0
        var sawParentheses = false
    }

    private(set) var found: [SwiftFunction] = []
    /// One entry for each open brace: the function whose body it is, if any; whether it is a protocol, in
    /// which nothing has a body; and the open parentheses outside it.
    private var braces: [(head: Head?, isProtocol: Bool, depth: Int)] = []
    private var pending: Head?
    private var sawProtocol = false
    /// Open parentheses, brackets and generic angles since the last brace.
    private var depth = 0
    /// The last word or sign that is not blank.
    private var previous = ""

    mutating func read(_ line: String, number: Int) {
        var word = ""
        for character in line + "\n" {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
                continue
            }
            if !word.isEmpty {
                note(word, number: number)
                previous = word
                word = ""
            }
            if character.isWhitespace { continue }
            punctuation(character, number: number)
            previous = String(character)
        }
    }

    private mutating func note(_ word: String, number: Int) {
        if depth == 0, word == "protocol" { sawProtocol = true }
        if let head = pending, !head.sawParentheses, head.name == "func" {
            pending = Head(name: word, line: head.line)
        } else if depth == 0, previous != ".", word == "func" || word == "init",
            braces.last?.isProtocol != true
        {
            pending = Head(name: word, line: number)
        } else if depth == 1, previous == "(" || previous == ",", pending?.sawParentheses == true {
            pending?.parameters += 1
        }
    }

    private mutating func punctuation(_ character: Character, number: Int) {
        switch character {
        case "(", "[":
            if character == "(" { pending?.sawParentheses = true }
            depth += 1
        case ")", "]": depth = max(0, depth - 1)
        case "<" where pending != nil && depth > 0: depth += 1
        case ">" where pending != nil && depth > 1 && previous != "-": depth -= 1
        case "{":
            // Within parentheses it is a closure, for instance as a default value, and not the body.
            braces.append((depth > 0 ? nil : pending, sawProtocol, depth))
            if depth == 0 { (pending, sawProtocol) = (nil, false) }
            depth = 0
        case "}":
            guard let brace = braces.popLast() else { return }
            depth = brace.depth
            guard let head = brace.head else { return }
            found.append(
                SwiftFunction(
                    name: head.name, firstLine: head.line, lastLine: number, parameters: head.parameters))
        default: break
        }
    }
}
