import HTTPTypes
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
    /// Set with it.
    var trace: TraceID?
    /// Who is at the other end of the connection: the client, or the last proxy.
    let peerAddress: String?
    let noted = Noted()

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress
        // The server's own id would stand in every line beside ours.
        logger[metadataKey: "hb.request.id"] = nil
    }

    /// Filled in on the way down, read by the access log and the headers on the way back.
    final class Noted: Sendable {
        private struct Facts {
            var tenant: TenantID?
            var rate: RateDecision?
            var announcements = HTTPFields()
        }

        private let facts = Mutex(Facts())

        var tenant: TenantID? {
            get { facts.withLock { $0.tenant } }
            set { facts.withLock { $0.tenant = newValue } }
        }

        var rate: RateDecision? {
            get { facts.withLock { $0.rate } }
            set { facts.withLock { $0.rate = newValue } }
        }

        /// Headers by which the endpoint announces its end.
        var announcements: HTTPFields {
            get { facts.withLock { $0.announcements } }
            set { facts.withLock { $0.announcements = newValue } }
        }
    }
}
