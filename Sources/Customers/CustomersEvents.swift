import Kernel
import Platform

/// What others may hear of customers: that there is one or that it changed, never who it is.
enum CustomersEvents {
    static func created(_ customer: Customer) -> Event {
        Event("customer.created", customer.id, version: customer.version)
    }

    static func updated(_ customer: Customer) -> Event {
        Event("customer.updated", customer.id, version: customer.version)
    }
}
