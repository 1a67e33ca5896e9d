package import Web

extension Calculations {
    package var endpoints: [Endpoint] {
        [
            endpoint(
                price, "calculatePrice", "Calculate a price",
                """
                What a quantity costs by a price model, step by step. Unit prices may be finer than a minor \
                unit; the sum is rounded once. With billed_quantity the answer is what a further line of the \
                same term bills.
                """),
            endpoint(
                terms, "calculateTerms", "Calculate terms",
                """
                The terms of a schedule that touch a range. Each starts at anchor + number × interval, \
                counted from the anchor: 31 Jan, 28 Feb, 31 Mar.
                """),
            endpoint(
                proration, "calculateProration", "Calculate a proration",
                """
                What is credited for the rest of a term that changes or ends, and what the rest costs at a \
                new price. The defaults are those of this system; each policy can be chosen.
                """),
            endpoint(
                change, "calculateChange", "Calculate a change",
                """
                What a change of a service would give back and charge now, and what comes next: another \
                price, quantity or cycle, now or at the end of the term, or a cancellation. It is what a \
                change of a subscription comes to.
                """),
            endpoint(
                discount, "calculateDiscount", "Calculate discounts",
                """
                What coupons and other discounts take off some lines, none of which falls below zero. \
                Percentages come before amounts; of both what is for a product comes first, then what is \
                for a family; of equals the earlier. An amount is shared out in proportion to what the lines \
                still cost.
                """),
            endpoint(
                repair, "calculateRepair", "Compare what is wanted with what is billed",
                """
                The lines and credits that make what is billed of a service what is to be billed of it. With \
                them added, the next comparison finds nothing. Days that are billed twice, and lines beyond \
                the guards, are refused for a person to look at.
                """),
        ]
    }

    private func endpoint<Input, Output>(
        _ calculator: Calculator<Input, Output>, _ name: String, _ summary: String, _ details: String
    ) -> Endpoint {
        Endpoint(
            calculating: .post("/v1/calculations/\(calculator.kind)"), .calculationsRead,
            About(
                tag: "Calculations", name: name, summary: summary,
                details: details + " Nothing is read and nothing is kept.",
                problems: [CalculationsProblem.incalculable], rate: .read)
        ) { (request: Request<NoPath, NoQuery, Input>) in
            try calculator.calculate(request.body)
        }
    }
}
