import HTTPTypes
package import Hummingbird
package import Logging
package import Measures
import NIOCore

/// `GET /metrics` for Prometheus, on an address of its own: it has no credentials, so it must not stand
/// beside the API, where a proxy would publish it.
package struct MetricsPage: Sendable {
    private let families: @Sendable () -> [Family]

    package init(_ families: @escaping @Sendable () -> [Family]) {
        self.families = families
    }

    package func application(
        on address: BindAddress, logger: Logger
    ) -> Application<RouterResponder<BasicRequestContext>> {
        let router = Router()
        router.get("/metrics") { [families] _, _ -> Response in
            var headers = HTTPFields()
            headers[.contentType] = Exposition.contentType
            let text = Exposition.text(families())
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: address, serverName: nil), logger: logger)
    }
}
