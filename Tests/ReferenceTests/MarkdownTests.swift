import Testing

@testable import Reference

@Suite("The guides' Markdown")
struct MarkdownTests {
    private func blocks(_ text: String) throws -> [Markdown.Block] {
        try Markdown(text).blocks
    }

    private func html(_ text: String, _ names: Names = Names([], [])) throws -> String {
        try MarkdownPage(names: names).html(try blocks(text)).map(\.markup).joined()
    }

    @Test("lines become blocks")
    func blocks() throws {
        #expect(
            try blocks("# One\n\nTwo\nthree.\n\n- a\n  b\n- c\n\n1. d\n2. e\n") == [
                .heading(1, "One"), .paragraph("Two three."), .list(isOrdered: false, ["a b", "c"]),
                .list(isOrdered: true, ["d", "e"]),
            ])
        #expect(
            try blocks("Text\n```sh\ncurl\n\n# no heading\n```\n| A | B |\n| --- | --- |\n| 1 | `2` |") == [
                .paragraph("Text"), .listing(language: "sh", "curl\n\n# no heading"),
                .table([["A", "B"], ["1", "`2`"]]),
            ])
    }

    @Test("marks become elements, and everything else is text")
    func inline() throws {
        #expect(
            try html("Use `a<b` and **all `of` it**, see [here](paging.md#more) & there.")
                == "<p>Use <code>a&lt;b</code> and <strong>all <code>of</code> it</strong>, see "
                + "<a href=\"/docs/guides/paging#more\">here</a> &amp; there.</p>")
        #expect(
            try html("## If-Match: `\"7\"`\n")
                == "<h2 id=\"if-match-7\">If-Match: <code>&quot;7&quot;</code></h2>")
        #expect(
            try html("```\n<script>alert('1')</script>\n```").contains("&lt;script&gt;alert(&#39;1&#39;)"))
    }

    @Test(
        "what would look different on the two pages is refused",
        arguments: [
            "#### Four", "<b>bold</b>", "> cited", "    indented", "```sh\nwithout end", "a *word*",
            "[x](../decisions/0001.md)", "[x](javascript:alert)", "[x](http://example.com)", "a [b",
            "| a |\n| b |",
            "| a | b |\n| --- | --- |\n| c |",
        ])
    func refused(text: String) {
        #expect(throws: MarkdownError.self) { try html(text) }
    }
}
