// Every kind of id, in the order of the alphabet. A prefix is part of the API: it never changes.

package enum AuditEntryKind: IDKind { package static let prefix = "aud" }
package enum ContactKind: IDKind { package static let prefix = "ctc" }
package enum CreditNoteKind: IDKind { package static let prefix = "crn" }
package enum CustomerKind: IDKind { package static let prefix = "cus" }
package enum EventKind: IDKind { package static let prefix = "evt" }
package enum InvoiceKind: IDKind { package static let prefix = "inv" }
package enum JobKind: IDKind { package static let prefix = "job" }
package enum PriceKind: IDKind { package static let prefix = "pri" }
package enum ProductKind: IDKind { package static let prefix = "prd" }
package enum ProductFamilyKind: IDKind { package static let prefix = "fam" }
package enum RunKind: IDKind { package static let prefix = "run" }
package enum SessionKind: IDKind { package static let prefix = "ses" }
package enum SigningKeyKind: IDKind { package static let prefix = "key" }
package enum SubscriptionItemKind: IDKind { package static let prefix = "sit" }
package enum SubscriptionKind: IDKind { package static let prefix = "sub" }
package enum TenantKind: IDKind { package static let prefix = "ten" }
package enum UserKind: IDKind { package static let prefix = "usr" }

package typealias AuditEntryID = ID<AuditEntryKind>
package typealias ContactID = ID<ContactKind>
package typealias CreditNoteID = ID<CreditNoteKind>
package typealias CustomerID = ID<CustomerKind>
package typealias EventID = ID<EventKind>
package typealias InvoiceID = ID<InvoiceKind>
package typealias JobID = ID<JobKind>
package typealias PriceID = ID<PriceKind>
package typealias ProductID = ID<ProductKind>
package typealias ProductFamilyID = ID<ProductFamilyKind>
package typealias RunID = ID<RunKind>
package typealias SessionID = ID<SessionKind>
package typealias SigningKeyID = ID<SigningKeyKind>
package typealias SubscriptionItemID = ID<SubscriptionItemKind>
package typealias SubscriptionID = ID<SubscriptionKind>
package typealias TenantID = ID<TenantKind>
package typealias UserID = ID<UserKind>
