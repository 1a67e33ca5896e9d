import Kernel
import Postgres

extension NumberSeries {
    /// Takes the next `count` numbers; the statement returns the first of them. The row stays locked until
    /// the transaction ends, so whoever takes numbers does so last; a rollback gives them back, which keeps
    /// 1…N gapless.
    func block(of count: Int, tenant: TenantID) -> SQL {
        """
        INSERT INTO number_series AS series (tenant_id, series, year, next_sequence)
        VALUES (\(tenant), \(kind), \(year), 1 + \(count))
        ON CONFLICT (tenant_id, series, year) DO UPDATE SET next_sequence = series.next_sequence + \(count)
        RETURNING next_sequence - \(count) AS first
        """
    }

    /// The number as people see it, of a bigint named `taken.sequence`. lpad alone would cut what is too
    /// long.
    var number: SQL {
        """
        \(prefix)
            || lpad(taken.sequence::text, greatest(\(width), length(taken.sequence::text)), '0') || \(suffix)
        """
    }
}
