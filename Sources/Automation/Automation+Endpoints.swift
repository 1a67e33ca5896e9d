import Kernel
import Platform
import Web

extension Automation {
    var automationEndpoints: [Endpoint] {
        [readAutomation, stopAutomation, resumeAutomation, listAutomationRuns, readAutomationRun]
    }

    var sandboxEndpoints: [Endpoint] {
        [readSandboxClock, advanceSandboxClock]
    }

    private var readAutomation: Endpoint {
        Endpoint(
            .get("/v1/automation"), .automationRead,
            About(
                tag: "Automation", name: "readAutomation",
                summary: "Read when your daily automation is due, what stops it, and its last run",
                details: """
                    Each day at the hour of the setting automation_hour MPanel bills what is due and does \
                    the rest of the day's work, once. A day without a run, after an outage or a stop, is \
                    made up for by the next. In a sandbox the days come by its own clock instead.
                    """)
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            AutomationBody(try await status(request.actor.scope))
        }
    }

    private var stopAutomation: Endpoint {
        Endpoint(
            .put("/v1/automation/stop"), .automationWrite,
            About(
                tag: "Automation", name: "stopAutomation",
                summary: "Stop your automation in an emergency",
                details: """
                    No automation begins, and what runs halts at its next step of work, until the stop is \
                    lifted. What people ask for themselves, such as a billing run, still works. Stopping \
                    again changes nothing: the first reason stands.
                    """)
        ) { (request: Request<NoPath, NoQuery, NewStop>, change: Change) in
            try await stop(request.body.reason, in: change).told { AutomationBody($0) }
        }
    }

    private var resumeAutomation: Endpoint {
        Endpoint(
            .delete("/v1/automation/stop"), .automationWrite,
            About(
                tag: "Automation", name: "resumeAutomation",
                summary: "Lift your company's stop: the automation goes on where it halted",
                details: "A stop of this installation's operator stays, and is shown.", status: 200)
        ) { (_: Request<NoPath, NoQuery, NoBody>, change: Change) in
            try await resume(in: change).told { AutomationBody($0) }
        }
    }

    private var listAutomationRuns: Endpoint {
        Endpoint(
            .get("/v1/automation-runs"), .automationRead,
            About(
                tag: "Automation", name: "listAutomationRuns",
                summary: "List what ran on which day, the last day first",
                details: """
                    One run a day, with its steps in their order. A step that failed is tried again some \
                    times; when it is given up the steps behind it are done all the same. The failed items \
                    of billing stand in the billing run.
                    """)
        ) { (request: Request<NoPath, AutomationRunQuery, NoBody>) in
            let query = request.query
            let page = try await runs.list(
                DayRange(from: query.from, to: query.to), PageRequest(query.limit, query.cursor),
                request.actor.scope)
            return PageBody(page.map(AutomationRunBody.init))
        }
    }

    private var readAutomationRun: Endpoint {
        Endpoint(
            .get("/v1/automation-runs/{id}"), .automationRead,
            About(
                tag: "Automation", name: "readAutomationRun",
                summary: "Read the automation of one day: its steps, how long, with what result",
                problems: [.notFound])
        ) { (request: Request<AutomationRunPath, NoQuery, NoBody>) in
            AutomationRunBody(try await runs.read(request.path.id, request.actor.scope))
        }
    }

    private var readSandboxClock: Endpoint {
        Endpoint(
            .get("/v1/sandbox/clock"), .sandboxRead,
            About(
                tag: "Sandbox", name: "readSandboxClock",
                summary: "Read the clock of your sandbox: its today, and where it is going",
                details: "What happened on each day stands in /v1/automation-runs, from and to a day.",
                problems: [AutomationProblem.notASandbox])
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            SandboxClockBody(try await runs.sandboxClock(request.actor.scope))
        }
    }

    private var advanceSandboxClock: Endpoint {
        Endpoint(
            .post("/v1/sandbox/clock/advance"), .sandboxWrite,
            About(
                tag: "Sandbox", name: "advanceSandboxClock",
                summary: "Send the clock of your sandbox ahead, day by day",
                details: """
                    Each day's automation is done to its end before the next day begins; today's comes \
                    first if it has not run. Read the clock until its state is ready.
                    """,
                status: 202, problems: [AutomationProblem.notASandbox, AutomationProblem.clockAdvancing],
                rate: .heavy)
        ) { (request: Request<NoPath, NoQuery, NewAdvance>, change: Change) in
            try await runs.advance(to: request.body.to, in: change).told { SandboxClockBody($0) }
        }
    }
}
