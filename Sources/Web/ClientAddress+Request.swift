import HTTPTypes
import Hummingbird
import Kernel

extension ClientAddress {
    /// Our own proxies append the address they see, so the one that counts stands that many places from the
    /// end; what stands before it is whatever the client liked to claim. Where no address stands, the peer's
    /// counts: one quota for all is better than one for each piece of nonsense. Nil where there is not even
    /// a peer.
    init?(of request: Hummingbird.Request, _ context: WebContext, trustedProxies: Int) {
        let peer = context.peerAddress.flatMap { ClientAddress($0) }
        let hops = request.headers[values: .forwardedFor]
            .flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let claimed =
            trustedProxies > 0
            ? hops.dropLast(trustedProxies - 1).last.flatMap { ClientAddress($0) } : nil
        guard let address = claimed ?? peer else { return nil }
        self = address
    }
}

extension Hummingbird.Request {
    /// The host name that the request was sent to, without a port.
    var host: HostName? {
        HostName((head.authority ?? "").prefix { $0 != ":" }.lowercased())
    }
}
