package import Hummingbird
import Kernel
import Logging
import NIOCore
import Synchronization

/// What travels with a request through the server: its id, its logger, and what became known about it.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by the first middleware.
    var requestID = ""
    /// Who is at the other end of the connection: the client, or the last proxy.
    let peerAddress: String?
    let noted = Noted()

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress
        // The server's own id would stand in every line beside ours.
        logger[metadataKey: "hb.request.id"] = nil
    }

    /// Filled in on the way down, read by the access log on the way back.
    final class Noted: Sendable {
        private let state = Mutex<TenantID?>(nil)

        var tenant: TenantID? {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }
}
